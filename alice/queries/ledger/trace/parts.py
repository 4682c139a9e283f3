"""What every trace is made of: events, decisions, artifacts that cite, and the runs and slots that made these.

Each list is bounded and says how many there are; what the scope does not show is counted and not named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.queries.ledger import receipts
from alice.queries.ledger.trace import integrity
from alice.queries.ledger.trace.integrity import Text
from alice.queries.scoping import visible_sql

Part = dict[str, Any]
LIMIT, MOST = 50, 500
RECEIPTS = {"source": "sources", "memory": "memories", "open_loop": "open_loops"}


def part(items: Sequence[Any], total: int, *, skipped: int = 0) -> Part:
    """Return some of a list, with how many there are in all and how many come before these."""
    return {"items": list(items), "count": len(items), "total": total, "skipped": skipped}


def events(scope: Scope, kind: str, subject_id: UUID, limit: int) -> Part:
    """Return what the log tells of a thing, the oldest first; who does not see the whole brain sees none."""
    wanted = "user_id = %s AND subject_kind = %s AND subject_id = %s"
    values = (scope.user_id, kind, str(subject_id))
    [(total,)] = database.query(f"SELECT count(*) FROM event_log WHERE {wanted}", *values)
    rows = database.rows(
        "SELECT id::text, seq, event_type, actor, recorded_at, trace_id FROM event_log"
        f" WHERE {wanted} ORDER BY seq LIMIT %s",
        *values, limit if scope.everything else 0,
    )  # fmt: skip
    return part(rows, total)


def decided(scope: Scope, kind: str, subject_ids: Sequence[UUID], limit: int) -> dict[UUID, list[dict[str, Any]]]:
    """Return for each thing of a kind what was decided on it, the newest first; who sees only a part sees none."""
    rows = database.rows(
        "SELECT * FROM (SELECT subject_id, id::text, action, version, decided_by, decided_at, undoes::text,"
        " event_id::text, reason, row_number() OVER (PARTITION BY subject_id ORDER BY version DESC) AS place"
        " FROM decision WHERE user_id = %s AND subject_kind = %s AND subject_id = ANY(%s)) d WHERE place <= %s"
        " ORDER BY subject_id, place",
        scope.user_id, kind, list(subject_ids) if scope.everything else [], limit,
    )  # fmt: skip
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        row.pop("place")
        found.setdefault(row.pop("subject_id"), []).append(row)
    return found


_CITING = """
FROM artifact a WHERE a.user_id = %s AND a.id IN (SELECT artifact_id FROM citation WHERE {cited})
"""


def artifacts(scope: Scope, cited: str, values: Sequence[Any], limit: int) -> tuple[Part, int]:
    """Return the artifacts that cite words, the newest first, and how many more the scope does not show.

    `cited` is a condition on citations, with its `values`. Each has the numbers under which it cites them, and the run
    and the slot that it is from.
    """
    citing = _CITING.format(cited=cited)
    [(everything,)] = database.query(f"SELECT count(*) {citing}", scope.user_id, *values)
    mine, own = visible_sql(scope, "a")
    cites, theirs = visible_sql(scope, "x")
    shown = (
        f" AND {mine} AND NOT EXISTS (SELECT 1 FROM citation o JOIN source x ON x.id = o.source_id"
        f" WHERE o.artifact_id = a.id AND NOT ({cites}))"
    )
    rows = database.rows(
        "SELECT a.id, a.artifact_type, a.title, a.status, a.generated_by, a.generation_mode, a.created_at, a.trace_id,"
        f" a.scheduler_run_id, count(*) OVER () AS total {citing}{shown}"
        " ORDER BY a.created_at DESC, a.id DESC LIMIT %s",
        scope.user_id, *values, *own, *theirs, limit,
    )  # fmt: skip
    total = rows[0]["total"] if rows else 0
    numbers = _numbers([row["id"] for row in rows], cited, values)
    made = made_by(scope, rows)
    told = [_artifact(row) | {"citations": numbers.get(row["id"], [])} | made[row["id"]] for row in rows]
    return part(told, total), everything - total


def _artifact(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("artifact_type", "title", "status", "generated_by", "generation_mode", "created_at", "trace_id")
    return {"id": str(row["id"])} | {name: row[name] for name in kept}


def _numbers(artifact_ids: Sequence[UUID], cited: str, values: Sequence[Any]) -> dict[UUID, list[dict[str, Any]]]:
    rows = database.rows(
        'SELECT artifact_id, number, chunk_id::text, start, "end" FROM citation'
        f" WHERE artifact_id = ANY(%s) AND {cited} ORDER BY artifact_id, number",
        list(artifact_ids), *values,
    )  # fmt: skip
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row.pop("artifact_id"), []).append(row)
    return found


def made_by(scope: Scope, rows: Sequence[dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Return for each artifact (id, scheduler_run_id) the run that made it and the slot that it filled, or None."""
    ids = [row["id"] for row in rows]
    runs = database.rows(
        "SELECT id, artifact_id, status, triggered_by, scheduled_for, started_at, finished_at, attempt, trace_id"
        " FROM workflow_run WHERE user_id = %s AND (artifact_id = ANY(%s) OR id = ANY(%s))",
        scope.user_id, ids, [row["scheduler_run_id"] for row in rows if row["scheduler_run_id"]],
    )  # fmt: skip
    slots = database.rows(
        "SELECT id, artifact_id, scheduled_for, outcome, decided_at FROM workflow_slot WHERE user_id = %s"
        " AND artifact_id = ANY(%s)",
        scope.user_id, ids,
    )  # fmt: skip
    by_run = {row["id"]: row for row in runs} | {row["artifact_id"]: row for row in runs if row["artifact_id"]}
    by_slot = {row["artifact_id"]: row for row in slots}
    return {
        row["id"]: {
            "run": _plain(by_run.get(row["scheduler_run_id"]) or by_run.get(row["id"])),
            "slot": _plain(by_slot.get(row["id"])),
        }
        for row in rows
    }


def _plain(row: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a row without the artifact that it is listed under."""
    if row is None:
        return None
    return {name: str(value) if name == "id" else value for name, value in row.items() if name != "artifact_id"}


def proposals(scope: Scope, condition: str, values: Sequence[Any], limit: int) -> tuple[Part, int]:
    """Return the ties and project updates, alias `t`, that fit, and how many are not shown.

    Who sees a part of the brain sees none of them here: each rests on more than one source.
    """
    found: list[dict[str, Any]] = []
    total = 0
    for table, what in (("graph_edge", "t.relation"), ("project_update", "'state'")):
        where = f"FROM {table} t WHERE t.user_id = %s AND {condition}"
        total += database.query(f"SELECT count(*) {where}", scope.user_id, *values)[0][0]
        found += database.rows(
            f"SELECT '{table}' AS kind, t.id::text, t.status, {what} AS what, t.created_at {where}"
            " ORDER BY t.created_at DESC, t.id LIMIT %s",
            scope.user_id, *values, limit,
        )  # fmt: skip
    return (part(found[:limit], total), 0) if scope.everything else (part([], 0), total)


def story(scope: Scope, kind: str, subject_id: UUID, limit: int) -> dict[str, Any]:
    """Return what was decided on a thing, and what the log tells of it."""
    return {
        "decisions": decided(scope, kind, [subject_id], limit).get(subject_id, []),
        "events": events(scope, kind, subject_id, limit),
    }


def unseen(scope: Scope, kind: str, subject_id: UUID) -> dict[str, int]:
    """Return how many events and decisions on a thing are not shown to who sees a part of the brain."""
    if scope.everything:
        return {"events": 0, "decisions": 0}
    sql = "SELECT count(*) FROM decision WHERE user_id = %s AND subject_kind = %s AND subject_id = %s"
    [(count,)] = database.query(sql, scope.user_id, kind, subject_id)
    return {"events": events(scope, kind, subject_id, 0)["total"], "decisions": count}


def receipt(scope: Scope, kind: str, subject_id: UUID) -> str | None:
    """Return the id of the receipt that tells how a thing went, None when it did not."""
    found = receipts.of(scope, RECEIPTS[kind], subject_id)
    return found["id"] if found else None


def span(row: Mapping[str, Any], text: Text) -> dict[str, Any]:
    """Return words behind a claim as they are sent, and whether they are where they are said to be."""
    ids = {name: str(row[name]) for name in ("source_id", "chunk_id")}
    words = {name: row[name] for name in ("start", "end", "quote", "rule")}
    return ids | words | {"integrity": integrity.told([integrity.span(text, row)])}
