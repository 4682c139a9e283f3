"""Decisions on open loops. Only a person takes them; whoever decides second is shown what the first one did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice import clock
from alice.db import database
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import check_text
from alice.domain.vocab import Domain, LoopStatus, Sensitivity
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import OpenLoopReviewed
from alice.models import OpenLoop
from alice.queries import loops
from alice.services import decisions
from alice.services.decisions import Kind, Verdict

CANDIDATE, OPEN, SNOOZED, CLOSED, REJECTED = (
    LoopStatus.CANDIDATE, LoopStatus.OPEN, LoopStatus.SNOOZED, LoopStatus.CLOSED, LoopStatus.REJECTED
)  # fmt: skip
KIND = Kind("open_loop", "open loop", OpenLoop, OpenLoopReviewed, loops.present)
SNOOZE_DAYS = 7
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class Move:
    """What an action does: from which statuses it is taken, and to which it leads."""

    leads_to: LoopStatus
    taken_from: frozenset[LoopStatus]


MOVES = {
    "accept": Move(OPEN, frozenset({CANDIDATE})),
    "reject": Move(REJECTED, frozenset({CANDIDATE, OPEN, SNOOZED})),
    "close": Move(CLOSED, frozenset({CANDIDATE, OPEN, SNOOZED})),
    "reopen": Move(OPEN, frozenset({CLOSED, REJECTED, SNOOZED})),
    "snooze": Move(SNOOZED, frozenset({CANDIDATE, OPEN, SNOOZED})),
}


def review(
    actor: Actor,
    loop_id: UUID | str,
    action: str,
    *,
    reason: str | None = None,
    version: int | None = None,
    until: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, reject, close, reopen or snooze a loop and return it as it is then.

    `version` is the one that the person saw; `until` is for snooze, a week when not given. Raise InvalidInput for
    another action, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    moment = now or clock.now()
    move = _move(action, reason, until, now=moment)
    with database.session():
        row: Any = loops.find(gate.scope(actor), loop_id)
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)
        with gate.write(actor, Action.REVIEW, subject) as unit:
            _guard(row, move, action, version)
            changes = _changes(move, reason, until, now=moment)
            return loops.present(decisions.take(unit, KIND, row, Verdict(action, changes, moment, reason)))


def _move(action: str, reason: str | None, until: datetime | None, *, now: datetime) -> Move:
    """Return what `action` does; raise InvalidInput naming the field that cannot be used."""
    move = MOVES.get(action)
    if move is None:
        raise InvalidInput({"action": f"must be one of {', '.join(MOVES)}, not {action!r}."})
    if reason is not None:
        check_text("reason", reason)
        if len(reason) > LONGEST_REASON:
            raise InvalidInput({"reason": f"has {len(reason)} characters; at most {LONGEST_REASON} are kept."})
    if until is not None and action != "snooze":
        raise InvalidInput({"until": f"says how long to snooze; it has no meaning for {action}."})
    if until is not None and until <= now:
        raise InvalidInput({"until": "must be a moment to come."})
    return move


def _guard(row: Any, move: Move, action: str, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this loop after you saw it.", loops.present(row))
    if row.status not in move.taken_from:
        allowed = ", ".join(sorted(move.taken_from))
        raise Conflict(f"This loop is {row.status}; {action} is for what is {allowed}.", loops.present(row))


def _changes(move: Move, reason: str | None, until: datetime | None, *, now: datetime) -> dict[str, Any]:
    """Return the columns that a move changes. A person's word is a mention: it keeps the loop from going stale."""
    asleep = move.leads_to is SNOOZED
    changes: dict[str, Any] = {
        "status": move.leads_to.value,
        "reason": reason,
        "snoozed_until": (until or now + timedelta(days=SNOOZE_DAYS)) if asleep else None,
        "closed_at": now if move.leads_to is CLOSED else None,
    }
    return changes | ({"last_seen_at": now} if move.leads_to is OPEN else {})
