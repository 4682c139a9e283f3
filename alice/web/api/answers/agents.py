"""What is answered about agents: who they are, their keys, what they did and proposed, and what binds them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from alice.domain.vocab import Domain, MemoryStatus, MemoryType, Profile, Sensitivity
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import PolicyDecision

KeyStatus = Literal["active", "expired", "revoked"]


class AgentKey(Answer):
    """A key of an agent, without what opens anything."""

    id: UUID = means("Its id.")
    agent_id: UUID = means("The agent whose key it is.")
    agent: str = means("What the agent is called.", examples=["openclaw"])
    agent_type: str | None = means("What kind of agent it is.")
    prefix: str = means("How the key begins, to tell it from others.", examples=["alice_agent_Xy12Ab"])
    label: str = means("What the owner calls the key.")
    permission_profile: Profile = means("What it allows at most.")
    grants: list[Domain] = means("The restricted domains that it reaches.")
    project_scope: list[UUID] | None = means("The projects that it is held to; null: no project bounds it.")
    requests_per_minute: int = means("How often it may be used in a minute.", ge=1)
    status: KeyStatus = means("Whether it opens anything.")
    created_at: datetime = means("When it was made.")
    last_used_at: datetime | None = means("When it was used last.")
    expires_at: datetime | None = means("When it ends; null: when it is revoked.")
    revoked_at: datetime | None = means("When it was taken back.")
    rotated_from: UUID | None = means("The key that it took the place of.")
    rotated_to: UUID | None = means("The key that took its place.")
    version: int = means("Counts its changes; send it along with a change.", ge=1)


class NewKey(AgentKey):
    """A key that was just made."""

    key: str = means("The key itself, which nobody is shown again.", examples=["alice_agent_…"])


class Agent(Answer):
    """An agent that has a key, or left a trace."""

    id: UUID | None = means("Its id; null for one that only the owner's word ever named.")
    name: str = means("What it is called.", examples=["openclaw"])
    agent_type: str | None = means("What kind of agent it is.")
    registered: bool = means("Whether a key was ever made for it.")
    created_at: datetime | None = means("When its first key was made.")
    version: int | None = means("Counts its changes.")
    first_seen_at: datetime | None = means("When it did something for the first time.")
    last_seen_at: datetime | None = means("When it did something last.")
    keys: list[AgentKey] = means("Its keys that open something.")


class AgentsSummary(Answer):
    """Counts over the days that were asked about. What did not happen has no entry."""

    policy_blocks_by_agent: dict[str, int] = means("How often each agent was refused something.")
    policy_filters_by_agent: dict[str, int] = means("How often each was shown a part.")
    requires_review_by_agent: dict[str, int] = means("How often what each wrote waited for a person.")
    restricted_domains_requested: dict[str, int] = means("How often each restricted domain was asked for by name.")
    workflows_triggered_by_agents: dict[str, int] = means("How often each asked for a run of a workflow.")
    memory_proposals_by_agent: dict[str, int] = means("How many memories each proposed, known ones too.")
    artifact_generation_by_agent: dict[str, int] = means("How many artifacts each composed.")
    total_policy_decisions: int = means("How often the policy answered an agent.", ge=0)
    total_agent_events: int = means("How many events agents left in the log.", ge=0)


class AgentMeasures(Answer):
    """What was counted of an agent."""

    allowed: int = means("How often the policy let it act.", ge=0)
    allowed_with_filtering: int = means("How often it was shown a part.", ge=0)
    requires_review: int = means("How often what it wrote waited for a person.", ge=0)
    blocked: int = means("How often it was refused.", ge=0)
    memory_proposals: int = means("How many memories it proposed.", ge=0)
    artifacts: int = means("How many artifacts it composed.", ge=0)
    workflows: int = means("How many runs it asked for.", ge=0)
    outputs: int = means("How many outputs it handed in.", ge=0)
    events: int = means("How many events it left in the log.", ge=0)


class DayOfAgent(AgentMeasures):
    """What was counted of an agent on one day."""

    day: date = means("The day, in UTC.")


class AgentActivity(Answer):
    """What one agent did."""

    agent: str = means("What it is called.")
    totals: AgentMeasures = means("Over all the days.")
    days: list[DayOfAgent] = means("Day by day, the oldest first, without a gap.")


class RecentDecision(PolicyDecision):
    """What the policy decided about a request of an agent."""

    event_id: UUID = means("The event that tells of it.")
    seq: int = means("Its place in the log.")
    agent: str = means("Who asked.")
    recorded_at: datetime = means("When.")
    asserted: bool = means("Whether the owner's word named the agent, and not a key.")
    agent_run_id: str | None = means("In which of its runs.")
    agent_task_id: str | None = means("For which task.")


class Telemetry(Answer):
    """What agents did, and what the policy answered them."""

    since: date = means("The first day that counts, in UTC.")
    until: date = means("The last one: today.")
    summary: AgentsSummary = means("Counts by agent.")
    agents: list[AgentActivity] = means("Each agent that did something, by name.")
    recent_decisions: list[RecentDecision] = means("The newest decisions, at most twenty, with their reasons.")


class EvidenceSpan(Answer):
    """Words of a source, by their place."""

    source_id: UUID = means("The source.")
    chunk_id: UUID = means("The passage of it.")
    start: int = means("Where the words begin, in code points of the source's text.", ge=0)
    end: int = means("Where they end.", ge=0)


class Proposed(Answer):
    """What became of a proposal."""

    memory_id: UUID = means("The candidate, or the memory that says the same.")
    status: MemoryStatus = means("Where it stands; only a person moves it.")
    known: bool = means("Whether it was known already and was seen again.")
    review_required: bool = means("Whether it waits for a person.")
    memory_type: MemoryType = means("What kind of memory was proposed.")
    domain: Domain = means("The part of life that the proposal belongs to.")
    sensitivity: Sensitivity = means("How private it is: at least as its source.")
    project_id: UUID | None = means("The project that it is about.")
    evidence: EvidenceSpan = means("The words that it rests on.")
    policy_decision: PolicyDecision = means("What the policy decided.")
    trace_id: str = means("What the log and the events call the request.")


class CharterConstraints(Answer):
    """What the front matter of a charter says, which is enforced."""

    never_domains: list[Domain] = means("Parts of life that no agent sees, whatever its key grants.")
    max_sensitivity: Sensitivity = means("No agent reads anything above this.")
    require_review: list[str] = means("What comes of these actions waits for a person.")
    allowed_workflows: dict[str, list[str]] = means("By profile, the only workflows that it may compose.")
    cloud: str = means("never: nothing is sent to a model on another machine.", examples=["as_configured"])


class CharterRevision(Answer):
    """When a revision of the charter was saved."""

    version: int = means("Its number.", ge=1)
    saved_at: datetime = means("When.")


class Charter(Answer):
    """The charter, word for word, and what of it is enforced."""

    version: int = means("Which revision this is; 0 is the proposal that a new brain has.", ge=0)
    current_version: int = means("Which one stands; send it along with a change.", ge=0)
    is_default: bool = means("Whether the owner has written none yet.")
    content_markdown: str = means("The text.")
    constraints: CharterConstraints = means("What its front matter says.")
    updated_at: datetime | None = means("When it was written last.")
    revisions: list[CharterRevision] = means("The revisions, the newest first, at most a hundred.")
