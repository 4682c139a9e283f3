"""`alicebot vnext people`: people whom evidence names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short
from alice.cli.reviews import DOMAIN, SENSITIVITY, said, told, why
from alice.cli.vnext.projects import STATUS

COLUMNS: output.Columns = {
    "named": lambda p: str(p["last_seen_at"])[:10],
    "id": lambda p: short(p["id"]),
    "name": lambda p: p["name"],
    "handle": lambda p: p["handle"],
    "status": lambda p: p["status"],
}


@click.group(cls=Group)
def group() -> None:
    """People: list, show, review."""


@group.command("list")
@limit_option
@click.option("--status", type=STATUS, help="Only in this state; else those that were not rejected.")
@cursor_option
def list_people(limit: int, status: str | None, cursor: str | None) -> None:
    """Show people, the last named first."""
    from alice.queries.library import people

    with brain.opened() as opened:
        page = people.page(opened.scope, status=status, limit=limit, cursor=cursor)
    output.page(page, COLUMNS, empty="Nobody was named yet.")


@group.command()
@identifier("person_id", "person")
def show(person_id: UUID) -> None:
    """Show one person with the newest words that name them."""
    from alice.queries.library import people

    with brain.opened() as opened:
        found = people.get(opened.scope, person_id)
    output.show(found, lambda: output.pairs(found))


@group.command()
@identifier("person_id", "person")
@click.option("--action", required=True, type=click.Choice(["accept", "edit", "reject", "reopen"]))
@click.option("--name", help="With edit: what they are called.")
@click.option("--handle", help="With edit: how they sign.")
@click.option("--domain", type=DOMAIN)
@click.option("--sensitivity", type=SENSITIVITY)
@why
def review(person_id: UUID, action: str, reason: str | None, version: int | None, **values: Any) -> None:
    """Decide on a person."""
    from alice.services.reviewing import people

    with brain.opened() as opened:
        found = people.review(opened.actor, person_id, action, edit=said(**values), reason=reason, version=version)
    output.show(found, told(found, "name"))
