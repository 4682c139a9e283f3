"""What is decided on an artifact and thought of it: `artifacts review`, `rate`, `insight` and `export`."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import click

from alice.cli import brain, output
from alice.cli.framework import Command
from alice.cli.identifiers import identifier
from alice.cli.reviews import told, why

MARK = click.IntRange(1, 5)
PLACE = click.Tuple([click.IntRange(0), click.IntRange(0)])


@click.command(cls=Command)
@identifier("artifact_id", "artifact")
@click.option("--action", required=True, type=click.Choice(["accept", "reject", "archive", "reopen", "promote"]))
@click.option(
    "--statement",
    "statements",
    type=PLACE,
    multiple=True,
    metavar="SECTION STATEMENT",
    help="With promote: which statements, as the number of a section and that of a statement in it, both counted from"
    " 0; else every fact.",
)
@why
def review(
    artifact_id: UUID, action: str, statements: tuple[tuple[int, int], ...], reason: str | None, version: int | None
) -> None:
    """Decide on an artifact. Promote makes candidates of its statements; nothing is trusted by it."""
    from alice.services.reviewing import artifacts

    with brain.opened() as opened:
        found = artifacts.review(
            opened.actor, artifact_id, action, statements=statements, reason=reason, version=version
        )
    made = found.get("memory_ids")
    text = told(found, "title") if made is None else lambda: _print_made(len(made))
    output.show(found, text)


def _print_made(count: int) -> None:
    click.echo("One candidate waits for a decision." if count == 1 else f"{count} candidates wait for a decision.")


@click.command(cls=Command)
@identifier("artifact_id", "artifact")
@click.option("--usefulness", type=MARK, help="Did it help?")
@click.option("--accuracy", type=MARK, help="Was it right?")
@click.option("--source-grounding", type=MARK, help="Did its sources bear it out?")
@click.option("--novel-connections", type=MARK, help="Did it tie together what you had not?")
@click.option("--actionability", type=MARK, help="Could you act upon it?")
@click.option("--hallucination-risk", type=MARK, help="How much of it seemed made up?")
@click.option("--verbosity", type=click.Choice(["too_shallow", "right_sized", "too_verbose"]))
@click.option("--missed-context", help="What it should have known.")
@click.option("--comments", help="Anything else.")
def rate(artifact_id: UUID, **rating: Any) -> None:
    """Say what you think of an artifact; it replaces what you thought before."""
    from alice import inputs
    from alice.inputs import reviews as review_inputs
    from alice.services.reviewing import ratings

    given = inputs.parse(review_inputs.RateArtifact, rating)
    with brain.opened() as opened:
        found = ratings.rate(opened.actor, artifact_id, given.model_dump())
    output.show(found, lambda: output.pairs({name: value for name, value in found.items() if value is not None}))


@click.command(cls=Command)
@identifier("artifact_id", "artifact")
@click.option("--useful/--not-useful", required=True, help="Whether it helped.")
@click.option(
    "--statement",
    "place",
    type=PLACE,
    metavar="SECTION STATEMENT",
    help="Which statement, as the number of a section and that of a statement in it, both counted from 0; else the"
    " whole artifact.",
)
@click.option("--note", help="Why.")
def insight(artifact_id: UUID, useful: bool, place: tuple[int, int] | None, note: str | None) -> None:
    """Say whether a statement of an artifact helped, or the artifact as a whole."""
    from alice.services.reviewing import ratings

    section, statement = place or (None, None)
    with brain.opened() as opened:
        found = ratings.give_feedback(
            opened.actor, artifact_id, useful=useful, section=section, statement=statement, note=note
        )
    output.show(found, lambda: click.echo("Noted: it helped." if useful else "Noted: it did not help."))


@click.command(cls=Command)
@identifier("artifact_id", "artifact")
@click.option("--to", "path", type=click.Path(path_type=Path), help="The file to write; else it is printed.")
def export(artifact_id: UUID, path: Path | None) -> None:
    """Write an artifact out as Markdown, whose front matter says that Alice wrote it; no file is replaced."""
    from alice.services.composing import copies

    with brain.opened() as opened:
        found = copies.export(opened.actor, artifact_id, to=path)
    written = found.get("path")
    output.show(found, lambda: click.echo(f"Written to {written}." if written else found["content_markdown"]))
