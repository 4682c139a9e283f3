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
