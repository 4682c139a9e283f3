"""The trace of a memory or an open loop: the words behind it, what was decided on it, and who tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.queries.ledger.trace import integrity
from alice.queries.ledger.trace.parts import LIMIT, MOST, artifacts, part, proposals, receipt, span, story, unseen
from alice.queries.library import loops, memories
from alice.queries.scoping import visible_sql


def memory(scope: Scope, memory_id: UUID, *, limit: int = LIMIT, skip: int = 0) -> dict[str, Any]:
    """Return the trace of a memory; `limit` and `skip` page through the words behind it. Raise NotFound."""
    row: Any = memories.find(scope, memory_id)
    told = _claim(scope, "memory", memories.present(row), limit, skip)
    sql = "SELECT id::text FROM memory WHERE user_id = %s AND superseded_by = %s ORDER BY id LIMIT %s"
    return told | {"supersedes": [one[0] for one in database.query(sql, scope.user_id, row.id, limit)]}


def loop(scope: Scope, loop_id: UUID, *, limit: int = LIMIT, skip: int = 0) -> dict[str, Any]:
    """Return the trace of an open loop, as `memory` does."""
    return _claim(scope, "open_loop", loops.present(loops.find(scope, loop_id)), limit, skip)


def _claim(scope: Scope, kind: str, row: dict[str, Any], limit: int, skip: int) -> dict[str, Any]:
    subject = UUID(row["id"])
    words, hidden = _evidence(scope, subject)
    texts = integrity.texts(scope, [one["source_id"] for one in words])
    problems = [integrity.span(texts[one["source_id"]], one) for one in words]
    plain = {"id": subject, "status": row["status"], "version": row["version"]}
    seal = integrity.seals(scope, kind, [plain])
    behind = (
        "EXISTS (SELECT 1 FROM provenance p WHERE p.subject_id = %s AND p.chunk_id = citation.chunk_id"
        ' AND p.start < citation."end" AND citation.start < p."end")'
    )
    cited, hidden_artifacts = artifacts(scope, behind, [subject], limit)
    resting = "t.id IN (SELECT id FROM graph_edge WHERE from_id = %s OR to_id = %s)"
    proposed, hidden_proposals = proposals(scope, resting, [subject, subject], limit)
    shown = [span(one, texts[one["source_id"]]) | _origin(one) for one in words[skip : skip + limit]]
    return {
        "kind": kind,
        "id": row["id"],
        "integrity": integrity.told([*seal.values(), *problems, *(one.problem for one in texts.values())]),
        "claim": row,
        "receipt_id": receipt(scope, kind, subject),
        "evidence": part(shown, len(words), skipped=skip),
        "artifacts": cited,
        "proposals": proposed,
        **story(scope, kind, subject, limit),
        "held_back": {"evidence": hidden, "artifacts": hidden_artifacts, "proposals": hidden_proposals,
                      **unseen(scope, kind, subject)},
    }  # fmt: skip


def _evidence(scope: Scope, subject: UUID) -> tuple[list[dict[str, Any]], int]:
    """Return the words behind a claim with their sources, the newest first, and how many the scope does not show."""
    seen, values = visible_sql(scope, "s")
    rows = database.rows(
        'SELECT p.source_id, p.chunk_id, p.start, p."end", p.rule, k.start AS chunk_start, k."end" AS chunk_end,'
        ' substr(k.text, p.start - k.start + 1, p."end" - p.start) AS quote, s.title AS source_title, s.connector,'
        " s.occurred_at, s.current FROM provenance p JOIN chunk k ON k.id = p.chunk_id"
        f" JOIN source s ON s.id = p.source_id WHERE p.subject_id = %s AND {seen} ORDER BY s.occurred_at DESC, s.id,"
        " p.start LIMIT %s",
        subject, *values, MOST,
    )  # fmt: skip
    sql = "SELECT count(*) FROM provenance WHERE user_id = %s AND subject_id = %s"
    [(every,)] = database.query(sql, scope.user_id, subject)
    return rows, max(every - len(rows), 0)


def _origin(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("source_title", "connector", "occurred_at", "current")}
