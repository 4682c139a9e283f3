"""Takes decisions back, for ever: what was decided together is undone together, by decisions that can be undone too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.policy import Action, Actor, Scope
from alice.errors import Conflict, NotFound
from alice.ledger import gate
from alice.ledger.unit import Unit
from alice.queries.ledger import decisions as reads
from alice.services.reviewing import (
    artifacts,
    decisions,
    graph,
    loops,
    memories,
    people,
    project_updates,
    projects,
    sources,
)
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (memories.KIND, loops.KIND, sources.KIND, artifacts.KIND, projects.KIND,
                                 project_updates.KIND, people.KIND, graph.KIND)
}  # fmt: skip
GONE = "forgotten"


def undo(
    actor: Actor, decision_id: UUID | str, *, reason: str | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Take a decision back, with all that was decided in the same act, and return what stands then.

    Raise NotFound, or Conflict when something of it was decided on again since (that comes first), was taken back
    already, or was forgotten.
    """
    check_reason(reason)
    moment = now or clock.now()
    with database.session():
        scope = gate.scope(actor)
        asked = reads.find(scope, decision_id)
        with gate.write(actor, Action.REVIEW) as unit:
            decisions.one_at_a_time(unit)
            verdict = Verdict("undo", {}, moment, reason, act=ids.new_id())
            taken = reads.act(scope, asked.act)
            _hold(unit, taken)
            undone = [_back(unit, scope, row, verdict) for row in taken]
    items = [{"subject_kind": kind.name, "subject": kind.present(row)} for kind, row in undone]
    return {"undid": str(asked.id), "action": asked.action, "act": str(verdict.act), "items": items}


def undo_last(
    actor: Actor, subject_kind: str, subject_id: UUID, *, reason: str | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Take the newest decision that holds on one thing back, as `undo` does; raise NotFound when there is none."""
    with database.session():
        pile = reads.standing(gate.scope(actor), subject_kind, subject_id)
    if not pile:
        raise NotFound("decision to undo on", f"{subject_kind.replace('_', ' ')} {subject_id}")
    return undo(actor, pile[-1], reason=reason, now=now)


def _hold(unit: Unit, taken: Sequence[Any]) -> None:
    """Lock what an act changed, sources first, as captures and reviews of sources do."""
    for kind in sorted(KINDS.values(), key=lambda kind: kind.name != "source"):
        if wanted := [row.subject_id for row in taken if row.subject_kind == kind.name]:
            decisions.hold(unit, kind, wanted)


def _back(unit: Unit, scope: Scope, row: Any, verdict: Verdict) -> tuple[Kind, Any]:
    kind = KINDS[row.subject_kind]
    found: Any = kind.table.get_or_none((kind.table.id == row.subject_id) & (kind.table.user_id == unit.user_id))
    if found is None or found.status == GONE:
        raise Conflict(f"This {kind.words} was forgotten, and nothing of it can be brought back.")
    newest = reads.newest(scope, kind.name, found.id)
    if row.id not in reads.undoable(scope, kind.name, found.id):
        since = f"{newest.action} at {newest.decided_at:%Y-%m-%d %H:%M} UTC"
        way = "It was taken back already." if newest.undoes_id == row.id else f"Undo that first: decision {newest.id}."
        raise Conflict(f"This {kind.words} was decided on again: {since}.", kind.present(found), way)
    if found.version != newest.version:
        raise Conflict(f"This {kind.words} changed after it was decided on.", kind.present(found))
    return kind, decisions.take(unit, kind, found, replace(verdict, changes=row.before, undoes=row.id))
