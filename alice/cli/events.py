"""`alicebot vnext events`: the append-only log, and whether its chain holds."""

from __future__ import annotations

import click

from alice.cli import brain, output
from alice.cli.framework import Group


@click.group(cls=Group)
def group() -> None:
    """The append-only log: list, verify."""


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="How many; 0 for all.")
@click.option("--type", "event_type", help="Only events of this type, such as source.captured.")
@click.option("--cursor", help="Go on after the last answer's `next`.")
def list_events(limit: int, event_type: str | None, cursor: str | None) -> None:
    """Show what happened, the newest first."""
    from alice.queries import events

    with brain.opened() as opened:
        page = events.page(opened.scope, event_type=event_type, limit=limit, cursor=cursor)
    columns = {
        "when": lambda e: e["recorded_at"],
        "seq": lambda e: e["seq"],
        "what": lambda e: e["event_type"],
        "who": lambda e: e["actor"],
        "about": lambda e: f"{e['subject_kind']} {output.short(e['subject_id'])}",
    }
    output.show(page.as_dict(), lambda: output.table(page.items, columns, empty="Nothing has happened yet."))


@group.command()
def verify() -> int:
    """Walk the whole chain; exit 1 and name the first event that is not as it was written."""
    from alice.queries import events

    with brain.opened() as opened:
        report = events.verify(opened.scope)
    output.show(report, lambda: click.echo(report["message"]))
    return 0 if report["status"] == "ok" else 1
