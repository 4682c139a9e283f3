"""Takes forgotten words out of rows that stay: claims that other evidence bears out, states of projects, decisions.

What a person had decided on is changed by a decision again, so that its seal holds; what it was before is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.composing import blotting
from alice.domain.phrases import Phrases
from alice.ledger.unit import Unit
from alice.services.forgetting import searching
from alice.services.forgetting.plans import Plan
from alice.services.reviewing import decisions, undoing
from alice.services.reviewing.decisions import Verdict

FORGET = "forget"
LONGEST = 500
# What becomes of a column of a row that stays and holds the words.
BLANK: dict[str, str] = {
    "memory.subject": "NULL", "memory.reason": "NULL", "open_loop.subject": "NULL", "open_loop.owner": "NULL",
    "open_loop.waiting_for": "NULL", "open_loop.due_text": "NULL", "open_loop.reason": "NULL", "person.handle": "NULL",
    "project_update.reason": "NULL", "graph_edge.shared": "'{}'", "graph_edge.explanation": "''",
    "graph_edge.reason": "NULL", "model_call.title": "''", "model_call.request": "''", "model_call.reason": "NULL",
    "workflow_run.error_message": "NULL", "workflow_run.notes": "'[]'", "connector_item.problem": "NULL",
    "connector_quarantine.reason": "''", "connector_state.last_error": "NULL", "artifact_rating.comments": "NULL",
    "artifact_rating.missed_context": "NULL", "insight_feedback.note": "NULL", "decision.reason": "NULL",
    "decision.before": "'{}'", "decision.after": "'{}'",
}  # fmt: skip
CLAIMS = ("memory.text", "open_loop.text")  # a claim takes other words of its evidence
STATES = ("current_state", "suggested_state", "accepted_state")


@dataclass(frozen=True, slots=True)
class Traces:
    """Rows that stay and hold the words, by `table.column`, and the quotes behind states of projects, by project."""

    rows: Mapping[str, Sequence[UUID]]
    quotes: Mapping[UUID, Sequence[str]]


def find(user_id: UUID, plan: Plan) -> Traces:
    """Return where rows that stay hold the words of a source. What else says the words of a memory is its own."""
    if plan.kind == "memory":
        return Traces({}, {})
    tables = {place.partition(".")[0] for place in BLANK} | {"project"}
    looked = searching.through(user_id, plan.phrases, lambda table, key: key in plan.ids(table), only=tables)
    return Traces({one.place: [UUID(key) for key in one.found] for one in looked if one.found}, _quotes(user_id, plan))


def _quotes(user_id: UUID, plan: Plan) -> dict[UUID, list[str]]:
    """Return what goes of the words behind updates, by the project whose state they may be in."""
    rows = database.query(
        'SELECT u.project_id, substr(c.text, p.start - c.start + 1, p."end" - p.start) FROM project_update u'
        " JOIN provenance p ON p.subject_id = u.id JOIN chunk c ON c.id = p.chunk_id"
        " WHERE u.user_id = %s AND p.source_id = ANY(%s)",
        user_id, plan.ids("source"),
    )  # fmt: skip
    found: dict[UUID, list[str]] = {}
    for project_id, quote in rows:
        found.setdefault(project_id, []).append(quote)
    return found


def apply(unit: Unit, plan: Plan, traces: Traces, *, now: datetime) -> None:
    """Take the words out of the rows that were found, inside `unit`."""
    for place in CLAIMS:
        for identifier in traces.rows.get(place, ()):
            if (quote := _quote(identifier)) is not None:
                change(unit, place.partition(".")[0], identifier, {"text": quote}, now)
    for project_id in sorted(_projects(traces) - set(plan.ids("project"))):
        _states(unit, project_id, plan.phrases, traces.quotes.get(project_id, ()), now)
    for place, value in BLANK.items():
        if place in traces.rows:
            _set(unit, place, value, traces.rows[place])


def _projects(traces: Traces) -> set[UUID]:
    """Return the projects whose states may hold the words."""
    updates = [one for column in STATES for one in traces.rows.get(f"project_update.{column}", ())]
    rows = database.query("SELECT DISTINCT project_id FROM project_update WHERE id = ANY(%s)", updates)
    return {*traces.quotes, *traces.rows.get("project.state", ()), *(row[0] for row in rows)}


def _states(unit: Unit, project_id: UUID, phrases: Phrases, quotes: Sequence[str], now: datetime) -> None:
    """Take lines out of the state of a project, and of every state that was or is proposed for it."""
    for table, columns, key in (("project", ("state",), "id"), ("project_update", STATES, "project_id")):
        named = ", ".join(columns)
        sql = f"SELECT id, {named} FROM {table} WHERE user_id = %s AND {key} = %s ORDER BY id"
        for identifier, *texts in database.query(sql, unit.user_id, project_id):
            left = [text and blotting.lines_without(text, phrases, quotes) for text in texts]
            changed = {column: new for column, old, new in zip(columns, texts, left, strict=True) if old != new}
            if changed:
                change(unit, table, identifier, changed, now)


def _set(unit: Unit, place: str, value: str, ids: Sequence[UUID]) -> None:
    table, _, column = place.partition(".")
    database.query(
        f"UPDATE {table} SET {column} = {value} WHERE user_id = %s AND id = ANY(%s)", unit.user_id, list(ids)
    )


def _quote(subject_id: UUID) -> str | None:
    """Return the newest words that still stand behind a claim; None when there are none."""
    rows = database.query(
        'SELECT substr(c.text, p.start - c.start + 1, p."end" - p.start) FROM provenance p'
        " JOIN chunk c ON c.id = p.chunk_id JOIN source s ON s.id = p.source_id WHERE p.subject_id = %s"
        " ORDER BY s.occurred_at DESC, s.id, p.start LIMIT 1",
        subject_id,
    )  # fmt: skip
    return rows[0][0][:LONGEST] if rows else None


def change(unit: Unit, table: str, identifier: UUID, values: dict[str, Any], now: datetime) -> None:
    """Change a row that stays: by a decision that keeps nothing of what was before, where one had been taken on it."""
    columns = ", ".join(f"{name} = %s" for name in values)
    decided = database.query("SELECT 1 FROM decision WHERE subject_id = %s LIMIT 1", identifier)
    if not decided or table not in undoing.KINDS:
        sql = f"UPDATE {table} SET {columns}, version = version + 1 WHERE user_id = %s AND id = %s"
        database.query(sql, *values.values(), unit.user_id, identifier)
        return
    kind = undoing.KINDS[table]
    row: Any = kind.table.get_by_id(identifier)
    fresh = decisions.take(unit, kind, row, Verdict(FORGET, values, now))
    database.query(
        "UPDATE decision SET before = '{}', after = '{}' WHERE subject_id = %s AND version = %s",
        identifier, fresh.version,
    )  # fmt: skip
