"""What a connection report is composed from: older passages that recall finds for what is new, and how rare words are.

Every list is bounded and served by an index. It chooses no words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from alice.db import database
from alice.domain.composing.briefing import Inputs, Passage
from alice.domain.composing.grounding import Evidence
from alice.domain.composing.reports import Connections, Fresh, Older
from alice.domain.policy import Scope
from alice.domain.vocab import Domain, Sensitivity, WorkflowType
from alice.queries.composing import briefing, rarities, recall
from alice.queries.scoping import visible_sql

MOST_ASKED, HITS, MOST_PEOPLE = 16, 24, 300
_ABOVE = 3_000  # characters before a passage, enough to find what it is about


def base(scope: Scope, *, now: datetime, zone: str) -> Inputs:
    """Return what is new since the last connection report."""
    return briefing.inputs(scope, now=now, zone=zone, workflow=WorkflowType.CONNECTION_REPORT)


def inputs(scope: Scope, new: Inputs, fresh: Sequence[Fresh], words: Collection[str]) -> Connections:
    """Return `new` with older passages for each of `fresh`, and how rare `words` are."""
    latest = new.newest_at or new.now
    older = recalled(scope, [(one, latest - briefing.OLDER_THAN) for one in fresh[:MOST_ASKED]], HITS)
    total, rarity = rarities.passages(scope, words)
    ends = [one.id for one in fresh]
    return Connections(new, tuple(fresh), older, total, rarity, _people(scope), settled(scope, ends, new.since))


def recalled(scope: Scope, asked: Sequence[tuple[Fresh, datetime]], most: int) -> tuple[Older, ...]:
    """Return the passages from before a moment that recall finds for each thing, with the text above them."""
    hits = []
    for one, before in asked:
        words = f"{one.topic} {one.text}"
        if any(char.isalnum() for char in words):
            hits += [(one.id, hit) for hit in recall.passages(scope, words, limit=most, before=before)]
    above = _above(scope, sorted({hit.chunk_id for _, hit in hits}, key=str))
    return tuple(_older(identifier, hit, above[hit.chunk_id]) for identifier, hit in hits if hit.chunk_id in above)


def _older(identifier: UUID, hit: recall.Hit, above: str) -> Older:
    words = Evidence(hit.source_id, hit.chunk_id, hit.start, hit.text, Domain(hit.domain), Sensitivity(hit.sensitivity))
    return Older(identifier, Passage(words, hit.heading), above, hit.source_title, hit.occurred_at)


def _above(scope: Scope, chunk_ids: list[UUID]) -> dict[UUID, str]:
    """Return the text right before each passage."""
    seen, values = visible_sql(scope, "s")
    found = database.query(
        f"SELECT c.id, substr(s.content_text, greatest(1, c.start + 1 - {_ABOVE}), least(c.start, {_ABOVE}))"
        f" FROM chunk c JOIN source s ON s.id = c.source_id WHERE {seen} AND c.id = ANY(%s)",
        *values, chunk_ids,
    )  # fmt: skip
    return dict(found)


def _people(scope: Scope) -> tuple[str, ...]:
    """Return the people whom evidence spoke of last. People belong to no project: who is held to one sees none."""
    if scope.project_ids is not None:
        return ()
    seen, values = visible_sql(scope, "p")
    found = database.query(
        f"SELECT name FROM person p WHERE {seen} AND status <> 'rejected' ORDER BY last_seen_at DESC, id LIMIT %s",
        *values, MOST_PEOPLE,
    )  # fmt: skip
    return tuple(row[0] for row in found)


def settled(scope: Scope, ends: Sequence[UUID], since: datetime | None) -> tuple[tuple[UUID, UUID], ...]:
    """Return the edges from one of `ends` on which a person has decided, or that an earlier report has told."""
    found = database.query(
        "SELECT from_id, to_id FROM graph_edge WHERE user_id = %s AND from_id = ANY(%s)"
        " AND (status <> 'candidate' OR created_at <= %s) ORDER BY from_id, to_id",
        scope.user_id, list(ends), since or datetime.min.replace(tzinfo=UTC),
    )  # fmt: skip
    return tuple((row[0], row[1]) for row in found)
