"""`alicebot vnext migrations`: how the database's shape compares with this code, and bringing it up to date."""

from __future__ import annotations

import click

from alice.cli import brain, output
from alice.cli.framework import Group


@click.group(cls=Group)
def group() -> None:
    """The database's shape: status, apply."""


@group.command()
def status() -> None:
    """Say whether the database is up to date."""
    from alice.db import database, migrate

    url = database.dsn(brain.settings(), say=brain.say)
    server = database.probe(url)
    state = migrate.status(url)
    output.show(state | {"roles": server.app_role}, lambda: output.pairs(_brief(state)))


def _brief(state: dict[str, object]) -> dict[str, object]:
    listed = {"pending", "missing_tables", "applied"}
    return {
        name: output.join(value) if name in listed and isinstance(value, list) else value
        for name, value in state.items()
        if name != "required_tables"
    }


@group.command()
def apply() -> None:
    """Bring the database up to date; running it twice, or in two places at once, is safe."""
    from alice.db import database, migrate

    url = database.dsn(brain.settings(), say=brain.say)
    database.probe(url)
    done = migrate.apply(url)
    said = f"Applied {len(done)}: {output.join(done)}." if done else "Nothing to do: the database is up to date."
    output.show({"status": "ok", "applied": done}, lambda: click.echo(said))
