"""Says what a context pack cannot answer: words that nothing speaks of, times without evidence, what nobody accepted.

It looks only at what was found within the scope, so that silence tells nothing of what is held back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from alice.brain.pack_items import Item
from alice.brain.wording import full_day, terms
from alice.domain.recall.packs import Material

MOST_WORDS = 400  # of a question that are looked for
MOST_NAMED = 5
OLD = timedelta(days=90)
_LONGEST = 40
_ASKING = terms(
    """who whom whose why where did does done tell told know known say said says anything something everything mean
    means me my any"""
)


def missing(material: Material, items: Sequence[Item]) -> list[str]:
    """Return one sentence for each thing that is not known; none when nothing is missing."""
    if not items:
        return ["Nothing that was found speaks of this."]
    return [one for one in (_unsaid(material), _untimely(material), _old(material), _undecided(items)) if one]


def _unsaid(material: Material) -> str | None:
    asked = [word for word in material.question.words if terms(word) - _ASKING]
    said = _said(material)
    named = [f"“{word[:_LONGEST]}”" for word in asked if len(word) > 2 and _stem(word) not in said]
    if not named:
        return None
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return f"Nothing that was found says {', '.join(named[:MOST_NAMED])}{more}."


def _said(material: Material) -> str:
    texts = [f"{p.quote.source_title} {p.heading or ''} {p.quote.text}" for p in material.passages]
    texts += [f"{claim.subject or ''} {claim.text}" for claim in material.claims]
    texts += [f"{loop.subject or ''} {loop.text}" for loop in material.loops]
    return " ".join(texts).lower()


def _stem(word: str) -> str:
    return word if len(word) < 6 else word[:-2]


def _untimely(material: Material) -> str | None:
    period = material.question.period
    if period is None:
        return None
    days = [p.quote.occurred_at.date() for p in material.passages]
    if any(period[0] <= day <= period[1] for day in days):
        return None
    first, last = full_day(period[0]), full_day(period[1])
    return f"No evidence that was found is from {first if first == last else f'{first} to {last}'}."


def _old(material: Material) -> str | None:
    end = material.question.until or material.question.now
    newest = max((p.quote.occurred_at for p in material.passages), default=None)
    if newest is None or end - newest < OLD:
        return None
    return f"The newest of the evidence is from {full_day(newest.date())}."


def _undecided(items: Sequence[Item]) -> str | None:
    claims = [item for item in items if "memory_type" in item.told]
    if claims and not any(item.told["trust"] == "accepted" for item in claims):
        return "None of these claims was accepted by the owner; rules drew them from the evidence."
    return None
