"""Where a workflow stands in its schedule: locks it, tells which slots are pending, records how each ended, goes on.

Every function works inside the caller's unit. It starts no run and composes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from alice import ids
from alice.db import database
from alice.domain.scheduling import schedules, timetable
from alice.domain.scheduling.schedules import Schedule
from alice.domain.vocab import MissedPolicy, SlotOutcome, WorkflowType
from alice.ledger.events import SlotDecided
from alice.ledger.unit import Unit

CHANNEL = "alice_schedule"
NAMED = 200  # slots that are recorded one by one; older ones share a row
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """A workflow as it is set and where it stands. `next_run_at` is the slot that is not decided yet."""

    id: UUID
    user_id: UUID
    workflow_type: WorkflowType
    enabled: bool
    paused: bool
    schedule: Schedule
    zone: ZoneInfo
    missed: MissedPolicy
    generation_mode: str
    max_attempts: int
    version: int
    next_run_at: datetime | None
    retry_at: datetime | None
    due_at: datetime | None

    def after(self, moment: datetime) -> datetime | None:
        """Return the first slot after `moment`; None when the schedule is not in force or names none."""
        return timetable.next_at(self.schedule, self.zone, moment) if self.enabled else None


_SELECT = (
    "SELECT w.id, w.user_id, w.workflow_type, w.enabled, w.paused, w.schedule, w.timezone, w.missed, w.generation_mode,"
    " w.max_attempts, w.version, s.next_run_at, s.retry_at, s.due_at"
    " FROM workflow w JOIN workflow_state s ON s.workflow_id = w.id WHERE w.user_id = %s AND w.workflow_type = %s"
    " FOR NO KEY UPDATE OF w, s"
)


def locked(user_id: UUID, workflow_type: WorkflowType) -> Standing | None:
    """Return where the workflow stands, locked until the unit ends; None when the brain has no row for it yet."""
    found = database.rows(_SELECT, user_id, workflow_type.value)
    if not found:
        return None
    row = found[0]
    return Standing(
        **row
        | {
            "workflow_type": WorkflowType(row["workflow_type"]),
            "schedule": schedules.read(row["schedule"]),
            "zone": timetable.zone(row.pop("timezone")),
            "missed": MissedPolicy(row["missed"]),
        }
    )


def pending(at: Standing, now: datetime) -> tuple[list[datetime], datetime | None]:
    """Return the slots that are due and undecided, oldest first, and where a run of older ones that goes unnamed ends.

    The list begins with `next_run_at` unless that many passed that the oldest are not named one by one.
    """
    first = at.next_run_at
    if first is None or first > now:
        return [], None
    found = timetable.between(at.schedule, at.zone, first - INSTANT, now, limit=NAMED + 1)
    last = None
    if len(found) > NAMED:
        last, found = found[0], found[1:]
    elif not found or found[0] != first:
        found.insert(0, first)  # the zone's rules changed under it
    decided = _decided(at.id, found)
    return [slot for slot in found if slot not in decided], last


def _decided(workflow_id: UUID, slots: list[datetime]) -> set[datetime]:
    rows = database.query(
        "SELECT scheduled_for FROM workflow_slot WHERE workflow_id = %s AND scheduled_for = ANY(%s)", workflow_id, slots
    )
    return {row[0] for row in rows}


def record(
    unit: Unit,
    at: Standing,
    slot: datetime,
    *,
    outcome: SlotOutcome,
    reason: str | None,
    now: datetime,
    run_id: UUID | None = None,
    artifact_id: UUID | None = None,
    until: datetime | None = None,
) -> bool:
    """Record how a slot ended, with its event; tell whether it was undecided until now. The first word stands."""
    made = database.query(
        "INSERT INTO workflow_slot (id, user_id, workflow_id, workflow_type, scheduled_for, until, outcome, reason,"
        " run_id, artifact_id, decided_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (workflow_id, scheduled_for) DO NOTHING RETURNING id",
        ids.new_id(), at.user_id, at.id, at.workflow_type.value, slot, until, outcome.value, reason,
        run_id, artifact_id, now,
    )  # fmt: skip
    if made:
        unit.record(
            SlotDecided(str(made[0][0]), at.workflow_type.value, slot.isoformat(), outcome.value, _told(reason))
        )
    return bool(made)


def _told(reason: str | None) -> str | None:
    """Return the reason for the log, which keeps no text that a note may have put into an error."""
    return reason.partition(":")[0] if reason else None


def record_all(
    unit: Unit, at: Standing, slots: Iterable[tuple[datetime, str]], *, outcome: SlotOutcome, now: datetime
) -> None:
    """Record slots that ended without a run, each with its reason."""
    for slot, reason in slots:
        record(unit, at, slot, outcome=outcome, reason=reason, now=now)


def record_unnamed(
    unit: Unit, at: Standing, last: datetime | None, *, outcome: SlotOutcome, reason: str, now: datetime
) -> None:
    """Record in one row the slots from `next_run_at` to `last`, of which there are too many to name."""
    if last is not None and at.next_run_at is not None:
        record(unit, at, at.next_run_at, outcome=outcome, reason=reason, now=now, until=last)


def stand(
    at: Standing,
    next_run_at: datetime | None,
    *,
    due_at: datetime | None = None,
    retry_at: datetime | None = None,
) -> None:
    """Move the workflow to the slot `next_run_at`, to be looked at when `due_at` says; state leaves no event."""
    database.query(
        "UPDATE workflow_state SET next_run_at = %s, due_at = %s, retry_at = %s WHERE workflow_id = %s",
        next_run_at, due_at, retry_at, at.id,
    )  # fmt: skip


def go_on(at: Standing, slot: datetime) -> datetime | None:
    """Move on to the slot after `slot`, which may have passed too, and return it."""
    following = at.after(slot)
    stand(at, following, due_at=following)
    return following


def wake(user_id: UUID) -> None:
    """Tell every daemon, once the unit commits, that there may be something to do for this brain."""
    database.query("SELECT pg_notify(%s, %s)", CHANNEL, str(user_id))
