"""The scheduler as JSON: how it stands, what ran, and a scan for what is due."""

from __future__ import annotations

from flask import Response

from alice import inputs
from alice.queries import schedules
from alice.runs import scan
from alice.web import current
from alice.web.api import present, routes
from alice.web.inputs import accepts


@routes.get("/scheduler/status")
@accepts(inputs.Nothing)
def scheduler_status() -> Response:
    """Return the daemon's posture and each workflow's."""
    return present.one(schedules.status(current.scope(), current.settings()))


@routes.get("/scheduler/runs")
@accepts(inputs.ListRuns)
def scheduler_runs(given: inputs.ListRuns) -> Response:
    """List runs, the newest first."""
    return present.page(schedules.runs(current.scope(), **given.model_dump()))


@routes.post("/scheduler/run-due")
@accepts(inputs.RunDue)
def run_due(given: inputs.RunDue) -> Response:
    """Run what is due now, and say what became of it."""
    return present.one(scan.run_due(current.settings(), limit=given.limit))
