"""Decisions on open loops: who may, from where to where, and what whoever comes second is told."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries.library import loops as reads
from alice.services.evidence import capture
from alice.services.reviewing import loops, projects, undoing

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


def test_an_edit_opens_a_candidate_and_takes_secrets_out(loop: dict[str, Any], alice: Actor) -> None:
    wanted = {"text": "Order the gutter with sk-proj-abcdefghijklmnopqrstuvwxyz012345", "owner": "Tom",
              "due_on": date(2026, 4, 1)}  # fmt: skip
    told = loops.review(alice, loop["id"], "edit", edit=wanted)
    assert (told["status"], told["owner"], told["due_on"]) == ("open", "Tom", date(2026, 4, 1))
    assert "sk-proj" not in told["text"]
    undoing.undo_last(alice, "open_loop", UUID(loop["id"]))
    assert reads.get(gate.scope(alice), loop["id"])["text"] == loop["text"]


def test_an_edit_of_what_is_asleep_does_not_wake_it(loop: dict[str, Any], alice: Actor) -> None:
    loops.review(alice, loop["id"], "snooze")
    assert loops.review(alice, loop["id"], "edit", edit={"owner": None})["status"] == "snoozed"


def test_a_loop_that_says_another_again_lends_it_its_words(loop: dict[str, Any], alice: Actor) -> None:
    scope = gate.scope(alice)
    capture.capture(alice, Item("Tom will bring a second gutter on Monday."), zone="UTC")
    [other] = [one for one in reads.page(scope).items if one["id"] != loop["id"]]
    before = reads.get(scope, loop["id"])["evidence"]
    told = loops.review(alice, other["id"], "merge", into=UUID(loop["id"]))
    assert (told["status"], told["merged_into"]) == ("closed", loop["id"])
    lent = reads.get(scope, other["id"])["evidence"]
    assert {q["quote"] for q in reads.get(scope, loop["id"])["evidence"]} == {q["quote"] for q in [*before, *lent]}
    undoing.undo_last(alice, "open_loop", UUID(other["id"]))
    assert reads.get(scope, loop["id"])["evidence"] == before
    assert reads.get(scope, other["id"])["status"] == "candidate"


def test_it_merges_into_nothing_that_is_itself_or_closed(loop: dict[str, Any], alice: Actor) -> None:
    other = loops.add(alice, loops.NewLoop("Call the roofer"))
    with pytest.raises(InvalidInput, match="is the loop itself"):
        loops.review(alice, other["id"], "merge", into=UUID(other["id"]))
    loops.review(alice, loop["id"], "close")
    with pytest.raises(Conflict, match="is closed; reopen it first"):
        loops.review(alice, other["id"], "merge", into=UUID(loop["id"]))


def test_a_loop_of_ones_own_is_open_and_added_once(db: str, alice: Actor) -> None:
    made = loops.add(alice, loops.NewLoop("Call the roofer", owner="Ann", due_on=date(2026, 3, 9)))
    assert (made["status"], made["duplicate"], made["proposed_by"], made["rule"]) == ("open", False, "owner", "owner")
    again = loops.add(alice, loops.NewLoop("call the roofer!"))
    assert (again["id"], again["duplicate"], again["version"]) == (made["id"], True, made["version"])
    loops.review(alice, made["id"], "close")
    assert loops.add(alice, loops.NewLoop("Call the roofer"))["status"] == "open"


def test_a_known_candidate_is_opened_by_adding_it(loop: dict[str, Any], alice: Actor) -> None:
    told = loops.add(alice, loops.NewLoop(loop["text"]))
    assert (told["id"], told["status"], told["duplicate"]) == (loop["id"], "open", True)


def test_a_loop_belongs_to_no_project_of_somebody_else(db: str, alice: Actor, bob: Actor) -> None:
    theirs = projects.add(bob, "Roof")
    with pytest.raises(InvalidInput, match="project_id: must be one of your projects"):
        loops.add(alice, loops.NewLoop("Call the roofer", project_id=UUID(theirs["id"])))


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
        (
            {"action": "finish"},
            "action: must be one of accept, edit, reject, close, .*, not 'finish'",
        ),
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
