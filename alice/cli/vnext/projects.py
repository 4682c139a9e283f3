"""`alicebot vnext projects`: projects, and the new states that scans propose for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import Identifier, identifier, short
from alice.cli.reviews import DOMAIN, SENSITIVITY, said, told, why

STATUS = click.Choice(["candidate", "accepted", "rejected"])
COLUMNS: output.Columns = {
    "seen": lambda p: str(p["last_seen_at"])[:10],
    "id": lambda p: short(p["id"]),
    "name": lambda p: p["name"],
    "status": lambda p: p["status"],
    "state": lambda p: p["state"],
}
UPDATES: output.Columns = {
    "made": lambda u: u["created_at"],
    "id": lambda u: short(u["id"]),
    "project": lambda u: u["project_id"],
    "status": lambda u: u["status"],
    "adds": lambda u: "\n".join(u["added"]),
}


@click.group(cls=Group)
def group() -> None:
    """Projects: list, add, show, review, updates, review-update."""


@group.command("list")
@limit_option
@click.option("--status", type=STATUS, help="Only in this state; else those that were not rejected.")
@cursor_option
def list_projects(limit: int, status: str | None, cursor: str | None) -> None:
    """Show projects, the last seen first."""
    from alice.queries.library import projects

    with brain.opened() as opened:
        page = projects.page(opened.scope, status=status, limit=limit, cursor=cursor)
    output.page(page, COLUMNS, empty="No project is known yet.")


@group.command()
@click.argument("name")
@click.option("--state", help="Where it stands.")
@click.option("--domain", type=DOMAIN, default="project", show_default=True)
@click.option("--sensitivity", type=SENSITIVITY, default="unknown", show_default=True)
def add(**values: Any) -> None:
    """Add a project called NAME."""
    from alice import inputs
    from alice.inputs import reviews as review_inputs
    from alice.services.reviewing import projects

    given = inputs.parse(review_inputs.AddProject, values)
    with brain.opened() as opened:
        found = projects.add(opened.actor, **given.model_dump())
    known = "Known already, and accepted: " if found["duplicate"] else "Added: "
    output.show(found, lambda: click.echo(f"{known}{found['name']}, {found['id']}"))


@group.command()
@identifier("project_id", "project")
def show(project_id: UUID) -> None:
    """Show one project with the updates that were proposed for it."""
    from alice.queries.library import projects

    with brain.opened() as opened:
        found = projects.get(opened.scope, project_id)
    output.show(found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    output.pairs({name: value for name, value in found.items() if name != "updates"})
    output.table(found["updates"], UPDATES, empty="\nNo update was proposed.")


@group.command()
@identifier("project_id", "project")
@click.option("--action", required=True, type=click.Choice(["accept", "edit", "reject", "reopen"]))
@click.option("--name", help="With edit: what it is called.")
@click.option("--state", help="With edit: where it stands.")
@click.option("--domain", type=DOMAIN)
@click.option("--sensitivity", type=SENSITIVITY)
@why
def review(project_id: UUID, action: str, reason: str | None, version: int | None, **values: Any) -> None:
    """Decide on a project."""
    from alice.services.reviewing import projects

    with brain.opened() as opened:
        found = projects.review(
            opened.actor, project_id, action, edit=said(**values), reason=reason, version=version
        )  # fmt: skip
    output.show(found, told(found, "name"))


@group.command()
@limit_option
@click.option(
    "--status",
    type=click.Choice(["candidate", "accepted", "rejected", "superseded"]),
    default="candidate",
    show_default=True,
)
@click.option("--project", "project_id", type=Identifier("project"), help="Only of this project.")
@cursor_option
def updates(limit: int, status: str | None, project_id: UUID | None, cursor: str | None) -> None:
    """Show the new states that scans proposed, the newest first."""
    from alice.queries.library import projects

    with brain.opened() as opened:
        page = projects.updates(opened.scope, status=status, project_id=project_id, limit=limit, cursor=cursor)
    output.page(page, UPDATES, empty="No update waits.")


@group.command("review-update")
@identifier("update_id", "project update")
@click.option("--action", required=True, type=click.Choice(["accept", "edit", "reject"]))
@click.option("--edit", help="With edit: the state to keep.")
@why
def review_update(update_id: UUID, action: str, edit: str | None, reason: str | None, version: int | None) -> None:
    """Accept, edit or reject a proposed update; a rejected one does not return without new evidence."""
    from alice.services.reviewing import project_updates

    with brain.opened() as opened:
        found = project_updates.review(opened.actor, update_id, action, edit=edit, reason=reason, version=version)
    output.show(found, told(found, "suggested_state"))
