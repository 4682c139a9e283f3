"""Reads of agents and their keys. Nothing that opens anything is ever returned: of a key only its first letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.errors import InvalidInput, NotFound
from alice.models import Agent, AgentKey
from alice.queries.page import DEFAULT_LIMIT, Page, paged

_KEY = ("prefix", "label", "requests_per_minute", "created_at", "expires_at", "revoked_at", "version")


def keys(
    scope: Scope,
    *,
    now: datetime,
    agent: str | None = None,
    active: bool = False,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return keys, the newest first; with `active` only those that open something at `now`."""
    select: Any = AgentKey.select(AgentKey, Agent).join(Agent).where(AgentKey.user_id == scope.user_id)
    if agent is not None:
        select = select.where(Agent.name == agent)
    if active:
        in_force = AgentKey.expires_at.is_null() | (AgentKey.expires_at > now)
        select = select.where(AgentKey.revoked_at.is_null() & in_force)
    found = paged(select, (AgentKey.created_at, AgentKey.id), present=_present(now), limit=limit, cursor=cursor)
    _add_uses(found.items)
    return found


def key(scope: Scope, named: UUID | str, *, now: datetime) -> dict[str, Any]:
    """Return the key of an id, or of a prefix that one alone has; raise NotFound."""
    select: Any = AgentKey.select(AgentKey, Agent).join(Agent).where(AgentKey.user_id == scope.user_id)
    try:
        rows = list(select.where(AgentKey.id == UUID(str(named))))
    except ValueError:
        rows = list(select.where(AgentKey.prefix == str(named)[:60].replace("\0", "")))
    if len(rows) != 1:
        raise NotFound("key", str(named)[:60], "`alicebot vnext agents keys list` shows them.")
    told = [_present(now)(rows[0])]
    _add_uses(told)
    return told[0]


def _present(now: datetime) -> Any:
    def present(row: Any) -> dict[str, Any]:
        return {
            "id": str(row.id),
            "agent_id": str(row.agent.id),
            "agent": row.agent.name,
            "agent_type": row.agent.agent_type,
            "permission_profile": row.profile,
            "grants": list(row.grants),
            "project_scope": None if row.project_ids is None else [str(one) for one in row.project_ids],
            "status": _status(row, now),
            "rotated_from": str(row.rotated_from_id) if row.rotated_from_id else None,
            **{name: getattr(row, name) for name in _KEY},
        }

    return present


def _status(row: Any, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at is not None and row.expires_at <= now else "active"


def _add_uses(items: list[dict[str, Any]]) -> None:
    """Add when each key was used last, and which key took its place."""
    named = [item["id"] for item in items]
    used = dict(database.query("SELECT key_id::text, last_used_at FROM agent_key_use WHERE key_id = ANY(%s::uuid[])",
                               named))  # fmt: skip
    after = dict(database.query("SELECT rotated_from::text, id::text FROM agent_key"
                                " WHERE rotated_from = ANY(%s::uuid[])", named))  # fmt: skip
    for item in items:
        item |= {"last_used_at": used.get(item["id"]), "rotated_to": after.get(item["id"])}


def listed(scope: Scope, *, now: datetime, only: str | None = None) -> list[dict[str, Any]]:
    """Return the agents that have a key or left a trace, by name: what they may do, and when they were seen.

    `registered` is false for one that only the owner's word ever named. `only` leaves every other one out.
    """
    rows = database.rows(
        "SELECT COALESCE(g.name, s.agent) AS name, g.id::text, g.agent_type, g.created_at, g.version,"
        " g.id IS NOT NULL AS registered, s.first_seen_at, s.last_seen_at"
        " FROM (SELECT * FROM agent WHERE user_id = %s) g FULL JOIN"
        " (SELECT agent, min(first_at) AS first_seen_at, max(last_at) AS last_seen_at FROM agent_activity"
        " WHERE user_id = %s AND measure = 'events' GROUP BY agent) s ON s.agent = g.name"
        " WHERE %s::text IS NULL OR COALESCE(g.name, s.agent) = %s ORDER BY 1",
        scope.user_id, scope.user_id, only, only,
    )  # fmt: skip
    held: dict[str, list[dict[str, Any]]] = {}
    for one in keys(scope, now=now, agent=only, active=True, limit=0).items:
        held.setdefault(one["agent"], []).append(one)
    return [{**row, "keys": held.get(row["name"], [])} for row in rows]


def projects(scope: Scope, named: Sequence[str], *, field: str = "projects") -> list[UUID]:
    """Return the ids of projects by id or name, whatever its case; raise InvalidInput for one that is not there."""
    found: dict[UUID, None] = {}
    for name in named:
        rows = database.query(
            "SELECT id FROM project WHERE user_id = %s AND (lower(name) = lower(%s) OR id::text = lower(%s))"
            " AND status <> 'rejected' ORDER BY id",
            scope.user_id, *[name.replace("\0", "").strip()] * 2,
        )  # fmt: skip
        if not rows:
            raise InvalidInput({field: f"there is no project {name[:60]!r}; name it by its name or id."})
        found |= dict.fromkeys(UUID(str(row[0])) for row in rows)
    return list(found)
