"""Finds runs that say running though nobody works on them, and gives them up. The workflow's lock is the witness."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from alice.db import database, locks
from alice.domain.policy import Action, system
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.ledger.unit import Unit
from alice.runs.jobs import lock_name
from alice.runs.outcomes import LOST, Ending, end
from alice.services import slots
from alice.services.slots import Standing

log = logging.getLogger("alice.scheduler")
GONE = Ending(LOST, "worker lost", lost=True)
NOBODY: Mapping[UUID, Ending] = {}


def bury(unit: Unit, at: Standing, *, now: datetime, why: Mapping[UUID, Ending] = NOBODY) -> int:
    """Give up every run of the workflow that says running; for the holder of its lock alone. Return how many."""
    running = database.query("SELECT id FROM workflow_run WHERE workflow_id = %s AND status = 'running'", at.id)
    return sum(end(unit, at, run_id, why.get(run_id, GONE), now=now) for (run_id,) in running)


def reap(*, now: datetime, user_id: UUID | None = None, why: Mapping[UUID, Ending] = NOBODY) -> int:
    """Give up the runs of one brain, or of all, whose lock is free; return how many. `why` explains those known."""
    found = database.query(
        "SELECT DISTINCT user_id, workflow_type FROM workflow_run WHERE status = 'running'"
        " AND (%s::uuid IS NULL OR user_id = %s)",
        user_id, user_id,
    )  # fmt: skip
    if not found:
        return 0
    keys = {locks.key(*lock_name(*row)): row for row in found}
    free = set(keys) - locks.taken(keys)
    return sum(_bury_alone(*keys[key], now=now, why=why) for key in sorted(free))


def _bury_alone(user_id: UUID, workflow_type: str, *, now: datetime, why: Mapping[UUID, Ending]) -> int:
    with locks.held(*lock_name(user_id, workflow_type)) as alone:
        if not alone:
            return 0
        with gate.write(system("scheduler", user_id), Action.RUN_WORKFLOW) as unit:
            at = slots.locked(user_id, WorkflowType(workflow_type))
            buried = bury(unit, at, now=now, why=why) if at else 0
    if buried:
        log.warning("gave up %d lost run(s) of %s", buried, workflow_type)
    return buried


def heal(*, user_id: UUID | None = None) -> int:
    """Let a workflow that stands at a slot without a run be looked at again; return how many stood so."""
    found = database.query(
        "UPDATE workflow_state s SET due_at = COALESCE(retry_at, next_run_at)"
        " WHERE due_at IS NULL AND next_run_at IS NOT NULL AND (%s::uuid IS NULL OR user_id = %s) AND NOT EXISTS"
        " (SELECT 1 FROM workflow_run r WHERE r.workflow_id = s.workflow_id AND r.status = 'running') RETURNING 1",
        user_id, user_id,
    )  # fmt: skip
    return len(found)
