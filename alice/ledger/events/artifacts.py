"""What happens to artifacts."""

from __future__ import annotations

from typing import Any

from alice.ledger.events.base import Event, event


@event("artifact.generated", "artifact")
class ArtifactGenerated(Event):
    """An artifact was composed and waits for review."""

    artifact_type: str
    generation_mode: str
    run_id: str | None
    statements: int
    citations: int
    input_context_hash: str


@event("artifact.reviewed", "artifact")
class ArtifactReviewed(Event):
    """A person decided on an artifact."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("artifact.rated", "artifact")
class ArtifactRated(Event):
    """The owner said what they think of an artifact; only the marks are told."""

    marks: dict[str, Any]


@event("artifact.insight_given", "artifact")
class InsightGiven(Event):
    """The owner said whether a statement of an artifact, or the artifact as a whole, helped."""

    section: int | None
    statement: int | None
    useful: bool


@event("artifact.promoted", "artifact")
class ArtifactPromoted(Event):
    """Statements of an artifact became candidates, which wait for a decision like all others."""

    memory_ids: list[str]
    known: int


@event("artifact.exported", "artifact")
class ArtifactExported(Event):
    """An artifact was written out as Markdown; where to is not told."""
