"""The laws of decisions, whatever is decided by whoever in whatever order: one current truth, every state explained by
its newest decision and by the log, every seal whole, and everything undone as if nothing had been decided.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from alice import ids
from alice.db import database
from alice.domain.decisions import plain
from alice.domain.policy import Actor, owner, system
from alice.domain.preparation import Item
from alice.errors import Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.queries.ledger import decisions as decided
from alice.queries.ledger import events, trust
from alice.services import forgetting
from alice.services.evidence import capture
from alice.services.reviewing import candidates, loops, memories, memory_batches, sources, undoing
from alice.services.reviewing.memories import Wish
from tests.support.decisions import claim

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
TABLES = {"memory": "memory", "open_loop": "open_loop", "source": "source"}
REVIEWED = {"memory.reviewed": "memory", "open_loop.reviewed": "open_loop", "source.reviewed": "source"}
NOTES = (
    "Decision: the boathouse gets a new slipway before the regatta.\n\nTODO: Nora asks about the slipway.",
    "Decision: the oars are painted red.\n\nTODO: Ida buys the paint.",
)
CLAIMS = ("Ann drinks tea.", "Ann drinks coffee.", "Boats are kept dry.\u202e")
MEMORY_ACTIONS = st.sampled_from([*memories.MOVES, "accept", "supersede", "merge"])
REFUSALS = (Conflict, InvalidInput, NotFound)
PLACE = st.integers(0, 99)


def rows(kind: str, user_id: UUID) -> dict[UUID, dict[str, Any]]:
    """Return the rows of a kind in a brain, as JSON has them."""
    found = database.rows(f"SELECT * FROM {TABLES[kind]} WHERE user_id = %s ORDER BY id", user_id)
    return {row["id"]: {name: plain(value) for name, value in row.items()} for row in found}


def words(user_id: UUID) -> list[tuple[Any, ...]]:
    """Return which words stand behind what."""
    sql = 'SELECT subject_id, source_id, start, "end", rule FROM provenance WHERE user_id = %s ORDER BY 1, 2, 3, 4, 5'
    return database.query(sql, user_id)


class Decisions(RuleBasedStateMachine):
    """A brain on which people decide at random."""

    def __init__(self) -> None:
        super().__init__()
        self.actor: Actor = owner(ids.new_id())
        self.now = START
        self.forgotten: set[UUID] = set()

    @initialize()
    def begin(self) -> None:
        for text in NOTES:
            capture.capture(self.actor, Item(text), zone="UTC", now=START)
        for text in CLAIMS:
            claim(self.actor, text, now=START)
        self.first = {kind: rows(kind, self.actor.user_id) for kind in TABLES}
        self.words = words(self.actor.user_id)

    def one(self, kind: str, place: int) -> UUID:
        known = sorted(self.first[kind])
        return known[place % len(known)]

    def later(self) -> datetime:
        self.now += timedelta(days=1)
        return self.now

    def wish(self, action: str, other: int, word: int) -> Wish:
        named = self.one("memory", other)
        return Wish(
            action,
            edit={"text": f"It is so, {word}.", "domain": "personal"} if action == "edit" else None,
            into=named if action == "merge" else None,
            by=named if action == "supersede" else None,
            revealed=bool(word % 2),
        )

    @rule(place=PLACE, other=PLACE, action=MEMORY_ACTIONS, word=PLACE)
    def decide(self, place: int, other: int, action: str, word: int) -> None:
        with suppress(*REFUSALS):
            memories.review(self.actor, self.one("memory", place), self.wish(action, other, word), now=self.later())

    @rule(places=st.lists(PLACE, min_size=1, max_size=4), action=st.sampled_from(memory_batches.ACTIONS), other=PLACE)
    def decide_on_many(self, places: list[int], action: str, other: int) -> None:
        wanted = [self.one("memory", place) for place in places]
        with suppress(*REFUSALS):
            told = memory_batches.review(self.actor, wanted, self.wish(action, other, 1), now=self.later())
            assert len(told["items"]) == len(set(wanted)) == told["done_count"] + told["refused_count"]

    @rule(place=PLACE, other=PLACE, action=st.sampled_from(sorted(set(loops.MOVES) - {"edit"})))
    def decide_on_a_loop(self, place: int, other: int, action: str) -> None:
        into = self.one("open_loop", other) if action == "merge" else None
        with suppress(*REFUSALS):
            loops.review(self.actor, self.one("open_loop", place), action, into=into, now=self.later())

    @rule(place=PLACE, action=st.sampled_from(sorted(sources.ACTIONS)), domain=st.sampled_from(["health", "learning"]))
    def decide_on_a_source(self, place: int, action: str, domain: str) -> None:
        edit = {"domain": domain} if action == "edit" else None
        with suppress(*REFUSALS):
            sources.review(self.actor, self.one("source", place), action, edit=edit, now=self.later())

    @rule(kind=st.sampled_from(sorted(TABLES)), place=PLACE)
    def undo_the_last(self, kind: str, place: int) -> None:
        with suppress(*REFUSALS):
            undoing.undo_last(self.actor, kind, self.one(kind, place), now=self.later())

    @rule(place=PLACE)
    def undo_any(self, place: int) -> None:
        found = decided.page(gate.scope(self.actor)).items
        if found:
            with suppress(*REFUSALS):
                undoing.undo(self.actor, found[place % len(found)]["id"], now=self.later())

    @rule(days=st.integers(1, 120))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        candidates.expire(system("scheduler", self.actor.user_id), now=self.later(), days=90)

    @rule(place=PLACE, actions=st.tuples(MEMORY_ACTIONS, MEMORY_ACTIONS), other=PLACE)
    def two_decide_at_once(self, place: int, actions: tuple[str, str], other: int) -> None:
        memory, moment = self.one("memory", place), self.later()
        version = rows("memory", self.actor.user_id)[memory]["version"]
        start, won = threading.Barrier(2), []

        def work(action: str) -> None:
            start.wait(60)
            with database.session(), suppress(*REFUSALS):
                wish = self.wish(action, other, 1)
                won.append(memories.review(self.actor, memory, wish, version=version, now=moment))

        threads = [threading.Thread(target=work, args=(action,)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) <= 1
        assert rows("memory", self.actor.user_id)[memory]["version"] == version + len(won)

    @rule(place=PLACE, really=st.sampled_from([True, *[False] * 5]))
    def forget(self, place: int, really: bool) -> None:
        if really and not self.forgotten:
            memory = self.one("memory", place)
            with suppress(*REFUSALS):
                forgetting.memory(self.actor, memory, now=self.later())
                self.forgotten.add(memory)

    @invariant()
    def there_is_one_current_truth(self) -> None:
        found = rows("memory", self.actor.user_id)
        by = {str(one): row["superseded_by"] for one, row in found.items()}
        for one, row in found.items():
            if row["status"] != "forgotten":
                assert (row["status"] == "superseded") == (row["superseded_by"] is not None)
            at, steps = str(one), 0
            while by[at] is not None:
                at, steps = by[at], steps + 1
                assert steps <= len(by), "a succession goes in a circle"

    @invariant()
    def words_are_lent_by_what_is_merged_alone(self) -> None:
        found = rows("memory", self.actor.user_id)
        for subject, *_, how in words(self.actor.user_id):
            if how.startswith("merged.") and subject in found:
                lender = found[UUID(how.removeprefix("merged."))]
                if lender["status"] == "forgotten":  # its words stand in their source as before
                    continue
                assert (lender["merged"], lender["superseded_by"]) == (True, str(subject))

    @invariant()
    def every_state_is_explained_by_its_decisions(self) -> None:
        for kind, first in self.first.items():
            now = rows(kind, self.actor.user_id)
            for one in set(first) - self.forgotten:
                row, state = now[one], dict(first[one])
                for taken in self.taken(kind, one):
                    assert {name: state[name] for name in taken["before"]} == taken["before"]
                    state |= taken["after"] | {"version": taken["version"]}
                assert {name: state[name] for name in state} == {name: row[name] for name in state}, kind

    def taken(self, kind: str, one: UUID) -> list[dict[str, Any]]:
        scope = gate.scope(self.actor)
        return decided.page(scope, subject_kind=kind, subject_id=one, limit=0).items[::-1]

    @invariant()
    def the_log_alone_tells_every_state(self) -> None:
        told = {kind: {str(one): row["status"] for one, row in first.items()} for kind, first in self.first.items()}
        for event_type, subject, payload in database.query(
            "SELECT event_type, subject_id::text, canonical::jsonb -> 'payload' FROM event_log WHERE user_id = %s"
            " ORDER BY seq", self.actor.user_id,
        ):  # fmt: skip
            kind = REVIEWED.get(event_type)
            if event_type == "memory.forgotten":
                told["memory"][subject] = "forgotten"
            elif kind:
                assert told[kind][subject] == payload["before"]
                told[kind][subject] = payload["changed"].get("status", payload["after"])
        for kind, states in told.items():
            assert states == {str(one): row["status"] for one, row in rows(kind, self.actor.user_id).items()}

    @invariant()
    def every_seal_holds(self) -> None:
        scope = gate.scope(self.actor)
        for kind, first in self.first.items():
            wanted = [one for one in set(first) - self.forgotten if self.taken(kind, one)]
            assert trust.broken(scope, kind, wanted) == {}

    def teardown(self) -> None:
        """Undo everything that stands, the newest first: what is left is what was there first.

        What was decided together with something that was forgotten stays as it is.
        """
        if not hasattr(self, "first"):
            return
        assert events.verify(gate.scope(self.actor))["status"] == "ok"
        if self.forgotten:
            return
        while standing := self.standing():
            newest = max(standing, key=lambda one: (one["decided_at"], one["id"]))
            undoing.undo(self.actor, newest["id"], now=self.later())
        for kind, first in self.first.items():
            now = rows(kind, self.actor.user_id)
            for one in first:
                assert now[one] | {"version": 1} == first[one] | {"version": 1}
        assert words(self.actor.user_id) == self.words

    def standing(self) -> list[dict[str, Any]]:
        scope, found = gate.scope(self.actor), []
        for kind, first in self.first.items():
            for one in first:
                holds = decided.standing(scope, kind, one)
                found += [taken for taken in self.taken(kind, one) if UUID(taken["id"]) in holds]
        return found


def test_whatever_is_decided_the_laws_hold(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run_state_machine_as_test(
        Decisions,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.reuse, Phase.generate),  # making a failure small takes minutes
        ),
    )
