"""Reads workflows, their runs and failures, how slots ended, and what became of a request for a run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peewee import JOIN

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.scheduling import schedules
from alice.domain.scheduling.workflows import ABOUT, workflow_type
from alice.domain.vocab import RunStatus, SlotOutcome, WorkflowType
from alice.errors import InvalidInput, NotFound
from alice.models import Workflow, WorkflowRun, WorkflowSlot, WorkflowState
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified

_MODEL = dict.fromkeys(("provider", "model", "temperature", "max_tokens", "route_mode"))


def workflow(scope: Scope, name: WorkflowType | str) -> dict[str, Any]:
    """Return one workflow as it is set and where it stands; one that has no row yet as it will be made."""
    kind = workflow_type(name)
    return next(row for row in workflows(scope) if row["workflow_type"] == kind)


def workflows(scope: Scope) -> list[dict[str, Any]]:
    """Return the six workflows in their order, in the keys of contract.md section 6."""
    select = (
        Workflow.select(Workflow, WorkflowState)
        .join(WorkflowState, JOIN.LEFT_OUTER, on=(WorkflowState.workflow == Workflow.id), attr="state")
        .where(Workflow.user_id == scope.user_id)
    )
    found = {row.workflow_type: row for row in select}
    running = {row["workflow_type"]: row for row in _running(scope)}
    return [_workflow(kind, found.get(kind.value), running.get(kind.value)) for kind in WorkflowType]


def _running(scope: Scope) -> list[dict[str, Any]]:
    select = WorkflowRun.select().where(
        WorkflowRun.user_id == scope.user_id, WorkflowRun.status == RunStatus.RUNNING.value
    )
    return [_run(row) for row in select]


def _workflow(kind: WorkflowType, row: Any, running: dict[str, Any] | None) -> dict[str, Any]:
    schedule = schedules.read(row.schedule) if row else ABOUT[kind].schedule
    zone = row.timezone if row else None
    state = getattr(row, "state", None)
    return {
        "workflow_type": kind.value,
        "title": ABOUT[kind].title,
        "enabled": bool(row and row.enabled),
        "paused": bool(row and row.paused),
        "schedule": schedules.plain(schedule),
        "schedule_text": schedules.sentence(schedule, zone or "the owner's zone"),
        "timezone": zone,
        "missed": row.missed if row else "latest",
        "generation_mode": row.generation_mode if row else "deterministic",
        "model_options": _MODEL | (row.model_options if row else {}),
        "max_attempts": row.max_attempts if row else 3,
        "version": row.version if row else 0,
        "next_run_at": getattr(state, "next_run_at", None),
        "retry_at": getattr(state, "retry_at", None),
        "last_run_at": getattr(state, "last_run_at", None),
        "last_result": getattr(state, "last_result", None),
        "last_error": getattr(state, "last_error", None),
        "last_successful_run": getattr(state, "last_success_at", None),
        "running_run": running,
    }


def daemons(scope: Scope) -> list[dict[str, Any]]:
    """Return the daemons that serve this brain, on any host, by when they were last seen, the latest first."""
    return database.rows(
        "SELECT host, pid, started_at, seen_at, user_id IS NULL AS all_brains, details FROM daemon_heartbeat"
        " WHERE user_id = %s OR user_id IS NULL ORDER BY seen_at DESC LIMIT 20",
        scope.user_id,
    )


def next_due(scope: Scope) -> dict[str, Any] | None:
    """Return which workflow is looked at next, and when; None when nothing is planned."""
    found = database.rows(
        "SELECT s.workflow_type, s.next_run_at, s.due_at FROM workflow_state s JOIN workflow w ON w.id = s.workflow_id"
        " WHERE s.user_id = %s AND s.due_at IS NOT NULL AND w.enabled AND NOT w.paused ORDER BY s.due_at LIMIT 1",
        scope.user_id,
    )
    return found[0] if found else None


def runs(
    scope: Scope,
    *,
    workflow_type: WorkflowType | str | None = None,
    status: RunStatus | str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return runs, the newest first."""
    select: Any = WorkflowRun.select().where(WorkflowRun.user_id == scope.user_id)
    if workflow_type:
        select = select.where(WorkflowRun.workflow_type == _known("workflow_type", WorkflowType, workflow_type))
    if status:
        select = select.where(WorkflowRun.status == _known("status", RunStatus, status))
    order = (WorkflowRun.started_at, WorkflowRun.id)
    return paged(select, order, present=_run, limit=limit, cursor=cursor)


def failures(scope: Scope, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return the runs that failed, the newest first."""
    return runs(scope, status=RunStatus.FAILED, limit=limit, cursor=cursor)


def slots(
    scope: Scope,
    *,
    workflow_type: WorkflowType | str | None = None,
    outcome: SlotOutcome | str | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return how slots ended, the newest slot first; one with `until` tells of every slot from it to that moment."""
    select: Any = WorkflowSlot.select().where(WorkflowSlot.user_id == scope.user_id)
    if workflow_type:
        select = select.where(WorkflowSlot.workflow_type == _known("workflow_type", WorkflowType, workflow_type))
    if outcome:
        select = select.where(WorkflowSlot.outcome == _known("outcome", SlotOutcome, outcome))
    order = (WorkflowSlot.scheduled_for, WorkflowSlot.id)
    return paged(select, order, present=_slot, limit=limit, cursor=cursor)


def _known(field: str, words: Any, value: str) -> str:
    if value in {word.value for word in words}:
        return str(value)
    shown = repr(str(value))[:60]
    raise InvalidInput({field: f"must be one of {', '.join(word.value for word in words)}; {shown} is not."})


def runs_of(scope: Scope, run_ids: list[UUID]) -> list[dict[str, Any]]:
    """Return the runs of these ids, in the order in which they began."""
    select = WorkflowRun.select().where(WorkflowRun.user_id == scope.user_id, WorkflowRun.id.in_(run_ids))
    return [_run(row) for row in select.order_by(WorkflowRun.started_at, WorkflowRun.id)]


def requested(scope: Scope, request_id: UUID | str) -> dict[str, Any]:
    """Return what became of a request: `status` waiting, running, succeeded or failed, with its artifact or error."""
    identifier = identified("request", request_id)
    found = database.rows(
        "SELECT r.id::text, r.workflow_type, r.requested_by, r.requested_at, r.closed_at, r.due_at, r.refusal,"
        " n.id::text AS run_id, n.status AS run_status, n.artifact_id::text, n.error_message"
        " FROM workflow_request r LEFT JOIN LATERAL (SELECT * FROM workflow_run n WHERE n.request_id = r.id"
        " ORDER BY n.attempt DESC LIMIT 1) n ON true WHERE r.user_id = %s AND r.id = %s",
        scope.user_id, identifier,
    )  # fmt: skip
    if not found:
        raise NotFound("request", request_id)
    return _requested(found[0])


def _requested(row: dict[str, Any]) -> dict[str, Any]:
    run_status, refusal, due_at = row.pop("run_status"), row.pop("refusal"), row.pop("due_at")
    if row["closed_at"] is None:
        status = "waiting" if due_at is not None or run_status is None else "running"
    else:
        status = "failed" if refusal else run_status
    return row | {"status": status, "error_message": refusal or row["error_message"]}


def _run(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "workflow_type": row.workflow_type,
        "status": row.status,
        "triggered_by": row.triggered_by,
        "scheduled_for": row.scheduled_for,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "lateness_ms": row.lateness_ms,
        "attempt": row.attempt,
        "lost": row.lost,
        "artifact_id": str(row.artifact_id) if row.artifact_id else None,
        "error_message": row.error_message,
        "trace_id": row.trace_id,
        "policy_decision": row.policy_decision,
        "agent_identity": row.agent_identity,
        "generation_mode": row.generation_mode,
        "request_id": str(row.request_id) if row.request_id else None,
        "worker": row.worker,
        "notes": row.notes,
    }


def _slot(row: Any) -> dict[str, Any]:
    return {
        "workflow_type": row.workflow_type,
        "scheduled_for": row.scheduled_for,
        "until": row.until,
        "outcome": row.outcome,
        "reason": row.reason,
        "run_id": str(row.run_id) if row.run_id else None,
        "artifact_id": str(row.artifact_id) if row.artifact_id else None,
        "decided_at": row.decided_at,
    }
