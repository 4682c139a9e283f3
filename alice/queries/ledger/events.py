"""Reads of the append-only log: its events, and a walk along the whole chain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from alice.db import database
from alice.domain.policy import Scope
from alice.errors import InvalidInput
from alice.ledger import chain
from alice.ledger.chain import Anchor
from alice.ledger.events import REGISTRY
from alice.models import EventLog
from alice.queries.page import DEFAULT_LIMIT, Page, paged

STRIDE = 5_000
TYPES = tuple(sorted(REGISTRY))
KINDS = tuple(sorted({kind.subject_kind for kind in REGISTRY.values()}))


def page(
    scope: Scope,
    *,
    event_type: str | None = None,
    actor: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    after: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return events, the newest first, each with its payload: those with a seq above `after`, from `since` to `until`.

    Raise InvalidInput for a type or kind that no event has, naming those that there are.
    """
    wanted = EventLog.user_id == scope.user_id
    told = {"event_type": _known("event_type", event_type, TYPES), "actor": actor, "subject_id": subject_id,
            "subject_kind": _known("subject_kind", subject_kind, KINDS)}  # fmt: skip
    for name, value in told.items():
        wanted = wanted if value is None else wanted & (getattr(EventLog, name) == value)
    seq, at = EventLog.seq, EventLog.recorded_at
    bounds = ((after, seq > after), (since, at >= since), (until, at < until))
    for bound in (condition for said, condition in bounds if said is not None):
        wanted = wanted & bound
    return paged(EventLog.select().where(wanted), order=(seq,), limit=limit, cursor=cursor, present=_present)


def _known(field: str, value: str | None, words: Iterable[str]) -> str | None:
    if value is None or value in words:
        return value
    raise InvalidInput({field: f"must be one of {', '.join(words)}; {value[:60]!r} is not."})


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


def verify(scope: Scope, anchors: Sequence[Anchor] = ()) -> dict[str, Any]:
    """Walk the chain from the first event; say whether it holds, or which event is the first that does not fit.

    `anchors` are what was noted outside of the database: they tell of a chain that was cut or written anew.
    """
    walk = chain.walk(_rows(scope), anchors)
    head = database.query("SELECT seq, integrity_hash FROM event_head WHERE user_id = %s", scope.user_id)
    problem = walk.broken or chain.cut(walk, tuple(head[0]) if head else None, anchors)
    newest = max(anchors, key=lambda anchor: anchor.seq, default=None)
    return {
        "status": "broken" if problem else "ok",
        "checked": walk.count,
        "last_seq": walk.last_seq,
        "last_hash": walk.last_hash,
        "first_bad_seq": problem.seq if problem else None,
        "first_bad_event_id": problem.event_id if problem else None,
        "problem": problem.problem if problem else None,
        "message": f"Event {problem.seq}: {problem.problem}." if problem else f"All {walk.count:,} events hold.",
        "anchors": {
            "count": len(anchors),
            "newest_seq": newest.seq if newest else None,
            "newest_at": newest.at if newest else None,
        },
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
