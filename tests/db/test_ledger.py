"""The guarded log: what the database refuses, and what the chain finds."""

from __future__ import annotations

import psycopg
import pytest
from peewee import IntegrityError, ProgrammingError

from alice.db import database
from alice.domain.policy import Action, Actor, system
from alice.errors import PolicyBlocked
from alice.ledger import chain, gate
from alice.ledger.events import SourceSeenAgain


def tell(actor: Actor, *subjects: str) -> None:
    with gate.write(actor, Action.CAPTURE) as unit:
        for subject in subjects:
            unit.record(SourceSeenAgain(subject, "telegram"))


def walk(actor: Actor) -> chain.Walk:
    return chain.walk(database.rows("SELECT * FROM event_log WHERE user_id = %s ORDER BY seq", actor.user_id))


INSERT_PERSON = (
    "INSERT INTO person (id, user_id, name, key, created_at, last_seen_at)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), 'Bob', 'bob', now(), now())"
)


def test_the_chain_holds_over_units_and_brains(db: str, alice: Actor, bob: Actor) -> None:
    tell(alice, "1", "2")
    tell(bob, "1")
    tell(alice, "3")
    assert walk(alice).broken is None
    assert (walk(alice).count, walk(bob).count) == (3, 1)


def test_it_refuses_a_change_that_leaves_no_event(db: str) -> None:
    with pytest.raises(IntegrityError, match="left no event"):
        database.query(INSERT_PERSON)


def test_it_refuses_a_silent_change_by_a_superuser_too(db: str) -> None:
    with psycopg.connect(db) as conn:
        conn.execute(INSERT_PERSON)
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="left no event"):
            conn.commit()


def test_an_event_of_another_transaction_does_not_count(db: str, alice: Actor) -> None:
    tell(alice, "1")
    with pytest.raises(IntegrityError, match="left no event"):
        database.query(INSERT_PERSON)


def test_it_refuses_to_change_or_delete_an_event(db: str, alice: Actor) -> None:
    tell(alice, "1")
    for sql in ("UPDATE event_log SET actor = 'nobody'", "DELETE FROM event_log", "TRUNCATE event_log"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            database.query(sql)
        with psycopg.connect(db) as conn, pytest.raises(psycopg.Error, match="append-only"):
            conn.execute(sql)


def test_a_failed_unit_leaves_neither_rows_nor_events(db: str, alice: Actor) -> None:
    with pytest.raises(ZeroDivisionError), gate.write(alice, Action.CAPTURE) as unit:
        unit.record(SourceSeenAgain("1", "telegram"))
        raise ZeroDivisionError
    assert walk(alice).count == 0


def test_units_never_nest(db: str, alice: Actor) -> None:
    with pytest.raises(RuntimeError, match="open already"), gate.write(alice, Action.CAPTURE):
        tell(alice, "1")


def test_work_after_the_commit_runs_after_it_and_not_when_it_failed(db: str, alice: Actor) -> None:
    ran: list[int] = []
    with gate.write(alice, Action.CAPTURE) as unit:
        unit.record(SourceSeenAgain("1", "telegram"))
        unit.after(lambda: ran.append(walk(alice).count))
    with pytest.raises(ZeroDivisionError), gate.write(alice, Action.CAPTURE) as unit:
        unit.after(lambda: ran.append(0))
        raise ZeroDivisionError
    assert ran == [1]


def test_a_refusal_is_recorded_before_it_is_raised(db: str, alice: Actor) -> None:
    with (
        pytest.raises(PolicyBlocked, match="only the owner"),
        gate.write(system("scheduler", alice.user_id), Action.FORGET),
    ):
        pass
    [row] = database.rows("SELECT event_type, actor FROM event_log")
    assert row == {"event_type": "policy.decided", "actor": "system:scheduler"}


TAMPERINGS = {
    "edited": ("UPDATE event_log SET actor = 'mallory' WHERE seq = 2", 2, "column actor was changed"),
    "rewritten": ("UPDATE event_log SET canonical = replace(canonical, 'telegram', 'folder') WHERE seq = 3", 3, "text"),
    "deleted": ("DELETE FROM event_log WHERE seq = 2", 3, "event 2 is missing"),
    "reordered": ("UPDATE event_log SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3);"
                  "UPDATE event_log SET seq = -seq WHERE seq < 0", 2, "does not follow"),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERINGS)
def test_the_walk_names_the_first_event_that_a_superuser_touched(db: str, alice: Actor, how: str) -> None:
    sql, seq, problem = TAMPERINGS[how]
    tell(alice, "1", "2", "3", "4")
    with psycopg.connect(db) as conn:
        conn.execute("SET session_replication_role = replica")
        for statement in sql.split(";"):
            conn.execute(statement)
    broken = walk(alice).broken
    assert broken is not None
    assert broken.seq == seq
    assert problem in broken.problem
