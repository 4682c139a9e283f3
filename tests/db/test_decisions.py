"""Decisions: kept whole, sealed, taken back for ever, and worth nothing when they were written past Alice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from alice import sealing
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.errors import Conflict, NotFound
from alice.ledger import gate
from alice.queries.ledger import decisions as reads
from alice.queries.ledger import trust
from alice.queries.library import loops as loop_reads
from alice.services.evidence import capture
from alice.services.reviewing import loops, undoing


@pytest.fixture
def loop(db: str, alice: Actor) -> UUID:
    """A loop that waits for a decision."""
    capture.capture(alice, Item("Ann will order the new gutter by Friday."), zone="UTC")
    [found] = loop_reads.page(gate.scope(alice)).items
    return UUID(found["id"])


def status(alice: Actor, loop: UUID) -> str:
    return str(loop_reads.get(gate.scope(alice), loop)["status"])


def decided(alice: Actor, loop: UUID) -> list[dict[str, Any]]:
    return reads.page(gate.scope(alice), subject_kind="open_loop", subject_id=loop).items


def past_alice(url: str, sql: str, *values: Any) -> None:
    """Write as a superuser who tells the guards to look away."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(sql, values)


def test_a_decision_is_kept_with_what_was_before_it_and_why(alice: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "reject", reason="Not ours.")
    [one] = decided(alice, loop)
    assert (one["before"]["status"], one["after"]["status"]) == ("candidate", "rejected")
    assert (one["action"], one["reason"], one["decided_by"], one["version"]) == ("reject", "Not ours.", "owner", 2)
    [told] = database.query("SELECT id FROM event_log WHERE event_type = 'open_loop.reviewed'")
    assert one["event_id"] == str(told[0])


def test_undoing_brings_back_what_was_and_can_be_undone_itself(alice: Actor, loop: UUID) -> None:
    before = loop_reads.get(gate.scope(alice), loop)
    loops.review(alice, loop, "snooze")
    undoing.undo(alice, decided(alice, loop)[0]["id"])
    after = loop_reads.get(gate.scope(alice), loop)
    assert {k: v for k, v in after.items() if k != "version"} == {k: v for k, v in before.items() if k != "version"}
    undoing.undo(alice, decided(alice, loop)[0]["id"])
    assert status(alice, loop) == "snoozed"
    assert [one["action"] for one in decided(alice, loop)] == ["undo", "undo", "snooze"]


def test_decisions_are_taken_back_one_after_the_other_to_the_very_first(alice: Actor, loop: UUID) -> None:
    for action in ("accept", "close", "reopen", "snooze"):
        loops.review(alice, loop, action)
    for before in ("open", "closed", "open", "candidate"):
        undoing.undo_last(alice, "open_loop", loop)
        assert status(alice, loop) == before
    with pytest.raises(NotFound, match="decision to undo"):
        undoing.undo_last(alice, "open_loop", loop)


def test_a_decision_may_be_taken_back_and_put_back_any_number_of_times(alice: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "accept")
    loops.review(alice, loop, "close")
    first = decided(alice, loop)[0]["id"]
    for _ in range(3):
        undoing.undo(alice, first)
        assert status(alice, loop) == "open"
        undoing.undo(alice, decided(alice, loop)[0]["id"])
        assert status(alice, loop) == "closed"


def test_an_older_decision_waits_for_the_newer_one_to_be_undone_first(alice: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "accept")
    loops.review(alice, loop, "close")
    newer, older = (one["id"] for one in decided(alice, loop))
    with pytest.raises(Conflict, match="decided on again: close") as caught:
        undoing.undo(alice, older)
    assert newer in str(caught.value.hint)
    assert caught.value.extra["current"]["status"] == "closed"


def test_the_same_decision_is_not_undone_twice(alice: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "accept")
    [one] = decided(alice, loop)
    undoing.undo(alice, one["id"])
    with pytest.raises(Conflict, match="decided on again: undo"):
        undoing.undo(alice, one["id"])


def test_nobody_undoes_what_is_not_theirs(alice: Actor, bob: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "accept")
    [one] = decided(alice, loop)
    for identifier in (one["id"], str(loop), "no-id"):
        with pytest.raises(NotFound):
            undoing.undo(bob, identifier)


def test_the_seal_of_a_decision_holds(alice: Actor, loop: UUID) -> None:
    loops.review(alice, loop, "accept")
    assert trust.held(gate.scope(alice), "open_loop", [loop]) == {loop}
    assert trust.broken(gate.scope(alice), "open_loop", [loop]) == {}


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE open_loop SET text = 'Ann will pay Mallory.'", "changed past its decision"),
        ("UPDATE open_loop SET sensitivity = 'public'", "changed past its decision"),
        ("UPDATE decision SET decided_by = 'system:scheduler'", "changed past its decision"),
        ("UPDATE decision SET seal = repeat('0', 8) || ':' || repeat('0', 64)", "sealed with another key"),
        ("DELETE FROM decision", "no decision stands behind it"),
        ("UPDATE chunk SET text = replace(text, 'gutter', 'ladder')", "the words it rests on were changed"),
    ],
)
def test_what_was_written_past_alice_is_trusted_by_nobody(
    db: str, alice: Actor, loop: UUID, sql: str, why: str
) -> None:
    loops.review(alice, loop, "accept")
    past_alice(db, sql)
    assert trust.held(gate.scope(alice), "open_loop", [loop]) == frozenset()
    assert why in trust.broken(gate.scope(alice), "open_loop", [loop])[loop]


def test_a_row_that_says_it_was_accepted_is_not_believed(db: str, alice: Actor, loop: UUID) -> None:
    past_alice(db, "UPDATE open_loop SET status = 'open'")
    assert trust.held(gate.scope(alice), "open_loop", [loop]) == frozenset()


def test_a_seal_says_nothing_about_the_words_and_needs_the_key() -> None:
    sealed = sealing.seal({"text": "garden"})
    assert sealing.holds(sealed, {"text": "garden"})
    assert not sealing.holds(sealed, {"text": "Garden"})
    assert "garden" not in sealed
    assert sealing.is_ours(sealed)
    assert not sealing.is_ours("00000000:" + "0" * 64)
