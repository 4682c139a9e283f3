"""`alicebot vnext connectors`: the ways evidence comes in, how they are set and how they fare."""

from __future__ import annotations

import json
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group, limit_option
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput

LATE = {
    "telegram": ("alice.cli.vnext.telegram:group", "Telegram, read-only: login, configure, test, sync, import."),
    "local-folder": ("alice.cli.vnext.local_folder:group", "Folders of notes: add-path, remove-path, sync, watch."),
    "browser-clipper": ("alice.cli.vnext.browser_clipper:group", "Clips of web pages: capture, bookmarklet, token."),
    "agent-output": ("alice.cli.vnext.agents:output_group", "What agents make: ingest."),
    "quarantine": ("alice.cli.vnext.quarantine:group", "What could not be taken: list, retry, dismiss."),
}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """The ways evidence comes in: list, status, health, configure, sync, and one group for each."""


@group.command("list")
@limit_option
def list_connectors(limit: int) -> None:
    """Show every connector and how it is set."""
    from alice.queries import connectors

    with brain.opened() as opened:
        told = output.first(connectors.listed(opened.scope), limit)
    columns = {
        "name": lambda c: c["connector_name"],
        "on": lambda c: c["enabled"],
        "mode": lambda c: c["sync_mode"],
        "every": lambda c: f"{c['poll_interval_seconds']} s" if c["sync_mode"] == "poll" else None,
        "domain": lambda c: c["default_domain"],
        "sensitivity": lambda c: c["default_sensitivity"],
    }
    output.show(told, lambda: output.table(told["items"], columns, empty="There are no connectors."))


@group.command()
@click.argument("name", required=False)
def status(name: str | None) -> None:
    """Say how NAME is set and fares; without NAME, every connector in a sentence."""
    from alice.services.connecting import connectors

    with brain.opened() as opened:
        told = connectors.standing(opened.actor, name, settings=opened.settings)
    if name is None:
        output.show(told, lambda: click.echo("\n".join(item["says"] for item in told["items"])))
        return
    listed = {key: output.join(value) if isinstance(value, list) else value for key, value in told.items()}
    output.show(told, lambda: output.pairs(listed | {"quarantine": len(told["quarantine"])}))


@group.command()
def health() -> None:
    """Say whether evidence arrives, and if not, since when and why."""
    from alice.services.connecting import connectors

    with brain.opened() as opened:
        told = connectors.standing(opened.actor, None, settings=opened.settings)
    columns = {
        "name": lambda c: c["connector_name"],
        "last worked": lambda c: c["last_success_at"],
        "seen": lambda c: c["items_seen"],
        "captured": lambda c: c["items_captured"],
        "known": lambda c: c["items_deduped"],
        "rejected": lambda c: c["items_rejected"],
        "failed": lambda c: c["items_failed"],
    }
    foot = "\n".join(_says(told["items"], told["arriving"]["message"]))
    output.show(told, lambda: output.table(told["items"], columns, empty="There are no connectors.", foot=foot))


def _says(items: list[dict[str, Any]], arriving: str) -> list[str]:
    """Return whether evidence arrives, unless one connector's own sentence is the answer, and what each has to say."""
    own = [item["says"] for item in items]
    return own if any(one in arriving for one in own) else [arriving, *own]


@group.command()
@click.argument("name")
@click.option("--enabled/--disabled", default=None, help="Switch it on or off.")
@click.option("--domain", type=click.Choice([d.value for d in Domain]), help="What it brings belongs there.")
@click.option("--sensitivity", type=click.Choice([s.value for s in Sensitivity]), help="How private what it brings is.")
@click.option("--sync-mode", type=click.Choice(["manual", "poll", "push"]), help="How evidence gets in.")
@click.option("--poll-interval", type=int, metavar="SECONDS", help="How often it looks, when it polls.")
@click.option("--secret-ref", metavar="REF", help="env:NAME, keyring:NAME or file:NAME; never the secret itself.")
@click.option("--option", "options", multiple=True, metavar="NAME=JSON", help="An option of its own; null removes it.")
@click.option("--version", "expected", type=int, help="Only if it is still at this version.")
def configure(name: str, options: tuple[str, ...], expected: int | None, **given: Any) -> None:
    """Change how NAME is set; what is not named stays."""
    from alice.services.connecting import connectors

    names = {"domain": "default_domain", "sensitivity": "default_sensitivity", "poll_interval": "poll_interval_seconds"}
    changes = {names.get(key, key): value for key, value in given.items() if value is not None}
    if options:
        changes["options"] = dict(map(_option, options))
    with brain.opened() as opened:
        told = connectors.configure(
            opened.actor, name, changes, settings=opened.settings, any_folder=True, version=expected
        )
    output.show(told, lambda: output.pairs(told))


def _option(text: str) -> tuple[str, Any]:
    """Return `NAME=JSON` as a pair; what is not JSON is text."""
    name, equals, value = text.partition("=")
    if not equals:
        raise InvalidInput({"option": f"{text!r} must be written as NAME=VALUE."})
    try:
        return name, json.loads(value)
    except (ValueError, RecursionError):
        return name, value


@group.command()
@click.argument("name")
def sync(name: str) -> None:
    """Fetch what is new by the connector NAME."""
    run(name)


def run(name: str) -> None:
    """Sync `name` with progress, and print what came of it."""
    from alice.services.connecting import connectors

    with brain.opened() as opened, output.progress(f"Syncing {name}") as tell:
        told = connectors.sync(opened.actor, name, settings=opened.settings, progress=tell)
    output.show(told, lambda: click.echo(said(told)))


def _named(error: dict[str, str]) -> str:
    known = error["external_id"] in error["message"]
    return error["message"] if known else f"{error['external_id']}: {error['message']}"


def said(told: dict[str, Any]) -> str:
    """Return what a sync did, in a few lines."""
    words = (("imported_count", "new"), ("revised_count", "of them edits"), ("moved_count", "moved"),
             ("gone_count", "gone"), ("duplicate_count", "known already"), ("skipped_count", "unchanged or waiting"),
             ("rejected_count", "not taken"), ("forgotten_count", "forgotten"), ("failed_count", "failed"))  # fmt: skip
    counts = [f"{told[key]:,} {word}" for key, word in words if told.get(key)]
    lines = [f"Looked at {told['item_count']:,}: {', '.join(counts) or 'nothing new'}."]
    lines += [f"  {one['place']} {one['message']}" for one in told.get("rejected", [])[:20]]
    lines += [f"  {_named(one)}" for one in told["errors"]]
    if told.get("not_before"):
        lines.append(f"It wants silence until {told['not_before']:%Y-%m-%d %H:%M} UTC; what is new is read then.")
    return "\n".join(lines)
