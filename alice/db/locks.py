"""Advisory locks: `held` for work that must not run twice at once, `in_unit` for a short turn inside a transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from alice.db import database

KEEPALIVE = database.SERVER_KEEPALIVE


def key(*parts: object) -> int:
    """Return the signed 64-bit number under which Postgres knows the lock named by `parts`."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def connect(url: str | None = None) -> psycopg.Connection[Any]:
    """Return a connection of its own, not from the pool, that either end gives up soon once they are cut off."""
    return psycopg.connect(
        url or database.handle.database,
        autocommit=True,
        options=KEEPALIVE,
        connect_timeout=database.WAIT_SECONDS,
        **database.KEEPALIVE,
    )


@contextmanager
def held(*parts: object, url: str | None = None) -> Iterator[bool]:
    """Try for the session lock named by `parts` on a connection of its own; yield whether it was free.

    The connection closes with the block, or with the process: a crash frees the lock. It never comes from the pool,
    where a session lock would outlive its holder.
    """
    conn = connect(url)
    try:
        row = conn.execute("SELECT pg_try_advisory_lock(%s)", (key(*parts),)).fetchone()
        yield bool(row and row[0])
    finally:
        # By name: the server notices a closed connection only a moment later, and somebody may be waiting.
        with suppress(psycopg.Error):
            conn.execute("SELECT pg_advisory_unlock_all()")
        conn.close()


def in_unit(*parts: object, shared: bool = False) -> None:
    """Wait for the transaction lock named by `parts`; it is freed at commit or roll-back.

    Those that share it wait only for one that wants it alone, and it for them."""
    database.query(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", key(*parts))


def free(*parts: object) -> bool:
    """Tell whether nobody holds the session lock named by `parts`, without keeping it."""
    number = key(*parts)
    if not database.query("SELECT pg_try_advisory_lock(%s)", number)[0][0]:
        return False
    database.query("SELECT pg_advisory_unlock(%s)", number)
    return True


def taken(keys: Iterable[int]) -> set[int]:
    """Return which of the numbers that `key` makes are held as session locks by anybody, without touching them."""
    found = database.query(
        "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return {row[0] for row in found} & set(keys)
