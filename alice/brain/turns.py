"""Says what changed between two claims that do not go together, with both in their own words.

It must not say which one is true: it shows both, and which is newer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alice.brain.statements import about, cite, local_day, today
from alice.brain.wording import day, sentence
from alice.domain.briefing import ClaimNote, Inputs
from alice.domain.grounding import Statement
from alice.domain.reports import Turn
from alice.domain.vocab import StatementKind

MOST = 4


def statements(turned: Sequence[Turn], base: Inputs) -> list[Statement]:
    """Return one statement for each of the surest few turns."""
    return [_statement(turn, base) for turn in in_order(turned)[:MOST]]


def in_order(turned: Iterable[Turn]) -> list[Turn]:
    """Return turns with the surest first."""
    return sorted(turned, key=lambda t: (-round(t.confidence, 6), t.new.text, t.old.text, str(t.new.id), str(t.old.id)))


def _statement(turn: Turn, base: Inputs) -> Statement:
    when = day(local_day(base, turn.old.occurred_at), today(base))
    lead = about(turn.new) or about(turn.old)
    text = f"{f'{lead}: now' if lead else 'Now'} “{quoted(turn.new)}”; on {when} “{quoted(turn.old)}”."
    cites = (*cite(turn.new.words)[:1], *cite(turn.old.words)[:1])
    return Statement(StatementKind.INFERENCE, text, cites, topic=lead or None)


def quoted(claim: ClaimNote) -> str:
    """Return the words of a claim for the inside of quotation marks."""
    return sentence(claim.text, 160).rstrip(".")
