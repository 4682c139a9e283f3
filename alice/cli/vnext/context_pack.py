"""`alicebot vnext context-pack`: what is held about a question, for a reader or, as JSON, for a program."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from alice.cli import asserting, brain, output
from alice.cli.framework import Command
from alice.domain.recall.packs import TOKENS
from alice.domain.vocab import Domain


@click.command(cls=Command)
@click.argument("query")
@click.option("--domain", "domains", multiple=True, type=click.Choice([d.value for d in Domain]),
              help="Only this part of life; may be given more than once.")  # fmt: skip
@click.option("--project", help="Only this project, by name or id.")
@click.option("--max-tokens", type=int, default=TOKENS, show_default=True, help="How long the text may be.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="What was held at the end of this day, YYYY-MM-DD.")
@asserting.options
@click.option("--explain", is_flag=True, help="Print why each thing was chosen: the parts of its score.")
def command(
    query: str,
    domains: tuple[str, ...],
    project: str | None,
    max_tokens: int,
    as_of: datetime | None,
    explain: bool,
    **who: Any,
) -> None:
    """Answer QUERY with what is held about it: evidence word for word, claims, loops, and what is missing."""
    from alice import inputs
    from alice.services.composing import context_packs

    said = {"query": query, "domains": list(domains), "project": project, "max_tokens": max_tokens}
    given = inputs.parse(inputs.BuildContextPack, said | {"as_of": as_of.date() if as_of else None})
    with brain.opened() as opened:
        actor = asserting.acting(opened.actor, who)
        pack = context_packs.build(actor, zone=opened.settings.timezone, **given.model_dump())
    output.show(pack, lambda: _tell(pack, explain=explain))


def _tell(pack: dict[str, Any], *, explain: bool) -> None:
    """Print the pack's text, what to beware of, and with `explain` why each thing is in it."""
    click.echo(pack["text"])
    for warning in pack["warnings"]:
        click.echo(f"! {warning}")
    if explain:
        output.table(_reasons(pack), _COLUMNS, empty="Nothing was chosen.")
    budget = pack["budget"]
    click.echo(f"About {budget['used_tokens']:,} of {budget['max_tokens']:,} tokens ({budget['estimate']}).")


_COLUMNS: output.Columns = {
    "section": lambda one: one["section"],
    "rank": lambda one: one["why"]["rank"],
    "score": lambda one: one["why"]["score"],
    "parts": lambda one: " ".join(f"{name} {value}" for name, value in one["why"]["parts"].items() if value),
    "what": lambda one: " ".join(str(one.get("text") or one.get("quote")).split())[:60],
}


def _reasons(pack: dict[str, Any]) -> list[dict[str, Any]]:
    sections = ("decisions", "beliefs", "relevant_memories", "open_loops", "supporting_evidence")
    return [{"section": name.replace("_", " "), **item} for name in sections for item in pack[name]]
