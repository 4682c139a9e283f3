"""The sentences for a server that cannot be brought up. It must not mend anything."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from alice.db.embedded import processes
from alice.db.embedded.places import STATE, Server
from alice.errors import DatabaseUnavailable, NotConfigured

FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def plainly(server: Server) -> Iterator[None]:
    """Turn what the system refused into one sentence that names the way out."""
    try:
        yield
    except OSError as error:
        place = error.filename or server.folder
        # shutil gathers the errors of many files in one that has no number.
        if error.errno in FULL or "No space left on device" in str(error):
            raise DatabaseUnavailable(
                f"There is no space left on the disk of {server.folder}.", "Free some."
            ) from error
        if error.errno in CLOSED:
            raise NotConfigured(
                f"Postgres cannot be started: the system refuses {os.fsdecode(place)} ({error.strerror}).",
                f"Make {STATE if server.user else server.home} writable, or set ALICE_HOME to a folder that is.",
            ) from error
        raise DatabaseUnavailable(f"Postgres cannot be started: {error.strerror or error}: {place}.") from error


def give_up(server: Server, size: int) -> NoReturn:
    """Raise why the server does not come up; `size` is where the log ended before it was tried."""
    if full(server, size):
        raise DatabaseUnavailable(f"There is no space left on the disk of {server.folder}.", "Free some, then retry.")
    if found := processes.postmaster(server):
        raise DatabaseUnavailable(
            f"Postgres (process {found.pid}) runs but does not answer on {server.socket}.",
            f"If it stays so, end it by `kill -9 {found.pid}`: the next start repairs its files.",
        )
    raise DatabaseUnavailable(f"Postgres does not start: {_reason(server, size)}", f"{server.log} may say more.")


def size_of_log(server: Server) -> int:
    """Return the length of the log in bytes."""
    try:
        return server.log.stat().st_size
    except FileNotFoundError:
        return 0


def full(server: Server, size: int) -> bool:
    """Tell whether the disk is full, which the log on that same disk may be unable to say."""
    disk = os.statvfs(server.folder)
    if disk.f_bavail * disk.f_frsize < 1_000_000:
        return True
    return any("No space left on device" in line or "Disk quota exceeded" in line for line in _said(server, size))


def _said(server: Server, size: int) -> list[str]:
    with suppress(FileNotFoundError):
        return server.log.read_bytes()[size:].decode("utf-8", "replace").splitlines()
    return []


def _reason(server: Server, size: int) -> str:
    named = [line for line in _said(server, size) if "FATAL:" in line or "PANIC:" in line]
    return named[-1].partition("] ")[2] or named[-1] if named else "it said nothing."
