"""What the rest of Alice asks of the embedded Postgres: ensure it, its status, stop it, purge it, serve it."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from alice.db.embedded import clusters, processes
from alice.db.embedded.folders import Say, alone, furnish, prepare
from alice.db.embedded.places import STATE, Server, dsn, locate
from alice.errors import DatabaseUnavailable, NotConfigured

RETRY_SECONDS = 10.0
SILENCE_SECONDS = 30.0
FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Status:
    """How the server is. `state` is running, starting or stopped; `why` says more where that is not plain."""

    state: str
    pid: int | None = None
    version: str | None = None
    why: str | None = None


def quiet(_: str) -> None:
    """Say nothing."""


def ensure(home: Path, *, say: Say = quiet, throwaway: bool = False) -> str:
    """Start the server of `home` unless it answers, and return the URL of its database `alice`.

    The URL makes the caller the superuser `postgres`. By the ident map the caller's system user (and, for root, the
    server's own) may also connect as `alice_owner`, `alice_app` and `alice_read` once migrations have made them;
    nobody else may connect at all. Any number of processes may ask at once. The server outlives its starter.
    `throwaway` starts it so that a power cut destroys the data, which is for tests; a running one stays as it is.
    Raises NotConfigured for what a setting mends, DatabaseUnavailable for the rest, each in one sentence.
    """
    server = locate(home)
    with _plainly(server):
        if processes.answer(server) != "ready":
            prepare(server, say)
            with alone(server.lock, say):
                if not clusters.exists(server):
                    clusters.create(server, say, throwaway=throwaway)
                furnish(server)
                _start(server, say, throwaway)
        with suppress(PermissionError):
            processes.trim(server)
    return dsn(server)


def status(home: Path) -> Status:
    """Return how the server of `home` is, changing nothing."""
    server = locate(home)
    with _plainly(server):
        found = processes.postmaster(server)
        said = processes.answer(server)
        if said == "ready":
            return Status("running", found.pid if found else None, *_version(server))
        if said == "busy":
            return Status("starting", found.pid if found else None, None, "it starts, recovers or stops")
        if processes.held(server):
            return Status("starting", found.pid if found else None, None, "its processes live, but it does not answer")
        return Status("stopped", None, None, None if server.data.exists() else "it has not been set up yet")


def stop(home: Path, *, timeout: float = 30) -> bool:
    """Stop the server of `home`: roll back what is open, write a checkpoint, leave. True when it was running.

    `timeout` is in seconds; past it DatabaseUnavailable is raised and the server goes on stopping.
    """
    server = locate(home)
    with _plainly(server):
        if not server.folder.is_dir():
            return False
        with alone(server.lock, quiet, timeout):
            return _stop(server, timeout)


def purge(home: Path) -> None:
    """Stop the server of `home` and remove its database, its log and its socket; the rest of the home stays."""
    server = locate(home)
    with _plainly(server):
        if server.folder.is_dir():
            with alone(server.lock, quiet):
                _stop(server, 30)
                shutil.rmtree(server.folder)
        if server.socket_dir.is_dir() and not server.socket_dir.is_symlink():
            shutil.rmtree(server.socket_dir)


def serve(home: Path, *, say: Say = quiet) -> NoReturn:
    """Become the server of `home`, in the foreground, as a unit of systemd or launchd wants it."""
    server = locate(home)
    with _plainly(server):
        prepare(server, say)
        with alone(server.lock, say):
            if not clusters.exists(server):
                clusters.create(server, say, throwaway=False)
            furnish(server)
            if processes.held(server):
                _clear(server)
            data = processes.claim(server)
            _forget_dead(server)
            os.set_inheritable(data, True)
        _become(server)


def _start(server: Server, say: Say, throwaway: bool) -> None:
    """Bring the server to answer. Failed launches are repeated for a while; a recovery is waited for to its end."""
    begin = time.monotonic()
    told, launched, size = begin + 2, 0.0, _size(server)
    while (said := processes.answer(server)) != "ready":
        now = time.monotonic()
        if processes.held(server):
            if said == "silent":
                _clear(server)
                _give_up(server, now - max(begin, launched) > SILENCE_SECONDS, size)
        elif launched == 0 or now - launched > min(1.0, (now - begin) / 4):
            _give_up(server, now - begin > RETRY_SECONDS or _full(server, size), size)
            _forget_dead(server)
            with suppress(BlockingIOError):
                processes.launch(server, throwaway=throwaway)
            launched = time.monotonic()
        if now > told:
            say(f"Postgres is starting, {now - begin:.0f} s so far; after a crash it first repairs its files.")
            told += 5
        time.sleep(0.02)


def _stop(server: Server, timeout: float) -> bool:
    if not processes.held(server) and processes.answer(server) == "silent":
        return False
    deadline = time.monotonic() + timeout
    asked = False
    while processes.held(server) or processes.answer(server) != "silent":
        _clear(server)
        if not asked and (found := processes.postmaster(server)):
            processes.send(found.pid, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(f"Postgres is still stopping after {timeout:.0f} s.", "Look again in a while.")
        time.sleep(0.02)
    return True


def _clear(server: Server) -> None:
    """End what a killed postmaster left behind; nothing else can be done on the data before it is gone."""
    for pid in processes.orphans(server):
        processes.send(pid, signal.SIGKILL)


def _forget_dead(server: Server) -> None:
    """Remove the pid file of a dead postmaster: its number may be a zombie's or another's, and would stop Postgres."""
    if processes.postmaster(server) is None:
        with suppress(FileNotFoundError):
            (server.data / "postmaster.pid").unlink()


def _give_up(server: Server, now: bool, size: int) -> None:
    if not now:
        return
    if _full(server, size):
        raise DatabaseUnavailable(f"There is no space left on the disk of {server.folder}.", "Free some, then retry.")
    if found := processes.postmaster(server):
        raise DatabaseUnavailable(
            f"Postgres (process {found.pid}) runs but does not answer on {server.socket}.",
            f"Stop it with `kill -INT {found.pid}`, then retry; {server.log} may say more.",
        )
    raise DatabaseUnavailable(f"Postgres does not start: {_reason(server, size)}", f"{server.log} may say more.")


def _size(server: Server) -> int:
    try:
        return server.log.stat().st_size
    except FileNotFoundError:
        return 0


def _said(server: Server, size: int) -> list[str]:
    with suppress(FileNotFoundError):
        return server.log.read_bytes()[size:].decode("utf-8", "replace").splitlines()
    return []


def _full(server: Server, size: int) -> bool:
    return any("No space left on device" in line or "Disk quota exceeded" in line for line in _said(server, size))


def _reason(server: Server, size: int) -> str:
    named = [line for line in _said(server, size) if "FATAL:" in line or "PANIC:" in line]
    return named[-1].partition("] ")[2] or named[-1] if named else "it said nothing."


def _version(server: Server) -> tuple[str | None, str | None]:
    import psycopg

    try:
        with psycopg.connect(dsn(server), connect_timeout=3, autocommit=True) as connection:
            return connection.info.parameter_status("server_version"), None
    except psycopg.Error as error:
        return None, str(error).strip().splitlines()[0]


def _become(server: Server) -> NoReturn:
    from alice.db.embedded.accounts import ENVIRONMENT, identity

    wanted = identity(server)
    os.chdir("/")
    os.umask(0o077)
    if "user" in wanted:
        os.setgroups([])
        os.setgid(wanted["group"])
        os.setuid(wanted["user"])
    argv = processes.command(server)
    os.execve(argv[0], argv, ENVIRONMENT)


@contextmanager
def _plainly(server: Server) -> Iterator[None]:
    """Turn what the system refused into one sentence that names the way out."""
    try:
        yield
    except OSError as error:
        place = error.filename or server.folder
        if error.errno in FULL:
            raise DatabaseUnavailable(
                f"There is no space left on the disk of {server.folder}.", "Free some."
            ) from error
        if error.errno in CLOSED:
            raise NotConfigured(
                f"Postgres cannot be started: {os.fsdecode(place)} may not be written ({error.strerror}).",
                f"Make {STATE if server.user else server.home} writable, or set ALICE_HOME to a folder that is.",
            ) from error
        raise DatabaseUnavailable(f"Postgres cannot be started: {error.strerror or error}: {place}.") from error
