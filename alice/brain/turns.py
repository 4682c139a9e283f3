"""Says what changed between two sentences that do not go together, with both in their own words.

It must not say which one is true: it shows both, and which is newer.
"""

from __future__ import annotations

from collections.abc import Sequence

from alice.brain.conflicts import Said, Turn
from alice.brain.statements import local_day, today
from alice.brain.wording import day, on_day, sentence
from alice.domain.composing.briefing import Inputs
from alice.domain.composing.grounding import Statement
from alice.domain.vocab import StatementKind


def statements(turned: Sequence[Turn], base: Inputs, most: int) -> list[Statement]:
    """Return one statement for each of the surest few turns."""
    return [_statement(turn, base) for turn in turned[:most]]


def _statement(turn: Turn, base: Inputs) -> Statement:
    lead = turn.new.topic or turn.old.topic
    words = both(turn, base)
    text = f"{lead}: {words[:1].lower()}{words[1:]}" if lead else words
    return Statement(StatementKind.INFERENCE, text, (turn.new.citation, turn.old.citation), topic=lead or None)


def both(turn: Turn, base: Inputs) -> str:
    """Return both sides with their days, the newer first."""
    new, old = (on_day(day(local_day(base, side.occurred_at), today(base))) for side in (turn.new, turn.old))
    return f"{new} “{quoted(turn.new)}”; {old[:1].lower()}{old[1:]} “{quoted(turn.old)}”."


def quoted(said: Said) -> str:
    """Return a sentence for the inside of quotation marks."""
    return sentence(said.text, 170).rstrip(".")
