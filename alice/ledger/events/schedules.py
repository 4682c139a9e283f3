"""What happens on schedules: workflows, runs and slots."""

from __future__ import annotations

from typing import Any

from alice.ledger.events.base import Event, event


@event("workflow.created", "workflow")
class WorkflowCreated(Event):
    """A workflow got its row; it is disabled until the owner enables it."""

    workflow_type: str


@event("workflow.configured", "workflow")
class WorkflowConfigured(Event):
    """The owner changed how a workflow runs; only what changed is named."""

    workflow_type: str
    changes: dict[str, Any]


@event("workflow_run.started", "workflow_run")
class RunStarted(Event):
    """A run of a workflow began."""

    workflow_type: str
    triggered_by: str
    scheduled_for: str | None
    attempt: int


@event("workflow_run.succeeded", "workflow_run")
class RunSucceeded(Event):
    """A run published its artifact."""

    workflow_type: str
    artifact_id: str


@event("workflow_run.failed", "workflow_run")
class RunFailed(Event):
    """A run ended without an artifact; the reason is a short sentence without captured text."""

    workflow_type: str
    reason: str


@event("workflow_slot.decided", "workflow_slot")
class SlotDecided(Event):
    """A slot ended: succeeded, failed, skipped or missed."""

    workflow_type: str
    scheduled_for: str
    outcome: str
    reason: str | None


@event("workflow_run.requested", "workflow_request")
class RunRequested(Event):
    """Somebody asked for a run now, outside the schedule."""

    workflow_type: str


@event("workflow_run.refused", "workflow_request")
class RunRefused(Event):
    """A run that was asked for did not begin: the workflow was disabled or paused in the meantime."""

    workflow_type: str
    reason: str
