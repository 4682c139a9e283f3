"""Decides on many memories at once: each gets a decision and an event of its own, all of them one act, undone as one.

What cannot be done with one of them is told beside it and keeps none of the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.extraction.flags import INSTRUCTION_LIKE, flags_of
from alice.domain.policy import Action, Actor, Scope
from alice.errors import AliceError, Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.ledger.unit import Unit
from alice.queries.library import memories as reads
from alice.services.reviewing import decisions, memories
from alice.services.reviewing.memories import CANDIDATE, LIVE, Wish

ACTIONS = ("accept", "reject", "snooze", "merge", "expire", "reopen")
MOST = 500


def review(
    actor: Actor, wanted: Sequence[UUID], wish: Wish, *, preview: bool = False, now: datetime | None = None
) -> dict[str, Any]:
    """Do as `wish` says with each of `wanted`, or say what would happen to each when it is a `preview`.

    Return `items` in the order of `wanted`, each with what it came to: `outcome` (done, possible, refused), `memory` as
    it is then, and `error`. Raise InvalidInput for an action that is for one alone, or for none or too many.
    """
    moment = now or clock.now()
    _check(wanted, wish, moment)
    unique = list(dict.fromkeys(wanted))
    with database.session():
        scope = gate.scope(actor)
        into: Any = reads.find(scope, wish.into) if wish.into else None
        if preview:
            gate.allow(actor, Action.REVIEW)
            rows = {one: _seen(scope, one) for one in unique}
            told = [_item(one, rows[one], _objection(scope, rows[one], one, wish, into), "possible") for one in unique]
            return _told(wish, told, act=None)
        with gate.write(actor, Action.REVIEW) as unit:
            return _apply(unit, scope, unique, wish, now=moment)


def _check(wanted: Sequence[UUID], wish: Wish, now: datetime) -> None:
    if wish.action not in ACTIONS:
        raise InvalidInput(
            {"action": f"must be one of {', '.join(ACTIONS)} for many at once, not {wish.action!r}."},
            hint="The others are for one memory at a time.",
        )
    if not 1 <= len(wanted) <= MOST:
        raise InvalidInput({"ids": f"must be 1 to {MOST} memories, not {len(wanted)}."})
    memories.check(wish, now=now)


def _seen(scope: Scope, memory_id: UUID) -> Any:
    return next(iter(reads.rows(scope, [memory_id])), None)


def _apply(unit: Unit, scope: Scope, wanted: list[UUID], wish: Wish, *, now: datetime) -> dict[str, Any]:
    decisions.one_at_a_time(unit)
    there = [row.id for row in reads.rows(scope, [*wanted, *([wish.into] if wish.into else [])])]
    rows, act = decisions.hold(unit, memories.KIND, there), ids.new_id()
    into = rows.get(wish.into) if wish.into else None
    told = {}
    for one in sorted(wanted, key=lambda one: (one not in rows, getattr(rows.get(one), "key", ""))):
        row = rows.get(one)
        error = _objection(scope, row, one, wish, into)
        if error is None:
            row = memories.settle(unit, row, wish, now=now, other=into, act=act)
        told[one] = _item(one, row, error, "done")
    return _told(wish, [told[one] for one in wanted], act=act)


def _objection(scope: Scope, row: Any, memory_id: UUID, wish: Wish, into: Any) -> AliceError | None:
    """Return why `wish` cannot be done with `row`. What commands its reader is accepted alone, never among many."""
    if row is None:
        return NotFound("memory", memory_id)
    if into is not None and into.id == row.id:
        return InvalidInput({"into": "is the memory itself; it stays as it is."})
    if into is not None and into.status not in LIVE:
        return Conflict(f"The memory to merge with is {into.status}; reopen it first.", reads.present(into))
    commands = INSTRUCTION_LIKE in {*row.flags, *flags_of(row.text)}
    if wish.action == "accept" and row.status == CANDIDATE and commands:
        return Conflict(
            "This memory addresses whoever reads it, as a command would; it is not accepted among others.",
            reads.present(row),
            "Read it, then accept it by itself, if it should be.",
        )
    return memories.objection(scope, row, wish)


def _item(memory_id: UUID, row: Any, error: AliceError | None, good: str) -> dict[str, Any]:
    return {
        "id": str(memory_id),
        "outcome": good if error is None else "refused",
        "memory": None if row is None else reads.present(row),
        "error": error and {"code": error.code, "message": error.message, "hint": error.hint,
                            "fields": dict(error.fields)},
    }  # fmt: skip


def _told(wish: Wish, items: list[dict[str, Any]], *, act: UUID | None) -> dict[str, Any]:
    refused = sum(one["outcome"] == "refused" for one in items)
    return {
        "action": wish.action,
        "preview": act is None,
        "act": str(act) if act and refused < len(items) else None,
        "done_count": 0 if act is None else len(items) - refused,
        "refused_count": refused,
        "items": items,
    }
