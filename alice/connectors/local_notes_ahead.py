"""Reads notes in a process of its own, while the import stores the ones before: two cores work at one folder.

The process is handed paths and hands back notes that are ready to be stored. It writes nothing, knows no database and
no secret, and ends when its standard input does, however the import ends.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Sequence
from typing import IO

from alice.connectors import children, local_notes
from alice.connectors.local_folder import Found, Rejected
from alice.connectors.local_notes import Reading, Ready

_PATIENCE_SECONDS = 5.0


class Ahead:
    """The other end: `ask` for notes, do something else, then take the `answer`. Whoever made it has to `close` it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, files: Sequence[Found]) -> None:
        """Have `files` read; a process that has died is followed by another."""
        with contextlib.suppress(OSError):
            self._process = self._process or _started()
            pickle.dump((self._reading, list(files)), _pipe(self._process.stdin))
            _pipe(self._process.stdin).flush()

    def answer(self) -> list[Ready | Rejected] | None:
        """Return what became of the files last asked for, in their order; None when the process could not tell."""
        if self._process is None:
            return None
        try:
            told: list[Ready | Rejected] = pickle.load(_pipe(self._process.stdout))
            return told
        except (OSError, EOFError, pickle.UnpicklingError):
            self.close()
            return None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was not sent is not missed
                _pipe(pipe).close()
        process.wait(_PATIENCE_SECONDS)


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen(children.command(__name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE, **children.BARE)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def child() -> None:
    """Answer on standard output what is asked on standard input; the process's whole life."""
    with contextlib.suppress(EOFError, KeyboardInterrupt, BrokenPipeError):
        while True:
            reading, files = pickle.load(sys.stdin.buffer)
            pickle.dump([local_notes.read(reading, found) for found in files], sys.stdout.buffer)
            sys.stdout.buffer.flush()
