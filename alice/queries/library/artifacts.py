"""Reads artifacts and the words behind their statements. Who may not see a cited source sees no such artifact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from peewee import fn

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.vocab import ArtifactStatus, WorkflowType
from alice.errors import InvalidInput, NotFound
from alice.models import Artifact, Citation, Source
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible, visible_sql

AROUND = 320  # characters of the passage on either side of a quote


def _seen(scope: Scope) -> Any:
    """Return the condition under which an artifact may be shown: it and all that it cites lie in the scope."""
    seen = visible(scope, Artifact)
    if scope.everything:
        return seen
    cited = Citation.select(fn.COUNT(1)).join(Source).where(Citation.artifact == Artifact.id)
    hidden = cited.where(~visible(scope, Source))
    return seen & (hidden == 0)


def latest(scope: Scope, artifact_type: str) -> dict[str, Any] | None:
    """Return the newest artifact of a type that was not rejected, as `get` does; None when there is none."""
    found = (
        Artifact.select(Artifact.id)
        .where(_seen(scope), Artifact.artifact_type == artifact_type, Artifact.status != ArtifactStatus.REJECTED.value)
        .order_by(Artifact.created_at.desc(), Artifact.id.desc())
        .first()
    )
    return get(scope, found.id) if found else None


def page(
    scope: Scope,
    *,
    artifact_type: str | None = None,
    status: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return artifacts without their sections, the newest first; raise InvalidInput for an unknown type or status."""
    select: Any = Artifact.select().where(_seen(scope))
    if artifact_type:
        select = select.where(Artifact.artifact_type == _one_of(WorkflowType, "artifact_type", artifact_type))
    if status:
        select = select.where(Artifact.status == _one_of(ArtifactStatus, "status", status))
    order = (Artifact.created_at, Artifact.id)
    found = paged(select, order, present=_told, limit=limit, cursor=cursor)
    refs = _source_refs([item["id"] for item in found.items])
    for item in found.items:
        item["metadata"]["source_refs"] = refs.get(item["id"], [])
    return found


def _one_of(words: Any, field: str, value: str) -> str:
    if value in {word.value for word in words}:
        return value
    raise InvalidInput({field: f"must be one of {', '.join(word.value for word in words)}, not {value!r}."})


def find(scope: Scope, artifact_id: UUID | str) -> Artifact:
    """Return the row of an artifact in the scope; raise NotFound."""
    found = Artifact.select().where(_seen(scope), Artifact.id == identified("artifact", artifact_id)).first()
    if found is None:
        raise NotFound("artifact", artifact_id)
    return found


def get(scope: Scope, artifact_id: UUID | str) -> dict[str, Any]:
    """Return an artifact in the keys of contract.md section 6; raise NotFound when there is none in the scope.

    Quotes are read from the sources, never from the artifact, and loops as they stand now.
    """
    found = find(scope, artifact_id)
    cited = _citations(scope, found.id)
    loops = _loops(scope, found.sections)
    told = _told(found) | {
        "content_markdown": found.content_markdown,
        "sections": [_section(section, cited, loops) for section in found.sections],
        "sources": _sources(cited),
    }
    told["metadata"]["source_refs"] = [source["source_id"] for source in told["sources"]]
    return told


def present(found: Artifact) -> dict[str, Any]:
    """Return an artifact's own fields; the metadata has the eight keys of the specification and three more."""
    told = _told(found)
    told["metadata"]["source_refs"] = _source_refs([found.id]).get(str(found.id), [])
    return told


def _source_refs(artifact_ids: Sequence[UUID | str]) -> dict[str, list[str]]:
    """Return the sources that each artifact cites, in the order of their first citation."""
    rows = database.query(
        "SELECT c.artifact_id::text, c.source_id::text FROM citation c JOIN source s ON s.id = c.source_id"
        " WHERE c.artifact_id = ANY(%s::uuid[]) AND s.status <> 'forgotten' GROUP BY 1, 2 ORDER BY min(c.number)",
        list(artifact_ids),
    )
    found: dict[str, list[str]] = {}
    for artifact_id, source_id in rows:
        found.setdefault(artifact_id, []).append(source_id)
    return found


def _told(found: Artifact) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "artifact_type": found.artifact_type,
        "title": found.title,
        "status": found.status,
        "domain": found.domain,
        "sensitivity": found.sensitivity,
        "generated_by": found.generated_by,
        "created_at": found.created_at,
        "reviewed_at": found.reviewed_at,
        "promoted_at": found.promoted_at,
        "covers_from": found.covers_from,
        "covers_to": found.covers_to,
        "prompt_hash": found.prompt_hash,
        "model_info": found.model_info,
        "version": found.version,
        "metadata": {
            "generated_by": found.generated_by,
            "workflow_type": found.artifact_type,
            "scheduler_run_id": str(found.scheduler_run_id) if found.scheduler_run_id else None,
            "trace_id": found.trace_id,
            "domain": found.domain,
            "sensitivity": found.sensitivity,
            "review_status": found.status,
            "generation_mode": found.generation_mode,
            "input_context_hash": found.input_context_hash,
            "routing": found.routing,
        },
    }


def _citations(scope: Scope, artifact_id: UUID) -> dict[int, dict[str, Any]]:
    """Return the citations that still stand, by number, each with the source's own words."""
    seen, values = visible_sql(scope, "s")
    rows = database.rows(
        'SELECT c.number, c.source_id::text, c.chunk_id::text, c.start, c."end", s.title AS source_title, s.connector,'
        " s.occurred_at,"
        ' substr(k.text, c.start - k.start + 1, c."end" - c.start) AS quote'
        " FROM citation c JOIN source s ON s.id = c.source_id JOIN chunk k ON k.id = c.chunk_id"
        f" WHERE c.artifact_id = %s AND {seen} AND s.status <> 'forgotten' ORDER BY c.number",
        artifact_id, *values,
    )  # fmt: skip
    return {row["number"]: row for row in rows}


def _loops(scope: Scope, sections: list[dict[str, Any]]) -> dict[str, str]:
    """Return how the loops that the artifact tells of stand now."""
    named = [s["loop"]["id"] for section in sections for s in section["statements"] if s.get("loop")]
    if not named:
        return {}
    seen, values = visible_sql(scope, "l")
    sql = f"SELECT id::text, status FROM open_loop l WHERE {seen} AND id = ANY(%s::uuid[])"
    return dict(database.query(sql, *values, named))


def _section(section: dict[str, Any], cited: dict[int, dict[str, Any]], loops: dict[str, str]) -> dict[str, Any]:
    said = []
    for statement in section["statements"]:
        told = statement | {"citations": [_citation(cited[n]) for n in statement["citations"] if n in cited]}
        if note := statement.get("loop"):
            told["loop"] = note | {"status": loops.get(note["id"], "forgotten")}
        said.append(told)
    return section | {"statements": said}


def _citation(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("number", "source_id", "chunk_id", "start", "end", "quote", "source_title")
    return {name: row[name] for name in kept}


def _sources(cited: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each cited source once, in the order of its first citation, with the numbers that cite it."""
    told: dict[str, dict[str, Any]] = {}
    for number, row in cited.items():
        one = told.setdefault(
            row["source_id"],
            {
                "source_id": row["source_id"],
                "title": row["source_title"],
                "connector": row["connector"],
                "occurred_at": row["occurred_at"],
                "numbers": [],
            },
        )
        one["numbers"].append(number)
    return list(told.values())


def citation(scope: Scope, artifact_id: UUID | str, number: int) -> dict[str, Any]:
    """Return the evidence behind one number: the quote, the passage around it, and the source it stands in.

    `before` and `after` are at most 320 characters of the same passage; raise NotFound when there is no such number.
    """
    found = Artifact.select(Artifact.id).where(_seen(scope), Artifact.id == identified("artifact", artifact_id)).first()
    seen, values = visible_sql(scope, "s")
    rows = database.rows(
        'SELECT c.number, c.start, c."end", k.id::text AS chunk_id, k.start AS chunk_start, k.text AS chunk_text,'
        " k.heading, k.ordinal, (SELECT count(*) FROM chunk o WHERE o.source_id = s.id) AS chunk_count,"
        " s.id::text, s.title, s.connector, s.occurred_at, s.captured_at, s.uri, s.domain, s.sensitivity"
        " FROM citation c JOIN source s ON s.id = c.source_id JOIN chunk k ON k.id = c.chunk_id"
        f" WHERE c.artifact_id = %s AND c.number = %s AND {seen} AND s.status <> 'forgotten'",
        found.id, number, *values,
    ) if found else []  # fmt: skip
    if not rows:
        raise NotFound("citation", number)
    return _evidence(rows[0])


def _evidence(row: dict[str, Any]) -> dict[str, Any]:
    left, right = row["start"] - row["chunk_start"], row["end"] - row["chunk_start"]
    text = row["chunk_text"]
    source = ("id", "title", "connector", "occurred_at", "captured_at", "uri", "domain", "sensitivity")
    return {
        "number": row["number"],
        "quote": text[left:right],
        "start": row["start"],
        "end": row["end"],
        "chunk_id": row["chunk_id"],
        "chunk_text": text,
        "chunk_number": row["ordinal"] + 1,
        "chunk_count": row["chunk_count"],
        "before": text[max(left - AROUND, 0) : left],
        "after": text[right : right + AROUND],
        "cut_before": left > AROUND,
        "cut_after": len(text) - right > AROUND,
        "heading": row["heading"],
        "source": {name: row[name] for name in source},
    }
