"""The one Peewee handle, its pool, and how a process opens it. It knows no table and takes no lock."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from playhouse.postgres_ext import PooledPsycopg3Database

from alice.config import Settings
from alice.errors import DatabaseUnavailable, InvalidInput

OLDEST_SERVER = 150000
APP_ROLE = "alice_app"
WAIT_SECONDS = 5
# A server that was cut off is given up after 15 s; the system's own patience is a quarter of an hour.
KEEPALIVE: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15000,
}
# And the server gives up a host that was cut off, with the locks it holds: 2 s idle, then 3 probes a second apart.
SERVER_KEEPALIVE = (
    "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c tcp_user_timeout=5000"
)
# What is raised when the server goes away, or has no connection left for us.
LOST = (OperationalError, InterfaceError, MaxConnectionsExceeded, psycopg.OperationalError)


class Pool(PooledPsycopg3Database):
    """A pool that never hands out a connection whose server has gone away in the meantime."""

    def _is_closed(self, conn: psycopg.Connection[Any]) -> bool:
        return super()._is_closed(conn) or _spoken_to(conn)


def _spoken_to(conn: psycopg.Connection[Any]) -> bool:
    """Tell whether an idle connection has unread bytes: the server only speaks up then to say goodbye."""
    try:
        return bool(select.select([conn.fileno()], [], [], 0)[0])
    except (OSError, ValueError, psycopg.Error):
        return True


# By name, and never opened by itself: a forgotten session() is an error, not a leak.
handle = Pool(None, autoconnect=False, timeout=WAIT_SECONDS, prefer_psycopg3=True)


@dataclass(frozen=True, slots=True)
class Server:
    """What answered: the version as an integer (180001), the login role, and whether the app role can be taken."""

    version: int
    login: str
    superuser: bool
    app_role: bool


def dsn(settings: Settings, *, say: Any = None) -> str:
    """Return the URL of the database to use, starting the embedded server when none is configured."""
    if settings.database_url:
        return understood(settings.database_url)
    from alice.db import embedded

    return embedded.ensure(settings.home, **({"say": say} if say else {}))


def understood(url: str) -> str:
    """Return `url` if the driver can read it; raise InvalidInput, which does not show it, if it cannot."""
    try:
        psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        said = "must be a Postgres URL such as postgresql://name@host/database; what it says cannot be read as one."
        raise InvalidInput({"ALICE_DATABASE_URL": said}) from None
    return url


def probe(url: str) -> Server:
    """Connect once and say what is there; raise DatabaseUnavailable with one sentence when it cannot be used."""
    try:
        with psycopg.connect(url, connect_timeout=WAIT_SECONDS, autocommit=True) as conn:
            row = conn.execute(
                "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),"
                " EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'member'))",
                (APP_ROLE,),
            ).fetchone()
            version = conn.info.server_version
    except psycopg.Error as error:
        raise unreachable(error) from error
    if version < OLDEST_SERVER:
        raise DatabaseUnavailable(
            f"The database server is PostgreSQL {version // 10000}; Alice needs 15 or newer.",
            "Point ALICE_DATABASE_URL at a newer server, or unset it to use the embedded one.",
        )
    assert row is not None
    return Server(version, *row)


def unreachable(error: BaseException) -> DatabaseUnavailable:
    """Turn a driver's connection error into one sentence; the URL, which may hold a password, is left out."""
    first = str(error).strip().partition("\n")[0]  # what follows it are guesses and questions
    for prefix in ("connection failed: ", "connection is bad: ", "consuming input failed: "):
        first = first.removeprefix(prefix)
    return DatabaseUnavailable(
        f"The database does not answer: {first or type(error).__name__}.",
        "Check ALICE_DATABASE_URL, or unset it to use the embedded Postgres.",
    )


def bind(url: str, *, max_connections: int = 20, app_role: bool = True) -> None:
    """Point the handle at `url`. Every connection speaks UTC and, where it may, acts as the restricted app role."""
    options = f"-c timezone=UTC -c statement_timeout=0 {SERVER_KEEPALIVE}"
    if app_role:
        options += f" -c role={APP_ROLE}"
    close()
    handle.init(
        url,
        max_connections=max_connections,
        prefer_psycopg3=True,
        options=options,
        connect_timeout=WAIT_SECONDS,
        **KEEPALIVE,
    )


def close() -> None:
    """Close every connection of this process; the next session opens one anew."""
    if not handle.deferred:
        handle.close_all()


def forget() -> None:
    """Drop the connections that a forked child shares with its parent, without closing the parent's end."""
    handle.dispose()


@contextmanager
def session() -> Iterator[None]:
    """Hold one connection for a request, a command or a tick. Nested use shares the outer one."""
    if not handle.is_closed():
        yield
        return
    try:
        handle.connect()
    except LOST as error:
        raise unreachable(error) from error
    try:
        yield
    finally:
        handle.close()


def query(sql: str, *params: object) -> list[tuple[Any, ...]]:
    """Run one statement and return its rows as tuples; for SQL that Peewee cannot say well."""
    cursor = handle.execute_sql(sql, params or None)
    return list(cursor.fetchall()) if cursor.description else []


def rows(sql: str, *params: object) -> list[dict[str, Any]]:
    """Run one statement and return its rows as dicts by column name."""
    cursor = handle.execute_sql(sql, params or None)
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
