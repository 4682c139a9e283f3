"""What the rest of Alice asks of the embedded Postgres: ensure it, its status, stop it, purge it, serve it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from alice.db.embedded import clusters, processes
from alice.db.embedded.accounts import ENVIRONMENT, identity
from alice.db.embedded.folders import Say, alone, furnish, prepare
from alice.db.embedded.lifecycles import bring_down, bring_up, claim, forget_dead
from alice.db.embedded.places import Server, dsn, locate
from alice.db.embedded.refusals import plainly


@dataclass(frozen=True, slots=True)
class Status:
    """How the server is. `state` is running, starting or stopped; `why` says more where that is not plain."""

    state: str
    pid: int | None = None
    version: str | None = None
    why: str | None = None


def quiet(_: str) -> None:
    """Say nothing."""


def ensure(home: Path, *, say: Say = quiet, durable: bool = True) -> str:
    """Start the server of `home` unless it answers, and return the URL of its database `alice`.

    The URL makes the caller the superuser `postgres`. By the ident map the caller's system user (and, for root, the
    server's own) may also connect as `alice_owner`, `alice_app` and `alice_read` once migrations have made them;
    nobody else may connect at all. Any number of processes may ask at once. The server outlives its starter.
    Not `durable`, it is started so that a power cut may destroy all data: for tests. One that runs stays as it is.
    Raises NotConfigured for what a setting mends, DatabaseUnavailable for the rest, each in one sentence.
    """
    server = locate(home)
    with plainly(server):
        if processes.answer(server) != "ready":
            prepare(server, say)
            with alone(server.lock, say):
                _have_cluster(server, say, durable=durable)
                bring_up(server, say, durable)
        with suppress(OSError):
            processes.trim(server)
    return dsn(server)


def status(home: Path) -> Status:
    """Return how the server of `home` is, changing nothing."""
    server = locate(home)
    with plainly(server):
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
    with plainly(server):
        if not server.folder.is_dir():
            return False
        with alone(server.lock, quiet, timeout):
            return bring_down(server, timeout)


def purge(home: Path) -> None:
    """Stop the server of `home` and remove its database, its log and its socket; the rest of the home stays."""
    server = locate(home)
    with plainly(server):
        if server.folder.is_dir():
            with alone(server.lock, quiet):
                bring_down(server, 30)
                clusters.remove(server)
        if server.socket_dir.is_dir() and not server.socket_dir.is_symlink():
            shutil.rmtree(server.socket_dir)


def serve(home: Path, *, say: Say = quiet) -> NoReturn:
    """Become the server of `home`, in the foreground, as a unit of systemd or launchd wants it."""
    server = locate(home)
    with plainly(server):
        prepare(server, say)
        with alone(server.lock, say):
            _have_cluster(server, say, durable=True)
            data = claim(server)
            forget_dead(server)
            os.set_inheritable(data, True)
        _become(server)


def _have_cluster(server: Server, say: Say, *, durable: bool) -> None:
    clusters.tidy(server)
    if not clusters.exists(server):
        clusters.create(server, say, durable=durable)
    furnish(server)


def _version(server: Server) -> tuple[str | None, str | None]:
    import psycopg

    try:
        with psycopg.connect(dsn(server), connect_timeout=3, autocommit=True) as connection:
            return connection.info.parameter_status("server_version"), None
    except psycopg.Error as error:
        return None, str(error).strip().splitlines()[0]


def _become(server: Server) -> NoReturn:
    wanted = identity(server)
    os.chdir("/")
    os.umask(0o077)
    if "user" in wanted:
        os.setgroups([])
        os.setgid(wanted["group"])
        os.setuid(wanted["user"])
    argv = processes.command(server)
    os.execve(argv[0], argv, ENVIRONMENT)
