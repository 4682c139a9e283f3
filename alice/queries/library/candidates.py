"""Candidates that wait for a decision: how many and since when, and which have waited so long that they expire.

History that came in with an import, the backlog, neither waits nor expires.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.queries.scoping import visible_sql

SOON = timedelta(days=7)
# What is asleep waits from its waking on; what was brought back, or seen again, waits anew.
WAITS = "m.status = 'candidate' AND NOT m.backlog AND (m.snoozed_until IS NULL OR m.snoozed_until <= %s)"
_SINCE = (
    "GREATEST(m.created_at, m.last_seen_at, m.snoozed_until, (SELECT max(d.decided_at) FROM decision d"
    " WHERE d.subject_id = m.id AND d.after ? 'status'))"
)
_EXPIRES = f"m.status = 'candidate' AND NOT m.backlog AND m.created_at <= %s AND {_SINCE} <= %s"


def waiting(scope: Scope, *, now: datetime, days: int) -> dict[str, Any]:
    """Return how memories wait: count, oldest_waiting_at, expiring_count (within 7 days), expires_next_at,
    snoozed_count, backlog_count, and expires_after_days, which is `days`.
    """
    seen, values = visible_sql(scope, "m")
    [(count, oldest)] = database.query(
        f"SELECT count(*), min(m.created_at) FROM memory m WHERE {seen} AND {WAITS}", *values, now
    )
    soon = now + SOON - timedelta(days=days)
    [(expiring, first)] = database.query(
        f"SELECT count(*), min({_SINCE}) FROM memory m WHERE {seen} AND {_EXPIRES}", *values, soon, soon
    )
    [(snoozed, backlog)] = database.query(
        "SELECT count(*) FILTER (WHERE NOT m.backlog AND m.snoozed_until > %s), count(*) FILTER (WHERE m.backlog)"
        f" FROM memory m WHERE {seen} AND m.status = 'candidate'",
        now, *values,
    )  # fmt: skip
    return {
        "count": count,
        "oldest_waiting_at": oldest,
        "expiring_count": expiring,
        "expires_next_at": first + timedelta(days=days) if first else None,
        "expires_after_days": days,
        "snoozed_count": snoozed,
        "backlog_count": backlog,
    }


def due(scope: Scope, *, now: datetime, days: int, limit: int) -> list[UUID]:
    """Return candidates that have waited for `days` days, the oldest first."""
    seen, values = visible_sql(scope, "m")
    latest = now - timedelta(days=days)
    rows = database.query(
        f"SELECT m.id FROM memory m WHERE {seen} AND {_EXPIRES} ORDER BY m.created_at, m.id LIMIT %s",
        *values, latest, latest, limit,
    )  # fmt: skip
    return [row[0] for row in rows]


def expiries(scope: Scope, ids: Sequence[UUID], *, days: int) -> dict[UUID, datetime]:
    """Return when those of `ids` that wait will expire."""
    if not ids:
        return {}
    rows = database.query(
        f"SELECT m.id, {_SINCE} FROM memory m WHERE m.user_id = %s AND m.id = ANY(%s)"
        " AND m.status = 'candidate' AND NOT m.backlog",
        scope.user_id, list(ids),
    )  # fmt: skip
    return {row[0]: row[1] + timedelta(days=days) for row in rows}
