"""`alicebot vnext connectors browser-clipper`: hand in a clip, print the bookmarklet, make the capture token."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput


@click.group(cls=Group)
def group() -> None:
    """Clips of web pages: capture, bookmarklet, token."""


@group.command()
@click.argument("file", required=False)
@click.option("--url", help="The address of the page.")
@click.option("--title", help="What to call it; else what the page says.")
@click.option("--selected-text", help="The words that were selected.")
@click.option("--page-text", help="The words of the page.")
@click.option("--html-file", type=click.Path(), help="The page itself, saved as HTML; its readable part is kept.")
@click.option("--user-note", help="What you say about it.")
@click.option("--captured-at", metavar="TIME", help="When it was clipped, such as 2026-03-04T12:00:00Z.")
@click.option("--domain", type=click.Choice([d.value for d in Domain]))
@click.option("--sensitivity", type=click.Choice([s.value for s in Sensitivity]))
def capture(file: str | None, html_file: str | None, **given: str | None) -> None:
    """Keep a clip for review: from FILE, a JSON object with these fields (`-` reads standard input), or by options."""
    from alice import inputs
    from alice.services.evidence import clips

    told = _object(_text("file", file)) if file else {}
    told |= {name: value for name, value in given.items() if value is not None}
    told |= {"html": _text("html_file", html_file)} if html_file else {}
    clip = clips.Clip(**inputs.parse(inputs.CaptureClip, told).model_dump())
    with brain.opened() as opened:
        done = clips.keep(opened.actor, clip, zone=opened.settings.timezone).as_dict()
    output.show(done, lambda: click.echo(_said(done)))


def _text(name: str, place: str) -> str:
    """Return what lies at `place`, a file or `-`; raise InvalidInput naming the argument."""
    try:
        return sys.stdin.read() if place == "-" else Path(place).expanduser().read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput({name: f"{place} cannot be read: {error.strerror}."}) from None
    except UnicodeDecodeError:
        raise InvalidInput({name: f"{place} is not UTF-8 text."}) from None


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidInput({"file": 'is not JSON; give an object such as {"url": …, "page_text": …}.'}) from None
    if not isinstance(found, dict):
        raise InvalidInput({"file": "must be a JSON object with fields."})
    return found


def _said(told: dict[str, Any]) -> str:
    if told["duplicate"]:
        return f"Known already: nothing was stored. It is source {told['source_id']}."
    return f"Kept as source {told['source_id']}, for review: {told['chunk_count']} passages."


@group.command()
@click.option("--source", "readable", is_flag=True, help="As it is meant to be read, not as it is dragged.")
def bookmarklet(readable: bool) -> None:
    """Print the bookmarklet: the address of a bookmark that brings a page to Alice. There is no secret in it."""
    from alice.services.access import bookmarklets

    settings = brain.settings()
    told = {"bookmarklet": bookmarklets.link(settings), "source": bookmarklets.source(settings),
            "drag_from": f"{settings.console_url}/vnext/clip"}  # fmt: skip
    output.show(told, lambda: click.echo(told["source" if readable else "bookmarklet"]))


@group.command()
@click.option("--remove", "back", is_flag=True, help="Take the token back; nothing but keys hands in clips then.")
def token(back: bool) -> None:
    """Make a capture token, for an extension or script that hands in clips; the one before is void from now on."""
    from alice.services.access import capture_tokens

    with brain.opened() as opened:
        home = opened.settings.home
        if back:
            removed = {"removed": capture_tokens.remove(opened.actor, home=home)}
            return output.show(removed, lambda: click.echo("Gone." if removed["removed"] else "There was none."))
        made = {"capture_token": capture_tokens.make(opened.actor, home=home), "header": "X-Alice-Capture-Token",
                "url": f"{opened.settings.console_url}/v0/vnext/connectors/browser-clipper/capture"}  # fmt: skip
    output.show(made, lambda: click.echo(_shown(made)))
    return None


def _shown(made: dict[str, str]) -> str:
    return f"{made['capture_token']}\nIt is shown this once. Send it as {made['header']} to {made['url']}."
