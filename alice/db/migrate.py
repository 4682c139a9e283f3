"""Migrations: peewee-migrate behind an advisory lock. It refuses a database that is newer than this code."""

from __future__ import annotations

import logging
from typing import Any

import psycopg
from peewee_migrate import Router
from playhouse.postgres_ext import PooledPsycopg3Database

from alice import paths
from alice.db import locks
from alice.errors import DatabaseUnavailable

LOCK = ("migrations",)
HISTORY = "migratehistory"
log = logging.getLogger("alice.migrate")
for _chatty in (log, logging.getLogger("peewee_migrate")):
    _chatty.setLevel(logging.WARNING)  # the library tells every statement at INFO, to the one and the other


def known() -> list[str]:
    """Return the names of the migrations that this code brings, in order."""
    return sorted(file.stem for file in paths.folder("migrations").glob("[0-9][0-9][0-9]_*.py"))


def applied(conn: psycopg.Connection[Any]) -> list[str]:
    """Return the names of the migrations that the database has had, in order."""
    if not _one(conn, f"SELECT to_regclass('{HISTORY}') IS NOT NULL"):
        return []
    return [row[0] for row in conn.execute(f"SELECT name FROM {HISTORY} ORDER BY id")]


def check(url: str) -> None:
    """Raise DatabaseUnavailable with one sentence unless the database has exactly the shape this code expects."""
    with psycopg.connect(url, autocommit=True) as conn:
        state = _state(applied(conn))
    if state == "ahead":
        raise _ahead()
    if state == "pending":
        raise DatabaseUnavailable(
            "The database has not had all migrations yet.", "Run `alicebot vnext migrations apply`."
        )


def _state(done: list[str]) -> str:
    names = known()
    if set(done) - set(names):
        return "ahead"
    return "ok" if done == names else "pending"


def _ahead() -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "The database was written by a newer Alice than this one; nothing was changed.",
        "Update Alice, or use the database that belongs to this version.",
    )


def apply(url: str) -> list[str]:
    """Bring the database up to date and return the names applied. A second process waits for the first."""
    with psycopg.connect(url, autocommit=True, options=locks.KEEPALIVE) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (locks.key(*LOCK),))
        state = _state(applied(conn))
        if state == "ahead":
            raise _ahead()
        return [] if state == "ok" else _run(url)


def _run(url: str) -> list[str]:
    database = PooledPsycopg3Database(url, max_connections=1, prefer_psycopg3=True, options="-c timezone=UTC")
    try:
        router = Router(database, migrate_dir=paths.folder("migrations"), logger=log)
        with database.connection_context():
            return router.run()
    finally:
        database.close_all()


def status(url: str) -> dict[str, Any]:
    """Return the state in the keys of contract.md section 6: ok, pending or ahead, and what is there or missing."""
    from alice import models

    with psycopg.connect(url, autocommit=True) as conn:
        done = applied(conn)
        tables = {row[0] for row in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        required = {model._meta.table_name: model._meta.table_name in tables for model in models.ALL}
        return {
            "status": _state(done),
            "migration_revision": done[-1] if done else None,
            "applied": done,
            "pending": [name for name in known() if name not in done],
            "missing_tables": sorted(name for name, there in required.items() if not there),
            "required_tables": required,
            "pgvector_version": _one(conn, "SELECT extversion FROM pg_extension WHERE extname = 'vector'"),
            "server_version": _one(conn, "SHOW server_version"),
        }


def _one(conn: psycopg.Connection[Any], sql: str) -> Any:
    row = conn.execute(sql).fetchone()
    return row[0] if row else None
