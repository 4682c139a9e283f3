"""The keys of agents: made, shown once, rotated, revoked. Of a key only its hash is kept. Only the owner does this."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain import agent_names
from alice.domain.policy import TABLE, Action, Actor
from alice.domain.preparation import check_text
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, Profile
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import AgentCreated, AgentKeyCreated, AgentKeyRevoked, AgentKeyRotated
from alice.ledger.unit import Unit
from alice.queries.agency import agents
from alice.queries.page import Page

REQUESTS_PER_MINUTE, MOST_PER_MINUTE = 120, 6_000
LONGEST_GRACE = timedelta(days=7)
LONGEST_WORD, MOST_PROJECTS = 200, 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a key is to allow. `projects` are ids or names; `grants` are restricted domains."""

    agent: str
    profile: Profile
    label: str = ""
    agent_type: str | None = None
    grants: frozenset[Domain] = frozenset()
    projects: Sequence[str] = ()
    requests_per_minute: int = REQUESTS_PER_MINUTE
    expires_at: datetime | None = None


def create(actor: Actor, wanted: Wanted, *, now: datetime | None = None) -> dict[str, Any]:
    """Make a key and return it as `queries.agents.key` does, with `key`: the secret, which nobody is shown again.

    An agent of that name that is not known yet is made with it. Raise InvalidInput with a sentence for each wrong
    field.
    """
    moment = now or clock.now()
    asked = replace(wanted, agent=agent_names.checked(wanted.agent, field="agent"))
    _check(asked, moment)
    with gate.write(actor, Action.MANAGE_AGENTS) as unit:
        projects = agents.projects(unit.decision.scope, asked.projects) or None
        agent_id = _agent(unit, asked, moment)
        row = _Row(agent_id, asked.agent, asked.label.strip() or asked.agent, asked.profile, asked.grants, projects,
                   asked.requests_per_minute, asked.expires_at)  # fmt: skip
        return _insert(unit, row, now=moment)


def listed(
    actor: Actor,
    *,
    agent: str | None = None,
    active: bool = False,
    limit: int = 50,
    cursor: str | None = None,
    now: datetime | None = None,
) -> Page:
    """Return keys, the newest first; with `active` only those that open something. Only the owner is shown them."""
    scope = gate.allow(actor, Action.MANAGE_AGENTS).scope
    with database.session():
        name = agent.strip().lower() if agent else None
        return agents.keys(scope, now=now or clock.now(), agent=name, active=active, limit=limit, cursor=cursor)


def revoke(actor: Actor, key: UUID | str, *, version: int | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Take a key, named by id or prefix, back for good and return it; raise NotFound, or Conflict when it is revoked
    or another version than `version`.
    """
    moment = now or clock.now()
    with gate.write(actor, Action.MANAGE_AGENTS) as unit:
        held = _held(unit, key, version, moment)
        if held["status"] == "revoked":
            raise Conflict("This key was revoked before.", held)
        _end(held["id"], "revoked_at", moment)
        unit.record(AgentKeyRevoked(held["id"], held["agent"]))
        return agents.key(unit.decision.scope, held["id"], now=moment)


def rotate(
    actor: Actor,
    key: UUID | str,
    *,
    grace: timedelta = timedelta(),
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Replace a key by a new one that allows the same and lasts as long; return the new one, with its secret.

    The old one ends at once, or after `grace`, at most a week. Raise NotFound, Conflict when it is not in force or was
    rotated before.
    """
    moment = now or clock.now()
    if not timedelta() <= grace <= LONGEST_GRACE:
        raise InvalidInput({"grace_minutes": f"must be 0 to {int(LONGEST_GRACE.total_seconds()) // 60:,}."})
    with gate.write(actor, Action.MANAGE_AGENTS) as unit:
        held = _held(unit, key, version, moment)
        if held["status"] != "active" or held["rotated_to"]:
            why = "was rotated before; rotate the one after it" if held["rotated_to"] else f"is {held['status']}"
            raise Conflict(f"This key {why}.", held)
        made = _insert(unit, _successor(held, moment), now=moment, rotated_from=UUID(held["id"]))
        ends = min(moment + grace, held["expires_at"] or moment + grace)
        _end(held["id"], "expires_at" if grace else "revoked_at", ends)
        unit.record(AgentKeyRotated(held["id"], held["agent"], made["id"], ends.isoformat()))
        return made


@dataclass(frozen=True, slots=True)
class _Row:
    """A key that is to be stored."""

    agent_id: UUID
    agent: str
    label: str
    profile: Profile
    grants: frozenset[Domain]
    projects: list[UUID] | None
    requests_per_minute: int
    expires_at: datetime | None


def _check(wanted: Wanted, now: datetime) -> None:
    problems: dict[str, str] = {}
    for name, text in (("label", wanted.label), ("agent_type", wanted.agent_type or "")):
        check_text(name, text)
        if len(text) > LONGEST_WORD:
            problems[name] = f"is too long: at most {LONGEST_WORD} characters are kept."
    if open_ones := sorted(wanted.grants - RESTRICTED_DOMAINS):
        listed = ", ".join(sorted(RESTRICTED_DOMAINS))
        problems["grants"] = f"names restricted domains, {listed}; {open_ones[0]} is open to every key."
    if not 1 <= wanted.requests_per_minute <= MOST_PER_MINUTE:
        problems["requests_per_minute"] = f"must be 1 to {MOST_PER_MINUTE:,}, not {wanted.requests_per_minute}."
    if wanted.expires_at is not None and wanted.expires_at <= now:
        problems["expires_at"] = "must be a moment to come."
    if len(wanted.projects) > MOST_PROJECTS:
        problems["projects"] = f"at most {MOST_PROJECTS} can be named."
    elif TABLE[wanted.profile].only_projects and not wanted.projects:
        problems["projects"] = f"must name at least one: {wanted.profile} sees nothing without."
    if problems:
        raise InvalidInput(problems)


def _agent(unit: Unit, wanted: Wanted, now: datetime) -> UUID:
    """Return the id of the agent, which is made when there is none of that name."""
    made = database.query(
        "INSERT INTO agent (id, user_id, name, agent_type, created_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, name) DO NOTHING RETURNING id",
        ids.new_id(), unit.user_id, wanted.agent, wanted.agent_type, now,
    )  # fmt: skip
    if made:
        unit.record(AgentCreated(str(made[0][0]), wanted.agent, wanted.agent_type))
        return UUID(str(made[0][0]))
    there = database.query("SELECT id FROM agent WHERE user_id = %s AND name = %s", unit.user_id, wanted.agent)
    return UUID(str(there[0][0]))


def _insert(unit: Unit, row: _Row, *, now: datetime, rotated_from: UUID | None = None) -> dict[str, Any]:
    secret, key_id = agent_names.PREFIX + secrets.token_urlsafe(32), ids.new_id()
    database.query(
        "INSERT INTO agent_key (id, user_id, agent_id, prefix, key_hash, label, profile, grants, project_ids,"
        " requests_per_minute, created_at, expires_at, rotated_from)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        key_id, unit.user_id, row.agent_id, secret[: agent_names.SHOWN], hashed(secret), row.label, row.profile.value,
        _words(row.grants), row.projects, row.requests_per_minute, now, row.expires_at, rotated_from,
    )  # fmt: skip
    named = None if row.projects is None else sorted(map(str, row.projects))
    ends = row.expires_at.isoformat() if row.expires_at else None
    unit.record(
        AgentKeyCreated(
            str(key_id), row.agent, row.profile.value, _words(row.grants), named, row.requests_per_minute, ends
        )
    )
    return agents.key(unit.decision.scope, key_id, now=now) | {"key": secret}


def _words(grants: Iterable[Domain]) -> list[str]:
    return sorted(domain.value for domain in grants)


def hashed(secret: str) -> str:
    """Return what is kept of a key. A plain hash will do: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _held(unit: Unit, key: UUID | str, version: int | None, now: datetime) -> dict[str, Any]:
    """Return a key, locked; raise NotFound, or Conflict when it is not the version that was looked at."""
    found = agents.key(unit.decision.scope, key, now=now)
    database.query("SELECT 1 FROM agent_key WHERE id = %s FOR UPDATE", found["id"])
    fresh = agents.key(unit.decision.scope, found["id"], now=now)
    if version is not None and version != fresh["version"]:
        raise Conflict("This key was changed in the meantime.", fresh)
    return fresh


def _end(key_id: str, column: str, at: datetime) -> None:
    database.query(f"UPDATE agent_key SET {column} = %s, version = version + 1 WHERE id = %s", at, key_id)


def _successor(held: dict[str, Any], now: datetime) -> _Row:
    life = held["expires_at"] - held["created_at"] if held["expires_at"] else None
    return _Row(
        UUID(held["agent_id"]),
        held["agent"],
        held["label"],
        Profile(held["permission_profile"]),
        frozenset(map(Domain, held["grants"])),
        None if held["project_scope"] is None else [UUID(one) for one in held["project_scope"]],
        held["requests_per_minute"],
        now + life if life else None,
    )
