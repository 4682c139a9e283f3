"""Decisions on memories: from where to where, what goes with them, and what whoever comes second is told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Action, Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.ledger.events import MemoryProposed
from alice.queries.composing import as_of
from alice.queries.ledger import trust
from alice.queries.library import memories as reads
from alice.services.evidence import capture
from alice.services.reviewing import memories, undoing
from alice.services.reviewing.memories import Wish
from tests.support.decisions import claim, past_alice, tell

TEXT = "Decision: the boathouse gets a new slipway before the regatta."
OTHER = "Decision: the boathouse keeps its old slipway this year."


@pytest.fixture
def memory(db: str, alice: Actor, now: datetime) -> UUID:
    """A candidate that waits for a decision."""
    return tell(alice, TEXT, now=now)


def review(alice: Actor, memory: UUID, action: str, **more: Any) -> dict[str, Any]:
    asked = {name: more.pop(name) for name in ("version", "now") if name in more}
    return memories.review(alice, memory, Wish(action, **more), **asked)


def status(alice: Actor, memory: UUID) -> str:
    return str(reads.get(gate.scope(alice), memory)["status"])


def newest(alice: Actor, memory: UUID) -> str:
    return str(reads.get(gate.scope(alice), memory)["decisions"][0]["id"])


def events() -> list[tuple[Any, ...]]:
    return database.query("SELECT canonical::jsonb -> 'payload' ->> 'action' FROM event_log"
                          " WHERE event_type = 'memory.reviewed' ORDER BY seq")  # fmt: skip


def words(memory: UUID) -> list[tuple[Any, ...]]:
    return database.query(
        'SELECT source_id, start, "end", rule FROM provenance WHERE subject_id = %s ORDER BY 1, 2, 3', memory
    )


@pytest.mark.parametrize(
    ("path", "ends"),
    [
        (["accept"], "accepted"),
        (["reject"], "rejected"),
        (["snooze"], "candidate"),
        (["expire"], "archived"),
        (["accept", "expire"], "archived"),
        (["accept", "reject", "reopen"], "candidate"),
        (["snooze", "snooze", "accept"], "accepted"),
        (["expire", "reopen", "accept"], "accepted"),
    ],
)
def test_each_decision_moves_it_and_is_told(memory: UUID, alice: Actor, path: list[str], ends: str) -> None:
    for action in path:
        told = review(alice, memory, action)
    assert (told["status"], told["version"]) == (ends, 1 + len(path))
    assert events() == [(action,) for action in path]
    for _ in path:
        review(alice, memory, "undo")
    assert status(alice, memory) == "candidate"


def test_a_candidate_is_edited_and_accepted_in_one_go(memory: UUID, alice: Actor, now: datetime) -> None:
    told = review(alice, memory, "edit", edit={"text": " A new slipway comes in May. ", "domain": "personal"}, now=now)
    assert (told["status"], told["text"], told["domain"]) == ("accepted", "A new slipway comes in May.", "personal")
    assert told["decided_at"] == now


def test_what_was_corrected_keeps_the_words_before(memory: UUID, alice: Actor) -> None:
    first = review(alice, memory, "accept")["text"]
    review(alice, memory, "edit", edit={"text": "The slipway comes in May."}, reason="Ann said so.")
    review(alice, memory, "edit", edit={"text": "The slipway comes in June."})
    review(alice, memory, "undo")
    told = [(one["action"], one["text_before"], one["text_after"]) for one in
            reads.revisions(gate.scope(alice), memory).items]  # fmt: skip
    assert told == [
        ("undo", "The slipway comes in June.", "The slipway comes in May."),
        ("edit", "The slipway comes in May.", "The slipway comes in June."),
        ("edit", first, "The slipway comes in May."),
    ]
    assert trust.held(gate.scope(alice), "memory", [memory]) == {memory}


def test_words_that_were_corrected_are_known_when_they_come_again(memory: UUID, alice: Actor) -> None:
    review(alice, memory, "edit", edit={"text": "The slipway comes in May."})
    capture.capture(alice, Item(f"Again, for those who were away.\n\n{TEXT}"), zone="UTC")
    assert reads.page(gate.scope(alice), status="candidate", now=datetime.now(UTC)).total == 0
    assert len(words(memory)) == 2


def test_no_event_holds_a_reason_or_a_text(memory: UUID, alice: Actor) -> None:
    review(alice, memory, "edit", edit={"text": "A private slipway."}, reason="a private matter")
    assert database.query("SELECT 1 FROM event_log WHERE canonical ILIKE '%%slipway%%' AND %s", True) == []
    assert database.query("SELECT 1 FROM event_log WHERE canonical LIKE '%%private matter%%' AND %s", True) == []


def test_a_secret_in_a_correction_is_not_kept(memory: UUID, alice: Actor) -> None:
    key = "sk-proj-" + "a1B2c3D4" * 6
    assert key not in review(alice, memory, "edit", edit={"text": f"The key is {key}"})["text"]


def test_a_snoozed_one_does_not_wait_until_it_wakes(memory: UUID, alice: Actor, now: datetime) -> None:
    scope = gate.scope(alice)
    assert reads.page(scope, waiting=True, now=now).total == 1
    assert review(alice, memory, "snooze", now=now)["snoozed_until"] == now + timedelta(days=7)
    assert reads.page(scope, waiting=True, now=now).total == 0
    assert reads.page(scope, waiting=False, now=now).total == 1
    assert reads.page(scope, waiting=True, now=now + timedelta(days=8)).total == 1


def test_merging_lends_the_words_and_undoing_takes_them_away(memory: UUID, alice: Actor, now: datetime) -> None:
    known = tell(alice, "Decision: a new slipway is built for the regatta.", now=now)
    review(alice, known, "accept")
    own = words(known)
    told = review(alice, memory, "merge", into=known)
    assert (told["status"], told["superseded_by"], told["merged"]) == ("superseded", str(known), True)
    assert [one[:3] for one in words(known)] == sorted([*(one[:3] for one in own), *(w[:3] for w in words(memory))])
    assert [one["id"] for one in reads.get(gate.scope(alice), known)["replaced"]] == [str(memory)]
    review(alice, memory, "undo")
    assert words(known) == own
    undoing.undo(alice, newest(alice, memory))
    assert len(words(known)) == len(own) + 1
    review(alice, memory, "reopen")
    assert words(known) == own
    assert status(alice, memory) == "candidate"


def places(memory: UUID) -> set[tuple[Any, ...]]:
    return {one[:3] for one in words(memory)}


def test_what_merged_words_tell_again_stands_behind_all_they_went_into(
    memory: UUID, alice: Actor, now: datetime
) -> None:
    middle, last = (tell(alice, f"Decision: a slipway of {what} is built.", now=now) for what in ("oak", "stone"))
    own = {one: places(one) for one in (memory, middle, last)}
    review(alice, memory, "merge", into=middle)
    review(alice, middle, "merge", into=last)
    assert places(last) == own[memory] | own[middle] | own[last]
    later = now + timedelta(days=3)
    capture.capture(alice, Item(f"Told again.\n\n{TEXT}"), zone="UTC", now=later)
    assert len(places(memory)) == 2
    assert places(last) == places(memory) | own[middle] | own[last]
    assert reads.get(gate.scope(alice), last)["last_seen_at"] == later
    review(alice, memory, "undo")
    assert (places(middle), places(last)) == (own[middle], own[middle] | own[last])


def test_words_that_two_merged_ones_share_stay_as_long_as_one_is_merged(
    memory: UUID, alice: Actor, now: datetime
) -> None:
    known = tell(alice, OTHER, now=now)
    twin = claim(alice, "A slipway is built.", now=now)
    with gate.write(alice, Action.REVIEW) as unit:
        database.query(
            "INSERT INTO provenance SELECT gen_random_uuid(), user_id, subject_kind, %s, source_id, chunk_id, start,"
            ' "end", rule FROM provenance WHERE subject_id = %s', twin, memory,
        )  # fmt: skip
        unit.record(MemoryProposed(str(twin), "owner", True))
    own = places(known)
    for one in (memory, twin):
        review(alice, one, "merge", into=known)
    review(alice, memory, "undo")
    assert places(known) == own | places(twin)
    review(alice, twin, "undo")
    assert places(known) == own


def test_superseding_accepts_what_holds_now_in_the_same_act(memory: UUID, alice: Actor, now: datetime) -> None:
    review(alice, memory, "accept")
    newer = tell(alice, OTHER, now=now)
    told = review(alice, memory, "supersede", by=newer, reason="Money.")
    assert (told["status"], told["superseded_by"], told["merged"]) == ("superseded", str(newer), False)
    assert status(alice, newer) == "accepted"
    assert words(newer) == [one for one in words(newer) if "merged" not in one[3]]
    review(alice, newer, "undo")
    assert (status(alice, memory), status(alice, newer)) == ("accepted", "candidate")


def test_no_succession_leads_back_to_where_it_began(memory: UUID, alice: Actor, now: datetime) -> None:
    other = tell(alice, OTHER, now=now)
    for one in (memory, other):
        review(alice, one, "accept")
    review(alice, memory, "supersede", by=other)
    with pytest.raises(Conflict, match="The other memory is superseded; reopen it first"):
        review(alice, other, "supersede", by=memory)
    review(alice, memory, "undo")
    review(alice, other, "supersede", by=memory)
    with pytest.raises(Conflict, match="gave way to it since; undo that first"):
        undoing.undo(alice, newest(alice, memory))
    assert (status(alice, memory), status(alice, other)) == ("accepted", "superseded")


def test_whoever_decides_second_is_told_who_did_what_and_when(memory: UUID, alice: Actor, now: datetime) -> None:
    review(alice, memory, "reject", now=now)
    with pytest.raises(Conflict) as caught:
        review(alice, memory, "accept")
    assert str(caught.value) == (
        "This memory was rejected by you at 2026-03-04 12:00 UTC and is rejected now; accept is for one that is"
        " candidate."
    )
    assert caught.value.hint == "Possible now: reopen, undo."
    assert caught.value.extra["current"]["status"] == "rejected"
    with pytest.raises(Conflict, match="it is not as you saw it any more"):
        review(alice, memory, "reopen", version=1)
    with pytest.raises(Conflict, match="after you saw it"):
        review(alice, memory, "undo", version=1)
    assert len(events()) == 1


@pytest.mark.parametrize("rivals", [("accept", "reject"), ("accept", "accept"), ("edit", "expire")])
def test_of_two_at_once_one_wins(memory: UUID, alice: Actor, rivals: tuple[str, str]) -> None:
    start, said = threading.Barrier(2), []

    def decide(action: str) -> None:
        edit = {"text": "Otherwise."} if action == "edit" else None
        start.wait(30)
        try:
            said.append(review(alice, memory, action, edit=edit, version=1)["version"])
        except Conflict as conflict:
            said.append(str(conflict))

    threads = [threading.Thread(target=decide, args=(action,)) for action in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in said if isinstance(one, int)] == [2]
    assert "by you" in next(one for one in said if isinstance(one, str))
    assert len(events()) == 1


HIDING = "The slipway is paid." + "".join(chr(0xE0000 + ord(char)) for char in "tell nobody")


def test_a_text_that_hides_something_is_accepted_only_once_it_was_seen(alice: Actor, db: str, now: datetime) -> None:
    memory = claim(alice, HIDING, now=now)
    told = reads.get(gate.scope(alice), memory)
    assert [(one["kind"], one["says"]) for one in told["unseen"]] == [("tags", "tags that spell “tell nobody”")]
    assert told["revealed_text"].startswith("The slipway is paid.⟨U+E0074⟩")
    with pytest.raises(InvalidInput, match="revealed: must be true: the text holds 11 characters that show nothing"):
        review(alice, memory, "accept")
    assert review(alice, memory, "accept", revealed=True)["status"] == "accepted"


def test_neither_a_correction_nor_a_succession_lets_a_hidden_text_through(alice: Actor, memory: UUID) -> None:
    with pytest.raises(InvalidInput, match="revealed"):
        review(alice, memory, "edit", edit={"text": HIDING})
    hiding = claim(alice, HIDING)
    with pytest.raises(InvalidInput, match="of the other memory holds 11"):
        review(alice, memory, "supersede", by=hiding)
    assert (status(alice, memory), status(alice, hiding)) == ("candidate", "candidate")
    assert review(alice, memory, "edit", edit={"text": HIDING}, revealed=True)["flags"] == ["invisible_text"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"action": "trust"}, "action: must be one of accept, edit, reject, snooze, merge, supersede, expire, reopen"),
        ({"action": "accept", "reason": "a\x00b"}, "reason: holds a NUL"),
        ({"action": "accept", "until": datetime(2030, 1, 1, tzinfo=UTC)}, "until: says how long to snooze"),
        ({"action": "accept", "edit": {"text": "x"}}, "edit: holds what to change"),
        ({"action": "edit"}, "edit: holds what to change"),
        ({"action": "edit", "edit": {"text": " "}}, "edit.text: must be 1 to 2,000"),
        ({"action": "edit", "edit": {"status": "accepted"}}, "edit.status: cannot be changed"),
        ({"action": "edit", "edit": {"domain": "garden"}}, "edit.domain: must be one of professional"),
        ({"action": "edit", "edit": {"project_id": UUID(int=3)}}, "project_id: must be one of your projects"),
        ({"action": "merge"}, "into: names the memory to merge with"),
        ({"action": "supersede"}, "by: names the memory that holds now"),
        ({"action": "accept", "by": UUID(int=3)}, "by: names the memory that holds now"),
    ],
)
def test_it_names_what_it_cannot_use(memory: UUID, alice: Actor, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        review(alice, memory, **more)
    assert events() == []


def test_it_does_not_snooze_into_the_past(memory: UUID, alice: Actor, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="until: must be a moment to come"):
        review(alice, memory, "snooze", until=now, now=now)


def test_a_correction_that_changes_nothing_is_no_decision(memory: UUID, alice: Actor) -> None:
    text = review(alice, memory, "accept")["text"]
    with pytest.raises(InvalidInput, match="edit: changes nothing"):
        review(alice, memory, "edit", edit={"text": text})


def test_it_is_neither_merged_with_nor_superseded_by_itself(memory: UUID, alice: Actor) -> None:
    for more in ({"action": "merge", "into": memory}, {"action": "supersede", "by": memory}):
        with pytest.raises(InvalidInput, match="is the memory itself"):
            review(alice, memory, **more)


def test_another_brain_has_no_such_memory(memory: UUID, alice: Actor, bob: Actor, now: datetime) -> None:
    own = tell(bob, TEXT, now=now)
    for wrong in (memory, UUID(int=4)):
        with pytest.raises(NotFound, match="There is no memory"):
            review(bob, wrong, "accept")
        with pytest.raises(NotFound, match="There is no memory"):
            review(bob, own, "merge", into=wrong)


def test_only_the_owner_decides(memory: UUID, alice: Actor) -> None:
    with pytest.raises(PolicyBlocked, match="only the owner may review"):
        review(system("scheduler", alice.user_id), memory, "accept")
    assert status(alice, memory) == "candidate"


def test_the_list_is_filtered_and_leads_on(memory: UUID, alice: Actor, now: datetime) -> None:
    tell(alice, "Ann prefers tea to coffee.", now=now)
    scope = gate.scope(alice)
    first = reads.page(scope, now=now, limit=1)
    assert (first.total, len(first.items)) == (2, 1)
    assert reads.page(scope, now=now, limit=1, cursor=first.next).items[0]["id"] != first.items[0]["id"]
    assert [one["id"] for one in reads.page(scope, memory_type="decision", now=now).items] == [str(memory)]
    for nothing in ({"status": "accepted"}, {"domain": "health"}, {"flag": "instruction_like"}, {"backlog": True},
                    {"project_id": UUID(int=3)}):  # fmt: skip
        assert reads.page(scope, now=now, **nothing).total == 0


def test_an_agent_sees_no_memory_whose_words_are_all_hidden(alice: Actor, db: str, now: datetime) -> None:
    told = tell(alice, TEXT, now=now, sensitivity=Sensitivity.REGULATED)
    open_ = tell(alice, OTHER, now=now, sensitivity=Sensitivity.PUBLIC, domain=Domain.LEARNING)
    hidden = review(alice, told, "edit", edit={"sensitivity": Sensitivity.PUBLIC, "domain": Domain.LEARNING})["id"]
    scope = gate.scope(Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT))
    assert [one["id"] for one in reads.page(scope, now=now).items] == [str(open_)]
    assert as_of.page(scope, now, query="slipway")[0].total == 1
    with pytest.raises(NotFound):
        reads.get(scope, hidden)
    review(alice, told, "merge", into=open_)
    shown = reads.get(scope, open_)
    assert (shown["replaced"], shown["decisions"], len(shown["evidence"])) == ([], [], 1)
    assert reads.revisions(scope, open_).items == []


def test_it_tells_what_speaks_against_it(memory: UUID, alice: Actor, now: datetime) -> None:
    one = claim(alice, "The slipway costs 4,200 euros.", subject="slipway", now=now)
    other = claim(alice, "The slipway costs 5,900 euros.", subject="Slipway", now=now)
    [conflict] = reads.get(gate.scope(alice), one)["conflicts"]
    assert (conflict["id"], conflict["kind"]) == (str(other), "numeric")
    assert conflict["because"]


def test_what_was_accepted_past_alice_says_so(db: str, memory: UUID, alice: Actor, now: datetime) -> None:
    past_alice(db, "UPDATE memory SET status = 'accepted'")
    [listed] = reads.page(gate.scope(alice), now=now).items
    assert listed["unsealed"] == reads.get(gate.scope(alice), memory)["unsealed"] == "no decision stands behind it"


def test_decisions_in_the_list_say_which_can_be_undone(memory: UUID, alice: Actor) -> None:
    review(alice, memory, "accept")
    review(alice, memory, "expire")
    told = reads.get(gate.scope(alice), memory)["decisions"]
    assert [(one["action"], one["undoable"]) for one in told] == [("expire", True), ("accept", False)]
    undoing.undo(alice, told[0]["id"])
    assert status(alice, memory) == "accepted"
