"""The scheduler as JSON: how it stands, what ran, how each workflow is set, and a scan for what is due."""

from __future__ import annotations

from flask import Response

from alice import inputs
from alice.domain.scheduling.schedules import SHAPE
from alice.queries import schedules
from alice.queries.page import Page
from alice.runs import scan, standing
from alice.services import schedules as services
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.scheduler import DueRuns, Run, RunRequest, SchedulerStatus, Slot, Workflow
from alice.web.inputs import accepts


@routes.get("/scheduler/status")
@accepts(inputs.Nothing)
@answers(SchedulerStatus)
def scheduler_status() -> Response:
    """Return the daemon's posture and each workflow's."""
    return present.one(standing.status(current.scope(), current.settings()))


@routes.get("/scheduler/runs")
@accepts(inputs.ListRuns)
@answers(page_of(Run))
def scheduler_runs(given: inputs.ListRuns) -> Response:
    """List runs, the newest first."""
    return present.page(schedules.runs(current.scope(), **given.model_dump()))


@routes.get("/scheduler/failures")
@accepts(inputs.ListFailures)
@answers(page_of(Run))
def scheduler_failures(given: inputs.ListFailures) -> Response:
    """List the runs that failed, the newest first."""
    return present.page(schedules.failures(current.scope(), **given.model_dump()))


@routes.get("/scheduler/slots")
@accepts(inputs.ListSlots)
@answers(page_of(Slot))
def scheduler_slots(given: inputs.ListSlots) -> Response:
    """List how slots ended, the newest first."""
    return present.page(schedules.slots(current.scope(), **given.model_dump()))


@routes.post("/scheduler/run-due")
@accepts(inputs.RunDue)
@answers(DueRuns)
def run_due(given: inputs.RunDue) -> Response:
    """Run what is due now, and say what became of it."""
    return present.one(scan.run_due(current.settings(), limit=given.limit, actor=current.actor()))


@routes.post("/scheduler/pause")
@accepts(inputs.PauseWorkflows)
@answers(page_of(Workflow))
def pause(given: inputs.PauseWorkflows) -> Response:
    """Pause one workflow, or all; what runs goes on."""
    return present.page(Page.whole(services.pause(current.actor(), given.workflow_type, now=current.now())))


@routes.post("/scheduler/resume")
@accepts(inputs.PauseWorkflows)
@answers(page_of(Workflow))
def resume(given: inputs.PauseWorkflows) -> Response:
    """Resume one workflow, or all; what passed meanwhile is recorded as skipped."""
    return present.page(Page.whole(services.resume(current.actor(), given.workflow_type, now=current.now())))


@routes.patch("/scheduler/workflows/<workflow_type>")
@accepts(inputs.ConfigureWorkflow)
@answers(Workflow)
def configure_workflow(workflow_type: str, given: inputs.ConfigureWorkflow) -> Response:
    """Change how a workflow runs, and return it as it is then."""
    changes = given.model_dump()
    with inputs.within("schedule", SHAPE["properties"]):  # on a command line the keys of a schedule stand alone
        return present.one(services.configure(current.actor(), workflow_type, now=current.now(), **changes))


@routes.post("/scheduler/workflows/<workflow_type>/run-now")
@accepts(inputs.Nothing)
@answers(RunRequest, {202: "The request, which a daemon takes up."}, fails=(409,))
def run_now(workflow_type: str) -> Response:
    """Ask for a run outside the schedule; the answer is the request, which a daemon takes up."""
    return present.one(services.request_run(current.actor(), workflow_type, now=current.now()), 202)
