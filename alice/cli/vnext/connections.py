"""`alicebot vnext connections`: ties between things that reports propose."""

from __future__ import annotations

from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short
from alice.cli.reviews import told, why
from alice.domain.vocab import EdgeStatus

COLUMNS: output.Columns = {
    "made": lambda e: e["created_at"],
    "id": lambda e: short(e["id"]),
    "from": lambda e: f"{e['from_kind']} {short(e['from_id'])}",
    "to": lambda e: f"{e['to_kind']} {short(e['to_id'])}",
    "by": lambda e: f"{e['explanation']}: {output.join(e['shared'])}",
    "status": lambda e: e["status"],
}


@click.group(cls=Group)
def group() -> None:
    """Connections: list, show, review."""


@group.command("list")
@limit_option
@click.option("--status", type=click.Choice([s.value for s in EdgeStatus]), help="Only in this state.")
@cursor_option
def list_connections(limit: int, status: str | None, cursor: str | None) -> None:
    """Show connections, the newest first."""
    from alice.queries.library import graph

    with brain.opened() as opened:
        page = graph.page(opened.scope, status=status, limit=limit, cursor=cursor)
    empty = "No connection was proposed yet: `alicebot vnext artifacts generate connection_report` looks for some."
    output.page(page, COLUMNS, empty=empty)


@group.command()
@identifier("edge_id", "connection")
def show(edge_id: UUID) -> None:
    """Show one connection with the words of both ends."""
    from alice.queries.library import graph

    with brain.opened() as opened:
        found = graph.get(opened.scope, edge_id)
    output.show(found, lambda: output.pairs(found))


@group.command()
@identifier("edge_id", "connection")
@click.option("--action", required=True, type=click.Choice(["accept", "reject"]))
@why
def review(edge_id: UUID, action: str, reason: str | None, version: int | None) -> None:
    """Accept or reject a connection; a rejected one does not come back."""
    from alice.services.reviewing import graph

    with brain.opened() as opened:
        found = graph.review(opened.actor, edge_id, action, reason=reason, version=version)
    output.show(found, told(found, "explanation"))
