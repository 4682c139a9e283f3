"""`alicebot up`, `serve`, `down`, `open` and `status`: the whole of Alice on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from alice.cli import brain, output
from alice.cli.framework import Command


@click.command(cls=Command)
@click.option("--notes", type=click.Path(path_type=Path), help="Take in this folder, and make a first brief of it.")
@click.option("--me", multiple=True, help="Your name as notes spell it; repeat it for more spellings.")
@click.option("--detach", is_flag=True, help="Leave everything running and come back to the prompt.")
def up(notes: Path | None, me: tuple[str, ...], detach: bool) -> None:
    """Start the database, the console and the scheduler; Ctrl-C stops them.

    With --notes the folder is taken in, a Daily Brief is set for 07:00 every day, and a first one is made and shown.
    """
    from alice.cli import starting

    starting.up(brain.settings(), notes=notes, names=me, detach=detach)


@click.command(cls=Command)
def serve() -> None:
    """Serve the console and the API here until stopped; `up` does this and the rest."""
    from alice.cli import starting

    starting.serve(brain.settings())


@click.command(cls=Command)
@click.option("--purge", is_flag=True, help="Also remove everything of this ALICE_HOME, the database with it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def down(purge: bool, yes: bool) -> None:
    """Stop everything that runs for this ALICE_HOME."""
    from alice.cli import stopping

    settings = brain.settings()
    if purge and not yes:
        click.confirm(stopping.warning(settings), abort=True)
    done = stopping.down(settings, purge=purge)
    output.show(done, lambda: click.echo(done["message"]))


@click.command("open", cls=Command)
@click.option("--print", "print_only", is_flag=True, help="Only print the link.")
def open_console(print_only: bool) -> None:
    """Open the console in the browser, by a link that signs in once and lasts a few minutes."""
    from alice import clock
    from alice.services.access import sessions

    link = sessions.sign_in_link(brain.settings(), now=clock.now())
    opened = not print_only and not output.as_json() and click.launch(link) == 0
    output.show({"url": link}, lambda: click.echo("Opened the console." if opened else link))


@click.command(cls=Command)
def status() -> None:
    """Say what runs: the database, the console, the scheduler."""
    from alice.cli import stopping

    told = stopping.standing(brain.settings())
    output.show(told, lambda: output.pairs({name: part["sentence"] for name, part in told.items()}))
