"""Agents with keys, projects that they are held to, and evidence of every kind for them to see or not to see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Profile
from alice.ledger import gate
from alice.ledger.events import SourceSeenAgain
from alice.services.agency import agent_keys


def key(owner: Actor, agent: str = "openclaw", profile: Profile = Profile.TRUSTED_LOCAL_AGENT, **more: Any) -> str:
    """Return a fresh key of an agent."""
    return str(made(owner, agent, profile, **more)["key"])


def made(
    owner: Actor, agent: str = "openclaw", profile: Profile = Profile.TRUSTED_LOCAL_AGENT, **more: Any
) -> dict[str, Any]:
    """Return a fresh key of an agent with what is told of it."""
    now = more.pop("now", None)
    return agent_keys.create(owner, agent_keys.Wanted(agent, profile, **more), now=now)


def project(owner: Actor, name: str, *, now: datetime) -> UUID:
    """Return the id of a fresh project."""
    identifier = ids.new_id()
    with gate.write(owner, Action.CAPTURE) as unit:
        database.query(
            "INSERT INTO project (id, user_id, name, key, domain, sensitivity, created_at, last_seen_at)"
            " VALUES (%s, %s, %s, %s, 'project', 'internal', %s, %s)",
            identifier, owner.user_id, name, name.lower(), now, now,
        )  # fmt: skip
        unit.record(SourceSeenAgain(str(identifier), "test"))
    return identifier
