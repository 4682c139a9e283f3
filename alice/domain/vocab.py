"""The words of Alice: every closed set of names that is stored, sent or shown. It holds words, and no rules."""

from __future__ import annotations

from enum import StrEnum


class Domain(StrEnum):
    """Which part of a life something belongs to."""

    PROFESSIONAL = "professional"
    PERSONAL = "personal"
    FAMILY = "family"
    HEALTH = "health"
    SPIRITUAL = "spiritual"
    FINANCIAL = "financial"
    LEGAL = "legal"
    LEARNING = "learning"
    RELATIONSHIP = "relationship"
    PROJECT = "project"
    AGENT_RUN = "agent_run"
    SYSTEM = "system"
    UNKNOWN = "unknown"


RESTRICTED_DOMAINS = frozenset(
    {Domain.FAMILY, Domain.HEALTH, Domain.SPIRITUAL, Domain.FINANCIAL, Domain.LEGAL, Domain.RELATIONSHIP}
)


class Sensitivity(StrEnum):
    """How private something is, rising. `unknown` counts as private."""

    PUBLIC = "public"
    INTERNAL = "internal"
    PRIVATE = "private"
    CONFIDENTIAL = "confidential"
    HIGHLY_SENSITIVE = "highly_sensitive"
    SACRED = "sacred"
    REGULATED = "regulated"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Return how high it stands: 0 for public to 6 for regulated."""
        return _RISING.index(Sensitivity.PRIVATE if self is Sensitivity.UNKNOWN else self)


_RISING = [s for s in Sensitivity if s is not Sensitivity.UNKNOWN]


class MemoryType(StrEnum):
    """What kind of thing a memory holds."""

    SEMANTIC = "semantic"
    EPISODE = "episode"
    DECISION = "decision"
    PREFERENCE = "preference"
    BELIEF = "belief"
    PERSON = "person"
    PROJECT_STATE = "project_state"
    OPEN_LOOP = "open_loop"
    PROCEDURE = "procedure"
    QUESTION = "question"


class MemoryStatus(StrEnum):
    """Where a memory stands; only a person moves it to accepted."""

    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"
    FORGOTTEN = "forgotten"


class SourceStatus(StrEnum):
    """Where a source stands."""

    NEW = "new"
    REVIEWED = "reviewed"
    ARCHIVED = "archived"
    FORGOTTEN = "forgotten"


class LoopStatus(StrEnum):
    """Where an open loop stands."""

    CANDIDATE = "candidate"
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"
    REJECTED = "rejected"


class EdgeStatus(StrEnum):
    """Where a connection stands; only a person moves it from candidate."""

    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class UpdateStatus(StrEnum):
    """Where a proposed update of a project stands; a newer proposal supersedes one that waits."""

    CANDIDATE = "candidate"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


class LoopKind(StrEnum):
    """What makes a loop open."""

    TASK = "task"
    PROMISE = "promise"
    QUESTION = "question"
    WAITING_ON = "waiting_on"
    FOLLOW_UP = "follow_up"
    BLOCKER = "blocker"


class ArtifactStatus(StrEnum):
    """Where an artifact stands; a workflow's artifact starts in needs_review."""

    NEEDS_REVIEW = "needs_review"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ARCHIVED = "archived"


class WorkflowType(StrEnum):
    """The six workflows of the scheduler."""

    DAILY_BRIEF = "daily_brief"
    WEEKLY_SYNTHESIS = "weekly_synthesis"
    CONNECTION_REPORT = "connection_report"
    CONTRADICTION_REPORT = "contradiction_report"
    OPEN_LOOP_REVIEW = "open_loop_review"
    PROJECT_UPDATE_SCAN = "project_update_scan"


class ModelCallStatus(StrEnum):
    """Where a model call stands that waits for the owner."""

    WAITING = "waiting"
    APPROVED = "approved"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SlotOutcome(StrEnum):
    """How a slot ended; nothing ends in silence."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    MISSED = "missed"


class MissedPolicy(StrEnum):
    """What happens to slots that passed while nothing ran."""

    LATEST = "latest"
    ALL = "all"
    SKIP = "skip"


class GenerationMode(StrEnum):
    """Whether a model writes an artifact, or rules do."""

    DETERMINISTIC = "deterministic"
    MODEL_BACKED = "model_backed"


class RoutingMode(StrEnum):
    """Where a model call may go."""

    LOCAL_ONLY = "local_only"
    CLOUD_ALLOWED = "cloud_allowed"
    CLOUD_REQUIRES_APPROVAL = "cloud_requires_approval"
    MODEL_DISABLED = "model_disabled"


class Connector(StrEnum):
    """The ways evidence comes in by itself."""

    TELEGRAM = "telegram"
    LOCAL_FOLDER = "local_folder"
    BROWSER_CLIPPER = "browser_clipper"
    AGENT_OUTPUT = "agent_output"


class WayIn(StrEnum):
    """How a source may have come in: by a connector, or by hand."""

    MANUAL = "manual"
    TELEGRAM = Connector.TELEGRAM.value
    LOCAL_FOLDER = Connector.LOCAL_FOLDER.value
    BROWSER_CLIPPER = Connector.BROWSER_CLIPPER.value
    AGENT_OUTPUT = Connector.AGENT_OUTPUT.value


class Profile(StrEnum):
    """What an agent may do, by its key."""

    READ_ONLY_AGENT = "read_only_agent"
    PROJECT_SCOPED_AGENT = "project_scoped_agent"
    TRUSTED_LOCAL_AGENT = "trusted_local_agent"
    MEMORY_PROPOSAL_AGENT = "memory_proposal_agent"
    ADMIN_AGENT = "admin_agent"


class PolicyOutcome(StrEnum):
    """What the policy may answer."""

    ALLOWED = "allowed"
    ALLOWED_WITH_FILTERING = "allowed_with_filtering"
    REQUIRES_REVIEW = "requires_review"
    BLOCKED = "blocked"


class StatementKind(StrEnum):
    """What a statement of an artifact is: only a fact cites evidence as proof."""

    FACT = "fact"
    INFERENCE = "inference"
    RECOMMENDATION = "recommendation"
    UNCERTAINTY = "uncertainty"
