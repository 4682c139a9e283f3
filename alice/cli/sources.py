"""`alicebot vnext sources`: take in text and files, list and show what came in."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Sensitivity

DOMAIN = click.Choice([d.value for d in Domain])
SENSITIVITY = click.Choice([s.value for s in Sensitivity])


LATE = {"remove-import": ("alice.cli.imports:remove_import", "Take an import back, after a preview.")}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """Evidence: capture, list, show, remove-import."""


@group.command("capture-text")
@click.argument("text")
@click.option("--title", help="What to call it; otherwise its first line.")
@click.option("--occurred-at", type=click.DateTime(), help="When it happened; otherwise now, or what the text says.")
@click.option("--domain", type=DOMAIN, default="unknown", show_default=True)
@click.option("--sensitivity", type=SENSITIVITY, default="unknown", show_default=True)
def capture_text(text: str, title: str | None, occurred_at: datetime | None, domain: str, sensitivity: str) -> None:
    """Keep TEXT, word for word; `-` reads standard input."""
    words = sys.stdin.read() if text == "-" else text
    item = Item(words, title=title, domain=Domain(domain), sensitivity=Sensitivity(sensitivity))
    _capture(item, occurred_at)


@group.command("capture-file")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--title", help="What to call it; otherwise its heading or its name.")
@click.option("--domain", type=DOMAIN, default="unknown", show_default=True)
@click.option("--sensitivity", type=SENSITIVITY, default="unknown", show_default=True)
def capture_file(path: Path, title: str | None, domain: str, sensitivity: str) -> None:
    """Keep the text of the file at PATH; the file itself is only read."""
    from alice.services import folder_reading

    item = Item(
        folder_reading.named(path),
        title=title,
        name=path.name,
        uri=path.absolute().as_uri(),
        domain=Domain(domain),
        sensitivity=Sensitivity(sensitivity),
    )
    _capture(item, None)


def _capture(item: Item, occurred_at: datetime | None) -> None:
    from dataclasses import replace
    from zoneinfo import ZoneInfo

    from alice.services import capture

    with brain.opened() as opened:
        zone = opened.settings.timezone
        when = occurred_at.replace(tzinfo=ZoneInfo(zone)) if occurred_at else None
        done = capture.capture(opened.actor, replace(item, occurred_at=when), zone=zone)
    told = done.as_dict()
    output.show(told, lambda: click.echo(_said(told)))


def _said(told: dict[str, object]) -> str:
    if told["duplicate"]:
        return f"Known already: nothing was stored. It is source {told['source_id']}."
    return (
        f"Kept as source {told['source_id']}: {told['chunk_count']} passages, "
        f"{told['candidate_memory_count']} candidate memories, {told['open_loop_count']} open loops to review."
    )


@group.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0), help="How many; 0 for all.")
@click.option("--status", help="new, reviewed or archived.")
@click.option("--connector", help="Only what came in this way.")
@click.option("--cursor", help="Go on after the last answer's `next`.")
def list_sources(limit: int, status: str | None, connector: str | None, cursor: str | None) -> None:
    """Show what came in, the newest first."""
    from alice.queries import sources

    with brain.opened() as opened:
        page = sources.page(opened.scope, status=status, connector=connector, limit=limit, cursor=cursor)
    columns = {
        "happened": lambda s: str(s["occurred_at"])[:10],
        "id": lambda s: s["id"],
        "from": lambda s: s["connector"],
        "title": lambda s: s["title"],
        "status": lambda s: s["status"],
    }
    foot = f"{len(page.items)} of {page.total}."
    output.show(page.as_dict(), lambda: output.table(page.items, columns, empty="Nothing came in yet.", foot=foot))


@group.command()
@click.argument("source_id", metavar="ID", type=click.UUID)
def show(source_id: UUID) -> None:
    """Show one source with its text and what was drawn from it."""
    from alice.queries import sources

    with brain.opened() as opened:
        found = sources.get(opened.scope, source_id)
    output.show(found, lambda: _print(found))


def _print(found: dict[str, object]) -> None:
    short = {k: found[k] for k in ("id", "title", "connector", "occurred_at", "captured_at", "status", "sensitivity")}
    output.pairs(short)
    click.echo(f"\n{found['content_text']}")
