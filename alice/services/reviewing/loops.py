"""Decisions on open loops. Only a person takes them; whoever decides second is shown what the first one did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.extraction.claims import OPEN_LOOP, claim_key
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import check_text
from alice.domain.redaction import redact
from alice.domain.vocab import Domain, LoopKind, LoopStatus, Sensitivity
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import OpenLoopReviewed
from alice.ledger.unit import Unit
from alice.models import OpenLoop
from alice.queries.library import loops, projects
from alice.services.evidence import storage
from alice.services.reviewing import decisions, lending
from alice.services.reviewing.decisions import Kind, Verdict

CANDIDATE, OPEN, SNOOZED, CLOSED, REJECTED = (
    LoopStatus.CANDIDATE, LoopStatus.OPEN, LoopStatus.SNOOZED, LoopStatus.CLOSED, LoopStatus.REJECTED
)  # fmt: skip
SNOOZE_DAYS = 7
LONGEST_REASON, LONGEST_TEXT = 2_000, 500


def _lend(unit: Unit, before: Any, after: Any) -> None:
    """Let a merged loop's words stand behind the one it went into, as long as it is merged."""
    was, now = before.__data__["merged_into"], after.__data__["merged_into"]
    if was != now and was is not None:
        lending.take_back(unit, before.id, was)
    if was != now and now is not None:
        lending.lend(unit, "open_loop", before.id, now)


KIND = Kind("open_loop", "open loop", OpenLoop, OpenLoopReviewed, loops.present, _lend)


@dataclass(frozen=True, slots=True)
class Move:
    """What an action does: from which statuses it is taken, and to which it leads; None stays where it is."""

    leads_to: LoopStatus
    taken_from: frozenset[LoopStatus]


_LIVE = frozenset({CANDIDATE, OPEN, SNOOZED})
MOVES = {
    "accept": Move(OPEN, frozenset({CANDIDATE})),
    "edit": Move(OPEN, _LIVE),
    "reject": Move(REJECTED, _LIVE),
    "close": Move(CLOSED, _LIVE),
    "reopen": Move(OPEN, frozenset({CLOSED, REJECTED, SNOOZED})),
    "snooze": Move(SNOOZED, _LIVE),
    "merge": Move(CLOSED, _LIVE),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What goes with an action: `edit` the columns to set, `into` the loop to merge with, `until` the day of waking."""

    reason: str | None = None
    until: datetime | None = None
    edit: Mapping[str, Any] | None = None
    into: UUID | None = None


def review(
    actor: Actor,
    loop_id: UUID | str,
    action: str,
    *,
    reason: str | None = None,
    version: int | None = None,
    until: datetime | None = None,
    edit: Mapping[str, Any] | None = None,
    into: UUID | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, edit, reject, close, reopen, snooze or merge a loop and return it as it is then.

    `version` is the one that the person saw; `until` is for snooze, a week when not given; `edit` holds columns to set
    and opens a candidate; `into` is the loop that this one says again. Raise InvalidInput for another action,
    NotFound, or Conflict with the fresh row when somebody decided first.
    """
    moment, wish = now or clock.now(), Wish(reason, until, edit, into)
    move = _move(action, wish, now=moment)
    with database.session():
        scope = gate.scope(actor)
        row: Any = loops.find(scope, loop_id)
        if into is not None:
            _check_into(row, loops.find(scope, into))
        projects.check(scope, (edit or {}).get("project_id"))
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)
        with gate.write(actor, Action.REVIEW, subject) as unit:
            _guard(row, move, action, version)
            changes = _changes(row, move, action, wish, now=moment)
            return loops.present(decisions.take(unit, KIND, row, Verdict(action, changes, moment, reason)))


def _move(action: str, wish: Wish, *, now: datetime) -> Move:
    """Return what `action` does; raise InvalidInput naming the field that cannot be used."""
    move = MOVES.get(action)
    if move is None:
        raise InvalidInput({"action": f"must be one of {', '.join(MOVES)}, not {action!r}."})
    if wish.reason is not None:
        check_text("reason", wish.reason)
        if len(wish.reason) > LONGEST_REASON:
            raise InvalidInput({"reason": f"has {len(wish.reason)} characters; at most {LONGEST_REASON} are kept."})
    if wish.until is not None and action != "snooze":
        raise InvalidInput({"until": f"says how long to snooze; it has no meaning for {action}."})
    if wish.until is not None and wish.until <= now:
        raise InvalidInput({"until": "must be a moment to come."})
    if (wish.into is None) == (action == "merge"):
        raise InvalidInput({"into": "names the loop to merge with, and is given with the action merge alone."})
    if (action == "edit") != bool(wish.edit):
        raise InvalidInput({"edit": "holds what to change; it is given with the action edit, and only with it."})
    return move


def _check_into(row: Any, other: Any) -> None:
    if other.id == row.id:
        raise InvalidInput({"into": "is the loop itself; name the other one."})
    if other.status not in _LIVE:
        raise Conflict(f"The loop to merge with is {other.status}; reopen it first.", loops.present(other))


def _guard(row: Any, move: Move, action: str, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this loop after you saw it.", loops.present(row))
    if row.status not in move.taken_from:
        allowed = ", ".join(sorted(move.taken_from))
        raise Conflict(f"This loop is {row.status}; {action} is for what is {allowed}.", loops.present(row))


def _changes(row: Any, move: Move, action: str, wish: Wish, *, now: datetime) -> dict[str, Any]:
    """Return the columns that a move changes. A person's word is a mention: it keeps the loop from going stale."""
    if action == "edit":
        status = OPEN if row.status == CANDIDATE else LoopStatus(row.status)
        return {**edited(wish.edit or {}), "status": status.value, "last_seen_at": now}
    asleep = move.leads_to is SNOOZED
    changes: dict[str, Any] = {
        "status": move.leads_to.value,
        "reason": wish.reason,
        "snoozed_until": (wish.until or now + timedelta(days=SNOOZE_DAYS)) if asleep else None,
        "closed_at": now if move.leads_to is CLOSED else None,
        "merged_into": wish.into,
    }
    return changes | ({"last_seen_at": now} if move.leads_to is OPEN else {})


def edited(edit: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that an edit sets, redacted; raise InvalidInput for one that cannot be kept."""
    columns = dict(edit)
    for name in ("text", "owner", "waiting_for"):
        if (text := columns.get(name)) is not None:
            check_text(name, text)
            columns[name] = redact(" ".join(text.split())).text or None
    if "text" in columns and not columns["text"]:
        raise InvalidInput({"text": "is empty; say what is to be done, or reject the loop."})
    if len(columns.get("text") or "") > LONGEST_TEXT:
        raise InvalidInput({"text": f"has {len(columns['text'])} characters; at most {LONGEST_TEXT} are kept."})
    if "due_on" in columns:
        columns["due_text"] = None
    return columns


@dataclass(frozen=True, slots=True)
class NewLoop:
    """A loop that the owner adds: what is to be done, by whom and until when."""

    text: str
    loop_kind: LoopKind = LoopKind.TASK
    owner: str | None = None
    waiting_for: str | None = None
    due_on: date | None = None
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    project_id: UUID | None = None


def add(actor: Actor, loop: NewLoop, *, now: datetime | None = None) -> dict[str, Any]:
    """Add a loop, open at once since a person says so, and return it with `duplicate`.

    One that says the same and is known already is opened instead of added twice; one that is open stays as it is.
    """
    moment = now or clock.now()
    with database.session():
        projects.check(gate.scope(actor), loop.project_id)
    columns = edited({"text": loop.text, "owner": loop.owner, "waiting_for": loop.waiting_for})
    with gate.write(actor, Action.REVIEW, Subject(loop.domain, loop.sensitivity, loop.project_id)) as unit:
        known = _added(unit, loop, columns, moment)
        row: Any = OpenLoop.get((OpenLoop.user_id == unit.user_id) & (OpenLoop.key == _key(columns["text"])))
        if row.status != OPEN:
            changes = {"status": OPEN.value, "closed_at": None, "snoozed_until": None, "last_seen_at": moment}
            row = decisions.take(unit, KIND, row, Verdict("add", changes, moment))
        elif known:
            unit.record(OpenLoopReviewed(str(row.id), "add", row.status, row.status, {}))
    return loops.present(row) | {"duplicate": known}


def _key(text: str) -> str:
    return storage.short_key(claim_key(OPEN_LOOP, text))


def _added(unit: Unit, loop: NewLoop, columns: Mapping[str, Any], now: datetime) -> bool:
    """Put the loop there as a candidate unless it is known; tell whether it was."""
    made = OpenLoop.insert(
        id=ids.new_id(), user_id=unit.user_id, key=_key(columns["text"]), loop_kind=loop.loop_kind.value,
        due_on=loop.due_on, domain=loop.domain.value, sensitivity=loop.sensitivity.value, project=loop.project_id,
        confidence=1.0, rule="owner", proposed_by=unit.actor.identity, occurred_at=now, created_at=now,
        last_seen_at=now, **columns,
    ).on_conflict_ignore().returning(OpenLoop.id).execute()  # fmt: skip
    return not list(made)
