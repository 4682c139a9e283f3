"""`alicebot charter`: what you agreed with your agents. What its front matter says is enforced."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.errors import Conflict, InvalidInput, NotConfigured


@click.group(cls=Group)
def group() -> None:
    """What you agreed with your agents, and what of it is enforced: show, edit."""


@group.command()
@click.option("--version", type=click.IntRange(0), help="The revision; else the one that stands.")
def show(version: int | None) -> None:
    """Show the charter, word for word, and which revisions there are."""
    from alice.services.agency import charters

    with brain.opened() as opened:
        told = charters.show(opened.actor, version=version)
    output.show(told, lambda: _print(told))


def _print(told: dict[str, Any]) -> None:
    click.echo(told["content_markdown"].rstrip("\n"))
    click.echo()
    if told["is_default"]:
        click.echo("This is a proposal, which keeps nothing from agents; `alicebot charter edit` makes it yours.")
    for revision in told["revisions"]:
        here = " (shown)" if revision["version"] == told["version"] else ""
        click.echo(f"revision {revision['version']}, {revision['saved_at'].astimezone():%Y-%m-%d %H:%M}{here}")


@group.command()
@click.option("--file", "path", metavar="FILE", help="Take the text from this file instead; - is standard input.")
def edit(path: str | None) -> None:
    """Write the charter anew, in your editor ($VISUAL or $EDITOR) or from a file; it binds at once."""
    from alice.services.agency import charters

    with brain.opened() as opened:
        stands = charters.show(opened.actor)
        text = _read(path) if path else _edited(stands["content_markdown"])
        unchanged = path is None and text == stands["content_markdown"]
        try:
            told = stands if unchanged else charters.save(opened.actor, text, version=stands["version"])
        except (InvalidInput, Conflict) as error:
            if path is None:
                error.hint = _kept(opened.settings.home / "charter-draft.md", text)
            raise
    same = told["version"] == stands["version"]
    said = "Nothing was changed." if same else f"Saved as revision {told['version']}; it binds from now on."
    output.show(told, lambda: click.echo(said))


def _read(path: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).expanduser().read_bytes()
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput({"--file": "is not UTF-8 text."}) from None
    except OSError as error:
        raise InvalidInput({"--file": f"cannot be read: {error.strerror}."}) from None


def _kept(draft: Path, text: str) -> str:
    """Keep what was typed and could not be saved, and return how to go on with it."""
    from alice.files import write_private

    write_private(draft, text)
    return f"Your text is kept. Mend it, then: alicebot charter edit --file {draft}"


def _edited(text: str) -> str:
    """Return the text as the editor left it; the same when it was closed without saving."""
    if not _is_at_a_terminal():
        raise NotConfigured("There is no terminal for an editor.", "Hand the text over: alicebot charter edit --file -")
    try:
        return click.edit(text, extension=".md") or text
    except click.ClickException as error:
        raise NotConfigured(error.format_message(), "Set EDITOR, or use --file.") from None


def _is_at_a_terminal() -> bool:
    return sys.stdin.isatty()
