"""Finds passages for whoever asks: decides what they may read, and tells why each was found. It writes nothing but
the decision on what an agent asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alice import clock, logs
from alice.db import database
from alice.domain.policy import Actor, Decision, Scope
from alice.domain.vocab import Domain
from alice.ledger import gate
from alice.queries.composing import context, recall


def find(
    actor: Actor,
    query: str,
    *,
    zone: str,
    domains: Sequence[Domain] = (),
    project: str | None = None,
    limit: int = 10,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Return the `limit` passages that fit `query` best, each with its place and the parts of its score.

    `project` is an id or a name. Raise InvalidInput for a query without a word, PolicyBlocked when nothing of what was
    asked for may be read.
    """
    decision, scope = readable(actor, domains, project)
    with database.session():
        today = (now or clock.now()).astimezone(ZoneInfo(zone)).date()
        hits = recall.passages(scope, query, limit=limit, today=today)
    items = [_present(hit) for hit in hits]
    trace_id = logs.trace_id()
    return {"items": items, "count": len(items), "trace_id": trace_id, "policy_decision": decision.as_dict(trace_id)}


def readable(actor: Actor, domains: Sequence[Domain], project: str | None) -> tuple[Decision, Scope]:
    """Decide what of a question's domains and project, an id or a name, `actor` may read; return that as a scope too.

    Raise PolicyBlocked when it is nothing, NotFound for a name that the scope does not know.
    """
    wanted = frozenset({named}) if (named := _uuid(project)) else frozenset()
    decision = gate.read(actor, domains=frozenset(domains), projects=wanted)
    if not project or wanted:
        return decision, decision.scope
    with database.session():
        found = frozenset(context.projects(decision.scope, project))
    return decision, replace(decision.scope, project_ids=found)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _present(hit: recall.Hit) -> dict[str, Any]:
    return {
        "source_id": hit.source_id,
        "chunk_id": hit.chunk_id,
        "start": hit.start,
        "end": hit.end,
        "quote": hit.text,
        "heading": hit.heading,
        "source_title": hit.source_title,
        "occurred_at": hit.occurred_at,
        "domain": hit.domain,
        "sensitivity": hit.sensitivity,
        "trust": "untrusted",
        "score": round(hit.score, 4),
        "because": {name: round(part, 4) for name, part in sorted(hit.parts.items())},
    }
