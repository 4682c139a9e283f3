"""Reads of the append-only log: its events, and a walk along the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from alice.db import database
from alice.domain.policy import Scope
from alice.ledger import chain
from alice.models import EventLog
from alice.queries.page import Page, paged

STRIDE = 5_000


def page(scope: Scope, *, event_type: str | None = None, limit: int = 50, cursor: str | None = None) -> Page:
    """Return events, the newest first, each with its payload."""
    select = EventLog.select().where(EventLog.user_id == scope.user_id)
    if event_type:
        select = select.where(EventLog.event_type == event_type)
    return paged(select, order=(EventLog.seq,), descending=True, limit=limit, cursor=cursor, present=_present)


def _present(row: EventLog) -> dict[str, Any]:
    """Return one event as it is listed and sent."""
    return {
        "id": str(row.id),
        "seq": row.seq,
        "event_type": row.event_type,
        "actor": row.actor,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "trace_id": row.trace_id,
        "recorded_at": row.recorded_at,
        "payload": json.loads(row.canonical)["payload"],
        "integrity_hash": row.integrity_hash,
    }


def verify(scope: Scope) -> dict[str, Any]:
    """Walk the chain from the first event; say whether it holds, or which event is the first that does not fit."""
    walk = chain.walk(_rows(scope))
    head = database.query("SELECT seq, integrity_hash FROM event_head WHERE user_id = %s", scope.user_id)
    problem = walk.broken
    if problem is None and head and tuple(head[0]) != (walk.last_seq, walk.last_hash):
        problem = chain.Broken(walk.last_seq + 1, None, f"the log was cut: event {head[0][0]} was the newest")
    if problem is None and not head and walk.count:
        problem = chain.Broken(walk.last_seq, None, "the head of the log is gone")
    return {
        "status": "broken" if problem else "ok",
        "checked": walk.count,
        "last_seq": walk.last_seq,
        "last_hash": walk.last_hash,
        "first_bad_seq": problem.seq if problem else None,
        "first_bad_event_id": problem.event_id if problem else None,
        "problem": problem.problem if problem else None,
        "message": f"Event {problem.seq}: {problem.problem}." if problem else f"All {walk.count} events hold.",
    }


def _rows(scope: Scope) -> Iterator[dict[str, Any]]:
    """Yield the brain's events in order, a stride at a time, so that a long log needs little memory."""
    after = -(2**62)
    while True:
        part = database.rows(
            "SELECT * FROM event_log WHERE user_id = %s AND seq > %s ORDER BY seq LIMIT %s",
            scope.user_id, after, STRIDE,
        )  # fmt: skip
        yield from part
        if len(part) < STRIDE:
            return
        after = part[-1]["seq"]
