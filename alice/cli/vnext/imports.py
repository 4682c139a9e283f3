"""`alicebot vnext sources remove-import`: takes an import back, after saying what goes and what stays."""

from __future__ import annotations

import sys
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Command


@click.command("remove-import", cls=Command)
@click.argument("what", metavar="CONNECTOR-OR-PATH")
@click.option("--yes", is_flag=True, help="Do it; without it, only say what would happen.")
def remove_import(what: str, yes: bool) -> None:
    """Take back what came by a connector or from a folder; what a person decided on stays."""
    from alice.services.evidence import removals

    with brain.opened() as opened:
        if not yes:
            told = removals.preview(opened.actor, what)
            output.show(told, lambda: _print(told))
            if output.as_json() or not sys.stdin.isatty() or not click.confirm("Take it back?"):
                return
        told = removals.remove(opened.actor, what, settings=opened.settings)
    output.show(told, lambda: _print(told))


def _print(told: dict[str, Any]) -> None:
    word = "Goes" if told["status"] == "preview" else "Gone"
    click.echo(f"{word}: {_counted(told['goes'])}.")
    stays = told["stays"]
    click.echo(f"Stays: {stays['sources']:,} sources{_because(stays['because'])}.")
    for item in stays["items"]:
        click.echo(f"  {item['title']}: {output.join(item['because'])}")


def _counted(goes: dict[str, int]) -> str:
    words = {"sources": "sources", "memory_count": "candidate memories", "open_loop_count": "candidate loops"}
    words |= {"person_count": "people", "project_count": "projects", "artifact_count": "unreviewed artifacts"}
    return output.join([f"{goes[name]:,} {word}" for name, word in words.items() if goes.get(name)])


def _because(reasons: dict[str, int]) -> str:
    return f" ({output.join([f'{count:,} {why}' for why, count in reasons.items()])})" if reasons else ""
