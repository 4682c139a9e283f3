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


@event("secret.set", "secret")
class SecretSet(Event):
    """The owner set a secret; only its reference is told, and how it is protected."""

    protection: str


@event("secret.removed", "secret")
class SecretRemoved(Event):
    """The owner removed a secret."""


@event("connector.created", "connector")
class ConnectorCreated(Event):
    """A connector got its settings row; it is set as it is by default."""


@event("connector.configured", "connector")
class ConnectorConfigured(Event):
    """A connector was set anew; only the names of what changed are told."""

    changed: list[str]
    version: int


@event("connector.left_out", "connector")
class ConnectorLeftOut(Event):
    """Items were passed by, as the allow-list asks; they are counted and nothing of them is kept."""

    stream: str
    reason: str
    count: int


@event("connector.gap", "connector")
class ConnectorGap(Event):
    """A stretch of a stream was missed."""

    stream: str
    reason: str
    filled: bool


@event("connector_item.failed", "connector_item")
class ItemFailed(Event):
    """An item could not be taken; it is tried again, or quarantined after the last try."""

    connector: str
    reason_code: str
    attempts: int
    status: str


@event("connector_item.recovered", "connector_item")
class ItemRecovered(Event):
    """An item that had failed was taken after all, or is not there any more."""

    connector: str
    attempts: int


@event("connector_item.decided", "connector_item")
class ItemDecided(Event):
    """The owner decided on an item that had failed: try it again, or leave it."""

    connector: str
    before: str
    after: str


@event("source.revised", "source")
class SourceRevised(Event):
    """The text of a source was replaced by this one; the earlier text stays as it was."""

    before: str
    revision: int


@event("source.moved", "source")
class SourceMoved(Event):
    """The original of a source lies elsewhere now, with the same words."""

    connector: str


@event("source.gone", "source")
class SourceGone(Event):
    """The original of a source was deleted; what came in stays."""

    connector: str


@event("source.returned", "source")
class SourceReturned(Event):
    """The original of a source is there again."""

    connector: str


@event("claims.withdrawn", "source")
class ClaimsWithdrawn(Event):
    """Undecided claims whose words stand in no current text any more went to the backlog."""

    memory_ids: list[str]
    open_loop_ids: list[str]


@event("source.removed", "source")
class SourceRemoved(Event):
    """A source was taken back with its import."""

    connector: str


@event("import.removed", "import")
class ImportRemoved(Event):
    """An import was taken back; the counts say what went and what stayed."""

    connector: str
    counts: dict[str, int]


@event("output.ingested", "source")
class OutputIngested(Event):
    """An agent handed in what it made, for review."""

    agent: str
    agent_run_id: str | None
    agent_task_id: str | None


@event("memory.proposed", "memory")
class MemoryProposed(Event):
    """Somebody proposed a memory; it waits for a person."""

    proposed_by: str
    known: bool


@event("workflow_run.requested", "workflow_request")
class RunRequested(Event):
    """Somebody asked for a run now, outside the schedule."""

    workflow_type: str


@event("workflow_run.refused", "workflow_request")
class RunRefused(Event):
    """A run that was asked for did not begin: the workflow was disabled or paused in the meantime."""

    workflow_type: str
    reason: str


@event("capture_token.made", "connector")
class CaptureTokenMade(Event):
    """The owner made a token with which pages and programs may hand in clips; one made before is void."""


@event("capture_token.removed", "connector")
class CaptureTokenRemoved(Event):
    """The owner took the token for clips back."""


@event("graph_edge.proposed", "graph_edge")
class EdgeProposed(Event):
    """A report proposed to tie two things together; it waits for a person."""

    artifact_id: str
    relation: str


@event("graph_edge.reviewed", "graph_edge")
class EdgeReviewed(Event):
    """A person decided on a tie between two things."""

    action: str
    before: str
    after: str


@event("project_update.proposed", "project_update")
class ProjectUpdateProposed(Event):
    """A scan proposed a new state for a project; it waits for a person."""

    artifact_id: str
    project_id: str
    spans: int


@event("project_update.superseded", "project_update")
class ProjectUpdateSuperseded(Event):
    """A proposal that waited gave way to one from newer evidence."""

    project_id: str
    by: str


@event("project_update.reviewed", "project_update")
class ProjectUpdateReviewed(Event):
    """A person decided on a proposed update; accepted, it became the state of the project."""

    project_id: str
    action: str
    before: str
    after: str
