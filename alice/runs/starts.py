"""How a worker process is started: anew, which works everywhere, or from a fork server, which takes milliseconds.

It watches nothing; `crews` does.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Protocol

from alice.runs.jobs import Job
from alice.runs.polls import Poll

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

_PAUSES = (0.05, 0.2, 1.0)  # seconds until a fork server that was killed is seen to be dead
# The program itself too, or each worker would import it anew.
PRELOAD = ("__main__", "alice.runs.worker")


class Process(Protocol):
    """A worker process as its crew sees it."""

    @property
    def pid(self) -> int | None: ...

    def code(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it lives."""

    def kill(self) -> None:
        """End it at once."""

    def stop(self) -> None:
        """Ask it to end."""

    def sentinel(self) -> int | None:
        """Return a descriptor that becomes readable when it ends, where there is one."""


Start = Callable[[Job | Poll], Process]


class Spawned:
    """A fresh Python; the job goes through its standard input, since arguments are seen by everybody."""

    def __init__(self, job: Job | Poll) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "alice.runs.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with self._process.stdin as pipe:
            pipe.write(pickle.dumps(job))

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def code(self) -> int | None:
        return self._process.poll()

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self._process.terminate()

    def sentinel(self) -> int | None:
        return None


def read(pipe: IO[bytes]) -> Job | Poll:
    """Return the job that `Spawned` wrote; both ends are this program."""
    found = pickle.load(pipe)
    assert isinstance(found, Job | Poll)
    return found


class Forked:
    """A child of this process's fork server, which holds the modules ready and nothing else: no lock, no connection."""

    def __init__(self, job: Job | Poll) -> None:
        """Start a worker on `job`. A fork server that was killed a moment ago may still seem to live, and breaks off;
        if it had begun a worker before that, the lock of the workflow lets only one of the two work.
        """
        for pause in (*_PAUSES, None):
            try:
                self._process = self._begun(job)
                return
            except (EOFError, ConnectionError):
                if pause is None:
                    raise
                time.sleep(pause)

    @staticmethod
    def _begun(job: Job | Poll) -> ForkServerProcess:
        from multiprocessing import get_context

        from alice.runs import worker

        process = get_context("forkserver").Process(target=worker.main, args=(job,))
        process.start()
        return process

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def code(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        self._process.terminate()

    def sentinel(self) -> int | None:
        return self._process.sentinel


def begin_fork_server(modules: Sequence[str] = ()) -> None:
    """Start the fork server, so that the first run need not wait for it."""
    from multiprocessing import forkserver, get_context

    get_context("forkserver").set_forkserver_preload([*PRELOAD, *modules])
    forkserver.ensure_running()


def fork_server_pid() -> int | None:
    """Return the process number of the fork server, or None when there is none."""
    from multiprocessing import forkserver

    return getattr(forkserver._forkserver, "_forkserver_pid", None)
