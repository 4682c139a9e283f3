"""Takes decisions: one guarded change of a row, kept with what was before it, why and on which words, and sealed.

Every review goes through `take`, so every review can be undone, for ever, and replayed from the log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import IntegrityError

from alice import ids, sealing
from alice.db import database, locks
from alice.domain.decisions import SEALED, changed, plain, vouched
from alice.errors import Conflict
from alice.ledger.events import Event
from alice.ledger.unit import Unit
from alice.models import Decision

# Of what was changed, only these may stand in an event: states and names of closed sets, never captured words.
TOLD = ("status", "domain", "sensitivity", "project_id", "superseded_by", "backlog", "due_on", "snoozed_until")
MOST_WORDS = 50
After = Callable[[Unit, Any, Any], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is decided on: its table, what the log calls a decision on it, and how it is presented.

    `after` is called with the row before and the row after each change, undoing included: the place for what follows
    from a state, such as leaving the index.
    """

    name: str
    words: str
    table: Any
    event: Callable[[str, str, str, str, dict[str, Any]], Event]
    present: Callable[[Any], dict[str, Any]]
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided: the action, the columns it changes, and why. `act` joins it to what is decided with it."""

    action: str
    changes: Mapping[str, Any]
    now: datetime
    reason: str | None = None
    act: UUID | None = None
    undoes: UUID | None = None


def one_at_a_time(unit: Unit) -> None:
    """Wait for other acts on this brain to end: each changes several rows, in an order of its own."""
    locks.in_unit("decisions", unit.user_id)


def hold(unit: Unit, kind: Kind, subject_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Lock rows of a kind until the unit ends and return those that are there, as they are.

    They are locked in the order of their keys, as captures lock what they find again, so that neither waits for ever.
    """
    table = kind.table
    rows = table.select().where(table.user_id == unit.user_id, table.id.in_(list(subject_ids)))
    return {row.id: row for row in rows.order_by(getattr(table, "key", table.id)).for_update()}


def take(unit: Unit, kind: Kind, row: Any, verdict: Verdict) -> Any:
    """Change `row` as `verdict` says, unless somebody was there first, and return it as it is then.

    Raise Conflict with the fresh row when it is not as `row` was read. The change is kept, sealed and told.
    """
    table = kind.table
    guard = (table.id == row.id) & (table.user_id == unit.user_id) & (table.version == row.version)
    changes = dict(verdict.changes) | {"version": table.version + 1}
    try:
        count = table.update(changes).where(guard & (table.status == row.status)).execute()
    except IntegrityError as error:
        raise Conflict(f"Another {kind.words} stands in its place now; decide on that one first.") from error
    fresh = table.get_or_none(table.id == row.id)
    if count != 1:
        raise Conflict(f"Somebody decided on this {kind.words} a moment ago.", fresh and kind.present(fresh))
    _keep(unit, kind, row, fresh, verdict)
    if kind.after:
        kind.after(unit, row, fresh)
    return fresh


def _keep(unit: Unit, kind: Kind, row: Any, fresh: Any, verdict: Verdict) -> None:
    before = {name: _value(row, name) for name in verdict.changes}
    after = {name: _value(fresh, name) for name in verdict.changes}
    differs = changed(before, after)
    told = {name: value for name, value in differs.items() if name in TOLD}
    event_id = unit.record(kind.event(str(row.id), verdict.action, row.status, fresh.status, told))
    identifier = ids.new_id()
    kept = {
        "id": identifier,
        "subject_id": row.id,
        "version": fresh.version,
        "action": verdict.action,
        "evidence": _words(kind.name, row.id),
        "decided_by": unit.actor.identity,
        "decided_at": verdict.now,
    }
    state = {name: _value(fresh, name) for name in SEALED[kind.name]}
    Decision.insert(
        **kept,
        user_id=unit.user_id,
        act=verdict.act or identifier,
        subject_kind=kind.name,
        before={name: plain(before[name]) for name in differs},
        after=differs,
        reason=verdict.reason,
        undoes=verdict.undoes,
        event_id=event_id,
        seal=sealing.seal(vouched(kind.name, state, kept)),
    ).execute()


def _value(row: Any, column: str) -> Any:
    """Return what `row` holds in `column`; a foreign key as the id, without reading what it names."""
    return row.__data__.get(row._meta.combined[column].name)


def _words(kind: str, subject_id: UUID) -> list[list[Any]]:
    """Return the words a decision rests on: where they stand, and a keyed digest of them."""
    rows = database.query(
        'SELECT p.source_id::text, p.start, p."end", substr(c.text, p.start - c.start + 1, p."end" - p.start)'
        " FROM provenance p JOIN chunk c ON c.id = p.chunk_id WHERE p.subject_kind = %s AND p.subject_id = %s"
        ' ORDER BY p.source_id, p.start, p."end" LIMIT %s',
        kind, subject_id, MOST_WORDS,
    )  # fmt: skip
    return [[source, start, end, sealing.digest(text)] for source, start, end, text in rows]
