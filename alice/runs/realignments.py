"""Puts workflows back to the next slot that is not decided, after a clock that ran ahead was set back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from alice.db import database
from alice.domain.policy import Action, system
from alice.domain.scheduling import schedules, timetable
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.services import slots
from alice.services.slots import Standing

# Longer than any offer or pause before another try: who is to wait longer was told so by a clock that ran ahead.
LONGEST_PAUSE = timedelta(minutes=10)


def realign(*, now: datetime, user_id: UUID | None = None) -> int:
    """Move every workflow whose next slot lies beyond an earlier undecided one to that one; return how many moved.

    What is to be tried again, or was offered, at a time that lies too far ahead is due now.
    """
    _hasten(now, user_id)
    found = database.query(
        "SELECT w.user_id, w.workflow_type, w.schedule, w.timezone, s.next_run_at FROM workflow_state s"
        " JOIN workflow w ON w.id = s.workflow_id WHERE s.next_run_at > %s AND w.enabled"
        " AND (%s::uuid IS NULL OR s.user_id = %s)",
        now, user_id, user_id,
    )  # fmt: skip
    ahead = [
        (row[0], WorkflowType(row[1]))
        for row in found
        if (first := timetable.next_at(schedules.read(row[2]), timetable.zone(row[3]), now)) and first < row[4]
    ]
    return sum(_move(owner, kind, now) for owner, kind in ahead)


def _hasten(now: datetime, user_id: UUID | None) -> None:
    """Let nobody wait for a moment that the clock showed before it was set back."""
    late = now + LONGEST_PAUSE
    database.query(
        "UPDATE workflow_state SET due_at = %s, retry_at = NULL WHERE due_at > %s AND next_run_at <= %s"
        " AND (%s::uuid IS NULL OR user_id = %s)",
        now, late, now, user_id, user_id,
    )  # fmt: skip
    database.query(
        "UPDATE workflow_request SET due_at = %s WHERE due_at > %s AND (%s::uuid IS NULL OR user_id = %s)",
        now, late, user_id, user_id,
    )  # fmt: skip


def _move(user_id: UUID, kind: WorkflowType, now: datetime) -> bool:
    with gate.write(system("scheduler", user_id), Action.RUN_WORKFLOW):
        at = slots.locked(user_id, kind)
        if at is None or at.due_at is None or at.next_run_at is None:
            return False
        slot = _undecided(at, now)
        if slot is None or slot >= at.next_run_at:
            return False
        slots.stand(at, slot, due_at=slot)
        return True


def _undecided(at: Standing, now: datetime) -> datetime | None:
    decided = {
        row[0]
        for row in database.query(
            "SELECT scheduled_for FROM workflow_slot WHERE workflow_id = %s AND scheduled_for > %s", at.id, now
        )
    }
    slot = at.after(now)
    while slot is not None and slot in decided:
        slot = at.after(slot)
    return slot
