"""Reads what changed of late, as an agent may be told: what came in, what was decided, what was opened and closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.queries.ledger import trust
from alice.queries.library import claims
from alice.queries.scoping import visible_sql

MOST = 200

# One line for each kind of change: its name, the table, what is told of it, and when it happened.
_KINDS = (
    ("source_captured", "source", "m.title", "m.captured_at", "m.status <> 'forgotten' AND m.current"),
    ("memory_decided", "memory", "m.text", "m.decided_at", "m.status IN ('accepted', 'superseded')"),
    ("loop_opened", "open_loop", "m.text", "m.created_at", "m.status IN ('candidate', 'open', 'snoozed')"),
    ("loop_closed", "open_loop", "m.text", "m.closed_at", "m.status = 'closed'"),
    ("artifact_composed", "artifact", "m.title", "m.created_at", "m.status <> 'rejected'"),
)


def since(scope: Scope, moment: datetime, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return what changed after `moment` in the scope, the newest first, at most `limit` things.

    Each has kind, id, text, status, domain, sensitivity and at. Flagged claims, whose words may command their reader,
    are left out, and so are artifacts that cite what the scope hides.
    """
    parts, values = [], []
    for kind, table, text, at, when in _KINDS:
        seen, given = visible_sql(scope, "m")
        more = " AND m.flags = '{}'" if table in ("memory", "open_loop") else ""
        if table == "artifact" and not scope.everything:
            shown, also = visible_sql(scope, "s")
            more = (
                " AND NOT EXISTS (SELECT 1 FROM citation c JOIN source s ON s.id = c.source_id"
                f" WHERE c.artifact_id = m.id AND NOT ({shown}))"
            )
            given = [*given, *also]
        parts.append(
            f"(SELECT '{kind}' AS kind, m.id::text, {text} AS text, m.status, m.domain, m.sensitivity, {at} AS at"
            f" FROM {table} m WHERE {seen} AND {when}{more} AND {at} > %s ORDER BY {at} DESC, m.id LIMIT %s)"
        )
        values += [*given, moment, min(limit, MOST)]
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY at DESC, id LIMIT %s"
    return _sealed(scope, database.rows(sql, *values, min(limit, MOST)))


def _sealed(scope: Scope, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return `rows` without claims that say somebody decided on them, though no decision stands behind that."""
    said: dict[str, list[UUID]] = {"memory": [], "open_loop": []}
    for row in rows:
        if kind := _decided(row):
            said[kind].append(UUID(row["id"]))
    held = {str(one) for kind, ids in said.items() for one in trust.held(scope, kind, ids)}
    return [row for row in rows if _decided(row) is None or row["id"] in held]


def _decided(row: dict[str, Any]) -> str | None:
    """Return which kind of claim a row tells of that was decided on, or None."""
    kind = {"memory_decided": "memory", "loop_opened": "open_loop", "loop_closed": "open_loop"}.get(row["kind"])
    return kind if row["status"] != "candidate" else None


def decisions(scope: Scope, moment: datetime, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return the decisions that evidence of after `moment` tells of, the newest first, each with its words.

    `status` says whether the owner accepted one. Flagged ones are left out, and so are those whose words are hidden.
    """
    seen, values = visible_sql(scope, "m")
    rows = database.rows(
        "SELECT m.id, m.text, m.subject, m.status, m.confidence, m.rule, m.occurred_at, m.domain, m.sensitivity,"
        f" m.project_id FROM memory m WHERE {seen} AND m.memory_type = 'decision' AND m.flags = '{{}}'"
        " AND m.status IN ('candidate', 'accepted') AND m.occurred_at > %s ORDER BY m.occurred_at DESC, m.id LIMIT %s",
        *values, moment, min(limit, MOST),
    )  # fmt: skip
    rows = claims.sealed(scope, rows)
    words = claims.quotes(scope, [row["id"] for row in rows], most=2)
    return [
        {**row, "id": str(row["id"]), "evidence": [claims.quote(one) for one in words[row["id"]]]}
        for row in rows
        if row["id"] in words
    ]
