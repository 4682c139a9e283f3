"""What waits for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alice import clock
from alice.domain.policy import Scope
from alice.models import Artifact, Memory, ModelCall, OpenLoop, Source
from alice.queries.scoping import visible

_NONE: Mapping[str, int] = {}


def waiting(scope: Scope, *, now: datetime | None = None, known: Mapping[str, int] = _NONE) -> dict[str, int]:
    """Return how many of each kind wait: artifacts, memories, open_loops, sources, model_calls. Neither the backlog
    does nor what is asleep; `candidates.waiting` says more of memories. What is `known` is not counted again.
    """
    awake = Memory.snoozed_until.is_null() | (Memory.snoozed_until <= (now or clock.now()))
    kinds = {
        "artifacts": (Artifact, Artifact.status == "needs_review"),
        "memories": (Memory, (Memory.status == "candidate") & ~Memory.backlog & awake),
        "open_loops": (OpenLoop, (OpenLoop.status == "candidate") & ~OpenLoop.backlog),
        "model_calls": (ModelCall, ModelCall.status == "waiting"),
        "sources": (Source, (Source.status == "new") & ~Source.backlog),
    }
    return {
        kind: known[kind] if kind in known else table.select().where(visible(scope, table), open_).count()
        for kind, (table, open_) in kinds.items()
    }
