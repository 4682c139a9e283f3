"""What happens to agents, their keys and the charter. No event holds a key, a part of one, or a word of the charter."""

from __future__ import annotations

from alice.ledger.events.base import Event, event


@event("agent.created", "agent")
class AgentCreated(Event):
    """The owner let an agent in, under a name."""

    agent: str
    agent_type: str | None


@event("agent_key.created", "agent_key")
class AgentKeyCreated(Event):
    """The owner made a key for an agent; what it allows is told, the key is not."""

    agent: str
    profile: str
    grants: list[str]
    project_ids: list[str] | None
    requests_per_minute: int
    expires_at: str | None


@event("agent_key.rotated", "agent_key")
class AgentKeyRotated(Event):
    """The owner replaced a key by a new one; the old one ends at `ends_at`."""

    agent: str
    replaced_by: str
    ends_at: str


@event("agent_key.revoked", "agent_key")
class AgentKeyRevoked(Event):
    """The owner took a key back; it opens nothing from now on."""

    agent: str


@event("charter.saved", "charter")
class CharterSaved(Event):
    """The owner wrote the charter anew; only the names of the constraints that changed are told."""

    version: int
    changed: list[str]


@event("agent.tool_called", "agent")
class ToolCalled(Event):
    """An agent called a tool; `outcome` is ok or the code of the error. What it asked and was told is not here."""

    tool: str
    outcome: str
    agent_run_id: str | None
    agent_task_id: str | None
