"""`alicebot vnext events`: the append-only log, and whether its chain holds."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import short


@click.group(cls=Group)
def group() -> None:
    """The append-only log: list, verify."""


@group.command("list")
@limit_option
@click.option("--type", "event_type", help="Only events of this type, such as source.captured.")
@click.option("--actor", help="Only what this one did, such as owner or agent:openclaw.")
@click.option("--subject-kind", help="Only what happened to things of this kind, such as memory.")
@click.option("--subject-id", help="Only what happened to this one.")
@click.option("--after", type=click.IntRange(0), help="Only events with a number above this one.")
@click.option("--since", help="Only from this moment on, such as 2026-03-04T12:00:00Z.")
@click.option("--until", help="Only before this moment.")
@cursor_option
def list_events(limit: int, **said: Any) -> None:
    """Show what happened, the newest first."""
    from alice import inputs
    from alice.queries.ledger import events

    wanted = inputs.parse(inputs.ListEvents, {name: value for name, value in said.items() if value is not None})
    with brain.opened() as opened:
        page = events.page(opened.scope, **wanted.model_dump(exclude={"limit"}), limit=limit)
    columns = {
        "when": lambda e: e["recorded_at"],
        "seq": lambda e: e["seq"],
        "what": lambda e: e["event_type"],
        "who": lambda e: e["actor"],
        "about": lambda e: f"{e['subject_kind']} {short(e['subject_id'])}",
    }
    output.page(page, columns, empty="Nothing has happened yet.")


@group.command()
@click.option("--restored", is_flag=True, help="The log was restored from a backup: put the old anchors aside.")
def verify(restored: bool) -> int:
    """Walk the whole chain, and compare it with what was noted outside of the database.

    Exits 1 and names the first event that is not as it was written. When everything holds, notes how far the log has
    come under ALICE_HOME/anchors.
    """
    from alice.services import anchors

    with brain.opened() as opened:
        check = anchors.begin_anew if restored else anchors.verified
        report = check(opened.actor, settings=opened.settings)
    output.show(report, lambda: click.echo(report["message"]))
    return 0 if report["status"] == "ok" else 1
