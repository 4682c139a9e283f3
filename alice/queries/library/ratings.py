"""Reads of what the owner thinks of artifacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alice.domain.policy import Scope
from alice.models import ArtifactRating, InsightFeedback

_RATING = ("usefulness", "accuracy", "source_grounding", "novel_connections", "actionability", "hallucination_risk",
           "verbosity", "missed_context", "comments", "rated_by", "rated_at", "version")  # fmt: skip


def of(scope: Scope, artifact_id: UUID) -> list[dict[str, Any]]:
    """Return the ratings of an artifact, the newest first; the caller has seen that it lies in the scope."""
    select: Any = ArtifactRating.select().where(
        ArtifactRating.user_id == scope.user_id, ArtifactRating.artifact == artifact_id
    )
    return [_present(row) for row in select.order_by(ArtifactRating.rated_at.desc(), ArtifactRating.id.desc())]


def _present(row: Any) -> dict[str, Any]:
    return {"artifact_id": str(row.artifact_id), **{name: getattr(row, name) for name in _RATING}}


def feedback(scope: Scope, artifact_id: UUID) -> list[dict[str, Any]]:
    """Return what was said to help or not in an artifact, in the order of reading; the whole of it comes first."""
    select: Any = InsightFeedback.select().where(
        InsightFeedback.user_id == scope.user_id, InsightFeedback.artifact == artifact_id
    )
    rows = select.order_by(InsightFeedback.section, InsightFeedback.statement, InsightFeedback.id)
    return [
        {
            "artifact_id": str(row.artifact_id),
            "section": row.section if row.section >= 0 else None,
            "statement": row.statement if row.statement >= 0 else None,
            "useful": row.useful,
            "note": row.note,
            "given_by": row.given_by,
            "given_at": row.given_at,
        }
        for row in rows
    ]
