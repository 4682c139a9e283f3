"""Forgetting one memory: the claim goes, also from artifacts, and is not proposed again; its source stays."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from alice import config
from alice.db import database
from alice.domain.policy import Action, Actor, Scope
from alice.domain.vocab import MemoryType, Profile
from alice.errors import Conflict
from alice.ledger import gate
from alice.queries.composing import recall
from alice.queries.ledger import decisions, trace
from alice.queries.library import artifacts
from alice.queries.library import memories as reads
from alice.services import forgetting
from alice.services.agency import memory_proposals
from alice.services.agency.memory_proposals import Proposal
from alice.services.evidence import revisions
from alice.services.reviewing import memories, undoing
from alice.services.reviewing.memories import Wish
from tests.support.absence import everywhere
from tests.support.diaries import DIARY, brief, count, ids, keep

CLAIM = "keep the marmalade surgery secret from grandmother"


@pytest.fixture
def source(db: str, alice: Actor, now: datetime) -> UUID:
    return keep(alice, DIARY, now)


@pytest.fixture
def memory(source: UUID) -> UUID:
    [found] = ids("SELECT id FROM memory WHERE text ILIKE %s", "%marmalade%")
    return found


@pytest.fixture
def scope(db: str, alice: Actor) -> Scope:
    return gate.scope(alice)


def test_the_claim_is_gone_and_its_words_stay_in_the_source_alone(
    memory: UUID, source: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    memories.review(alice, memory, Wish("accept", reason=f"We {CLAIM} for now."), now=now)
    receipt = forgetting.memory(alice, memory, now=now)
    assert everywhere(f"We {CLAIM}") == ["chunk", "source"]
    assert (receipt["status"], receipt["left"]) == ("complete", [])
    assert receipt["stays"]["sources_with_the_same_words"] == [str(source)]
    assert receipt["gone"]["artifacts"] == [made["id"]]
    assert "marmalade" not in str(artifacts.get(scope, made["id"]))
    assert "envelope" in str(artifacts.get(scope, made["id"])["sections"])
    assert recall.passages(scope, "marmalade surgery")


def test_an_empty_row_stays_that_no_list_shows(memory: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    forgetting.memory(alice, memory, now=now)
    assert str(memory) not in str(reads.page(scope, now=now).items)
    [row] = database.rows("SELECT text, status, subject, key FROM memory WHERE id = %s", memory)
    assert row == {"text": "", "status": "forgotten", "subject": None, "key": f"forgotten:{memory}"}
    assert trace.memory(scope, memory)["receipt_id"]
    assert count("provenance", f"subject_id = '{memory}'") == 0


def test_it_cannot_be_decided_on_nor_brought_back(memory: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    memories.review(alice, memory, Wish("accept"), now=now)
    [taken] = decisions.page(scope, subject_id=memory).items
    forgetting.memory(alice, memory, now=now)
    with pytest.raises(Conflict):
        undoing.undo(alice, taken["id"])
    for action in ("accept", "reject", "reopen"):
        with pytest.raises(Conflict):
            memories.review(alice, memory, Wish(action), now=now)
    with pytest.raises(Conflict, match="forgotten already"):
        forgetting.memory(alice, memory)


def test_the_same_claim_is_not_proposed_again(memory: UUID, source: UUID, alice: Actor, now: datetime) -> None:
    forgetting.memory(alice, memory, now=now)
    edited = keep(alice, DIARY + "\nAnd more.\n", now)
    with gate.write(alice, Action.CAPTURE) as unit:
        revisions.replace(unit, [revisions.Edit(source, edited, True)])
    assert count("memory", "text ~* 'marmalade'") == 0
    assert count("open_loop", "text ~* 'envelope'") == 1


def test_another_memory_that_says_something_else_is_proposed(memory: UUID, alice: Actor, now: datetime) -> None:
    forgetting.memory(alice, memory, now=now)
    keep(alice, "Decision: we paint the harbour gate in dark green.", now)
    assert count("memory", "status = 'candidate' AND text ~* 'harbour'") == 1


def test_the_source_can_be_forgotten_afterwards(memory: UUID, source: UUID, alice: Actor, now: datetime) -> None:
    brief(alice, now)
    first = forgetting.memory(alice, memory, now=now)
    second = forgetting.source(alice, source, now=now)
    assert (second["left"], everywhere(DIARY)) == ([], [])
    assert first["id"] != second["id"]
    assert str(memory) not in str(second["gone"])


def test_a_preview_says_which_words_stay(memory: UUID, source: UUID, alice: Actor) -> None:
    told = forgetting.preview(alice, "memory", memory)
    assert told["counts"]["memories"] == 1
    assert told["stays"] == {"sources_with_the_same_words": [str(source)]}
    assert everywhere(CLAIM) != []


def test_an_agent_that_proposes_it_is_refused(memory: UUID, alice: Actor, now: datetime) -> None:
    [(text, kind)] = database.query("SELECT text, memory_type FROM memory WHERE id = %s", memory)
    hermes = Actor("agent", "hermes", alice.user_id, Profile.TRUSTED_LOCAL_AGENT)
    proposal = Proposal(text, MemoryType(kind))
    forgetting.memory(alice, memory, now=now)
    with pytest.raises(Conflict, match="forgotten"):
        memory_proposals.propose(hermes, proposal, settings=config.load(), now=now)
    assert count("memory", "status <> 'forgotten' AND text ~* 'marmalade'") == 0
