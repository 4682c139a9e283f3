"""Makes candidates of an artifact's statements: each waits for a decision like any other, with the words it cites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.extraction.claims import FACT, claim_key, clipped
from alice.domain.extraction.flags import flags_of
from alice.domain.vocab import StatementKind
from alice.errors import InvalidInput
from alice.ledger.events import ArtifactPromoted, MemoryProposed
from alice.ledger.unit import Unit
from alice.services.evidence import storage

RULE = "artifact_statement"
CONFIDENCE = 0.5
Place = tuple[int, int]


def promote(unit: Unit, artifact: Any, places: Sequence[Place], *, now: datetime) -> list[UUID]:
    """Make candidates of the statements at `places` (section, statement), or of every fact, and return their ids.

    One that is known already is seen again and stays what a person made of it. Raise InvalidInput for a place where
    nothing stands, or nothing that its evidence bears out.
    """
    made, known = [], 0
    for said in _chosen(artifact, places):
        memory_id, fresh = _propose(unit, artifact, said, now)
        known += not fresh
        made.append(memory_id)
        _note_words(unit, artifact.id, memory_id, said["citations"])
        unit.record(MemoryProposed(str(memory_id), unit.actor.identity, not fresh))
    unit.record(ArtifactPromoted(str(artifact.id), [str(one) for one in made], known))
    return made


def _chosen(artifact: Any, places: Sequence[Place]) -> list[dict[str, Any]]:
    if not places:
        every = [s for section in artifact.sections for s in section["statements"] if _promotable(s)]
        if every:
            return every
        raise InvalidInput({"action": "this artifact holds no fact that could be promoted."})
    return [_at(artifact, place) for place in dict.fromkeys(places)]


def _promotable(said: dict[str, Any]) -> bool:
    """Only what cites evidence can be remembered; a loop is a loop already."""
    return said["kind"] == StatementKind.FACT and bool(said["citations"]) and not said.get("loop")


def _at(artifact: Any, place: Place) -> dict[str, Any]:
    section, statement = place
    try:
        said: dict[str, Any] = artifact.sections[section]["statements"][statement]
    except IndexError:
        raise InvalidInput({"statements": f"there is no statement {statement} in section {section}."}) from None
    if _promotable(said):
        return said
    why = "tells of an open loop, which is kept as one" if said.get("loop") else "cites no evidence of its own"
    raise InvalidInput({"statements": f"statement {statement} in section {section} {why}."})


def _propose(unit: Unit, artifact: Any, said: dict[str, Any], now: datetime) -> tuple[UUID, bool]:
    text = clipped(" ".join(said["text"].split()))
    [(memory_id, fresh)] = database.query(
        "INSERT INTO memory (id, user_id, memory_type, text, key, subject, domain, sensitivity, project_id, confidence,"
        " rule, proposed_by, flags, occurred_at, created_at, last_seen_at)"
        " VALUES (%s, %s, 'semantic', %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, key) DO UPDATE"
        " SET last_seen_at = GREATEST(memory.last_seen_at, EXCLUDED.last_seen_at) RETURNING id, xmax = 0",
        ids.new_id(), unit.user_id, text, storage.short_key(claim_key(FACT, text)), said["topic"], artifact.domain,
        artifact.sensitivity, artifact.project_id, CONFIDENCE, RULE, unit.actor.identity, list(flags_of(text)),
        artifact.covers_to, now, artifact.covers_to,
    )  # fmt: skip
    return UUID(str(memory_id)), bool(fresh)


def _note_words(unit: Unit, artifact_id: UUID, memory_id: UUID, numbers: Sequence[int]) -> None:
    for source_id, chunk_id, start, end in database.query(
        'SELECT source_id, chunk_id, start, "end" FROM citation WHERE artifact_id = %s AND number = ANY(%s)'
        " ORDER BY number", artifact_id, list(numbers),
    ):  # fmt: skip
        database.query(
            'INSERT INTO provenance (id, user_id, subject_kind, subject_id, source_id, chunk_id, start, "end", rule)'
            " VALUES (%s, %s, 'memory', %s, %s, %s, %s, %s, %s)"
            ' ON CONFLICT (subject_id, source_id, start, "end") DO NOTHING',
            ids.new_id(), unit.user_id, memory_id, source_id, chunk_id, start, end, RULE,
        )  # fmt: skip
