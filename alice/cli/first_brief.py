"""Takes in the folder that `alicebot up --notes` names, has the daemon make a first brief of it, and prints that."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from alice.cli import output
from alice.config import Settings
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.errors import Upstream
from alice.ledger import gate

AT = "07:00"
PATIENCE_SECONDS = 60.0
WIDTH, QUOTE, NAMED = 100, 200, 20


def make(settings: Settings, actor: Actor, folder: Path, check: Callable[[], None]) -> None:
    """Import `folder` with progress, set the brief for every morning, ask for one now, and print it.

    `check` raises when the scheduler that is to make it has ended.
    """
    _take_in(settings, actor, folder)
    when = _schedule(settings, actor)
    show(_brief(settings, actor, check))
    click.echo(f"\nThe next brief: {when}.")


def offer(actor: Actor) -> None:
    """Say how notes come in, when none have yet."""
    from alice.queries.library import sources

    if sources.page(gate.scope(actor), limit=1).total == 0:
        click.echo("Nothing has come in yet. Paste a text in the console, or stop and begin with a folder:")
        click.echo("  make up NOTES=~/notes            or: alicebot up --notes ~/notes")
        click.echo("  make up NOTES=examples/notes     with six notes that tell a small story")


def _take_in(settings: Settings, actor: Actor, folder: Path) -> None:
    """Import `folder`, and read it from now on: naming it is consent."""
    from alice.services.evidence import imports
    from alice.services.folders import local_folders

    with output.progress(f"Reading {folder}") as tell:
        report = imports.import_folder(
            actor,
            folder,
            zone=settings.timezone,
            home=settings.home,
            progress=lambda r: tell(r.seen, f"{r.imported:,} notes, {r.candidates:,} candidates"),
        )
    local_folders.add_path(actor, folder, settings=settings, any_folder=True)
    click.echo(_counted(report))
    left_out = [*report.rejected, *report.failed]
    for one in left_out[:NAMED]:
        click.echo(f"  {one.place} {one.message}", err=True)
    if len(left_out) > NAMED:
        click.echo(f"  … and {len(left_out) - NAMED:,} more", err=True)


def _counted(report: Any) -> str:
    said = [f"{report.imported:,} new"]
    for count, words in (
        (report.unchanged, "unchanged"),
        (report.duplicates, "known already"),
        (len(report.rejected), "not taken"),
        (len(report.failed), "failed"),
    ):
        if count:
            said.append(f"{count:,} {words}")
    return f"Read {report.root}: {', '.join(said)}; {report.chunks:,} passages, {report.candidates:,} candidates."


def _schedule(settings: Settings, actor: Actor) -> str:
    """Enable the Daily Brief, unless the owner has set it up already, and return when it comes in words."""
    from alice.queries import schedules as queries
    from alice.services import schedules

    found = queries.workflow(gate.scope(actor), WorkflowType.DAILY_BRIEF)
    if not found["enabled"]:
        found = schedules.configure(
            actor, WorkflowType.DAILY_BRIEF, enabled=True, schedule={"daily": AT}, timezone=settings.timezone
        )
    return str(found["schedule_text"])


def _brief(settings: Settings, actor: Actor, check: Callable[[], None]) -> dict[str, Any]:
    """Ask the daemon for a run and return its artifact; raise Upstream when none comes in time."""
    from alice.queries import schedules as queries
    from alice.queries.library import artifacts
    from alice.services import schedules

    run = schedules.request_run(actor, WorkflowType.DAILY_BRIEF)
    scope = gate.scope(actor)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        state = queries.requested(scope, run["id"])
        if state["status"] == "succeeded":
            return artifacts.get(scope, state["artifact_id"])
        if state["status"] == "failed":
            raise Upstream(f"The first brief failed: {state['error_message']}", "`alicebot vnext scheduler failures`.")
        check()
        time.sleep(0.05)
    raise Upstream(
        "The scheduler did not make the first brief in time.", f"Its log is {settings.scheduler_dir / 'scheduler.log'}."
    )


def show(artifact: dict[str, Any]) -> None:
    """Print an artifact for a reader: sections, statements, and the words that each number cites."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, width=min(Console().width, WIDTH) if sys.stdout.isatty() else WIDTH)
    console.print(Text(f"\n{artifact['title']}\n", "bold"))
    for section in artifact["sections"]:
        console.print(Text(section["title"], "bold"))
        for statement in section["statements"]:
            numbers = "".join(f" [{c['number']}]" for c in statement["citations"])
            _hang(console, "•", Text.assemble(*_said(statement), (numbers, "dim")))
        console.print()
    _quotes(console, artifact)


def _said(statement: dict[str, Any]) -> list[str | tuple[str, str]]:
    """Return the words of a statement, with what it is about set apart, and by when a loop is due behind it."""
    text, lead = statement["text"], f"{statement.get('topic')}: "
    due = (statement.get("loop") or {}).get("due_on")
    when = f" — due {date.fromisoformat(due):%a %d %b}".replace(" 0", " ") if due else ""
    if text.startswith(lead):
        return [(lead, "bold"), text[len(lead) :], (when, "italic")]
    return [text, (when, "italic")]


def _quotes(console: Any, artifact: dict[str, Any]) -> None:
    from rich.text import Text

    cited = [c for section in artifact["sections"] for s in section["statements"] for c in s["citations"]]
    for citation in sorted({c["number"]: c for c in cited}.values(), key=lambda c: c["number"]):
        quote = " ".join(citation["quote"].split())
        shown = quote if len(quote) < QUOTE else quote[: QUOTE - 1] + "…"
        _hang(console, f"[{citation['number']}]", Text.assemble((citation["source_title"], "dim"), f" “{shown}”"))


def _hang(console: Any, mark: str, text: Any) -> None:
    """Print `text` behind a mark, its further lines below its first."""
    from rich.text import Text

    for line in text.wrap(console, console.width - 5, overflow="fold"):
        line.rstrip()
        console.print(Text.assemble(f"{mark:>4} ", line))
        mark = ""
