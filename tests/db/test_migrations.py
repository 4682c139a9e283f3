"""Migrations: complete, safe when two processes begin at once, and never run against a newer database."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg
import pytest

from alice import models
from alice.config import load
from alice.db import database, migrate, ready
from alice.errors import DatabaseUnavailable
from tests.support import postgres


@pytest.fixture
def fresh(testrun_uid: str, worker_id: str) -> Iterator[str]:
    """The URL of a database that has had no migration."""
    name = f"alice_fresh_{testrun_uid[:12]}_{worker_id}"
    base = postgres.server_url()
    postgres.drop(base, name)
    with psycopg.connect(base, autocommit=True) as conn:
        postgres.create(conn, name)
    yield postgres.at(base, name)
    database.close()
    postgres.drop(base, name)


def test_they_bring_every_table_with_every_column_of_the_models(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        rows = conn.execute(
            "SELECT table_name, column_name, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = 'public'"
        ).fetchall()
    there = {(table, column): nullable for table, column, nullable in rows}
    for model in models.ALL:
        for field in model._meta.sorted_fields:
            place = (model._meta.table_name, field.column_name)
            assert place in there, f"{place} is in the models and not in the migrations"
            assert there[place] == bool(field.null), f"{place}: null in one and not in the other"


def test_every_table_has_its_model(database_url: str) -> None:
    with psycopg.connect(database_url) as conn:
        tables = {r[0] for r in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables - {m._meta.table_name for m in models.ALL} == {"migratehistory"}


def test_two_processes_at_once_apply_each_migration_once(fresh: str) -> None:
    done: list[list[str]] = []
    threads = [threading.Thread(target=lambda: done.append(migrate.apply(fresh))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=len)[:3] == [[], [], []]
    assert sorted(done, key=len)[3] == migrate.known()


def test_a_second_time_there_is_nothing_to_do(fresh: str) -> None:
    assert migrate.apply(fresh) == migrate.known()
    assert migrate.apply(fresh) == []
    assert migrate.status(fresh)["status"] == "ok"


def test_status_tells_what_is_missing(fresh: str) -> None:
    told = migrate.status(fresh)
    assert told["status"] == "pending"
    assert told["pending"] == migrate.known()
    assert "event_log" in told["missing_tables"]


def test_a_failed_migration_leaves_nothing_half_done(fresh: str) -> None:
    with psycopg.connect(fresh, autocommit=True) as conn:
        conn.execute("CREATE TABLE chunk (stray int)")
    with pytest.raises(Exception, match="chunk"):
        migrate.apply(fresh)
    told = migrate.status(fresh)
    assert told["applied"] == ["001_events"]
    assert "source" in told["missing_tables"]


def test_a_newer_database_is_refused_and_left_alone(fresh: str) -> None:
    migrate.apply(fresh)
    with psycopg.connect(fresh, autocommit=True) as conn:
        conn.execute("INSERT INTO migratehistory (name, migrated_at) VALUES ('999_future', now())")
    assert migrate.status(fresh)["status"] == "ahead"
    for attempt in (migrate.apply, migrate.check):
        with pytest.raises(DatabaseUnavailable, match="newer Alice"):
            attempt(fresh)


def test_a_server_of_the_owner_s_is_not_migrated_unasked(fresh: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="not had all migrations") as caught:
        ready.prepare(load().changed(database_url=fresh))
    assert "migrations apply" in str(caught.value.hint)


def test_an_unreachable_server_is_one_sentence_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        ready.prepare(load().changed(database_url="postgresql://ann:s3cret@127.0.0.1:9/none"))
    assert "does not answer" in caught.value.message
    assert "s3cret" not in caught.value.message + str(caught.value.hint)


def test_a_server_that_is_too_old_is_one_sentence(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_SERVER", 990000)
    with pytest.raises(DatabaseUnavailable, match="needs 15 or newer"):
        database.probe(fresh)


def test_the_app_acts_as_a_role_that_cannot_touch_the_log_s_past(db: str) -> None:
    assert database.query("SELECT current_user")[0][0] == database.APP_ROLE
    granted = database.query(
        "SELECT privilege_type FROM information_schema.role_table_grants"
        " WHERE grantee = 'alice_app' AND table_name = 'event_log' ORDER BY 1"
    )
    assert granted == [("INSERT",), ("SELECT",)]


def test_every_table_that_a_person_can_change_is_audited(database_url: str) -> None:
    state = {
        "connector_item", "workflow_state", "workflow_request", "daemon_heartbeat", "event_log", "event_head",
        "migratehistory", "agent_key_use", "agent_activity",
    }  # fmt: skip
    with psycopg.connect(database_url) as conn:
        rows = conn.execute(
            "SELECT relname, EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND tgname = 'audited')"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public' AND relkind = 'r'"
        ).fetchall()
    silent = {name for name, audited in rows if not audited}
    derived = {name for name in silent if name.startswith(("recall_", "connector_"))}
    assert silent - derived == state - derived


def test_a_connection_that_died_is_not_handed_out_again(db: str) -> None:
    with psycopg.connect(db, autocommit=True) as conn:
        pid = database.query("SELECT pg_backend_pid()")[0][0]
        database.handle.close()
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with database.session():
        assert database.query("SELECT pg_backend_pid()")[0][0] != pid
    database.handle.connect()
