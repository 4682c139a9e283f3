"""Reads what a context pack is made of: passages, the claims and loops drawn from them, and what cites them.

Every read is bounded and lies within the scope; of what is held back only the number is read, never a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.packs import Claim, Composition, Found, HeldBack, Loop, Material, Question, Quote
from alice.domain.policy import Scope
from alice.domain.vocab import Domain
from alice.errors import NotFound
from alice.queries import recall
from alice.queries.scoping import visible_sql

MOST_PASSAGES, MOST_CLAIMS, MOST_LOOPS, MOST_COMPOSITIONS = 40, 120, 60, 4
LOOKED_AT = 1_000  # of the newest that a person accepted, and of the newest loops
MOST_COUNTED = 1_000  # of each kind that is held back
CITED_FROM = 10  # passages whose artifacts are looked for
QUOTES = 2
RECENT = timedelta(days=30)  # how long something that was closed is told of
_LATEST = datetime.max.replace(tzinfo=UTC)


def projects(scope: Scope, name: str) -> list[UUID]:
    """Return the projects called `name`, whatever its case; raise NotFound when the scope has none."""
    rows = database.query(
        "SELECT id FROM project WHERE user_id = %s AND lower(name) = lower(%s) AND domain = ANY(%s)"
        " AND sensitivity = ANY(%s) AND (%s::uuid[] IS NULL OR id = ANY(%s)) ORDER BY id",
        scope.user_id, name, sorted(d.value for d in scope.domains), sorted(s.value for s in scope.sensitivities),
        _ids(scope), _ids(scope),
    )  # fmt: skip
    if not rows:
        raise NotFound("project", repr(name), "Without a project everything is asked.")
    return [row[0] for row in rows]


def _ids(scope: Scope) -> list[UUID] | None:
    return None if scope.project_ids is None else sorted(scope.project_ids)


def material(scope: Scope, question: Question, held_back: HeldBack) -> Material:
    """Return everything in `scope` that a pack for `question` may be made of; raise InvalidInput without a word."""
    with database.session():
        hits = recall.passages(scope, question.text, limit=MOST_PASSAGES, before=question.until, today=question.today)
        chunks = [hit.chunk_id for hit in hits]
        return Material(
            question,
            _found(scope, hits),
            _claims(scope, question, chunks),
            _loops(scope, question, chunks),
            _compositions(scope, question, chunks[:CITED_FROM]),
            held_back,
        )


def _found(scope: Scope, hits: Sequence[recall.Hit]) -> tuple[Found, ...]:
    seen, values = visible_sql(scope, "s")
    rows = database.query(
        f"SELECT id, connector, status = 'reviewed' FROM source s WHERE {seen} AND id = ANY(%s)",
        *values, [hit.source_id for hit in hits],
    )  # fmt: skip
    about = {row[0]: row[1:] for row in rows}
    return tuple(
        Found(
            Quote(hit.source_id, hit.chunk_id, hit.start, hit.text, hit.source_title, about[hit.source_id][0],
                  hit.occurred_at, hit.domain, hit.sensitivity, about[hit.source_id][1]),
            hit.heading, hit.score, tuple(sorted(hit.parts.items())),
        )
        for hit in hits
        if hit.source_id in about
    )  # fmt: skip


_CLAIM = (
    "m.id, m.memory_type, m.text, m.subject, m.status, m.confidence, m.rule, m.flags, j.name AS project, m.domain,"
    " m.sensitivity, m.occurred_at, m.created_at, m.decided_at"
)
_LOOP = (
    "m.id, m.loop_kind, m.text, m.subject, m.owner, m.waiting_for, m.due_on, m.status, m.confidence, m.rule, m.flags,"
    " j.name AS project, m.domain, m.sensitivity, m.occurred_at, m.created_at, m.closed_at"
)
# What is told of: a decision that came after the day asked about had not been taken then.
_HELD = (
    "(m.status IN ('candidate', 'accepted') OR m.status IN ('superseded', 'rejected', 'archived')"
    " AND m.decided_at > %s) AND m.occurred_at <= %s AND NOT 'withdrawn' = ANY(m.flags)"
)
_OPEN = (
    "(m.status IN ('candidate', 'open', 'snoozed') OR m.status = 'closed' AND (m.closed_at > %s OR m.closed_at > %s))"
    " AND m.occurred_at <= %s AND NOT 'withdrawn' = ANY(m.flags)"
)


def _project(scope: Scope) -> tuple[str, list[object]]:
    """Return the join that names a row's project, if its name may be seen, and the parameters of it."""
    seen: list[object] = [sorted(d.value for d in scope.domains), sorted(s.value for s in scope.sensitivities)]
    return "LEFT JOIN project j ON j.id = m.project_id AND j.domain = ANY(%s) AND j.sensitivity = ANY(%s)", seen


def _claims(scope: Scope, question: Question, chunks: list[UUID]) -> tuple[Claim, ...]:
    """Return claims drawn from `chunks`, and accepted ones that hold words of the question; accepted ones first."""
    (seen, values), (named, names) = visible_sql(scope, "m"), _project(scope)
    until = question.until or _LATEST
    near = f"""
        SELECT {_CLAIM} FROM memory m {named} WHERE {seen} AND {_HELD} AND m.id IN
            (SELECT subject_id FROM provenance WHERE chunk_id = ANY(%s) AND subject_kind = 'memory')
        ORDER BY m.status = 'accepted' DESC, m.occurred_at DESC, m.id LIMIT {MOST_CLAIMS}
    """
    rows = database.rows(near, *names, *values, until, until, chunks)
    rows += _said(scope, question, f"{_HELD} AND m.status = 'accepted'", _CLAIM, "memory", [until, until])
    rows = list({row["id"]: row for row in rows}.values())
    return tuple(Claim(**row) for row in _quoted(scope, rows, until))


def _loops(scope: Scope, question: Question, chunks: list[UUID]) -> tuple[Loop, ...]:
    """Return loops drawn from `chunks` and those that hold words of the question: open, or closed of late."""
    (seen, values), (named, names) = visible_sql(scope, "m"), _project(scope)
    until = question.until or _LATEST
    moments: list[object] = [until, _LATEST if question.until else question.now - RECENT, until]
    near = f"""
        SELECT {_LOOP} FROM open_loop m {named} WHERE {seen} AND {_OPEN} AND m.id IN
            (SELECT subject_id FROM provenance WHERE chunk_id = ANY(%s) AND subject_kind = 'open_loop')
        ORDER BY m.occurred_at DESC, m.id LIMIT {MOST_LOOPS}
    """
    rows = database.rows(near, *names, *values, *moments, chunks)
    rows += _said(scope, question, _OPEN, _LOOP, "open_loop", moments)
    rows = list({row["id"]: row for row in rows}.values())
    return tuple(Loop(**row) for row in _quoted(scope, rows, until))


def _said(
    scope: Scope, question: Question, held: str, columns: str, table: str, moments: list[object]
) -> list[dict[str, Any]]:
    """Return those of the newest rows of `table` that hold words of the question, the most words first."""
    (seen, values), (named, names) = visible_sql(scope, "m"), _project(scope)
    newest = {"memory": "m.occurred_at", "open_loop": "m.last_seen_at"}[table]  # as the indexes stand
    sql = f"""
        WITH asked AS (
            SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words
            FROM unnest(to_tsvector(%s::regconfig, %s))
        ), m AS MATERIALIZED (
            SELECT m.* FROM {table} m WHERE {seen} AND {held} ORDER BY {newest} DESC, m.id LIMIT {LOOKED_AT}
        ), read AS (
            SELECT m.*, to_tsvector(%s::regconfig, concat_ws(' ', m.subject, m.text)) AS words FROM m
        )
        SELECT {columns} FROM read m CROSS JOIN asked {named}
        WHERE m.words @@ asked.words ORDER BY ts_rank(m.words, asked.words) DESC, m.id LIMIT {MOST_LOOPS}
    """
    spoken = question.language
    asked = " ".join(question.words)
    return database.rows(sql, spoken, asked, *values, *moments, spoken, *names)


def _quoted(scope: Scope, rows: list[dict[str, Any]], until: datetime) -> list[dict[str, Any]]:
    """Return `rows` with their quotes, without those that were drawn from words of which none may be seen."""
    quotes = _quotes(scope, [row["id"] for row in rows], until)
    bare = {row["id"] for row in rows if row["id"] not in quotes}
    drawn = database.query("SELECT DISTINCT subject_id FROM provenance WHERE subject_id = ANY(%s)", list(bare))
    hidden = {row[0] for row in drawn}
    return [
        row | {"flags": tuple(row["flags"]), "quotes": tuple(quotes.get(row["id"], ()))}
        for row in rows
        if row["id"] not in hidden
    ]


def _quotes(scope: Scope, subject_ids: list[UUID], until: datetime) -> dict[UUID, list[Quote]]:
    """Return the newest few quotes of each claim that may be seen and were said by `until`."""
    seen, values = visible_sql(scope, "s")
    rows = database.query(
        "SELECT * FROM (SELECT p.subject_id, p.source_id, p.chunk_id, p.start,"
        ' substr(c.text, p.start - c.start + 1, p."end" - p.start) AS text, s.title, s.connector, s.occurred_at,'
        " s.domain, s.sensitivity, s.status = 'reviewed',"
        " row_number() OVER (PARTITION BY p.subject_id ORDER BY s.occurred_at DESC, s.id, p.start) AS place"
        " FROM provenance p JOIN chunk c ON c.id = p.chunk_id JOIN source s ON s.id = p.source_id"
        f" WHERE p.subject_id = ANY(%s) AND p.start >= c.start AND {seen} AND s.status <> 'forgotten'"
        " AND s.occurred_at <= %s) q WHERE place <= %s AND text <> '' ORDER BY subject_id, place",
        subject_ids, *values, until, QUOTES,
    )  # fmt: skip
    found: dict[UUID, list[Quote]] = {}
    for subject_id, *fields, _place in rows:
        found.setdefault(subject_id, []).append(Quote(*fields))
    return found


def _compositions(scope: Scope, question: Question, chunks: list[UUID]) -> tuple[Composition, ...]:
    """Return the newest artifacts that cite `chunks`; one that cites anything out of sight is out of sight."""
    seen, values = visible_sql(scope, "a")
    cited, more = visible_sql(scope, "s")
    rows = database.query(
        "SELECT a.id, a.artifact_type, a.title, a.status, a.domain, a.sensitivity, a.created_at FROM artifact a"
        " WHERE a.id IN (SELECT artifact_id FROM citation WHERE chunk_id = ANY(%s))"
        f" AND {seen} AND a.status NOT IN ('rejected', 'archived') AND a.created_at <= %s AND NOT EXISTS"
        " (SELECT 1 FROM citation c JOIN source s ON s.id = c.source_id WHERE c.artifact_id = a.id"
        f" AND ({cited}) IS NOT TRUE) ORDER BY a.created_at DESC, a.id LIMIT {MOST_COMPOSITIONS}",
        chunks, *values, question.until or _LATEST, *more,
    )  # fmt: skip
    return tuple(Composition(*row) for row in rows)


_COUNTED = {
    "source": "m.status NOT IN ('forgotten', 'archived') AND m.current",
    "memory": "m.status IN ('candidate', 'accepted')",
    "open_loop": "m.status IN ('candidate', 'open', 'snoozed')",
}


def held_back(scope: Scope, *, domains: Sequence[Domain], rule: str) -> HeldBack:
    """Count what of `domains` (none: of the brain) lies outside the scope; no word of it is read."""
    seen, values = visible_sql(scope, "m")
    within, asked = "m.user_id = %s", [scope.user_id, [domain.value for domain in domains]][: 2 if domains else 1]
    within += " AND m.domain = ANY(%s)" if domains else ""
    counts = [
        database.query(
            f"SELECT count(*) FROM (SELECT 1 FROM {table} m WHERE {within} AND {live} AND ({seen}) IS NOT TRUE"
            f" LIMIT {MOST_COUNTED}) AS part",
            *asked, *values,
        )[0][0]
        for table, live in _COUNTED.items()
    ]  # fmt: skip
    return HeldBack(sum(counts), rule, more=MOST_COUNTED in counts)
