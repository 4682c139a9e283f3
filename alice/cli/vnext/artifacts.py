"""`alicebot vnext artifacts`: list and show briefs and reports, compose one now, compare modes."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import asserting, brain, first_brief, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short
from alice.domain.vocab import ArtifactStatus, GenerationMode, WorkflowType

WORKFLOW = click.Choice([w.value for w in WorkflowType])
COLUMNS: output.Columns = {
    "made": lambda a: a["created_at"],
    "id": lambda a: short(a["id"]),
    "what": lambda a: a["artifact_type"],
    "title": lambda a: a["title"],
    "status": lambda a: a["status"],
}


LATE = {
    "review": ("alice.cli.vnext.artifact_reviews:review", "Accept, reject, archive, reopen or promote an artifact."),
    "rate": ("alice.cli.vnext.artifact_reviews:rate", "Say what you think of an artifact, from 1 to 5."),
    "insight": ("alice.cli.vnext.artifact_reviews:insight", "Say whether a statement of an artifact helped."),
    "export": ("alice.cli.vnext.artifact_reviews:export", "Write an artifact out as Markdown."),
}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """Briefs and reports: list, show, generate, review, rate, insight, export, compare."""


@group.command("list")
@limit_option
@click.option("--type", "artifact_type", type=WORKFLOW, help="Only artifacts of this workflow.")
@click.option("--status", type=click.Choice([s.value for s in ArtifactStatus]), help="Only in this state.")
@cursor_option
def list_artifacts(limit: int, artifact_type: str | None, status: str | None, cursor: str | None) -> None:
    """Show what was composed, the newest first."""
    from alice.queries.library import artifacts

    with brain.opened() as opened:
        page = artifacts.page(opened.scope, artifact_type=artifact_type, status=status, limit=limit, cursor=cursor)
    empty = "Nothing was composed yet: `alicebot vnext artifacts generate daily_brief` makes a brief."
    output.page(page, COLUMNS, empty=empty)


@group.command()
@identifier("artifact_id", "artifact")
def show(artifact_id: Any) -> None:
    """Show one artifact with the words that it cites."""
    from alice.queries.library import artifacts

    with brain.opened() as opened:
        found = artifacts.get(opened.scope, artifact_id)
    output.show(found, lambda: first_brief.show(found))


@group.command()
@click.argument("workflow", type=WORKFLOW)
@click.option("--generation-mode", type=click.Choice([m.value for m in GenerationMode]), help="Else as it is set.")
@asserting.options
def generate(workflow: str, generation_mode: str | None, **given: Any) -> None:
    """Compose WORKFLOW now; this is no slot of its schedule and needs no daemon."""
    from alice.services.composing import model_briefs

    with brain.opened() as opened:
        kind, zone = WorkflowType(workflow), opened.settings.timezone
        actor = asserting.acting(opened.actor, given)
        made = model_briefs.compose_now(kind, actor, mode=generation_mode, zone=zone)
    output.show(made, lambda: first_brief.show(made))


@group.command()
@click.argument("workflow", type=WORKFLOW)
def compare(workflow: str) -> None:
    """Show what rules and what a model make of the same input; nothing is kept."""
    from alice.services.composing import model_briefs

    with brain.opened() as opened:
        both = model_briefs.compare(WorkflowType(workflow), opened.actor, zone=opened.settings.timezone)
    output.show(both, lambda: _side_by_side(both))


def _side_by_side(both: dict[str, Any]) -> None:
    from rich.columns import Columns
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    console = Console(highlight=False)
    width = max(console.width // 2 - 1, 40)
    sides = [
        Panel(Text(both[name]["content_markdown"]), title=f"{name}, {both[name]['statements']} statements", width=width)
        for name in ("deterministic", "model_backed")
    ]
    console.print(Columns(sides, padding=0))
    console.print(Text(f"Both from {both['input_context_hash']}.", "dim"))
