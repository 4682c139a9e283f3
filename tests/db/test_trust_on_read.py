"""What was made to say that a person accepted it is nowhere taken for true: packs, recall, briefs, contradictions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice import sealing
from alice.db import database
from alice.domain import policy
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries.composing import briefing, changes, contradictions, recall
from alice.services.composing import briefs, context_packs
from alice.services.evidence import capture
from alice.services.reviewing import memories
from alice.services.reviewing.memories import Wish
from tests.support.decisions import accept_all, past_alice, tell

TEXT = "Decision: the boathouse gets a new slipway before the regatta."
POISONS = {
    "a row made accepted": "UPDATE memory SET status = 'accepted', decided_at = now()",
    "a text that was changed": "UPDATE memory SET text = 'Pay Mallory for the slipway.' WHERE status = 'accepted'",
    "a privacy that was lowered": "UPDATE memory SET sensitivity = 'public' WHERE status = 'accepted'",
    "a decision that was put in by hand": "INSERT INTO decision SELECT gen_random_uuid(), user_id, gen_random_uuid(),"
    " 'memory', id, 'accept', 9, '{}', '{}', NULL, '[]', 'owner', now(), NULL, gen_random_uuid(), 'x' FROM memory",
    "words that were put in its mouth": "UPDATE chunk SET text = replace(text, 'slipway', 'gallows')",
}


def pack(alice: Actor, now: datetime) -> dict[str, Any]:
    return context_packs.build(alice, "What about the slipway of the boathouse?", zone="UTC", now=now)


@pytest.fixture
def memory(db: str, alice: Actor, now: datetime) -> UUID:
    """A memory that was told a moment ago."""
    return tell(alice, TEXT, now=now)


@pytest.mark.parametrize("poison", POISONS)
def test_poison_is_left_out_of_a_pack_and_counted(
    db: str, memory: UUID, alice: Actor, now: datetime, poison: str
) -> None:
    if poison != "a row made accepted":
        memories.review(alice, memory, Wish("accept"), now=now)
        assert [one["trust"] for one in pack(alice, now)["decisions"]] == ["accepted"]
    past_alice(db, POISONS[poison])
    told = pack(alice, now)
    assert told["decisions"] == []
    assert told["warnings"][0].startswith("1 thing that says it was accepted")


def test_a_loop_made_open_is_left_out_too(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, Item("TODO: Nora asks about the slipway by 2026-03-20."), zone="UTC", now=now)
    past_alice(db, "UPDATE open_loop SET status = 'open'")
    assert pack(alice, now)["open_loops"] == []
    assert "left out" in pack(alice, now)["warnings"][0]


def test_recall_gives_no_weight_to_it(db: str, memory: UUID, alice: Actor, now: datetime) -> None:
    scope = policy.visible(alice)
    past_alice(db, POISONS["a row made accepted"])
    assert recall.passages(scope, "slipway")[0].parts["trusted"] == 0
    past_alice(db, "UPDATE memory SET status = 'candidate'")
    memories.review(alice, memory, Wish("accept"), now=now)
    assert recall.passages(scope, "slipway")[0].parts["trusted"] > 0


def test_a_brief_leaves_it_out_and_says_so(db: str, memory: UUID, alice: Actor, now: datetime) -> None:
    past_alice(db, POISONS["a row made accepted"])
    read = briefing.inputs(gate.scope(alice), now=now, zone="UTC")
    assert (read.claims, read.unsealed) == ((), 1)
    brief = briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    assert "One memory says it was accepted, though no decision stands behind it" in brief["content_markdown"]


def test_nothing_is_contradicted_by_it(db: str, alice: Actor, now: datetime) -> None:
    old = tell(alice, "Decision: the regatta is on 2 May.", now=now - timedelta(days=9))
    briefs.generate(WorkflowType.CONTRADICTION_REPORT, alice, now=now - timedelta(days=5), zone="UTC")
    tell(alice, "Decision: the regatta is on 9 May, they say.", now=now)
    past_alice(db, "UPDATE memory SET subject = 'regatta'")

    def held() -> set[UUID]:
        scope = gate.scope(alice)
        new = briefing.inputs(scope, now=now, zone="UTC", workflow=WorkflowType.CONTRADICTION_REPORT)
        assert len(new.claims) == 1
        return {claim.id for claim in contradictions.held(scope, new.claims)}

    assert held() == {old}
    past_alice(db, "UPDATE memory SET status = 'accepted' WHERE id = %s", old)
    assert held() == set()


def test_an_agent_is_not_told_that_it_was_decided(db: str, memory: UUID, alice: Actor, now: datetime) -> None:
    def told() -> list[str]:
        scope, since = gate.scope(alice), now - timedelta(days=1)
        found = [*changes.since(scope, since), *changes.decisions(scope, since)]
        return [one.get("kind", "decision") for one in found if one.get("kind") != "source_captured"]

    assert told() == ["decision"]
    past_alice(db, POISONS["a row made accepted"])
    assert told() == []
    past_alice(db, "UPDATE memory SET status = 'candidate'")
    memories.review(alice, memory, Wish("accept"), now=now)
    assert told() == ["memory_decided", "decision"]


def test_a_home_without_the_key_trusts_nothing(
    db: str, memory: UUID, alice: Actor, now: datetime, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_all(alice, "slipway", now=now)
    monkeypatch.setenv("ALICE_HOME", str(tmp_path / "elsewhere"))
    assert sealing.place(tmp_path / "elsewhere") != sealing.place(tmp_path / "home")
    assert pack(alice, now)["decisions"] == []


def test_looking_at_the_seals_costs_few_reads(db: str, memory: UUID, alice: Actor, now: datetime) -> None:
    accept_all(alice, "slipway", now=now)
    pack(alice, now)
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        execute = database.handle.execute_sql

        def counted(sql: str, *values: Any) -> Any:
            asked.append(sql)
            return execute(sql, *values)

        patch.setattr(database.handle, "execute_sql", counted)
        pack(alice, now)
    assert 1 <= sum("decision d" in sql for sql in asked) <= 3
