"""`alicebot vnext sources|memories forget` and `receipts`: forgets for good, after saying what goes, and proves it."""

from __future__ import annotations

import sys
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Command, Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short


@click.command("forget", cls=Command)
@identifier("source_id", "source")
@click.option("--yes", is_flag=True, help="Do it without asking; it cannot be undone.")
@click.option("--preview", is_flag=True, help="Only say what would go.")
def forget_source(source_id: Any, yes: bool, preview: bool) -> None:
    """Forget a source with everything drawn from it alone. It cannot be undone."""
    _forget("source", source_id, yes=yes, only_preview=preview)


@click.command("forget", cls=Command)
@identifier("memory_id", "memory")
@click.option("--yes", is_flag=True, help="Do it without asking; it cannot be undone.")
@click.option("--preview", is_flag=True, help="Only say what would go.")
def forget_memory(memory_id: Any, yes: bool, preview: bool) -> None:
    """Forget a memory, also where artifacts tell of it. It cannot be undone; the source keeps its words."""
    _forget("memory", memory_id, yes=yes, only_preview=preview)


def _forget(kind: str, subject_id: Any, *, yes: bool, only_preview: bool) -> None:
    """Show what goes, ask, and forget. Where nobody can be asked, only --yes forgets."""
    from alice.services import forgetting

    with brain.opened() as opened:
        if only_preview or not yes:
            told = forgetting.preview(opened.actor, kind, subject_id)
            output.show(told, lambda: _print_preview(told))
            asked = not only_preview and not output.as_json() and sys.stdin.isatty()
            if not (asked and click.confirm("Forget it for good?")):
                return
        act = forgetting.source if kind == "source" else forgetting.memory
        with output.progress(f"Forgetting the {kind}") as bar:
            receipt = act(opened.actor, subject_id, tell=bar)
    output.show(receipt, lambda: _print(receipt))


@click.group(cls=Group)
def receipts() -> None:
    """What was forgotten, and where it was looked for: list, show."""


@receipts.command("list")
@limit_option
@cursor_option
def list_receipts(limit: int, cursor: str | None) -> None:
    """Show what was forgotten, the newest first."""
    from alice.queries.ledger import receipts as reads

    with brain.opened() as opened:
        page = reads.page(opened.scope, limit=limit, cursor=cursor)
    columns = {
        "forgotten": lambda r: r["forgotten_at"],
        "id": lambda r: short(r["id"]),
        "what": lambda r: f"{r['subject_kind']} {short(r['subject_id'])}",
        "status": lambda r: r["status"],
        "left in": lambda r: len(r["left"]),
    }
    output.page(page, columns, empty="Nothing was forgotten yet.")


@receipts.command()
@identifier("receipt_id", "receipt")
def show(receipt_id: Any) -> None:
    """Show one receipt."""
    from alice.queries.ledger import receipts as reads

    with brain.opened() as opened:
        found = reads.get(opened.scope, receipt_id)
    output.show(found, lambda: _print(found))


SAME_WORDS = "sources_with_the_same_words"
_ONE = {"memories": "memory", "people": "person", "graph edges": "connection"}


def _print_preview(told: dict[str, Any]) -> None:
    click.echo(f"Goes: {_counted(told['counts'])}.")
    for one in told["goes"]:
        click.echo(f"  {one['status']} {one['kind'].replace('_', ' ')}: {one['text']}")
    _print_stays(told["stays"])
    for place in told["originals"]:
        click.echo(f"The original stays where it is: {place}")
    click.echo("It cannot be undone.")


def _print(receipt: dict[str, Any]) -> None:
    click.echo(f"Gone: {_counted(receipt['counts'])}.")
    _print_stays(receipt["stays"])
    click.echo(_verdict(receipt))
    for one in receipt["left"]:
        click.secho(f"  {one['place']}: {one['found']} ({output.join(one['where'])})", fg="red")
    click.echo("Out of reach:")
    for sentence in receipt["beyond"]:
        click.echo(f"  {sentence}")
    click.echo(f"Receipt {receipt['id']}.")


def _print_stays(stays: dict[str, list[str]]) -> None:
    """Say what loses the words and stays, and which sources say the same in words of their own."""
    losing = {name: len(found) for name, found in stays.items() if name != SAME_WORDS}
    if losing:
        click.echo(f"Stays, without these words: {_counted(losing)}.")
    if same := stays.get(SAME_WORDS):
        click.echo(f"Says the same, and keeps it until you forget that too: {_counted({'sources': len(same)})}.")


def _verdict(receipt: dict[str, Any]) -> str:
    places = len(receipt["looked"])
    if receipt["status"] == "complete":
        return f"Looked for in {places} places: nothing is left."
    if receipt["status"] == "incomplete":
        return f"Looked for in {places} places; something is left in {len(receipt['left'])}:"
    return "It went whole, but a crash came before it could be looked for."


def _counted(counts: dict[str, int]) -> str:
    return output.join([f"{count:,} {_noun(name, count)}" for name, count in counts.items() if count])


def _noun(name: str, count: int) -> str:
    """Return what is counted, for one thing or several."""
    several = name.replace("_", " ")
    if count != 1:
        return several
    return _ONE.get(several) or several.removesuffix("s")
