"""The scheduler's log file, which several processes write: each follows it when renamed, only the daemon rotates it."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path

from alice import logs

ROTATE_AT_BYTES = 5_000_000
KEEP = 3


class Followed(WatchedFileHandler):
    """Writes a file only its owner may read, finds it again after a rotation, and never takes the process down."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_private)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record; a disk that is full or gone loses the line and nothing else."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)


def set_up(path: Path, *, level: int = logging.INFO) -> None:
    """Send this process's log to `path`, redacted; for the daemon and each worker. Raise OSError if it cannot."""
    handler = Followed(path, encoding="utf-8")
    handler.setFormatter(logs.Redacting(logs.FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("schedule").setLevel(logging.WARNING)


def redirect_output(path: Path) -> None:
    """Let what this process prints, even a crash of the interpreter, go to the log file; to be repeated on rotation."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    fd = _private(str(path), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.dup2(fd, 1)
        os.dup2(fd, 2)
    finally:
        os.close(fd)


def rotate(path: Path, *, at_bytes: int = ROTATE_AT_BYTES, keep: int = KEEP) -> bool:
    """Rename a log of at least `at_bytes` to `.1`, older ones up to `keep`; tell whether it did. One process only."""
    try:
        if path.stat().st_size < at_bytes or not path.is_file():
            return False
        for number in range(keep, 0, -1):
            older = path if number == 1 else _numbered(path, number - 1)
            with suppress(FileNotFoundError):
                older.replace(_numbered(path, number))
    except OSError:
        return False
    return True


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)
