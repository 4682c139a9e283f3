"""`alicebot vnext sources`: take in text and files, list and show what came in, decide on it."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import Identifier, identifier, short
from alice.cli.reviews import DOMAIN, SENSITIVITY, said, told, why
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Sensitivity

LATE = {
    "forget": ("alice.cli.vnext.forgetting:forget_source", "Forget a source for good, after a preview."),
    "remove-import": ("alice.cli.vnext.imports:remove_import", "Take an import back, after a preview."),
}


@click.group(cls=Group, late=LATE)
def group() -> None:
    """Evidence: capture, list, show, review, archive, forget, remove-import."""


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
    from alice.services.folders import folder_reading

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

    from alice.services.evidence import capture

    with brain.opened() as opened:
        zone = opened.settings.timezone
        when = occurred_at.replace(tzinfo=ZoneInfo(zone)) if occurred_at else None
        done = capture.capture(opened.actor, replace(item, occurred_at=when), zone=zone)
    answer = done.as_dict()
    output.show(answer, lambda: click.echo(_said(answer)))


def _said(answer: dict[str, object]) -> str:
    if answer["duplicate"]:
        return f"Known already: nothing was stored. It is source {answer['source_id']}."
    again = " You had these words forgotten before." if answer.get("forgotten_at") else ""
    return (
        f"Kept as source {answer['source_id']}: {answer['chunk_count']} passages, "
        f"{answer['candidate_memory_count']} candidate memories, {answer['open_loop_count']} open loops to review."
        f"{again}"
    )


@group.command("list")
@limit_option
@click.option("--status", help="new, reviewed or archived.")
@click.option("--connector", help="Only what came in this way.")
@cursor_option
def list_sources(limit: int, status: str | None, connector: str | None, cursor: str | None) -> None:
    """Show what came in, the newest first."""
    from alice.queries.library import sources

    with brain.opened() as opened:
        page = sources.page(opened.scope, status=status, connector=connector, limit=limit, cursor=cursor)
    columns = {
        "happened": lambda s: str(s["occurred_at"])[:10],
        "id": lambda s: short(s["id"]),
        "from": lambda s: s["connector"],
        "title": lambda s: s["title"],
        "status": lambda s: s["status"],
    }
    empty = "Nothing came in yet." if status is None and connector is None else "No source is as you asked."
    output.page(page, columns, empty=empty)


@group.command()
@identifier("source_id", "source")
def show(source_id: UUID) -> None:
    """Show one source with its text and what was drawn from it."""
    from alice.queries.library import sources

    with brain.opened() as opened:
        found = sources.get(opened.scope, source_id)
    output.show(found, lambda: _print(found))


def _print(found: dict[str, object]) -> None:
    short = {k: found[k] for k in ("id", "title", "connector", "occurred_at", "captured_at", "status", "sensitivity")}
    output.pairs(short)
    click.echo(f"\n{found['content_text']}")


@group.command()
@identifier("source_id", "source")
@click.option(
    "--action",
    type=click.Choice(["review", "edit", "archive", "restore"]),
    default="review",
    show_default=True,
    help="review: looked at; edit: only what it is about; restore: out of the archive.",
)
@click.option("--domain", type=DOMAIN, help="The part of life it belongs to.")
@click.option("--sensitivity", type=SENSITIVITY, help="How private it is; claims drawn from it follow.")
@click.option("--project", "project_id", type=Identifier("project"), help="The id of the project it belongs to.")
@why
def review(source_id: UUID, action: str, reason: str | None, version: int | None, **values: Any) -> None:
    """Say that you looked at a source, and what it is about."""
    _review(source_id, action, said(**values), reason, version)


@group.command()
@identifier("source_id", "source")
@why
def archive(source_id: UUID, reason: str | None, version: int | None) -> None:
    """Put a source away: it is kept, and found no more until it is restored."""
    _review(source_id, "archive", None, reason, version)


def _review(
    source_id: UUID, action: str, edit: dict[str, object] | None, reason: str | None, version: int | None
) -> None:  # fmt: skip
    from alice.services.reviewing import sources

    with brain.opened() as opened:
        found = sources.review(opened.actor, source_id, action, edit=edit, reason=reason, version=version)
    output.show(found, told(found, "title"))
