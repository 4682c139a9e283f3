"""`alicebot vnext open-loops`: what somebody has to do, answer or wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import Identifier, identifier, short
from alice.cli.reviews import DOMAIN, SENSITIVITY, said, told, why
from alice.domain.vocab import LoopKind, LoopStatus

DAY = click.DateTime(["%Y-%m-%d"])
KIND = click.Choice([k.value for k in LoopKind])

COLUMNS: output.Columns = {
    "due": lambda loop: loop["due_on"],
    "id": lambda loop: short(loop["id"]),
    "who": lambda loop: loop["owner"],
    "what": lambda loop: loop["text"],
    "status": lambda loop: loop["status"],
}


@click.group(cls=Group)
def group() -> None:
    """What somebody has to do: list, show, add, edit, accept, close, snooze, reopen, reject, merge, undo."""


@group.command("list")
@limit_option
@click.option("--status", type=click.Choice([s.value for s in LoopStatus]), help="Only in this state.")
@click.option("--owner", help="Only what this person has to do.")
@cursor_option
def list_loops(limit: int, status: str | None, owner: str | None, cursor: str | None) -> None:
    """Show loops that need somebody, the newest first."""
    from alice.queries.library import loops

    with brain.opened() as opened:
        page = loops.page(opened.scope, status=status, owner=owner, limit=limit, cursor=cursor)
    empty = "No loop is open." if status is None and owner is None else "No loop is as you asked."
    output.page(page, COLUMNS, empty=empty)


@group.command()
@identifier("loop_id", "open loop")
def show(loop_id: Any) -> None:
    """Show one loop with the words it was drawn from."""
    from alice.queries.library import loops

    with brain.opened() as opened:
        found = loops.get(opened.scope, loop_id)
    output.show(found, lambda: output.pairs(found))


@group.command()
@click.argument("text")
@click.option("--owner", help="Who has to act; me for yourself.")
@click.option("--waiting-for", help="Who or what is waited for.")
@click.option("--due", "due_on", type=DAY, help="The day it is due, YYYY-MM-DD.")
@click.option("--kind", "loop_kind", type=KIND, default="task", show_default=True)
@click.option("--domain", type=DOMAIN, default="unknown", show_default=True)
@click.option("--sensitivity", type=SENSITIVITY, default="unknown", show_default=True)
@click.option("--project", "project_id", type=Identifier("project"), help="The id of the project it belongs to.")
def add(**values: Any) -> None:
    """Add TEXT as an open loop of your own."""
    from alice import inputs
    from alice.inputs import reviews as review_inputs
    from alice.services.reviewing import loops

    given = inputs.parse(review_inputs.AddLoop, _days(values))
    with brain.opened() as opened:
        found = loops.add(opened.actor, loops.NewLoop(**given.model_dump()))
    known = "Known already, and open: " if found["duplicate"] else "Added: "
    output.show(found, lambda: click.echo(f"{known}{found['text']}"))


@group.command()
@identifier("loop_id", "open loop")
@click.option("--text", help="What is to be done.")
@click.option("--owner", help="Who has to act; '' for nobody.")
@click.option("--waiting-for", help="Who or what is waited for; '' for nobody.")
@click.option("--due", "due_on", type=DAY, help="The day it is due, YYYY-MM-DD.")
@click.option("--kind", "loop_kind", type=KIND)
@click.option("--domain", type=DOMAIN)
@click.option("--sensitivity", type=SENSITIVITY)
@click.option("--project", "project_id", type=Identifier("project"), help="The id of the project it belongs to.")
@why
def edit(loop_id: UUID, reason: str | None, version: int | None, **values: Any) -> None:
    """Change a loop; what is not said stays, and a candidate is open from then on."""
    wanted = said(**_days(values))
    if wanted is None:
        raise click.UsageError("Say what to change: --text, --owner, --due …")
    _review(loop_id, "edit", edit=wanted, reason=reason, version=version)


@group.command()
@identifier("loop_id", "open loop")
@click.option(
    "--into", required=True, type=Identifier("open loop"), help="The id of the loop that this one says again."
)
@why
def merge(loop_id: UUID, into: UUID, reason: str | None, version: int | None) -> None:
    """Close a loop that another one says already; its words stand behind that one then."""
    _review(loop_id, "merge", into=into, reason=reason, version=version)


@group.command()
@identifier("loop_id", "open loop")
@click.option("--until", required=True, type=DAY, help="The day it comes back, YYYY-MM-DD.")
@why
def snooze(loop_id: UUID, until: datetime, reason: str | None, version: int | None) -> None:
    """Put a loop aside until a day."""
    _review(loop_id, "snooze", until=until, reason=reason, version=version)


@group.command()
@identifier("loop_id", "open loop")
@click.option("--reason", help="Why; it is kept with the decision.")
def undo(loop_id: UUID, reason: str | None) -> None:
    """Take the newest decision on a loop back."""
    from alice.services.reviewing import undoing

    with brain.opened() as opened:
        done = undoing.undo_last(opened.actor, "open_loop", loop_id, reason=reason)
    output.show(done, told(done["items"][0]["subject"], "text"))


def _days(values: dict[str, Any]) -> dict[str, Any]:
    """Return options with days as days: click hands over midnight of one."""
    return {name: value.date() if isinstance(value, datetime) else value for name, value in values.items()}


def _decision(action: str, sentence: str) -> None:
    @group.command(action, help=sentence)
    @identifier("loop_id", "open loop")
    @why
    def decide(loop_id: UUID, reason: str | None, version: int | None) -> None:
        _review(loop_id, action, reason=reason, version=version)


for _action, _sentence in {
    "accept": "Agree that it is open.",
    "close": "It is done.",
    "reopen": "It is open after all.",
    "reject": "It was never a loop.",
}.items():
    _decision(_action, _sentence)


def _review(loop_id: UUID, action: str, *, until: datetime | None = None, **more: Any) -> None:
    from zoneinfo import ZoneInfo

    from alice.services.reviewing import loops

    with brain.opened() as opened:
        moment = until.replace(tzinfo=ZoneInfo(opened.settings.timezone)) if until else None
        found = loops.review(opened.actor, loop_id, action, until=moment, **more)
    output.show(found, told(found, "text"))
