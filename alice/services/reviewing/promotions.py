"""Makes candidates of an artifact's statements: each waits for a decision like any other, with the words it cites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.extraction.claims import FACT, claim_key, clipped
from alice.domain.vocab import StatementKind
from alice.errors import InvalidInput
from alice.ledger.events import ArtifactPromoted
from alice.ledger.unit import Unit
from alice.services.evidence import proposed, storage
from alice.services.evidence.proposed import Candidate, Words

RULE = "artifact_statement"
Place = tuple[int, int]


def promote(unit: Unit, artifact: Any, places: Sequence[Place], *, now: datetime) -> list[UUID]:
    """Make candidates of the statements at `places` (section, statement), or of every fact, and return their ids.

    One that is known already is seen again and stays what a person made of it. Raise InvalidInput for a place where
    nothing stands, or nothing that its evidence bears out.
    """
    done = [
        proposed.propose(unit, _candidate(artifact, said), _words(artifact.id, said["citations"]), now=now)
        for said in _chosen(artifact, places)
    ]
    known = sum(one.known for one in done)
    unit.record(ArtifactPromoted(str(artifact.id), [str(one.memory_id) for one in done], known))
    return [one.memory_id for one in done]


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


def _candidate(artifact: Any, said: dict[str, Any]) -> Candidate:
    text = clipped(" ".join(said["text"].split()))
    return Candidate(
        text,
        storage.short_key(claim_key(FACT, text)),
        RULE,
        artifact.covers_to,
        artifact.domain,
        artifact.sensitivity,
        artifact.project_id,
        subject=said["topic"],
    )


def _words(artifact_id: UUID, numbers: Sequence[int]) -> list[Words]:
    sql = (
        'SELECT source_id, chunk_id, start, "end" FROM citation WHERE artifact_id = %s AND number = ANY(%s)'
        " ORDER BY number"
    )
    return [Words(*row) for row in database.query(sql, artifact_id, list(numbers))]
