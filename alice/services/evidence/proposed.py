"""Writes what somebody would have remembered: a candidate, and the words that it rests on. It decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.extraction.flags import flags_of
from alice.domain.vocab import Domain, MemoryType, Sensitivity
from alice.ledger.events import MemoryProposed
from alice.ledger.unit import Unit
from alice.services.evidence import forgotten, storage
from alice.services.reviewing import merged_words

CONFIDENCE = 0.5  # whoever proposes it is sure; how right they are is for a person to say


@dataclass(frozen=True, slots=True)
class Words:
    """The span of a source, within one of its passages."""

    source_id: UUID
    chunk_id: UUID
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is proposed. `key` is the name under which the claim is known, `rule` how it came to be one."""

    text: str
    key: str
    rule: str
    occurred_at: datetime
    domain: Domain
    sensitivity: Sensitivity
    project_id: UUID | None = None
    memory_type: MemoryType = MemoryType.SEMANTIC
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a proposal: a new candidate, or a memory that was known and stays as a person left it."""

    memory_id: UUID
    status: str
    known: bool


def propose(unit: Unit, said: Candidate, words: Sequence[Words], *, now: datetime) -> Written:
    """Write the candidate inside `unit`, or note that its memory was seen again, and point it at its words.

    Raise Conflict for an agent that proposes what the owner had forgotten.
    """
    forgotten.refuse_claim(unit, said.key)
    memory_id, fresh = storage.memory(_row(unit, said, now))
    storage.point(unit, memory_id, [(one.source_id, one.chunk_id, one.start, one.end) for one in words], said.rule)
    if not fresh:
        merged_words.seen_again(unit, [memory_id])
    unit.record(MemoryProposed(str(memory_id), unit.actor.identity, not fresh))
    return Written(memory_id, "candidate" if fresh else _status(memory_id), not fresh)


def _row(unit: Unit, said: Candidate, now: datetime) -> storage.Row:
    """Return the columns that are not as the table has them for any candidate."""
    return {
        "id": ids.new_id(),
        "user_id": unit.user_id,
        "memory_type": said.memory_type.value,
        "text": said.text,
        "key": said.key,
        "subject": said.subject,
        "domain": said.domain,
        "sensitivity": said.sensitivity,
        "project_id": said.project_id,
        "confidence": CONFIDENCE,
        "rule": said.rule,
        "proposed_by": unit.actor.identity,
        "flags": flags_of(said.text),
        "occurred_at": said.occurred_at,
        "created_at": now,
        "last_seen_at": said.occurred_at,
    }


def _status(memory_id: UUID) -> str:
    return str(database.query("SELECT status FROM memory WHERE id = %s", memory_id)[0][0])
