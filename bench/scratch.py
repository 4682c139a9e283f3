"""A scratch brain for a measurement: a database of its own on the configured server, dropped when the work is done."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from alice import config
from alice.db import database, migrate


@contextmanager
def scratch_brain() -> Iterator[str]:
    """Yield the URL of a fresh, migrated database with a session open on it; drop it afterwards."""
    url = database.dsn(config.load())
    name = f"scratch_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield from _opened(at(url, name))
        finally:
            database.handle.close_all()
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _opened(url: str) -> Iterator[str]:
    migrate.apply(url)
    database.bind(url)
    with database.session():
        yield url


def at(url: str, name: str) -> str:
    """Return `url` with its database replaced by `name`."""
    from urllib.parse import urlencode

    parts = conninfo_to_dict(url) | {"dbname": name}
    return f"postgresql:///{name}?{urlencode({k: v for k, v in parts.items() if k != 'dbname'})}"
