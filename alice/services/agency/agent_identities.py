"""Who acts: the agent that a key or the owner's word makes, held to less where a request says so. And what they did."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.db import database
from alice.domain import agent_names
from alice.domain.policy import Actor, at_most, narrowed
from alice.domain.preparation import check_text
from alice.domain.vocab import Profile
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.queries.agency import agent_activity
from alice.queries.agency import agents as queries

LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a request says about who makes it. It narrows what the key, or the owner's word, allows."""

    name: str | None = None
    agent_type: str | None = None
    run_id: str | None = None
    task_id: str | None = None
    profile: Profile | None = None
    projects: frozenset[UUID] = frozenset()

    @property
    def says_nothing(self) -> bool:
        """Tell whether nothing was asserted at all."""
        return self == Assertion()


def acting(actor: Actor, said: Assertion, *, needed: bool = False) -> Actor:
    """Return as whom `actor` acts: themselves when nothing is said, an agent when the owner names one, and an agent
    that holds itself to less than its key.

    Raise InvalidInput when a key's agent names another, or a profile above its own, and when the owner says something
    of an agent, or an agent is `needed`, and names none.
    """
    if said.says_nothing and not (needed and actor.kind != "agent"):
        return actor
    check_words({"agent_type": said.agent_type, "agent_run_id": said.run_id, "agent_task_id": said.task_id})
    told = _named(actor, said)
    if said.profile is not None and told.profile is not None and not at_most(said.profile, told.profile):
        above = f"{said.profile} allows more than {told.profile}, which the key has; a request can only narrow."
        raise InvalidInput({"permission_profile": above})
    kept = narrowed(told, profile=said.profile, projects=said.projects)
    run_id, task_id = said.run_id or told.agent_run_id, said.task_id or told.agent_task_id
    return replace(kept, agent_run_id=run_id, agent_task_id=task_id)


def _named(actor: Actor, said: Assertion) -> Actor:
    """Return the agent that is meant, with everything that it has."""
    if actor.kind == "agent":
        if said.name is not None and agent_names.checked(said.name) != actor.name:
            raise InvalidInput({"agent_id": f"must be {actor.name}, to which the key belongs."})
        return replace(actor, agent_type=said.agent_type or actor.agent_type)
    if said.name is None:
        raise InvalidInput({"agent_id": "is missing: name the agent that is acting, such as openclaw."})
    profile = said.profile or Profile.TRUSTED_LOCAL_AGENT
    return Actor("agent", agent_names.checked(said.name), actor.user_id, profile,
                 project_ids=said.projects or None, agent_type=said.agent_type, asserted=True)  # fmt: skip


def listed(actor: Actor, *, now: datetime | None = None) -> list[dict[str, Any]]:
    """Return the agents of the brain as `queries.agents.listed` does; an agent is shown itself alone."""
    scope = gate.scope(actor)
    with database.session():
        return queries.listed(scope, now=now or clock.now(), only=_only(actor, None))


def telemetry(
    actor: Actor, *, days: int = agent_activity.DAYS, agent: str | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Return what agents did, as `queries.agent_activity.telemetry` does; an agent is shown itself alone.

    Raise InvalidInput when `days` is not 1 to 366.
    """
    if not 1 <= days <= agent_activity.MOST_DAYS:
        raise InvalidInput({"days": f"must be 1 to {agent_activity.MOST_DAYS}, not {days}."})
    scope = gate.scope(actor)
    with database.session():
        return agent_activity.telemetry(scope, now=now or clock.now(), days=days, only=_only(actor, agent))


def _only(actor: Actor, agent: str | None) -> str | None:
    return actor.name if actor.kind == "agent" else agent


def check_words(words: dict[str, str | None]) -> None:
    """Raise InvalidInput naming the first word that cannot be kept: empty, too long, or no text."""
    for name, value in words.items():
        if value is not None:
            check_text(name, value)
            if not value.strip() or len(value) > LONGEST_WORD:
                raise InvalidInput({name: f"must be 1 to {LONGEST_WORD} characters."})
