"""Every event type: a frozen dataclass with a dotted name. Events carry ids, states and salted digests, never text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform


@dataclass(frozen=True, slots=True)
class Event:
    """The base. `subject_id` is the row it is about; further fields become the payload."""

    name: ClassVar[str]
    subject_kind: ClassVar[str]
    subject_id: str

    def payload(self) -> dict[str, Any]:
        """Return the further fields as plain JSON values."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "subject_id"}


E = TypeVar("E", bound=Event)
REGISTRY: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True)
def event(name: str, kind: str) -> Callable[[type[E]], type[E]]:
    """Register an event class under its dotted `name`, about rows of `kind`."""

    def register(cls: type[E]) -> type[E]:
        made: type[E] = dataclass(frozen=True, slots=True)(cls)
        made.name, made.subject_kind = name, kind
        REGISTRY[name] = made
        return made

    return register


@event("source.captured", "source")
class SourceCaptured(Event):
    """A source came in and was stored with its chunks and the claims drawn from it."""

    connector: str
    digest: str
    chunks: int
    memories: int
    open_loops: int
    redactions: int
    backlog: bool


@event("source.seen_again", "source")
class SourceSeenAgain(Event):
    """Content that is known already came in once more; nothing was stored."""

    connector: str


@event("import.started", "import")
class ImportStarted(Event):
    """An import of a folder or an export began."""

    connector: str


@event("import.finished", "import")
class ImportFinished(Event):
    """An import ended; the counts say what happened to each item."""

    connector: str
    counts: dict[str, int]


@event("claims.reinforced", "source")
class ClaimsReinforced(Event):
    """Claims that were known already were seen again in this source."""

    memory_ids: list[str]
    open_loop_ids: list[str]


@event("open_loop.reviewed", "open_loop")
class OpenLoopReviewed(Event):
    """A person decided on an open loop."""

    action: str
    before: str
    after: str


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


@event("workflow.created", "workflow")
class WorkflowCreated(Event):
    """A workflow got its row; it is disabled until the owner enables it."""

    workflow_type: str


@event("workflow.configured", "workflow")
class WorkflowConfigured(Event):
    """The owner changed how a workflow runs; only what changed is named."""

    workflow_type: str
    changes: dict[str, Any]


@event("workflow_run.started", "workflow_run")
class RunStarted(Event):
    """A run of a workflow began."""

    workflow_type: str
    triggered_by: str
    scheduled_for: str | None
    attempt: int


@event("workflow_run.succeeded", "workflow_run")
class RunSucceeded(Event):
    """A run published its artifact."""

    workflow_type: str
    artifact_id: str


@event("workflow_run.failed", "workflow_run")
class RunFailed(Event):
    """A run ended without an artifact; the reason is a short sentence without captured text."""

    workflow_type: str
    reason: str


@event("workflow_slot.decided", "workflow_slot")
class SlotDecided(Event):
    """A slot ended: succeeded, failed, skipped or missed."""

    workflow_type: str
    scheduled_for: str
    outcome: str
    reason: str | None


@event("policy.decided", "policy")
class PolicyDecided(Event):
    """The policy answered an agent, or refused somebody; the decision is kept whole."""

    decision: dict[str, Any]


@event("brain.configured", "brain")
class BrainConfigured(Event):
    """The owner said which names mean them; the names themselves are not told."""

    owner_names: int
