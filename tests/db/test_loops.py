"""Decisions on open loops: who may, from where to where, and what whoever comes second is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries import loops as reads
from alice.services import capture, loops

NOTE = """# Roof

## Present

* Ann Lee
* Tom Rey

## Agenda

* Gutter
  * Ann will order the new gutter by Friday.
"""


@pytest.fixture
def loop(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    capture.capture(alice, Item(NOTE, name="2026-03-03.md"), zone="UTC", now=now)
    [found] = reads.page(gate.scope(alice)).items
    return found


def events() -> list[tuple[Any, ...]]:
    return database.query("SELECT canonical::jsonb -> 'payload' ->> 'action' FROM event_log"
                          " WHERE event_type = 'open_loop.reviewed' ORDER BY seq")  # fmt: skip


def test_a_loop_knows_the_words_it_was_drawn_from(loop: dict[str, Any], alice: Actor) -> None:
    told = reads.get(gate.scope(alice), loop["id"])
    [words] = told["evidence"]
    [(text,)] = database.query("SELECT content_text FROM source")
    assert text[words["start"] : words["end"]] == words["quote"]
    assert "gutter" in words["quote"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (["accept"], "open"),
        (["reject"], "rejected"),
        (["close"], "closed"),
        (["snooze"], "snoozed"),
        (["accept", "close", "reopen"], "open"),
        (["reject", "reopen"], "open"),
        (["snooze", "snooze", "close"], "closed"),
        (["snooze", "reopen"], "open"),
    ],
)
def test_each_decision_moves_it_and_is_told(loop: dict[str, Any], alice: Actor, path: list[str], status: str) -> None:
    for action in path:
        told = loops.review(alice, loop["id"], action)
    assert told["status"] == status
    assert told["version"] == 1 + len(path)
    assert events() == [(action,) for action in path]


def test_closing_notes_when_and_why_and_reopening_forgets_it(loop: dict[str, Any], alice: Actor, now: datetime) -> None:
    closed = loops.review(alice, loop["id"], "close", reason="Ann did it on Tuesday", now=now)
    assert (closed["closed_at"], closed["reason"]) == (now, "Ann did it on Tuesday")
    opened = loops.review(alice, loop["id"], "reopen", now=now)
    assert (opened["closed_at"], opened["reason"]) == (None, None)


def test_no_event_holds_the_reason(loop: dict[str, Any], alice: Actor) -> None:
    loops.review(alice, loop["id"], "reject", reason="a private matter")
    assert database.query("SELECT 1 FROM event_log WHERE canonical LIKE '%%private matter%%' AND %s", True) == []


def test_a_snoozed_loop_sleeps_a_week_unless_told_otherwise(loop: dict[str, Any], alice: Actor, now: datetime) -> None:
    assert loops.review(alice, loop["id"], "snooze", now=now)["snoozed_until"] == now + timedelta(days=7)
    until = now + timedelta(days=1)
    assert loops.review(alice, loop["id"], "snooze", until=until, now=now)["snoozed_until"] == until


def test_a_person_saying_open_keeps_a_loop_from_going_stale(loop: dict[str, Any], alice: Actor, now: datetime) -> None:
    later = now + timedelta(days=90)
    assert loops.review(alice, loop["id"], "accept", now=later)["last_seen_at"] == later


def test_whoever_decides_second_is_shown_what_the_first_did(loop: dict[str, Any], alice: Actor) -> None:
    loops.review(alice, loop["id"], "close", version=1)
    with pytest.raises(Conflict, match="after you saw it") as caught:
        loops.review(alice, loop["id"], "reject", version=1)
    assert caught.value.extra["current"]["status"] == "closed"
    assert len(events()) == 1


def test_it_refuses_a_move_that_makes_no_sense(loop: dict[str, Any], alice: Actor) -> None:
    with pytest.raises(Conflict, match="is candidate; reopen is for what is closed, rejected, snoozed"):
        loops.review(alice, loop["id"], "reopen")


def test_of_two_at_once_one_wins(loop: dict[str, Any], alice: Actor) -> None:
    start, said = threading.Barrier(2), []

    def decide(action: str) -> None:
        start.wait(5)
        try:
            said.append(loops.review(alice, loop["id"], action, version=1)["status"])
        except Conflict as conflict:
            said.append(conflict.extra["current"]["version"])

    threads = [threading.Thread(target=decide, args=(action,)) for action in ("close", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, said))[0] == "2"
    assert len(events()) == 1


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"action": "finish"}, "action: must be one of accept, reject, close, reopen, snooze, not 'finish'"),
        ({"action": "close", "reason": "a\x00b"}, "reason: holds a NUL"),
        ({"action": "close", "reason": "x" * 2_001}, "reason: has 2001 characters; at most 2000"),
        ({"action": "close", "until": datetime(2030, 1, 1, tzinfo=UTC)}, "until: says how long to snooze"),
    ],
)
def test_it_names_what_it_cannot_use(loop: dict[str, Any], alice: Actor, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        loops.review(alice, loop["id"], **more)


def test_it_does_not_snooze_into_the_past(loop: dict[str, Any], alice: Actor, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="until: must be a moment to come"):
        loops.review(alice, loop["id"], "snooze", until=now, now=now)


def test_another_brain_has_no_such_loop(loop: dict[str, Any], bob: Actor) -> None:
    for wrong in (loop["id"], "no-uuid"):
        with pytest.raises(NotFound, match="There is no open loop"):
            loops.review(bob, wrong, "close")


def test_only_the_owner_decides(loop: dict[str, Any], alice: Actor) -> None:
    with pytest.raises(PolicyBlocked, match="only the owner may review"):
        loops.review(system("scheduler", alice.user_id), loop["id"], "close")
    assert reads.get(gate.scope(alice), loop["id"])["status"] == "candidate"


def test_the_list_shows_what_still_needs_somebody(loop: dict[str, Any], alice: Actor) -> None:
    scope = gate.scope(alice)
    assert reads.page(scope, owner="Ann").total == 1
    assert reads.page(scope, owner="Tom").total == 0
    loops.review(alice, loop["id"], "close")
    assert reads.page(scope).total == 0
    assert reads.page(scope, status="closed").total == 1
    with pytest.raises(InvalidInput, match="status: must be one of candidate, open, snoozed, closed, rejected"):
        reads.page(scope, status="done")
