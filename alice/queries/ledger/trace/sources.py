"""The trace of a source: its passages, what was drawn from its words, and the artifacts that cite them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.models import Source
from alice.queries.ledger.trace import integrity
from alice.queries.ledger.trace.integrity import Text
from alice.queries.ledger.trace.parts import (
    LIMIT,
    Part,
    artifacts,
    decided,
    part,
    proposals,
    receipt,
    span,
    story,
    unseen,
)
from alice.queries.scoping import visible, visible_sql

_CLAIMS = {"memory": "text", "open_loop": "text", "person": "name", "project": "name"}
_SOURCE = ("id", "title", "connector", "status", "domain", "sensitivity", "occurred_at", "captured_at", "revision",
           "current", "content_hash", "char_count", "version")  # fmt: skip


def source(scope: Scope, source_id: UUID, *, limit: int = LIMIT, skip: int = 0) -> dict[str, Any]:
    """Return the trace of a source, of a forgotten one too; `limit` and `skip` page through its claims.

    Raise NotFound for what the scope does not show.
    """
    row: Any = Source.select().where(visible(scope, Source), Source.id == source_id).first()
    if row is None:
        raise NotFound("source", source_id)
    text = integrity.texts(scope, [row.id])[row.id]
    passages = database.rows(
        'SELECT id::text, ordinal, start, "end", heading, text, text_hash FROM chunk WHERE source_id = %s'
        " ORDER BY ordinal",
        row.id,
    )  # fmt: skip
    problems = [integrity.passage(text, one) for one in passages]
    found, hidden_claims = _claims_of(scope, row.id, text, limit, skip)
    cited, hidden_artifacts = artifacts(scope, "source_id = %s", [row.id], limit)
    resting = "t.id IN (SELECT subject_id FROM provenance WHERE source_id = %s)"
    proposed, hidden_proposals = proposals(scope, resting, [row.id], limit)
    seal = integrity.seals(scope, "source", [{"id": row.id, "status": row.status, "version": row.version}])
    shown = [_passage(one, problem) for one, problem in zip(passages[:limit], problems, strict=False)]
    return {
        "kind": "source",
        "id": str(row.id),
        "integrity": integrity.told([text.problem, *problems, *seal.values()]),
        "source": {name: getattr(row, name) for name in _SOURCE} | {"id": str(row.id)},
        "receipt_id": receipt(scope, "source", row.id),
        "revisions": _revisions(scope, row.id),
        "passages": part(shown, len(passages)),
        "claims": found,
        "artifacts": cited,
        "proposals": proposed,
        **story(scope, "source", row.id, limit),
        "held_back": {"claims": hidden_claims, "artifacts": hidden_artifacts, "proposals": hidden_proposals,
                      **unseen(scope, "source", row.id)},
    }  # fmt: skip


def _passage(row: Mapping[str, Any], problem: str | None) -> dict[str, Any]:
    kept = ("id", "ordinal", "start", "end", "heading")
    return {name: row[name] for name in kept} | {"integrity": integrity.told([problem])}


def _revisions(scope: Scope, source_id: UUID) -> list[dict[str, Any]]:
    """Return every text that the source ever had and that the scope shows, the first first."""
    seen, values = visible_sql(scope, "s")
    return database.rows(
        "WITH RECURSIVE up AS (SELECT id, revision_of FROM source WHERE id = %s"
        " UNION SELECT o.id, o.revision_of FROM source o JOIN up ON o.id = up.revision_of),"
        " down AS (SELECT id FROM up UNION SELECT n.id FROM source n JOIN down d ON n.revision_of = d.id)"
        " SELECT s.id::text, s.revision, s.current, s.status, s.captured_at FROM source s JOIN down USING (id)"
        f" WHERE {seen} ORDER BY s.revision, s.id",
        source_id, *values,
    )  # fmt: skip


def _claims_of(scope: Scope, source_id: UUID, text: Text, limit: int, skip: int) -> tuple[Part, int]:
    """Return what was drawn from a source in the order of its words, and how much more the scope does not show."""
    parts, values = [], []
    for table, column in _CLAIMS.items():
        seen, own = _shown(scope, table)
        parts.append(
            f"SELECT '{table}' AS kind, c.id, c.{column} AS text, c.status, c.version, min(p.start) AS at"
            f" FROM provenance p JOIN {table} c ON c.id = p.subject_id"
            f" WHERE p.source_id = %s AND p.subject_kind = '{table}' AND {seen} GROUP BY c.id"
        )
        values += [source_id, *own]
    drawn = " UNION ALL ".join(parts)
    rows = database.rows(f"{drawn} ORDER BY at, kind, id LIMIT %s OFFSET %s", *values, limit, skip)
    [(shown,)] = database.query(f"SELECT count(*) FROM ({drawn}) c", *values)
    [(every,)] = database.query(
        "SELECT count(DISTINCT subject_id) FROM provenance WHERE source_id = %s AND subject_kind = ANY(%s)",
        source_id, list(_CLAIMS),
    )  # fmt: skip
    return part(_claims(scope, rows, source_id, text), shown, skipped=skip), every - shown


def _shown(scope: Scope, table: str) -> tuple[str, list[object]]:
    """Return what of a kind of claim the scope shows; people and projects belong to no project, or to themselves."""
    if table in ("memory", "open_loop") or scope.project_ids is None:
        return visible_sql(scope, "c")
    seen, values = visible_sql(replace(scope, project_ids=None), "c")
    mine = list(scope.project_ids) if table == "project" else []
    return f"{seen} AND c.id = ANY(%s)", [*values, mine]


def _claims(scope: Scope, rows: Sequence[dict[str, Any]], source_id: UUID, text: Text) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    spans = _spans(scope, ids, source_id=source_id)
    told = []
    for kind in _CLAIMS:
        of_kind = [row for row in rows if row["kind"] == kind]
        wrong = integrity.seals(scope, kind, of_kind)
        known = decided(scope, kind, [row["id"] for row in of_kind], 20)
        for row in of_kind:
            words = spans.get(row["id"], [])
            problems = [wrong.get(row["id"]), *(integrity.span(text, one) for one in words)]
            told.append(
                {name: row[name] for name in ("kind", "text", "status")}
                | {"id": str(row["id"]), "integrity": integrity.told(problems)}
                | {"spans": [span(one, text) for one in words], "decisions": known.get(row["id"], [])}
            )
    order = {str(one): place for place, one in enumerate(ids)}
    return sorted(told, key=lambda one: order[one["id"]])


def _spans(
    scope: Scope, subject_ids: Sequence[UUID], *, source_id: UUID | None = None, most: int = 20
) -> dict[UUID, list[dict[str, Any]]]:
    """Return the words behind claims, in one source or in all, with the passage that each stands in."""
    only = " AND p.source_id = %s" if source_id else ""
    rows = database.rows(
        'SELECT * FROM (SELECT p.subject_id, p.source_id, p.chunk_id, p.start, p."end", p.rule, k.start AS chunk_start,'
        ' k."end" AS chunk_end, substr(k.text, p.start - k.start + 1, p."end" - p.start) AS quote,'
        " row_number() OVER (PARTITION BY p.subject_id ORDER BY p.source_id, p.start) AS place FROM provenance p"
        f" JOIN chunk k ON k.id = p.chunk_id WHERE p.user_id = %s AND p.subject_id = ANY(%s){only}) w"
        " WHERE place <= %s ORDER BY subject_id, place",
        scope.user_id, list(subject_ids), *([source_id] if source_id else []), most,
    )  # fmt: skip
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["subject_id"], []).append(row)
    return found
