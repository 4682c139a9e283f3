"""Reads what a context pack is made of: passages, the claims and loops drawn from them, and what cites them.

Every read is bounded and lies within the scope; of what is held back only the number is read, never a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.recall.packs import Claim, Composition, Found, HeldBack, Loop, Material, Question, Quote
from alice.domain.vocab import Domain
from alice.errors import NotFound
from alice.queries.composing import as_of, recall
from alice.queries.ledger import trust
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
        claims, unsealed = _claims(scope, question, chunks)
        loops, more = _loops(scope, question, chunks)
        return Material(
            question,
            _found(scope, hits),
            claims,
            loops,
            _compositions(scope, question, chunks[:CITED_FROM]),
            held_back,
            unsealed + more,
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
    " m.sensitivity, m.occurred_at, m.created_at, m.decided_at, m.superseded_by"
)
_LOOP = (
    "m.id, m.loop_kind, m.text, m.subject, m.owner, m.waiting_for, m.due_on, m.status, m.confidence, m.rule, m.flags,"
    " j.name AS project, m.domain, m.sensitivity, m.occurred_at, m.created_at, m.closed_at"
)
# What is told of now, and what of a day that has been: then it goes by what was known and decided by its end.
_NOW = {
    "memory": "m.status {one} AND NOT 'withdrawn' = ANY(m.flags)",
    "open_loop": "(m.status {one} OR m.status = 'closed' AND m.closed_at > %s) AND NOT 'withdrawn' = ANY(m.flags)",
}
_THEN = (
    f"m.status <> 'forgotten' AND m.created_at <= %s AND {as_of.column('status')} = ANY(%s)"
    " AND NOT 'withdrawn' = ANY(m.flags)"
)
_TOLD = {"memory": ["accepted", "candidate"], "open_loop": ["candidate", "open", "snoozed"]}


def _project(scope: Scope) -> tuple[str, list[object]]:
    """Return the join that names a row's project, if its name may be seen, and the parameters of it."""
    seen: list[object] = [sorted(d.value for d in scope.domains), sorted(s.value for s in scope.sensitivities)]
    return "LEFT JOIN project j ON j.id = m.project_id AND j.domain = ANY(%s) AND j.sensitivity = ANY(%s)", seen


def _stood(table: str, question: Question, told: list[str]) -> tuple[str, list[object]]:
    """Return the condition under which a row is told of in one of the states `told`, and its parameters."""
    if question.until is not None:
        return _THEN, [question.until, question.until, told]
    since: list[object] = [question.now - RECENT] if table == "open_loop" else []
    if len(told) == 1:  # an index in the order of time serves one state alone
        return _NOW[table].format(one="= %s"), [told[0], *since]
    return _NOW[table].format(one="= ANY(%s)"), [told, *since]


def _claims(scope: Scope, question: Question, chunks: list[UUID]) -> tuple[tuple[Claim, ...], int]:
    """Return claims drawn from `chunks`, and accepted ones that hold words of the question; accepted ones first.

    Beside them, how many were left out because no decision stands behind what they say.
    """
    rows = _near(scope, question, "memory", _CLAIM, f"m.status = 'accepted' DESC, m.occurred_at DESC, m.id LIMIT"
                 f" {MOST_CLAIMS}", chunks)  # fmt: skip
    rows += _said(scope, question, "memory", _CLAIM, ["accepted"])
    rows, unsealed = _as_then(scope, question, "memory", rows, trusted=("accepted",))
    return tuple(Claim(**_only(row, Claim)) for row in _quoted(scope, rows, question)), unsealed


def _loops(scope: Scope, question: Question, chunks: list[UUID]) -> tuple[tuple[Loop, ...], int]:
    """Return loops drawn from `chunks` and those that hold words of the question: open, or closed of late.

    Beside them, how many were left out because no decision stands behind what they say.
    """
    rows = _near(scope, question, "open_loop", _LOOP, f"m.occurred_at DESC, m.id LIMIT {MOST_LOOPS}", chunks)
    rows += _said(scope, question, "open_loop", _LOOP, _TOLD["open_loop"])
    rows, unsealed = _as_then(scope, question, "open_loop", rows, trusted=("open", "snoozed", "closed"))
    return tuple(Loop(**_only(row, Loop)) for row in _quoted(scope, rows, question)), unsealed


def _only(row: dict[str, Any], kind: type[Claim] | type[Loop]) -> dict[str, Any]:
    return {name: row[name] for name in kind.__dataclass_fields__}


def _near(
    scope: Scope, question: Question, table: str, columns: str, order: str, chunks: list[UUID]
) -> list[dict[str, Any]]:
    (seen, values), (named, names) = visible_sql(scope, "m"), _project(scope)
    stood, more = _stood(table, question, _TOLD[table])
    return database.rows(
        f"SELECT {columns} FROM {table} m {named} WHERE {seen} AND {stood} AND m.id IN"
        f" (SELECT subject_id FROM provenance WHERE chunk_id = ANY(%s) AND subject_kind = '{table}') ORDER BY {order}",
        *names, *values, *more, chunks,
    )  # fmt: skip


def _as_then(
    scope: Scope, question: Question, kind: str, found: list[dict[str, Any]], *, trusted: Sequence[str]
) -> tuple[list[dict[str, Any]], int]:
    """Return each of `found` once, as it stood on the day asked about, and how many say that a person stands behind
    them where none does: these are left out.
    """
    rows = list({row["id"]: row for row in found}.values())
    if question.until is None:
        held = trust.held(scope, kind, [row["id"] for row in rows if row["status"] in trusted])
        kept = [row for row in rows if row["status"] not in trusted or row["id"] in held]
        return kept, len(rows) - len(kept)
    stood = as_of.then(scope, kind, rows, question.until)
    rows = [row | _telling(stood[row["id"]]) for row in rows if stood[row["id"]].shown]
    kept = [row for row in rows if row["status"] not in trusted or stood[row["id"]].held]
    return kept, len(rows) - len(kept)


def _telling(stood: as_of.Then) -> dict[str, Any]:
    """Return what is told as it was. Where it belongs is told as it is: that decides who is told at all."""
    return {name: value for name, value in stood.values.items() if name not in ("domain", "sensitivity", "project_id")}


def _said(scope: Scope, question: Question, table: str, columns: str, told: list[str]) -> list[dict[str, Any]]:
    """Return those of the newest rows of `table` that hold words of the question, the most words first."""
    (seen, values), (named, names) = visible_sql(scope, "m"), _project(scope)
    held, moments = _stood(table, question, told)
    text, texts = ("m.text", []) if question.until is None else (as_of.column("text"), [question.until])
    newest = {"memory": "m.occurred_at", "open_loop": "m.last_seen_at"}[table]  # as the indexes stand
    sql = f"""
        WITH asked AS (
            SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words
            FROM unnest(to_tsvector(%s::regconfig, %s))
        ), m AS MATERIALIZED (
            SELECT m.* FROM {table} m WHERE {seen} AND {held} ORDER BY {newest} DESC, m.id LIMIT {LOOKED_AT}
        ), read AS (
            SELECT m.*, to_tsvector(%s::regconfig, concat_ws(' ', m.subject, {text})) AS words FROM m
        )
        SELECT {columns} FROM read m CROSS JOIN asked {named}
        WHERE m.words @@ asked.words ORDER BY ts_rank(m.words, asked.words) DESC, m.id LIMIT {MOST_LOOPS}
    """
    spoken = question.language
    asked = " ".join(question.words)
    return database.rows(sql, spoken, asked, *values, *moments, spoken, *texts, *names)


def _quoted(scope: Scope, rows: list[dict[str, Any]], question: Question) -> list[dict[str, Any]]:
    """Return `rows` with their quotes, without those that were drawn from words of which none may be seen."""
    quotes = _quotes(scope, [row["id"] for row in rows], question.until or _LATEST)
    bare = {row["id"] for row in rows if row["id"] not in quotes}
    drawn = database.query("SELECT DISTINCT subject_id FROM provenance WHERE subject_id = ANY(%s)", list(bare))
    hidden = {row[0] for row in drawn}
    return [
        row | {"flags": tuple(row["flags"]), "quotes": tuple(quotes.get(row["id"], ()))}
        for row in rows
        if row["id"] not in hidden
    ]


def _quotes(scope: Scope, subject_ids: list[UUID], until: datetime) -> dict[UUID, list[Quote]]:
    """Return the newest few quotes of each claim that may be seen and were known by `until`."""
    seen, values = visible_sql(scope, "s")
    rows = database.query(
        "SELECT * FROM (SELECT p.subject_id, p.source_id, p.chunk_id, p.start,"
        ' substr(c.text, p.start - c.start + 1, p."end" - p.start) AS text, s.title, s.connector, s.occurred_at,'
        " s.domain, s.sensitivity, s.status = 'reviewed',"
        " row_number() OVER (PARTITION BY p.subject_id ORDER BY s.occurred_at DESC, s.id, p.start) AS place"
        " FROM provenance p JOIN chunk c ON c.id = p.chunk_id JOIN source s ON s.id = p.source_id"
        f" WHERE p.subject_id = ANY(%s) AND p.start >= c.start AND {seen} AND s.status <> 'forgotten'"
        " AND s.captured_at <= %s) q WHERE place <= %s AND text <> '' ORDER BY subject_id, place",
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
