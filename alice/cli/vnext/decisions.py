"""`alicebot vnext decisions`: what was decided on anything, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short
from alice.inputs.memories import DecidedKind

COLUMNS: output.Columns = {
    "when": lambda one: one["decided_at"],
    "id": lambda one: short(one["id"]),
    "what": lambda one: f"{one['action']} {one['subject_kind'].replace('_', ' ')} {short(one['subject_id'])}",
    "by": lambda one: one["decided_by"],
    "why": lambda one: one["reason"],
}


@click.group(cls=Group)
def group() -> None:
    """What was decided: list, undo."""


@group.command("list")
@click.option("--kind", "subject_kind", type=click.Choice(get_args(DecidedKind)), help="Only on this kind of thing.")
@click.option("--subject", "subject_id", type=click.UUID, help="Only on the thing with this id.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on, YYYY-MM-DD.")
@limit_option
@cursor_option
def list_decisions(since: datetime | None, **wanted: Any) -> None:
    """Show what was decided, the newest first."""
    from zoneinfo import ZoneInfo

    from alice.queries.ledger import decisions

    with brain.opened() as opened:
        moment = since.replace(tzinfo=ZoneInfo(opened.settings.timezone)) if since else None
        page = decisions.page(opened.scope, since=moment, **wanted)
    output.page(page, COLUMNS, empty="Nothing was decided.")


@group.command()
@identifier("decision_id", "decision")
@click.option("--reason", help="Why; it is kept with the decision.")
def undo(decision_id: UUID, reason: str | None) -> None:
    """Take a decision back, with all that was decided in the same act."""
    from alice.services.reviewing import undoing

    with brain.opened() as opened:
        done = undoing.undo(opened.actor, decision_id, reason=reason)
    count = len(done["items"])
    output.show(done, lambda: click.echo(f"Took {done['action']} back; {count} thing{'' if count == 1 else 's'} stand"
                                         f"{'s' if count == 1 else ''} as before."))  # fmt: skip
