"""Claims and loops as the plain rows that workflows compose from, each with the words it was drawn from.

It must not choose which rows: callers hand it what they found, with the columns named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.composing.briefing import ClaimNote, LoopRow, Passage, Related
from alice.domain.composing.grounding import Evidence
from alice.domain.policy import Scope
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, MemoryStatus, Sensitivity
from alice.queries.composing import recall
from alice.queries.ledger import trust
from alice.queries.scoping import visible_sql

LIVE = "s.status NOT IN ('forgotten', 'archived') AND s.current"
CLAIM = (
    "m.id, memory_type, m.text, m.subject, m.status, confidence, m.occurred_at, flags, j.name AS project, m.domain,"
    " m.sensitivity"
)
LOOP = (
    "l.id, loop_kind, l.text, l.subject, l.owner, waiting_for, due_on, l.status, confidence, l.last_seen_at, flags,"
    " closed_at, j.name AS project, l.domain, l.sensitivity, COALESCE((SELECT min(s.occurred_at) FROM provenance p"
    " JOIN source s ON s.id = p.source_id WHERE p.subject_id = l.id), l.occurred_at) AS first_at"
)
ACTIVE = (
    "(l.status = 'open' OR (l.status = 'candidate' AND NOT 'withdrawn' = ANY(l.flags))"
    " OR (l.status = 'snoozed' AND l.snoozed_until <= %s))"
)
_QUOTES = 3
LATEST = datetime.max.replace(tzinfo=UTC)


def evidence(row: dict[str, Any], source: dict[str, Any]) -> Evidence:
    """Return the words of `row` (source_id, chunk_id, start, text), as private as `source` says."""
    domain, sensitivity = Domain(source["domain"]), Sensitivity(source["sensitivity"])
    return Evidence(row["source_id"], row["chunk_id"], row["start"], row["text"], domain, sensitivity)


def quotes(
    scope: Scope, subject_ids: list[UUID], *, most: int = _QUOTES, known_by: datetime = LATEST
) -> dict[UUID, list[Evidence]]:
    """Return for each claim or loop the newest few of the quotes that it was drawn from and that may be seen.

    Of what came in after `known_by` there is none.
    """
    seen, values = visible_sql(scope, "s")
    rows = database.rows(
        "SELECT * FROM (SELECT p.subject_id, p.source_id, p.chunk_id, p.start, s.domain, s.sensitivity,"
        ' substr(c.text, p.start - c.start + 1, p."end" - p.start) AS text,'
        " row_number() OVER (PARTITION BY p.subject_id ORDER BY s.occurred_at DESC, s.id, p.start) AS place"
        " FROM provenance p JOIN chunk c ON c.id = p.chunk_id JOIN source s ON s.id = p.source_id"
        f" WHERE p.subject_id = ANY(%s) AND p.start >= c.start AND {seen} AND s.status <> 'forgotten'"
        " AND s.captured_at <= %s) q WHERE place <= %s AND text <> '' ORDER BY subject_id, place",
        subject_ids, *values, known_by, most,
    )  # fmt: skip
    found: dict[UUID, list[Evidence]] = {}
    for row in rows:
        found.setdefault(row["subject_id"], []).append(evidence(row, row))
    return found


def quoted(scope: Scope, subject_id: UUID) -> list[dict[str, Any]]:
    """Return the quotes behind a claim, loop or proposal as they are sent, the newest first."""
    return [quote(words) for words in quotes(scope, [subject_id], most=12).get(subject_id, [])]


def quote(words: Evidence) -> dict[str, Any]:
    """Return words as they are sent."""
    place = {"source_id": str(words.source_id), "chunk_id": str(words.chunk_id), "start": words.start}
    return place | {"end": words.start + len(words.text), "quote": words.text}


def sealed(scope: Scope, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of memories without those that say they were accepted, though no decision stands behind them."""
    held = trust.held(scope, "memory", [row["id"] for row in found if row["status"] == MemoryStatus.ACCEPTED])
    return [row for row in found if row["status"] != MemoryStatus.ACCEPTED or row["id"] in held]


def notes(scope: Scope, found: Sequence[dict[str, Any]]) -> tuple[ClaimNote, ...]:
    """Return rows of memories, which `sealed` has seen, as claims, without those of which no word may be seen."""
    words = quotes(scope, [row["id"] for row in found])
    return tuple(
        ClaimNote(
            row["id"], row["memory_type"], row["text"], row["subject"], row["status"], row["confidence"],
            row["occurred_at"], _raised(words[row["id"]], row), row["project"], bool(row["flags"]),
        )
        for row in found
        if row["id"] in words
    )  # fmt: skip


def loops(scope: Scope, found: Sequence[dict[str, Any]]) -> tuple[LoopRow, ...]:
    """Return rows of loops. One without words that may be seen is told on its own word, unless it is restricted."""
    words = quotes(scope, [row["id"] for row in found])
    return tuple(
        LoopRow(
            row["id"], row["loop_kind"], row["text"], row["subject"], row["owner"], row["waiting_for"], row["due_on"],
            row["status"], row["confidence"], row["first_at"], row["last_seen_at"],
            _raised(words.get(row["id"], []), row), row["project"], bool(row["flags"]), row["closed_at"],
            Domain(row["domain"]), Sensitivity(row["sensitivity"]),
        )
        for row in found
        if row["id"] in words or row["domain"] not in RESTRICTED_DOMAINS
    )  # fmt: skip


def _raised(words: Sequence[Evidence], row: dict[str, Any]) -> tuple[Evidence, ...]:
    """Return the words of a claim, at least as private as the claim itself: its owner may have raised it."""
    domain, sensitivity = Domain(row["domain"]), Sensitivity(row["sensitivity"])
    return tuple(
        replace(
            one,
            domain=domain if domain in RESTRICTED_DOMAINS else one.domain,
            sensitivity=max(one.sensitivity, sensitivity, key=lambda s: (s.rank, s.value)),
        )
        for one in words
    )


def related(asked_by: UUID, hit: recall.Hit) -> Related:
    """Return a passage that recall found for the claim, loop or source `asked_by`."""
    words = Evidence(hit.source_id, hit.chunk_id, hit.start, hit.text, Domain(hit.domain), Sensitivity(hit.sensitivity))
    return Related(asked_by, Passage(words, hit.heading), hit.source_title, hit.occurred_at, hit.score)
