"""The trace of an artifact: the words that it cites, what was drawn from them, and the run that composed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.queries.ledger.trace import integrity
from alice.queries.ledger.trace.integrity import Text
from alice.queries.ledger.trace.parts import LIMIT, made_by, part, proposals, story, unseen
from alice.queries.library import artifacts
from alice.queries.scoping import visible_sql


def artifact(scope: Scope, artifact_id: UUID, *, limit: int = LIMIT, skip: int = 0) -> dict[str, Any]:
    """Return the trace of an artifact; `limit` and `skip` page through its citations. Raise NotFound."""
    row: Any = artifacts.find(scope, artifact_id)
    plain = {"id": row.id, "status": row.status, "version": row.version, "scheduler_run_id": row.scheduler_run_id}
    cited = _citations(scope, row.id)
    texts = integrity.texts(scope, [one["source_id"] for one in cited])
    problems = [integrity.span(texts[one["source_id"]], one) for one in cited]
    missing = [f"a statement cites [{n}], which is not there" for n in _unknown(row.sections, cited)]
    seal = integrity.seals(scope, "artifact", [plain])
    shown = cited[skip : skip + limit]
    proposed, hidden = proposals(scope, "t.artifact_id = %s", [row.id], limit)
    return {
        "kind": "artifact",
        "id": str(row.id),
        "integrity": integrity.told([*problems, *missing, *seal.values(), *(t.problem for t in texts.values())]),
        "artifact": artifacts.present(row),
        **made_by(scope, [plain])[row.id],
        "citations": part(_cited(scope, shown, texts, _places(row.sections)), len(cited), skipped=skip),
        "loops": _told_loops(scope, row.sections, limit),
        "proposals": proposed,
        "model_calls": _model_calls(scope, row.id),
        **story(scope, "artifact", row.id, limit),
        "held_back": {"proposals": hidden, **unseen(scope, "artifact", row.id)},
    }


def _citations(scope: Scope, artifact_id: UUID) -> list[dict[str, Any]]:
    seen, values = visible_sql(scope, "s")
    return database.rows(
        'SELECT c.number, c.source_id, c.chunk_id, c.start, c."end", k.start AS chunk_start, k."end" AS chunk_end,'
        ' substr(k.text, c.start - k.start + 1, c."end" - c.start) AS quote, s.title AS source_title,'
        " s.connector, s.occurred_at, s.current FROM citation c JOIN chunk k ON k.id = c.chunk_id"
        f" JOIN source s ON s.id = c.source_id WHERE c.artifact_id = %s AND {seen} ORDER BY c.number",
        artifact_id, *values,
    )  # fmt: skip


def _unknown(sections: Sequence[Mapping[str, Any]], cited: Sequence[Mapping[str, Any]]) -> list[int]:
    known = {one["number"] for one in cited}
    return sorted(set(_places(sections)) - known)


def _places(sections: Sequence[Mapping[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Return by number which statements cite it: the section's key and the place in it, from 0."""
    found: dict[int, list[dict[str, Any]]] = {}
    for section in sections:
        for place, said in enumerate(section["statements"]):
            for number in said["citations"]:
                found.setdefault(number, []).append({"section": section["key"], "statement": place})
    return found


def _cited(
    scope: Scope,
    shown: Sequence[dict[str, Any]],
    texts: Mapping[UUID, Text],
    places: Mapping[int, list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    claims = _drawn(scope, shown)
    kept = ("number", "start", "end", "quote", "source_title", "connector", "occurred_at", "current")
    return [
        {name: one[name] for name in kept}
        | {"source_id": str(one["source_id"]), "chunk_id": str(one["chunk_id"])}
        | {"integrity": integrity.told([integrity.span(texts[one["source_id"]], one)])}
        | {"statements": places.get(one["number"], []), "claims": claims.get(one["number"], [])}
        for one in shown
    ]


def _drawn(scope: Scope, shown: Sequence[dict[str, Any]], *, most: int = 10) -> dict[int, list[dict[str, Any]]]:
    """Return by number the memories and loops that were drawn from words which it cites."""
    found: dict[int, list[dict[str, Any]]] = {}
    numbers, chunks, starts, ends = ([one[name] for one in shown] for name in ("number", "chunk_id", "start", "end"))
    for table in ("memory", "open_loop"):
        seen, values = visible_sql(scope, "c")
        rows = database.rows(
            "SELECT DISTINCT g.number, c.id::text, c.text, c.status FROM"
            ' unnest(%s::int[], %s::uuid[], %s::int[], %s::int[]) AS g (number, chunk_id, start, "end")'
            ' JOIN provenance p ON p.chunk_id = g.chunk_id AND p.start < g."end" AND g.start < p."end"'
            f" JOIN {table} c ON c.id = p.subject_id AND p.subject_kind = '{table}' WHERE {seen} ORDER BY 1, 2",
            numbers, chunks, starts, ends, *values,
        )  # fmt: skip
        for row in rows:
            listed = found.setdefault(row.pop("number"), [])
            listed += [{"kind": table, **row}] if len(listed) < most else []
    return found


def _told_loops(scope: Scope, sections: Sequence[Mapping[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return the loops that the artifact tells of, as they stand now."""
    notes = [one["loop"]["id"] for section in sections for one in section["statements"] if one.get("loop")]
    seen, values = visible_sql(scope, "l")
    sql = f"SELECT l.id::text, l.text, l.status FROM open_loop l WHERE {seen} AND l.id = ANY(%s::uuid[]) ORDER BY l.id"
    return database.rows(f"{sql} LIMIT %s", *values, notes, limit)


def _model_calls(scope: Scope, artifact_id: UUID) -> list[dict[str, Any]]:
    """Return the requests to models beside an artifact: those it stood in for, and the one that it is an answer to."""
    seen, values = visible_sql(scope, "m")
    return database.rows(
        "SELECT m.id::text, m.status, m.endpoint_host, m.created_at, m.decided_at, m.artifact_id = %s AS answered"
        f" FROM model_call m WHERE {seen} AND (m.artifact_id = %s OR m.source_artifact_id = %s) ORDER BY m.created_at",
        artifact_id, *values, artifact_id, artifact_id,
    )  # fmt: skip
