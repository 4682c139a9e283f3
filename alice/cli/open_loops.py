"""`alicebot vnext open-loops`: what somebody has to do, answer or wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.domain.vocab import LoopStatus

COLUMNS: output.Columns = {
    "due": lambda loop: loop["due_on"],
    "id": lambda loop: loop["id"],
    "who": lambda loop: loop["owner"],
    "what": lambda loop: loop["text"],
    "status": lambda loop: loop["status"],
}


@click.group(cls=Group)
def group() -> None:
    """What somebody has to do: list, show, accept, close, snooze, reopen, reject."""


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="How many; 0 for all.")
@click.option("--status", type=click.Choice([s.value for s in LoopStatus]), help="Only in this state.")
@click.option("--owner", help="Only what this person has to do.")
@click.option("--cursor", help="Go on after the last answer's `next`.")
def list_loops(limit: int, status: str | None, owner: str | None, cursor: str | None) -> None:
    """Show loops that need somebody, the newest first."""
    from alice.queries import loops

    with brain.opened() as opened:
        page = loops.page(opened.scope, status=status, owner=owner, limit=limit, cursor=cursor)
    foot = f"{len(page.items)} of {page.total}."
    output.show(page.as_dict(), lambda: output.table(page.items, COLUMNS, empty="No loop is open.", foot=foot))


@group.command()
@click.argument("loop_id", metavar="ID", type=click.UUID)
def show(loop_id: Any) -> None:
    """Show one loop with the words it was drawn from."""
    from alice.queries import loops

    with brain.opened() as opened:
        found = loops.get(opened.scope, loop_id)
    output.show(found, lambda: output.pairs(found))


@group.command()
@click.argument("loop_id", metavar="ID", type=click.UUID)
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day it comes back, YYYY-MM-DD.")
def snooze(loop_id: Any, until: datetime) -> None:
    """Put a loop aside until a day."""
    _review(loop_id, "snooze", until=until)


def _decision(action: str, sentence: str) -> None:
    @group.command(action, help=sentence)
    @click.argument("loop_id", metavar="ID", type=click.UUID)
    @click.option("--reason", help="Why, kept with the decision.")
    def decide(loop_id: Any, reason: str | None) -> None:
        _review(loop_id, action, reason=reason)


for _action, _sentence in {
    "accept": "Agree that it is open.",
    "close": "It is done.",
    "reopen": "It is open after all.",
    "reject": "It was never a loop.",
}.items():
    _decision(_action, _sentence)


def _review(loop_id: Any, action: str, *, reason: str | None = None, until: datetime | None = None) -> None:
    from zoneinfo import ZoneInfo

    from alice.services import loops

    with brain.opened() as opened:
        moment = until.replace(tzinfo=ZoneInfo(opened.settings.timezone)) if until else None
        found = loops.review(opened.actor, loop_id, action, reason=reason, until=moment)
    output.show(found, lambda: click.echo(f"{found['status'].capitalize()}: {found['text']}"))
