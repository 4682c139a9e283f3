"""The test database: one template built by the migrations, cloned for each worker, emptied for each test."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from alice.db import locks, migrate

# The home of this run's embedded server: the controlling process names it, its workers inherit the name.
PLACE = "ALICE_TEST_HOME"


def server_url() -> str:
    """Return a superuser URL: ALICE_TEST_DATABASE_URL, or an embedded server that trades safety for speed."""
    if url := os.environ.get("ALICE_TEST_DATABASE_URL"):
        return url
    from alice.db import embedded

    if PLACE not in os.environ:
        os.environ[PLACE] = tempfile.mkdtemp(prefix="alice-tests-")
    return embedded.ensure(Path(os.environ[PLACE]), durable=False)


def stop_server() -> None:
    """Stop and remove the embedded test server, if this run started one."""
    if home := os.environ.pop(PLACE, None):
        from alice.db import embedded

        embedded.purge(Path(home))
        shutil.rmtree(home, ignore_errors=True)


def at(url: str, name: str) -> str:
    """Return `url` with the database replaced by `name`, in the form that Peewee passes on as it is."""
    parts = psycopg.conninfo.conninfo_to_dict(url) | {"dbname": name}
    query = "&".join(f"{key}={_quote(str(value))}" for key, value in parts.items() if key != "dbname")
    return f"postgresql:///{name}?{query}"


def _quote(value: str) -> str:
    from urllib.parse import quote

    return quote(value, safe="")


@contextmanager
def worker_database(run: str, worker: str) -> Iterator[str]:
    """Yield the URL of a database of this worker's own, cloned from the run's template."""
    base = server_url()
    template, name = f"alice_test_{run}", f"alice_test_{run}_{worker}"
    with psycopg.connect(make_conninfo(base, dbname="postgres"), autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(%s)", (locks.key("test-template", run),))
        if not conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (template,)).fetchone():
            create(conn, template)
            migrate.apply(at(base, template))
        conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        conn.execute("SELECT pg_advisory_unlock_all()")
    yield at(base, name)
    drop(base, name)


def drop(base: str, name: str) -> None:
    """Drop a test database together with whoever is still connected to it."""
    with psycopg.connect(make_conninfo(base, dbname="postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def create(conn: psycopg.Connection, name: str) -> None:
    """Make an empty database."""
    conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def empty(url: str) -> None:
    """Empty every table but the migration history; the guards are told to look away for this one connection."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        names = [
            row[0]
            for row in conn.execute(
                "SELECT quote_ident(relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
                " WHERE relkind = 'r' AND nspname = 'public' AND relname <> 'migratehistory'"
                " AND pg_relation_size(c.oid) > 0"
            )
        ]
        if names:
            conn.execute("TRUNCATE " + ", ".join(names) + " CASCADE")
