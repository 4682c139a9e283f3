"""`alicebot vnext connectors quarantine`: the items that could not be taken, and what the owner decides about them."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short


@click.group(cls=Group)
def group() -> None:
    """What could not be taken: list, retry, dismiss."""


@group.command("list")
@click.option("--connector", help="Only of this connector.")
@click.option("--status", type=click.Choice(["waiting", "quarantined", "dismissed"]), help="Only what stands there.")
@limit_option
@cursor_option
def list_items(**given: Any) -> None:
    """Show what could not be taken, and why."""
    from alice.queries import connectors

    with brain.opened() as opened:
        page = connectors.quarantine(opened.scope, **given)
    columns = {
        "id": lambda i: short(i["id"]),
        "from": lambda i: i["connector_name"],
        "what": lambda i: i["external_id"],
        "status": lambda i: i["status"],
        "tries": lambda i: i["attempts"],
        "why": lambda i: i["reason"],
    }
    output.page(page, columns, empty="Everything could be taken.")


@group.command()
@identifier("item_id", "item in quarantine")
@click.option("--version", type=int, help="Only if it is still at this version.")
def retry(item_id: Any, version: int | None) -> None:
    """Try ID again at the next sync."""
    from alice.services.connecting import quarantine

    with brain.opened() as opened:
        told = quarantine.retry(opened.actor, item_id, version=version)
    output.show(told, lambda: click.echo(f"{told['external_id']} is tried again at the next sync."))


@group.command()
@identifier("item_id", "item in quarantine")
@click.option("--version", type=int, help="Only if it is still at this version.")
def dismiss(item_id: Any, version: int | None) -> None:
    """Leave ID for good."""
    from alice.services.connecting import quarantine

    with brain.opened() as opened:
        told = quarantine.dismiss(opened.actor, item_id, version=version)
    output.show(told, lambda: click.echo(f"{told['external_id']} is left alone."))
