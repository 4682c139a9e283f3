"""What the policy answered, and what the owner set for the brain as a whole."""

from __future__ import annotations

from typing import Any

from alice.ledger.events.base import Event, event


@event("policy.decided", "policy")
class PolicyDecided(Event):
    """The policy answered an agent, or refused somebody; the decision is kept whole.

    `asserted` tells that the owner's word named the agent, and not a key.
    """

    decision: dict[str, Any]
    asserted: bool = False
    agent_run_id: str | None = None
    agent_task_id: str | None = None


@event("brain.configured", "brain")
class BrainConfigured(Event):
    """The owner said which names mean them; the names themselves are not told."""

    owner_names: int


@event("brain.copies_chosen", "brain")
class CopiesChosen(Event):
    """The owner said whether copies of artifacts are written into a folder; the folder is not told."""

    copies: bool
    calendar: bool


@event("secret.set", "secret")
class SecretSet(Event):
    """The owner set a secret; only its reference is told, and how it is protected."""

    protection: str


@event("secret.removed", "secret")
class SecretRemoved(Event):
    """The owner removed a secret."""
