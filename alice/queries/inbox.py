"""What waits for a decision."""

from __future__ import annotations

from alice.domain.policy import Scope
from alice.models import Artifact, Memory, ModelCall, OpenLoop, Source
from alice.queries.scoping import visible


def waiting(scope: Scope) -> dict[str, int]:
    """Return how many of each kind wait: artifacts, memories, open_loops, sources, model_calls. Backlog does not."""
    kinds = {
        "artifacts": (Artifact, Artifact.status == "needs_review"),
        "memories": (Memory, (Memory.status == "candidate") & ~Memory.backlog),
        "open_loops": (OpenLoop, (OpenLoop.status == "candidate") & ~OpenLoop.backlog),
        "model_calls": (ModelCall, ModelCall.status == "waiting"),
        "sources": (Source, (Source.status == "new") & ~Source.backlog),
    }
    return {kind: table.select().where(visible(scope, table), open_).count() for kind, (table, open_) in kinds.items()}
