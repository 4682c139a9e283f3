"""What was held true at a moment, in the words of then: walked back from the rows of today over what was decided since.

A thing was known once it was stored. What is told of then is checked by the seal of the decision that held then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from alice import sealing
from alice.db import database
from alice.domain.composing.grounding import Evidence
from alice.domain.decisions import SEALED, plain
from alice.domain.policy import Scope
from alice.domain.recall import tokens
from alice.domain.texts import unseen
from alice.domain.vocab import MemoryStatus
from alice.queries.ledger import trust
from alice.queries.library import claims, memories
from alice.queries.page import DEFAULT_LIMIT, Page
from alice.queries.scoping import visible_sql

LOOKED_AT = 5_000  # of the newest memories that hold a word of the question
HELD = (MemoryStatus.ACCEPTED.value, MemoryStatus.CANDIDATE.value)
_READERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("decided_at", "snoozed_until", "closed_at", "last_seen_at"), datetime.fromisoformat),
    "due_on": date.fromisoformat,
}


def column(name: str) -> str:
    """Return in SQL what the text column `name` of the row `m` was at a moment, which is its one parameter."""
    return (
        f"COALESCE((SELECT d.before ->> '{name}' FROM decision d WHERE d.subject_id = m.id AND d.decided_at > %s"
        f" AND d.before ? '{name}' ORDER BY d.version LIMIT 1), m.{name})"
    )


@dataclass(frozen=True, slots=True)
class Then:
    """How a thing stood at a moment: the columns that were otherwise, by whom it was decided on last, whether the seal
    of that decision holds for what is told here (`held`; False where nobody had decided), and whether the asker might
    have seen it from then on: what was more private in between is not told of as it was.
    """

    values: dict[str, Any]
    decided_by: str | None
    held: bool
    shown: bool


def then(scope: Scope, kind: str, rows: Sequence[dict[str, Any]], until: datetime) -> dict[UUID, Then]:
    """Return how each of `rows`, which have `id` and the columns of SEALED for `kind`, stood at `until`."""
    ids = [row["id"] for row in rows]
    if not ids:
        return {}
    words, found = trust.words(scope, kind, ids), _decisions(scope, kind, ids)
    return {row["id"]: _then(scope, kind, row, found.get(row["id"], []), until, words) for row in rows}


def _decisions(scope: Scope, kind: str, ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    columns = ", ".join((*trust.DECISION, "before"))
    found: dict[UUID, list[dict[str, Any]]] = {}
    sql = f"SELECT {columns} FROM decision WHERE user_id = %s AND subject_kind = %s AND subject_id = ANY(%s)"
    for row in database.rows(f"{sql} ORDER BY version", scope.user_id, kind, ids):
        found.setdefault(row["subject_id"], []).append(row)
    return found


def _then(
    scope: Scope, kind: str, row: dict[str, Any], taken: list[dict[str, Any]], until: datetime, words: trust.Words
) -> Then:
    values: dict[str, Any] = {}
    since = [one for one in taken if one["decided_at"] > until]
    for later in reversed(since):
        values |= later["before"]
    shown = all(_within(scope, one["before"]) for one in since)
    last = next((one for one in reversed(taken) if one["decided_at"] <= until), None)
    if last is None:
        return Then(_read(values), None, held=False, shown=shown)
    sealed = {f"r_{name}": plain(values.get(name, row[name])) for name in SEALED[kind]}
    return Then(
        _read(values), last["decided_by"], held=trust.holds(kind, last | sealed, words, sealing.key()), shown=shown
    )


def _within(scope: Scope, before: dict[str, Any]) -> bool:
    """Tell whether what a row was before a decision lies in the scope, as far as it was otherwise."""
    projects = None if scope.project_ids is None else {str(one) for one in scope.project_ids}
    return (
        before.get("domain", next(iter(scope.domains), None)) in scope.domains
        and before.get("sensitivity", next(iter(scope.sensitivities), None)) in scope.sensitivities
        and (projects is None or "project_id" not in before or before["project_id"] in projects)
    )


def _read(values: dict[str, Any]) -> dict[str, Any]:
    """Return columns as they are in a row: times and days are kept as text with a decision."""
    return {name: _READERS[name](value) if value and name in _READERS else value for name, value in values.items()}


_MATCH = """
WITH asked AS (
    SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words FROM unnest(to_tsvector(%s::regconfig, %s))
), read AS (
    SELECT m.id, to_tsvector(%s::regconfig, concat_ws(' ', m.subject, m.then_text)) AS words
    FROM (SELECT m.id, m.subject, {text} AS then_text FROM memory m WHERE {known} ORDER BY m.occurred_at DESC, m.id
        LIMIT {most}) AS m
)
SELECT id FROM read CROSS JOIN asked WHERE read.words @@ asked.words
ORDER BY ts_rank(read.words, asked.words) DESC, id LIMIT %s
"""


def page(scope: Scope, until: datetime, *, query: str | None = None, limit: int = DEFAULT_LIMIT) -> tuple[Page, int]:
    """Return the memories that waited or were held at `until`, with the words known then, and how many were left out.

    With a `query` those that hold most of its words come first, else the newest. Accepted ones that no seal stands
    behind are left out and counted.
    """
    seen, values = visible_sql(scope, "m")
    known = f"{seen} AND m.created_at <= %s AND m.status <> 'forgotten' AND {column('status')} = ANY(%s)"
    values = [*values, until, until, list(HELD)]
    if query and tokens.words(query):
        language = tokens.language(query)
        sql = _MATCH.format(text=column("text"), known=known, most=LOOKED_AT)
        found = database.query(sql, language, query, language, until, *values, limit or LOOKED_AT)
    else:
        sql = f"SELECT m.id FROM memory m WHERE {known} ORDER BY m.occurred_at DESC, m.id LIMIT %s"
        found = database.query(sql, *values, limit or LOOKED_AT)
    return _page(scope, [row[0] for row in found], until)


def _page(scope: Scope, ids: list[UUID], until: datetime) -> tuple[Page, int]:
    rows = {row.id: row for row in memories.rows(scope, ids)}
    ids = [one for one in ids if one in rows]
    plain_rows = [{"id": one, **{name: rows[one].__data__[name] for name in SEALED["memory"]}} for one in ids]
    stood = then(scope, "memory", plain_rows, until)
    words = claims.quotes(scope, ids, most=12, known_by=until)
    items = [_item(rows[one], stood[one], words.get(one, [])) for one in ids if stood[one].shown]
    kept = [one for one in items if one["status"] != MemoryStatus.ACCEPTED or one["held"]]
    return Page.whole(kept), len(items) - len(kept)


def _item(row: Any, stood: Then, words: Sequence[Evidence]) -> dict[str, Any]:
    told = memories.present(row) | stood.values
    return told | {
        "unseen": unseen.told(told["text"]),
        "held": stood.held and told["status"] == MemoryStatus.ACCEPTED,
        "decided_by": stood.decided_by,
        "evidence": [claims.quote(one) for one in words],
        "now": {"status": row.status, "text": row.text, "version": row.version},
    }
