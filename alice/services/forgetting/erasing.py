"""Erases what a plan names, in one transaction: it happens whole or not at all. It chooses nothing.

Of a source and of a memory a row without words stays, so that their ids in the log still lead somewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import ids
from alice.db import database
from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.ledger.events import MemoryForgotten, ModelCallWithdrawn, SourceForgotten
from alice.ledger.unit import Unit
from alice.services.evidence import forgotten, indexing
from alice.services.forgetting import blots, plans, rewording
from alice.services.forgetting.blots import Blots
from alice.services.forgetting.plans import FORGOTTEN, Plan
from alice.services.forgetting.rewording import Traces
from alice.services.reviewing import decisions

EMPTY_SOURCE: dict[str, Any] = {
    "title": "", "uri": None, "author": None, "external_id": None, "content_text": "", "content_hash": "",
    "char_count": 0, "project_id": None, "backlog": False, "metadata": Jsonb({}), "salt": b"", "reviewed_at": None,
    "current": False, "gone_at": None, "status": FORGOTTEN,
}  # fmt: skip
EMPTY_MEMORY: dict[str, Any] = {
    "text": "", "subject": None, "reason": None, "flags": [], "rule": "", "confidence": 0, "project_id": None,
    "backlog": False, "decided_at": None, "superseded_by": None, "merged": False, "snoozed_until": None,
    "status": FORGOTTEN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Work:
    """What was found before the transaction: the plan, the artifacts to set anew, and other rows with its words."""

    plan: Plan
    blots: Blots
    traces: Traces
    zone: str
    now: datetime


def erase(unit: Unit, scope: Scope, work: Work) -> UUID | None:
    """Erase everything inside `unit` and return the id of the receipt; None when the rows are not as they were found.

    Nothing is stored while this waits or works: what came first is in the plan, what comes later finds the marks.
    """
    plan, receipt_id = work.plan, ids.new_id()
    forgotten.turn(unit, alone=True)
    decisions.one_at_a_time(unit)
    _lock(plan)
    if not _as_found(unit, plan):
        return None
    blots.find(scope, plan, work.blots, zone=work.zone)
    blots.apply(unit, work.blots, receipt_id)
    marks = _marks(plan)
    told = plan.told() | ({"artifacts": sorted(map(str, work.blots.by_id))} if work.blots.by_id else {})
    before = counts(plan)
    _withdraw(unit, plan)
    _erase_claims(unit, plan)
    _erase_sources(unit, plan)
    rewording.apply(unit, plan, work.traces, now=work.now)
    event_id = _record(unit, plan, receipt_id, told)
    _keep(unit, work, receipt_id, event_id, {"ids": told, "counts": before})
    forgotten.note(unit, receipt_id, marks)
    return receipt_id


def _lock(plan: Plan) -> None:
    """Wait for whoever is deciding on a row or citing a passage of it, and let nobody begin to."""
    for table in ("source", "memory", "open_loop", "person", "project"):
        database.query(f"SELECT 1 FROM {table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE", plan.ids(table))
    database.query("SELECT 1 FROM chunk WHERE source_id = ANY(%s) ORDER BY id FOR UPDATE", plan.ids("source"))


def _as_found(unit: Unit, plan: Plan) -> bool:
    try:
        return plan.same(plans.rows(unit.user_id, plan.kind, plan.subject_id))
    except NotFound:
        return False


def _marks(plan: Plan) -> list[forgotten.Mark]:
    """Return the marks by which what goes is known again: its texts, its names with the connectors, the claim."""
    chain = plan.ids("source")
    rows = database.query("SELECT connector, external_id, content_hash FROM source WHERE id = ANY(%s)", chain)
    found = [forgotten.content(row[2]) for row in rows]
    found += [forgotten.item(row[0], "", row[1]) for row in rows if row[1]]
    places = database.query("SELECT connector, root, external_id FROM connector_item WHERE source_id = ANY(%s)", chain)
    found += [forgotten.item(*place) for place in places]
    if plan.kind == "memory":
        keys = database.query("SELECT key FROM memory WHERE id = ANY(%s)", plan.ids("memory"))
        found += [forgotten.claim(row[0]) for row in keys]
    return found


def counts(plan: Plan) -> dict[str, int]:
    """Return how many passages and decisions go, which have no names of their own in the log."""
    passages = database.query("SELECT count(*) FROM chunk WHERE source_id = ANY(%s)", plan.ids("source"))
    decided = database.query("SELECT count(*) FROM decision WHERE subject_id = ANY(%s)", _all(plan))
    return {"passages": passages[0][0], "decisions": decided[0][0]}


def _all(plan: Plan) -> list[UUID]:
    return [one for found in plan.going.values() for one in found]


def _withdraw(unit: Unit, plan: Plan) -> None:
    """Take its words out of requests to models; what waits cannot be sent any more."""
    rows = database.query(
        "SELECT id, status FROM model_call WHERE id = ANY(%s) AND status IN ('waiting', 'failed') FOR UPDATE",
        plan.ids("model_call"),
    )  # fmt: skip
    for identifier, before in rows:
        unit.record(ModelCallWithdrawn(str(identifier), before))
    sql = "UPDATE model_call SET prompt_hash = '', reason = NULL WHERE id = ANY(%s)"
    database.query(sql, plan.ids("model_call"))


def _erase_claims(unit: Unit, plan: Plan) -> None:
    everything = _all(plan)
    database.query("DELETE FROM provenance WHERE user_id = %s AND subject_id = ANY(%s)", unit.user_id, everything)
    for table in ("graph_edge", "project_update", "open_loop", "person"):
        database.query(f"DELETE FROM {table} WHERE user_id = %s AND id = ANY(%s)", unit.user_id, plan.ids(table))
    _empty(unit, "memory", plan.ids("memory"), EMPTY_MEMORY)
    again = "UPDATE memory SET key = 'forgotten:' || id, occurred_at = created_at, last_seen_at = created_at"
    database.query(f"{again} WHERE user_id = %s AND id = ANY(%s)", unit.user_id, plan.ids("memory"))
    database.query("DELETE FROM project WHERE user_id = %s AND id = ANY(%s)", unit.user_id, plan.ids("project"))
    database.query(
        "UPDATE decision SET before = '{}', after = '{}', reason = NULL, evidence = '[]', seal = ''"
        " WHERE user_id = %s AND subject_id = ANY(%s)",
        unit.user_id, everything,
    )  # fmt: skip


def _erase_sources(unit: Unit, plan: Plan) -> None:
    """Empty the sources; passages go, and with them spans, citations and what models would have been sent."""
    chain = plan.ids("source")
    if not chain:
        return
    indexing.remove(unit, *chain)
    database.query(
        "DELETE FROM connector_quarantine q USING source s WHERE q.user_id = %s AND s.id = ANY(%s)"
        " AND q.connector_name = s.connector AND q.external_id = s.external_id",
        unit.user_id, chain,
    )  # fmt: skip
    database.query(
        "DELETE FROM connector_item WHERE user_id = %s AND (source_id = ANY(%s) OR content_hash IN"
        " (SELECT content_hash FROM source WHERE id = ANY(%s)))",
        unit.user_id, chain, chain,
    )  # fmt: skip
    database.query("DELETE FROM chunk WHERE user_id = %s AND source_id = ANY(%s)", unit.user_id, chain)
    _empty(unit, "source", chain, EMPTY_SOURCE)
    sql = "UPDATE source SET occurred_at = captured_at WHERE user_id = %s AND id = ANY(%s)"
    database.query(sql, unit.user_id, chain)


def _empty(unit: Unit, table: str, going: list[UUID], values: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = %s" for name in values)
    sql = f"UPDATE {table} SET {columns}, version = version + 1 WHERE user_id = %s AND id = ANY(%s)"
    database.query(sql, *values.values(), unit.user_id, going)


def _record(unit: Unit, plan: Plan, receipt_id: UUID, told: dict[str, list[str]]) -> UUID:
    kind: Any = SourceForgotten if plan.kind == "source" else MemoryForgotten
    event_id = unit.record(kind(str(plan.subject_id), str(receipt_id), told))
    for one in plan.ids("source"):
        if one != plan.subject_id:
            unit.record(SourceForgotten(str(one), str(receipt_id), {}))
    for one in plan.ids("memory"):
        if one != plan.subject_id:
            unit.record(MemoryForgotten(str(one), str(receipt_id), {}))
    return event_id


def _keep(unit: Unit, work: Work, receipt_id: UUID, event_id: UUID, gone: dict[str, Any]) -> None:
    plan = work.plan
    database.query(
        "INSERT INTO receipt (id, user_id, subject_kind, subject_id, gone, stays, forgotten_by, forgotten_at, event_id)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        receipt_id, unit.user_id, plan.kind, plan.subject_id, Jsonb(gone), Jsonb(stays(plan)), unit.actor.identity,
        work.now, event_id,
    )  # fmt: skip


def stays(plan: Plan) -> dict[str, list[str]]:
    """Return what loses words and stays, by what it is called, and other sources that hold some of the same words."""
    kept = {plans.TOLD[table]: sorted(map(str, found)) for table, found in plan.kept.items() if found}
    return kept | ({"sources_with_the_same_words": sorted(map(str, plan.shared))} if plan.shared else {})
