"""`alicebot vnext scheduler`: workflows and their schedules, what ran, what is due, and a run now."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import asserting, brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import short
from alice.errors import InvalidInput

LATE = {
    "daemon": ("alice.cli.vnext.scheduler_daemon:group", "The process that runs workflows: start, status, stop."),
    "service": ("alice.cli.vnext.scheduler_service:group", "The daemon as a service of systemd or launchd."),
}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """Workflows, their schedules and runs, and the daemon."""


@group.command()
def status() -> None:
    """Show whether the daemon runs, and each workflow."""
    from alice.runs import standing

    with brain.opened() as opened:
        told = standing.status(opened.scope, opened.settings)
    output.show(told, lambda: _print_status(told))


def _print_status(told: dict[str, Any]) -> None:
    daemon = told["daemon"]
    click.echo(f"The daemon runs as process {daemon['pid']}." if daemon["running"] else "The daemon does not run.")
    if daemon["last_error"]:
        click.echo(daemon["last_error"])
    output.table(told["workflows"], _WORKFLOW, empty="There are no workflows.")


_WORKFLOW = {
    "workflow": lambda w: w["workflow_type"],
    "stands": lambda w: "disabled" if not w["enabled"] else "paused" if w["paused"] else "enabled",
    "schedule": lambda w: w["schedule_text"],
    "next": lambda w: w["retry_at"] or w["next_run_at"],
    "last": lambda w: w["last_run_at"],
    "result": lambda w: "running" if w["running_run"] else w["last_result"],
}
_RUN = {
    "started": lambda r: r["started_at"],
    "workflow": lambda r: r["workflow_type"],
    "status": lambda r: r["status"],
    "by": lambda r: r["triggered_by"],
    "late ms": lambda r: r["lateness_ms"],
    "try": lambda r: r["attempt"],
    "artifact or error": lambda r: r["error_message"] or (r["artifact_id"] and short(r["artifact_id"])),
}
_SLOT = {
    "slot": lambda s: s["scheduled_for"],
    "workflow": lambda s: s["workflow_type"],
    "outcome": lambda s: s["outcome"],
    "reason": lambda s: s["reason"],
}


@group.command()
@limit_option
@cursor_option
@click.option("--workflow", help="Only of this workflow.")
@click.option("--status", help="running, succeeded or failed.")
def runs(limit: int, cursor: str | None, workflow: str | None, status: str | None) -> None:
    """Show runs, the newest first."""
    from alice.queries import schedules

    with brain.opened() as opened:
        page = schedules.runs(opened.scope, workflow_type=workflow, status=status, limit=limit, cursor=cursor)
    output.page(page, _RUN, empty="Nothing has run yet.")


@group.command()
@limit_option
@cursor_option
def failures(limit: int, cursor: str | None) -> None:
    """Show the runs that failed, the newest first."""
    from alice.queries import schedules

    with brain.opened() as opened:
        page = schedules.failures(opened.scope, limit=limit, cursor=cursor)
    output.page(page, _RUN, empty="Nothing has failed.")


@group.command()
@limit_option
@cursor_option
@click.option("--workflow", help="Only of this workflow.")
@click.option("--outcome", help="succeeded, failed, skipped or missed.")
def slots(limit: int, cursor: str | None, workflow: str | None, outcome: str | None) -> None:
    """Show how each moment of the schedules ended, the newest first."""
    from alice.queries import schedules

    with brain.opened() as opened:
        page = schedules.slots(opened.scope, workflow_type=workflow, outcome=outcome, limit=limit, cursor=cursor)
    output.page(page, _SLOT, empty="No slot has been decided yet.")


@group.command("run-due")
@click.option("--limit", default=10, show_default=True, type=int, help="How many workflows at most.")
@click.option("--wait", default=600.0, show_default=True, type=click.FloatRange(0), help="For how many seconds.")
@asserting.options
def run_due(limit: int, wait: float, **given: Any) -> int:
    """Run what is due, with or without a daemon; exit 1 when something failed."""
    from alice.runs import scan

    with brain.opened() as opened:
        actor = asserting.acting(opened.actor, given)
        told = scan.run_due(opened.settings, limit=limit, wait=wait, actor=actor)
    output.show(told, lambda: output.table(told["runs"], _RUN, empty="Nothing is due."))
    return 1 if told["failed_count"] else 0


@group.command("run-now")
@click.argument("workflow")
@asserting.options
def run_now(workflow: str, **given: Any) -> None:
    """Ask the daemon for a run of WORKFLOW at once; its schedule stays as it is."""
    from alice.runs import standing
    from alice.services import schedules

    with brain.opened() as opened:
        told = schedules.request_run(asserting.acting(opened.actor, given), workflow)
        runs = standing.daemon(opened.settings)["running"]
    said = "The daemon begins at once." if runs else "No daemon runs here; `alicebot vnext scheduler run-due` runs it."
    output.show(told, lambda: click.echo(f"Asked for, as request {told['id']}. {said}"))


@group.command()
@click.argument("workflow")
@click.option("--enabled/--disabled", default=None, help="Whether its schedule is in force.")
@click.option("--daily", metavar="HH:MM", help="Every day at this local time.")
@click.option("--weekly", metavar="DAY@HH:MM", help="Every week, such as monday@07:00.")
@click.option("--every", metavar="MINUTES", help="Every so many minutes of elapsed time.")
@click.option("--cron", metavar="EXPR", help="Five cron fields, in the workflow's zone.")
@click.option("--manual", is_flag=True, help="Only when asked.")
@click.option("--timezone", metavar="TZ", help="An IANA zone, such as Europe/Madrid.")
@click.option("--missed", help="What becomes of slots that passed while nothing ran: latest, all or skip.")
@click.option("--generation-mode", help="deterministic or model_backed.")
@click.option("--model-options", metavar="JSON", help="provider, model, temperature, max_tokens, route_mode.")
def configure(
    workflow: str,
    enabled: bool | None,
    timezone: str | None,
    missed: str | None,
    generation_mode: str | None,
    model_options: str | None,
    **when: Any,
) -> None:
    """Change how WORKFLOW runs; what is not named stays as it is."""
    from alice.services import schedules

    given = {name: value for name, value in when.items() if value not in (None, False)}
    options = _object(model_options)
    with brain.opened() as opened:
        schedules.ensure_rows(opened.actor, zone=opened.settings.timezone)
        told = schedules.configure(
            opened.actor, workflow, enabled=enabled, schedule=given or None, timezone=timezone, missed=missed,
            generation_mode=generation_mode, model_options=options,
        )  # fmt: skip
    output.show(told, lambda: output.table([told], _WORKFLOW, empty=""))


def _object(text: str | None) -> dict[str, Any] | None:
    import json

    if text is None:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return found
    raise InvalidInput({"model_options": 'must be a JSON object, such as {"temperature": 0}.'})


@group.command()
@click.argument("workflow", required=False)
def pause(workflow: str | None) -> None:
    """Pause WORKFLOW, or all six; what runs goes on."""
    from alice.services import schedules

    with brain.opened() as opened:
        told = schedules.pause(opened.actor, workflow)
    _show_all(told)


@group.command()
@click.argument("workflow", required=False)
def resume(workflow: str | None) -> None:
    """Resume WORKFLOW, or all six; slots that passed meanwhile are recorded and not run."""
    from alice.services import schedules

    with brain.opened() as opened:
        told = schedules.resume(opened.actor, workflow)
    _show_all(told)


def _show_all(rows: list[dict[str, Any]]) -> None:
    output.show({"items": rows, "count": len(rows)}, lambda: output.table(rows, _WORKFLOW, empty=""))
