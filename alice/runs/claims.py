"""Claims a run under the workflow's lock: which slot or request it is for, whether it may run, and what was missed.

It is called by the holder of the lock, before any work, and commits before the work begins.
"""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from alice import ids
from alice.db import database
from alice.domain.policy import Action, system
from alice.domain.scheduling import timetable
from alice.domain.scheduling.timetable import CATCH_UP, Plan
from alice.domain.vocab import GenerationMode, SlotOutcome
from alice.errors import NotConfigured
from alice.ledger import gate
from alice.ledger.events import RunRefused, RunStarted
from alice.ledger.unit import Unit
from alice.runs import orphans
from alice.runs.jobs import Job
from alice.runs.outcomes import Claimed, tries
from alice.services import schedules, slots
from alice.services.slots import Standing

ON_TIME = timedelta(minutes=5)
UNNAMED = "this and every slot up to `until` passed while nothing ran: too many to be named one by one"


def claim(job: Job) -> Claimed | None:
    """Claim the run that the job is about; None when there is nothing to run, which has been recorded then.

    Slots that are too old, doubled by a newer one, or passed while paused are decided here; runs of the workflow that
    still say running are given up first: the lock proves that nobody works on them.
    """
    now = job.now()
    with gate.write(system("scheduler", job.user_id), Action.RUN_WORKFLOW) as unit:
        at = slots.locked(job.user_id, job.workflow_type)
        if at is not None and orphans.bury(unit, at, now=now):
            at = slots.locked(job.user_id, job.workflow_type)
        if at is None:
            return None
        return _claim_slot(unit, at, job, now) if job.request_id is None else _claim_request(unit, at, job, now)


def _claim_slot(unit: Unit, at: Standing, job: Job, now: datetime) -> Claimed | None:
    passed, unnamed = slots.pending(at, now)
    if not passed:
        _stand_by(at, now)
        return None
    if at.paused:
        schedules.settle(unit, at, now, SlotOutcome.SKIPPED, schedules.PAUSED)
        slots.go_on(at, passed[-1])
        return None
    tried = tries(at, passed[0])
    plan = _plan(at, passed, now, tried["total"])
    if plan.run and plan.run[0] == at.next_run_at and at.retry_at and at.retry_at > now:
        slots.stand(at, at.next_run_at, due_at=at.retry_at, retry_at=at.retry_at)
        return None
    slots.record_unnamed(unit, at, unnamed, outcome=SlotOutcome.MISSED, reason=UNNAMED, now=now)
    for slot, reason in plan.record:
        outcome = SlotOutcome.FAILED if slot == passed[0] and tried["total"] else SlotOutcome.MISSED
        slots.record(unit, at, slot, outcome=outcome, reason=reason, now=now)
    if not plan.run:
        slots.go_on(at, passed[-1])
        return None
    return _begin_slot(unit, at, job, plan.run[0], now=now)


def _stand_by(at: Standing, now: datetime) -> None:
    """Wait for the next slot: the one it stands at, unless that and all others that have passed were decided."""
    if at.next_run_at is not None and at.next_run_at <= now:
        slots.go_on(at, now)
    else:
        slots.stand(at, at.next_run_at, due_at=at.retry_at or at.next_run_at, retry_at=at.retry_at)


def _plan(at: Standing, passed: list[datetime], now: datetime, tried: int) -> Plan:
    """Decide what runs. A slot that was tried is not missed: it goes on while no newer one is due."""
    if tried and len(passed) == 1 and now - passed[0] <= CATCH_UP:
        return Plan((passed[0],), ())
    return timetable.missed(passed, at.missed, now=now, on_time=ON_TIME)


def _begin_slot(unit: Unit, at: Standing, job: Job, slot: datetime, *, now: datetime) -> Claimed:
    tried = tries(at, slot)["total"]
    wanted = at.retry_at if tried and at.retry_at and at.next_run_at == slot else slot
    slots.stand(at, slot)
    values = {"scheduled_for": slot, "attempt": tried + 1, "triggered_by": job.setting.triggered_by,
              "agent_identity": job.setting.agent_identity}  # fmt: skip
    return _begin(unit, at, job, values, wanted=wanted, now=now)


def _claim_request(unit: Unit, at: Standing, job: Job, now: datetime) -> Claimed | None:
    found = database.rows(
        "SELECT requested_by, agent_identity, requested_at, policy_decision, due_at,"
        " (SELECT count(*) FROM workflow_run n WHERE n.request_id = r.id) AS tried"
        " FROM workflow_request r WHERE id = %s AND closed_at IS NULL AND due_at IS NOT NULL FOR UPDATE",
        job.request_id,
    )
    if not found:
        return None
    asked = found[0]
    try:
        schedules.refuse(at)
    except NotConfigured as error:
        database.query(
            "UPDATE workflow_request SET due_at = NULL, closed_at = %s, refusal = %s WHERE id = %s",
            now, error.message, job.request_id,
        )  # fmt: skip
        unit.record(RunRefused(str(job.request_id), at.workflow_type.value, error.message))
        return None
    database.query("UPDATE workflow_request SET due_at = NULL WHERE id = %s", job.request_id)
    values = {
        "request_id": job.request_id,
        "attempt": asked["tried"] + 1,
        "triggered_by": asked["requested_by"],
        "agent_identity": asked["agent_identity"],
        "policy_decision": Jsonb(asked["policy_decision"]),
    }
    return _begin(unit, at, job, values, wanted=asked["requested_at"], now=now)


def _begin(unit: Unit, at: Standing, job: Job, values: dict[str, Any], *, wanted: datetime, now: datetime) -> Claimed:
    """Insert the run, which from now on is this claim's alone, and tell of it."""
    token = ids.new_id()
    row = {
        "id": job.run_id,
        "user_id": at.user_id,
        "workflow_id": at.id,
        "workflow_type": at.workflow_type.value,
        "status": "running",
        "started_at": now,
        "lateness_ms": max(0, round((now - wanted).total_seconds() * 1000)),
        "claim": token,
        "worker": f"{socket.gethostname()}:{os.getpid()}",
        "trace_id": unit.trace_id,
        "policy_decision": Jsonb(unit.decision.as_dict(unit.trace_id)),
        "generation_mode": GenerationMode.DETERMINISTIC.value,
        "notes": Jsonb([]),
    } | values
    marks = ", ".join(["%s"] * len(row))
    database.query(f"INSERT INTO workflow_run ({', '.join(row)}) VALUES ({marks})", *row.values())
    database.query("UPDATE workflow_state SET last_run_at = %s WHERE workflow_id = %s", now, at.id)
    slot = values.get("scheduled_for")
    unit.record(
        RunStarted(
            str(job.run_id), at.workflow_type.value, row["triggered_by"],
            slot.isoformat() if slot else None, row["attempt"],
        )
    )  # fmt: skip
    return Claimed(job.run_id, token, unit.actor, at, slot, job.request_id, unit.trace_id)
