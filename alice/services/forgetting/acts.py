"""Forgets a source or a memory with everything drawn from it. It cannot be undone; only the owner may.

First it is found what goes, then it goes in one transaction, then it is looked for: see `receipts`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, config
from alice.db import database, locks
from alice.domain.policy import Action, Actor, Scope
from alice.errors import Busy, Conflict, NotFound
from alice.ledger import gate
from alice.queries.ledger import receipts as reads
from alice.services.forgetting import blots, erasing, plans, receipts, rewording, searching
from alice.services.forgetting.blots import Blots
from alice.services.forgetting.erasing import Work
from alice.services.forgetting.plans import FORGOTTEN, Plan
from alice.services.forgetting.receipts import Sought
from alice.services.forgetting.searching import Tell

SOURCE, MEMORY = "source", "memory"
MOST_TRIES = 5
MOST_LISTED = 50


def source(
    actor: Actor, source_id: UUID, *, now: datetime | None = None, tell: Tell = searching.silent
) -> dict[str, Any]:
    """Forget a source: all its texts, and what was drawn from them alone; return the receipt.

    `tell` hears how many rows were looked through, and where.

    Raise NotFound, PolicyBlocked for anybody but the owner, Conflict with the receipt when it was forgotten before, and
    Busy while it is being forgotten.
    """
    return _forget(actor, SOURCE, source_id, now or clock.now(), tell)


def memory(
    actor: Actor, memory_id: UUID, *, now: datetime | None = None, tell: Tell = searching.silent
) -> dict[str, Any]:
    """Forget a memory, also where artifacts tell of it, and return the receipt.

    The words that it was drawn from stay in their sources; the claim is not proposed again. Raise as `source` does.
    """
    return _forget(actor, MEMORY, memory_id, now or clock.now(), tell)


def preview(actor: Actor, kind: str, subject_id: UUID) -> dict[str, Any]:
    """Say what would go with a source or a memory, what would stay, and what is out of reach; nothing is changed."""
    gate.allow(actor, Action.FORGET)
    with database.session():
        scope = gate.scope(actor)
        _refuse_when_gone(scope, kind, subject_id)
        plan = plans.whole(scope.user_id, kind, subject_id)
        changes = Blots()
        blots.find(scope, plan, changes, zone=config.load().timezone)
        return _previewed(plan, changes)


def _forget(actor: Actor, kind: str, subject_id: UUID, now: datetime, tell: Tell) -> dict[str, Any]:
    gate.allow(actor, Action.FORGET)
    with locks.held("forget", actor.user_id, kind, subject_id) as free, database.session():
        if not free:
            raise Busy(f"This {kind} is being forgotten at this moment.", "Its receipt will tell when that has ended.")
        scope = gate.scope(actor)
        for _ in range(MOST_TRIES):
            if unfinished := _refuse_when_gone(scope, kind, subject_id):
                return receipts.check(actor, unfinished, None, now=now)
            work, sought = _found(scope, kind, subject_id, now)
            with gate.write(actor, Action.FORGET) as unit:
                receipt_id = erasing.erase(unit, scope, work)
            if receipt_id:
                changed = [str(one) for one in work.blots.by_id]
                return receipts.check(actor, receipt_id, replace(sought, artifact_ids=changed), now=now, tell=tell)
    raise Busy("What is to be forgotten is being changed at this moment.", "Try again when that has ended.")


def _found(scope: Scope, kind: str, subject_id: UUID, now: datetime) -> tuple[Work, Sought]:
    """Think before the transaction: what goes, where its words stand, and what will be looked for afterwards."""
    zone = config.load().timezone
    plan = plans.whole(scope.user_id, kind, subject_id)
    changes = Blots()
    blots.find(scope, plan, changes, zone=zone)
    work = Work(plan, changes, rewording.find(scope.user_id, plan), zone, now)
    artifact_ids = [str(one) for one in changes.by_id]
    words = receipts.lexemes(scope.user_id, plan.ids("source"))
    return work, Sought(plan, words, artifact_ids, receipts.outside(plan, artifact_ids))


def _refuse_when_gone(scope: Scope, kind: str, subject_id: UUID) -> UUID | None:
    """Raise NotFound or Conflict for what cannot be forgotten; return the receipt of what a crash left unfinished."""
    sql = f"SELECT status FROM {kind} WHERE user_id = %s AND id = %s"
    rows = database.query(sql, scope.user_id, subject_id)
    if not rows:
        raise NotFound(kind, subject_id)
    if rows[0][0] != FORGOTTEN:
        return None
    receipt = reads.of(scope, plans.TOLD[kind], subject_id)
    if receipt and receipt["status"] == "unchecked":
        return UUID(receipt["id"])
    hint = f"Its receipt is {receipt['id']}." if receipt else None
    raise Conflict(f"This {kind} was forgotten already.", receipt, hint)


def _previewed(plan: Plan, changes: Blots) -> dict[str, Any]:
    told = plan.told()
    counts = {name: len(ids) for name, ids in told.items()} | erasing.counts(plan)
    return {
        "status": "preview",
        "subject_kind": plan.kind,
        "subject_id": str(plan.subject_id),
        "counts": counts | {"artifacts": len(changes.by_id)},
        "goes": _texts(plan),
        "artifacts": [
            {"id": str(one), "statements": blot.removed, "emptied": blot.emptied}
            for one, blot in list(changes.by_id.items())[:MOST_LISTED]
        ],
        "stays": erasing.stays(plan),
        "originals": _originals(plan),
        "beyond": [*receipts.ALWAYS_BEYOND, *receipts.outside(plan, [str(one) for one in changes.by_id])],
    }


def _texts(plan: Plan) -> list[dict[str, str]]:
    """Return the first claims that go, as they read, so that a person sees what they decide on."""
    found: list[dict[str, str]] = []
    for table, column in (("memory", "text"), ("open_loop", "text"), ("person", "name"), ("project", "name")):
        rows = database.query(
            f"SELECT id::text, status, {column} FROM {table} WHERE id = ANY(%s) ORDER BY id LIMIT %s",
            plan.ids(table), MOST_LISTED,
        )  # fmt: skip
        found += [{"kind": table, "id": row[0], "status": row[1], "text": row[2]} for row in rows]
    return found[:MOST_LISTED]


def _originals(plan: Plan) -> list[str]:
    """Return where the originals lie, which Alice does not touch."""
    sql = "SELECT DISTINCT uri FROM source WHERE id = ANY(%s) AND uri IS NOT NULL ORDER BY uri LIMIT %s"
    return [row[0] for row in database.query(sql, plan.ids("source"), MOST_LISTED)]
