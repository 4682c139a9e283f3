"""`alicebot vnext artifacts`: list and show briefs and reports, and compose one now."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import brain, first_brief, output
from alice.cli.framework import Group
from alice.domain.vocab import ArtifactStatus, WorkflowType

WORKFLOW = click.Choice([w.value for w in WorkflowType])
COLUMNS: output.Columns = {
    "made": lambda a: a["created_at"],
    "id": lambda a: a["id"],
    "what": lambda a: a["artifact_type"],
    "title": lambda a: a["title"],
    "status": lambda a: a["status"],
}


@click.group(cls=Group)
def group() -> None:
    """Briefs and reports: list, show, generate."""


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="How many; 0 for all.")
@click.option("--type", "artifact_type", type=WORKFLOW, help="Only artifacts of this workflow.")
@click.option("--status", type=click.Choice([s.value for s in ArtifactStatus]), help="Only in this state.")
@click.option("--cursor", help="Go on after the last answer's `next`.")
def list_artifacts(limit: int, artifact_type: str | None, status: str | None, cursor: str | None) -> None:
    """Show what was composed, the newest first."""
    from alice.queries import artifacts

    with brain.opened() as opened:
        page = artifacts.page(opened.scope, artifact_type=artifact_type, status=status, limit=limit, cursor=cursor)
    empty = "Nothing was composed yet: `alicebot vnext artifacts generate daily_brief` makes a brief."
    output.show(page.as_dict(), lambda: output.table(page.items, COLUMNS, empty=empty))


@group.command()
@click.argument("artifact_id", metavar="ID", type=click.UUID)
def show(artifact_id: Any) -> None:
    """Show one artifact with the words that it cites."""
    from alice.queries import artifacts

    with brain.opened() as opened:
        found = artifacts.get(opened.scope, artifact_id)
    output.show(found, lambda: first_brief.show(found))


@group.command()
@click.argument("workflow", type=WORKFLOW)
def generate(workflow: str) -> None:
    """Compose WORKFLOW now; this is no slot of its schedule and needs no daemon."""
    from alice.services import briefs

    with brain.opened() as opened:
        made = briefs.generate(WorkflowType(workflow), opened.actor, zone=opened.settings.timezone)
    output.show(made, lambda: first_brief.show(made))
