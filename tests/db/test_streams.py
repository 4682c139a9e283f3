"""Streams, by a postman whose letters lie in boxes: each comes in once, and a bad one stops its own box alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice.connectors.base import Failure, Part, Received, Run
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.domain.preparation import Item
from alice.errors import Conflict, NotFound
from alice.ledger import gate
from alice.queries import connectors as reads
from alice.services.connecting import connector_states, quarantine, streams
from tests.support.postmen import Postman, deliver, work


def stored() -> set[str]:
    return {row[0] for row in database.query("SELECT external_id FROM source WHERE current")}


@pytest.fixture
def postman() -> Postman:
    return Postman(red=[f"Red letter {n}." for n in range(1, 8)], blue=[f"Blue letter {n}." for n in range(1, 8)])


@pytest.fixture
def break_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    real = streams.prepare

    def choose(text: str) -> None:
        def prepare(item: Item, **more: Any) -> Any:
            if text and text in item.text:
                raise ZeroDivisionError(item.text)
            return real(item, **more)

        monkeypatch.setattr(streams, "prepare", prepare)

    return choose


def test_every_letter_comes_in_once(db: str, alice: Actor, postman: Postman, now: datetime) -> None:
    told = deliver(alice, postman, now)
    assert (told["status"], told["item_count"], told["imported_count"], told["rejected_count"]) == ("ok", 14, 14, 2)
    assert (told["previous_cursor"], told["sync_cursor"]) == ({}, {"red": 7, "blue": 7})
    again = deliver(alice, postman, now)
    assert (again["item_count"], again["previous_cursor"]) == (0, {"red": 7, "blue": 7})
    assert len(stored()) == 14


def test_letters_that_come_twice_are_known(db: str, alice: Actor, postman: Postman, now: datetime) -> None:
    deliver(alice, postman, now)
    connector_states.keep_cursor(alice.user_id, "telegram", {})
    assert deliver(alice, postman, now)["duplicate_count"] == 14
    assert database.query("SELECT count(*) FROM source") == [(14,)]


def test_what_is_left_out_and_lost_is_told_without_its_words(
    db: str, alice: Actor, postman: Postman, now: datetime
) -> None:
    deliver(alice, postman, now)
    rows = database.query(
        "SELECT event_type FROM event_log WHERE event_type IN ('connector.left_out', 'connector.gap')"
    )
    assert sorted(rows) == [("connector.gap",), ("connector.left_out",)]
    assert database.query("SELECT items_seen, items_captured, items_rejected FROM connector_state") == [(16, 14, 2)]


def test_a_failing_letter_stops_its_box_and_not_the_other(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    told = deliver(alice, postman, now)
    assert stored() == {"red/1", "red/2", *(f"blue/{n}" for n in range(1, 8))}
    assert (told["status"], told["failed_external_ids"]) == ("partial", ["red/3"])
    assert {box: told["sync_cursor"][box] for box in ("red", "blue")} == {"red": 2, "blue": 7}


def test_it_is_tried_again_after_a_pause_and_then_the_box_goes_on(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    deliver(alice, postman, now)
    break_on("")
    assert deliver(alice, postman, now + timedelta(seconds=10))["imported_count"] == 0
    assert deliver(alice, postman, now + timedelta(seconds=31))["imported_count"] == 5
    assert len(stored()) == 14
    assert reads.quarantine(gate.scope(alice)).items == []


def test_after_five_tries_it_is_put_aside_and_can_be_tried_again(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    for day in range(5):
        deliver(alice, postman, now + timedelta(days=day))
    assert stored() == {f"{box}/{n}" for box in ("red", "blue") for n in range(1, 8)} - {"red/3"}
    [item] = reads.quarantine(gate.scope(alice)).items
    assert (item["external_id"], item["status"], item["attempts"]) == ("red/3", "quarantined", 5)
    assert "Red letter" not in item["reason"]
    break_on("")
    assert deliver(alice, postman, now + timedelta(days=6))["imported_count"] == 0
    quarantine.retry(alice, UUID(item["id"]), now=now + timedelta(days=6))
    assert deliver(alice, postman, now + timedelta(days=6))["imported_count"] == 1
    assert reads.quarantine(gate.scope(alice)).items == []


def test_a_letter_that_the_database_refuses_is_found_among_its_neighbours(
    db: str, alice: Actor, postman: Postman, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = streams.capture.write_prepared

    def write(unit: Any, ready: Any, **more: Any) -> Any:
        if any(p.item.external_id == "blue/2" for p in ready):
            database.query("SELECT 1 / 0")
        return real(unit, ready, **more)

    monkeypatch.setattr(streams.capture, "write_prepared", write)
    told = deliver(alice, postman, now)
    assert (told["failed_external_ids"], told["sync_cursor"]["blue"], told["sync_cursor"]["red"]) == (["blue/2"], 1, 7)
    assert stored() == {"blue/1", *(f"red/{n}" for n in range(1, 8))}


def test_an_edited_letter_is_a_revision_and_an_older_text_is_passed_by(db: str, alice: Actor, now: datetime) -> None:
    def receive(text: str, revision: int) -> None:
        one = Received(Item(text, external_id="red/1"), "red", 1, revision, late=revision > 0)
        run = Run((part for part in [Part((one,), {})]), lambda _items: {})
        streams.take(work(alice, now), run, {})

    for text, revision in (("First.", 0), ("Third.", 2), ("Second.", 1), ("Third.", 2)):
        receive(text, revision)
    rows = database.query("SELECT content_text, current, revision FROM source ORDER BY revision")
    assert rows == [("First.", False, 1), ("Third.", True, 2)]


def test_a_box_that_cannot_be_opened_is_told_until_it_can(
    db: str, alice: Actor, postman: Postman, now: datetime
) -> None:
    postman.failures = (Failure("green", "green", "the box is locked", True),)
    told = deliver(alice, postman, now)
    assert told["errors"] == [{"external_id": "green", "message": "green cannot be read: the box is locked."}]
    assert len(reads.quarantine(gate.scope(alice)).items) == 1
    postman.failures = ()
    deliver(alice, postman, now)
    assert reads.quarantine(gate.scope(alice)).items == []


def test_a_box_that_was_put_aside_is_told_and_leaves_no_more_events(
    db: str, alice: Actor, postman: Postman, now: datetime
) -> None:
    postman.failures = (Failure("green", "green", "no_such_box", False),)
    told = [deliver(alice, postman, now + timedelta(minutes=minute)) for minute in range(4)]
    assert [one["errors"][0]["message"] for one in told] == ["green cannot be read: no such box."] * 4
    assert database.query("SELECT count(*) FROM event_log WHERE event_type = 'connector_item.failed'") == [(1,)]
    [item] = reads.quarantine(gate.scope(alice)).items
    quarantine.dismiss(alice, UUID(item["id"]))
    for minute in range(5, 7):
        told = deliver(alice, postman, now + timedelta(minutes=minute))
        assert (told["status"], told["errors"], told["failed_count"]) == ("ok", [], 0)
    [item] = reads.quarantine(gate.scope(alice)).items
    assert item["status"] == "dismissed"
    postman.failures = ()
    deliver(alice, postman, now + timedelta(minutes=8))
    assert reads.quarantine(gate.scope(alice)).items == []


def test_an_item_that_cannot_be_stored_is_put_aside_at_once_with_its_reason(
    db: str, alice: Actor, now: datetime
) -> None:
    postman = Postman(red=["Fine.", "a\x00b", "Fine too."])
    told = deliver(alice, postman, now)
    assert (told["imported_count"], told["failed_external_ids"]) == (2, ["red/2"])
    [item] = reads.quarantine(gate.scope(alice)).items
    assert (item["reason_code"], item["status"]) == ("invalid_input", "quarantined")


def test_an_item_can_be_decided_on_once_by_its_owner(
    db: str, alice: Actor, bob: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 1")
    deliver(alice, postman, now)
    [item] = reads.quarantine(gate.scope(alice)).items
    identifier = UUID(item["id"])
    with pytest.raises(NotFound):
        quarantine.dismiss(bob, identifier)
    quarantine.dismiss(alice, identifier, version=item["version"])
    with pytest.raises(Conflict):
        quarantine.retry(alice, identifier, version=item["version"])
    assert reads.quarantine(gate.scope(owner(bob.user_id))).items == []
