"""The pid file: one daemon at a time, and no process taken for it that is not.

The file holds the process number alone, as every tool expects, and is locked (flock) for as long as the daemon lives.
Beside it, in `<pid file>.birth`, stands when that process was born. A number is believed only with its birth.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alice.errors import Busy, Conflict, InvalidInput
from alice.files import make_private
from alice.runs import process_births

PATIENCE_SECONDS = 2.0
STOPS = "`alicebot vnext scheduler daemon stop` stops it."


class Standing(StrEnum):
    """What a pid file tells. Only `running` says that the daemon runs."""

    ABSENT = "absent"
    STALE = "stale"
    RUNNING = "running"
    LOCKED = "locked"
    FOREIGN = "foreign"
    GARBAGE = "garbage"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in and about a pid file. `pid` is the number in it; it is the daemon's only when `running`."""

    path: Path
    standing: Standing
    pid: int | None = None
    identity: str | None = None

    @property
    def running(self) -> bool:
        """Tell whether the daemon runs."""
        return self.standing is Standing.RUNNING

    @property
    def sentence(self) -> str:
        """Say it in one sentence, without its full stop, and with the way out where something is in the way."""
        said = _SAID[self.standing].format(path=self.path, pid=self.pid)
        if self.standing is Standing.FOREIGN and self.pid is not None:
            return said.replace("another program", f"another program, {process_births.program(self.pid)}", 1)
        return said


_SAID = {
    Standing.ABSENT: "no scheduler runs here",
    Standing.STALE: "no scheduler runs here; process {pid}, which the pid file {path} names, has ended",
    Standing.RUNNING: "the scheduler runs as process {pid}",
    Standing.LOCKED: "the pid file {path} is locked by a process that is not known to be the scheduler; if none is just"
    " starting, name another file with --pid-file",
    Standing.FOREIGN: "the pid file {path} names process {pid}, which is another program; remove the file if it was"
    " left over, or name another with --pid-file",
    Standing.GARBAGE: "{path} is not a pid file; name another with --pid-file",
}


def inspect(path: Path) -> Found:
    """Say how it stands with the daemon of this pid file, changing nothing; raise InvalidInput if it is unreadable."""
    try:
        fd = _open(path, os.O_RDONLY)
    except FileNotFoundError:
        return Found(path, Standing.ABSENT)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        return _judge(path, fd, free=_lock(fd, fcntl.LOCK_SH))
    finally:
        os.close(fd)


@contextmanager
def held(path: Path) -> Iterator[str]:
    """Be the one daemon of this pid file while the block lasts; yield this process's identity.

    Raise Busy when a daemon runs already, InvalidInput when the file is somebody else's or cannot be written; nothing
    has changed then. A fork must close what it inherits (spawned programs do), or it holds the lock on.
    """
    fd = _taken(path)
    try:
        yield _sign(path, fd)
    finally:
        # While the lock is still held, so that no other daemon's file is removed.
        for left in (path, _birth_file(path)):
            with suppress(OSError):
                left.unlink()
        os.close(fd)


def send(path: Path, number: signal.Signals) -> int | None:
    """Signal the daemon of this pid file and return its process number; None when none runs.

    Raise Conflict, having signalled nobody, when the file does not tell for certain whom it means.
    """
    found = inspect(path)
    if found.standing in (Standing.ABSENT, Standing.STALE):
        return None
    if not found.running or found.pid is None:
        raise Conflict(f"Nothing was stopped: {found.sentence}.")
    with suppress(ProcessLookupError):
        return _signal(found.pid, found.identity, number)
    return None


def _signal(pid: int, identity: str | None, number: signal.Signals) -> int | None:
    """Signal through a handle on the process where there are such, so that its number cannot change hands meanwhile."""
    handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    try:
        if process_births.identity(pid) != identity:
            return None
        if handle is None:
            os.kill(pid, number)
        else:
            signal.pidfd_send_signal(handle, number)
        return pid
    finally:
        if handle is not None:
            os.close(handle)


def _taken(path: Path) -> int:
    """Return the locked descriptor of the pid file, made if need be and found to be nobody else's."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            make_private(path.parent)
            fd = _open(path, os.O_RDWR | os.O_CREAT)
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            free = _lock(fd, fcntl.LOCK_EX)
            found = _judge(path, fd, free=free)
            if found.running or not (free or time.monotonic() < deadline):
                raise Busy(f"{found.sentence[0].upper()}{found.sentence[1:]}.", STOPS if found.running else None)
            if free and found.standing in (Standing.FOREIGN, Standing.GARBAGE):
                raise InvalidInput({"pid_file": f"{found.sentence}."})
            if free and _is_still(fd, path):
                return os.dup(fd)
        finally:
            os.close(fd)
        time.sleep(0.05)  # somebody looked at it, or it was removed under us


def _judge(path: Path, fd: int, *, free: bool) -> Found:
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        return Found(path, Standing.GARBAGE)
    text = os.pread(fd, 64, 0).decode("ascii", errors="replace").strip()
    if not re.fullmatch(r"[0-9]{0,9}", text):
        return Found(path, Standing.GARBAGE)
    if not text:
        return Found(path, Standing.ABSENT if free else Standing.LOCKED)
    pid = int(text)
    living, noted = process_births.identity(pid), _noted_birth(path, pid)
    if living is not None and living == noted:
        return Found(path, Standing.RUNNING, pid, living)
    if not free:
        return Found(path, Standing.LOCKED, pid)
    return Found(path, Standing.FOREIGN if living is not None and noted is None else Standing.STALE, pid)


def _open(path: Path, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)


def _lock(fd: int, kind: int) -> bool:
    """Try for the lock; where a file system has no locks, the birth of the process has to do."""
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EINTR)
    return True


def _is_still(fd: int, path: Path) -> bool:
    """Tell whether the file was not removed between opening and locking it."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except FileNotFoundError:
        return False


def _birth_file(path: Path) -> Path:
    return path.with_name(f"{path.name}.birth")


def _sign(path: Path, fd: int) -> str:
    """Write this process's number and, first, its birth; return the birth."""
    pid, birth = os.getpid(), _birth_file(path)
    identity = process_births.identity(pid) or "unknown"
    fresh = birth.with_name(f"{birth.name}.new")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(f"{pid} {identity}\n")
        fresh.replace(birth)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{pid}\n".encode(), 0)
    except OSError as error:
        raise _unusable(path, error) from None
    return identity


def _noted_birth(path: Path, pid: int) -> str | None:
    """Return what was noted when the daemon wrote `pid`, or None when no daemon of ours wrote it."""
    try:
        number, _, identity = _birth_file(path).read_text(encoding="ascii").strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return None
    return identity if number == str(pid) else None


def _unusable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(
        {"pid_file": f"{path} cannot be used: {error.strerror}; name another with --pid-file, or set ALICE_HOME."}
    )
