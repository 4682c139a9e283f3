"""What was held true on a day: in the words of then, from what was known by then, whatever was decided since."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity
from alice.ledger import gate
from alice.queries.composing import as_of
from alice.queries.library import memories as reads
from alice.services.composing import context_packs
from alice.services.evidence import capture
from alice.services.reviewing import loops, memories, undoing
from alice.services.reviewing.memories import Wish
from tests.support.decisions import claim, past_alice, tell

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TEXT = "Decision: the boathouse gets a new slipway before the regatta."


def on(day: int) -> datetime:
    """Noon of a day of the story."""
    return START + day * DAY


def at(day: int) -> datetime:
    """The evening of a day of the story."""
    return on(day) + DAY / 4


def do(alice: Actor, memory: UUID, action: str, day: int, **more: Any) -> None:
    memories.review(alice, memory, Wish(action, **more), now=on(day))


def told(actor: Actor, day: int, query: str | None = None) -> dict[str, tuple[str, str]]:
    found, _left = as_of.page(gate.scope(actor), at(day), query=query)
    return {one["id"]: (one["status"], one["text"]) for one in found.items}


@pytest.fixture
def memory(db: str, alice: Actor) -> UUID:
    """A memory that was told on day 0."""
    return tell(alice, TEXT, now=on(0))


def test_each_day_has_its_status_and_its_words(memory: UUID, alice: Actor) -> None:
    first = reads.get(gate.scope(alice), memory)["text"]
    do(alice, memory, "accept", 2)
    do(alice, memory, "edit", 4, edit={"text": "The slipway comes in May."})
    do(alice, memory, "edit", 6, edit={"text": "The slipway comes in June."})
    do(alice, memory, "undo", 8)
    do(alice, memory, "expire", 10)
    do(alice, memory, "reopen", 12)
    story = {
        -1: None, 0: ("candidate", first), 1: ("candidate", first), 2: ("accepted", first), 3: ("accepted", first),
        4: ("accepted", "The slipway comes in May."), 7: ("accepted", "The slipway comes in June."),
        9: ("accepted", "The slipway comes in May."), 11: None, 13: ("candidate", "The slipway comes in May."),
    }  # fmt: skip
    assert {day: told(alice, day).get(str(memory)) for day in story} == story


def test_what_was_superseded_was_held_until_then(memory: UUID, alice: Actor) -> None:
    do(alice, memory, "accept", 1)
    newer = tell(alice, "Decision: the slipway is put off to May.", now=on(3))
    do(alice, memory, "supersede", 5, by=newer)
    undoing.undo_last(alice, "memory", memory, now=on(7))
    do(alice, newer, "accept", 9)
    do(alice, memory, "merge", 9, into=newer)
    states = {day: (told(alice, day).get(str(memory), ("-",))[0], told(alice, day).get(str(newer), ("-",))[0])
              for day in (2, 4, 6, 8, 10)}  # fmt: skip
    assert states == {
        2: ("accepted", "-"), 4: ("accepted", "candidate"), 6: ("-", "accepted"), 8: ("accepted", "candidate"),
        10: ("-", "accepted"),
    }  # fmt: skip


def test_it_is_found_by_the_words_of_then(memory: UUID, alice: Actor) -> None:
    claim(alice, "Ann drinks tea.", now=on(0))
    do(alice, memory, "edit", 2, edit={"text": "The pontoon comes in May."})
    assert list(told(alice, 1, "Which slipway?")) == [str(memory)]
    assert list(told(alice, 3, "Which pontoon?")) == [str(memory)]
    assert told(alice, 1, "Which pontoon?") == {}
    assert told(alice, 1, "?!") == told(alice, 1)


def test_only_words_that_were_known_by_then_stand_behind_it(memory: UUID, alice: Actor) -> None:
    do(alice, memory, "accept", 1)
    tell(alice, f"Told once more.\n\n{TEXT}", now=on(5))
    for day, count in ((2, 1), (6, 2)):
        [one] = as_of.page(gate.scope(alice), at(day))[0].items
        assert (len(one["evidence"]), one["held"], one["decided_by"]) == (count, True, "owner")
        assert one["now"]["status"] == "accepted"


def pack(actor: Actor, day: int) -> dict[str, Any]:
    return context_packs.build(actor, "What about the slipway?", zone="UTC", as_of=at(day).date(), now=on(30))


def test_a_context_pack_tells_the_same(memory: UUID, alice: Actor) -> None:
    do(alice, memory, "accept", 2)
    do(alice, memory, "edit", 4, edit={"text": "The slipway comes in May."})
    do(alice, memory, "reject", 6)
    first = told(alice, 1)[str(memory)][1]
    story: dict[int, list[tuple[str, str]]] = {
        1: [("untrusted", first)], 3: [("accepted", first)], 5: [("accepted", "The slipway comes in May.")], 7: [],
    }  # fmt: skip
    for day, expected in story.items():
        assert [(one["trust"], one["text"]) for one in pack(alice, day)["decisions"]] == expected
    [then] = pack(alice, 3)["decisions"]
    assert then["decided_at"] == on(2)


def test_a_loop_that_was_closed_since_was_open_then(db: str, alice: Actor) -> None:
    capture.capture(alice, Item("TODO: Nora asks about the slipway by 2026-03-20."), zone="UTC", now=on(0))
    [loop] = [one["id"] for one in pack(alice, 1)["open_loops"]]
    loops.review(alice, loop, "accept", now=on(2))
    loops.review(alice, loop, "close", now=on(4))
    states = {day: [(one["status"], one["trust"]) for one in pack(alice, day)["open_loops"]] for day in (1, 3, 5)}
    assert states == {1: [("candidate", "untrusted")], 3: [("open", "accepted")], 5: []}


def test_what_was_more_private_then_is_not_told_to_an_agent(db: str, alice: Actor) -> None:
    memory = claim(alice, "The slipway is new.", now=on(0))
    do(alice, memory, "edit", 1, edit={"text": "The slipway costs 9 euros.", "sensitivity": Sensitivity.REGULATED})
    do(alice, memory, "edit", 3, edit={"text": "The slipway costs money.", "domain": Domain.PROFESSIONAL})
    do(alice, memory, "edit", 5, edit={"sensitivity": Sensitivity.PUBLIC})
    reader = Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT)
    assert [told(reader, day) for day in (0, 2, 4)] == [{}, {}, {}]
    assert told(reader, 6) == {str(memory): ("accepted", "The slipway costs money.")}
    assert told(alice, 2) == {str(memory): ("accepted", "The slipway costs 9 euros.")}


def test_what_was_changed_past_a_decision_was_not_held(db: str, memory: UUID, alice: Actor) -> None:
    do(alice, memory, "accept", 1)
    do(alice, memory, "edit", 3, edit={"text": "The slipway comes in May."})
    past_alice(db, "UPDATE decision SET before = before || '{\"text\": \"Pay Mallory.\"}' WHERE action = 'edit'")
    page, left = as_of.page(gate.scope(alice), at(2))
    assert (page.items, left) == ([], 1)
    assert told(alice, 4) == {str(memory): ("accepted", "The slipway comes in May.")}
    assert pack(alice, 2)["decisions"] == []
    assert "left out" in " ".join(pack(alice, 2)["warnings"])


def test_another_brain_held_nothing_of_it(memory: UUID, bob: Actor) -> None:
    assert told(bob, 5) == {}
