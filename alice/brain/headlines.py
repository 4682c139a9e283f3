"""One line that says the most important thing of a brief, made of what the brief itself tells.

It must not say anything that has no statement below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alice.brain.owing import Owing, lateness
from alice.brain.statements import about, cite, is_me, today
from alice.brain.wording import alike, clause, count, day, joined, lowered, topic
from alice.domain.briefing import ClaimNote, Inputs
from alice.domain.grounding import Citation, Section, Statement
from alice.domain.vocab import MemoryType, StatementKind

LONGEST = 72
_WHOLE = 120

Part = tuple[str, str, tuple[Citation, ...]]  # words, what they are about, where they come from


def headline(inputs: Inputs, owing: Owing, decided: Sequence[ClaimNote], sections: Sequence[Section]) -> Statement:
    """Return the headline: what is most pressing, and what else is new on another topic."""
    pressing = list(_pressing(owing, inputs))
    new = [*_claims(decided), *_loops(owing), *_claims(_facts(inputs, sections))]
    first = next(iter([*pressing, *new]), None)
    if first is None:
        return Statement(StatementKind.INFERENCE, plainly(inputs, owing))
    second = next((part for part in new if _apart(first, part)), None)
    words = first[0] if second is None else f"{first[0]}, and {lowered(second[0])}"
    cites = first[2] if second is None else (*first[2], *second[2])
    return Statement(StatementKind.INFERENCE, words[:1].upper() + words[1:], tuple(dict.fromkeys(cites)))


def plainly(inputs: Inputs, owing: Owing) -> str:
    """Return a headline from counts alone."""
    if inputs.newest_at is None:
        return "Nothing has come in yet"
    if inputs.sources:
        newest = sorted(inputs.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title))
        names = list(dict.fromkeys(topic(source.title) for source in newest))
        more = [count(len(names) - 2, "more", "more")] if len(names) > 2 else []
        return f"New: {joined([*names[:2], *more])}"
    loops = len(owing.all)
    return f"Nothing new, and {count(loops, 'loop')} still open" if loops else "Nothing new, and nothing is owed"


def _pressing(owing: Owing, inputs: Inputs) -> Iterator[Part]:
    """Yield what is due or waits on the reader."""
    for loop in owing.all:
        late, mine = lateness(loop, inputs), is_me(loop.owner, inputs)
        subject = about(loop)
        if mine and subject and len(subject) <= 40:
            yield f"{subject} is waiting on you", subject, cite(loop.words)[:1]
        elif (words := clause(loop.text, LONGEST)) and loop.due_on and late is not None and -7 <= late <= 30:
            when = f"due {day(loop.due_on, today(inputs))}"
            yield f"{words} ({when})" if "due" not in words else words, subject, cite(loop.words)[:1]
        elif mine and words:
            yield words, subject, cite(loop.words)[:1]


def _loops(owing: Owing) -> Iterator[Part]:
    for loop in sorted(owing.all, key=lambda one: -one.seen_at.timestamp()):
        if loop.owner and (words := clause(loop.text, LONGEST)):
            yield words, about(loop), cite(loop.words)[:1]


def _claims(claims: Sequence[ClaimNote]) -> Iterator[Part]:
    for claim in claims:
        if words := clause(claim.text, LONGEST):
            yield words, about(claim), cite(claim.words)[:1]


def _facts(inputs: Inputs, sections: Sequence[Section]) -> list[ClaimNote]:
    """Return the facts that the sections tell, in their order."""
    place = {c: n for n, c in enumerate(c for section in sections for s in section.statements for c in s.citations)}
    told = [c for c in inputs.claims if c.kind != MemoryType.DECISION and c.words and c.words[0].cite() in place]
    return sorted(told, key=lambda claim: (place[claim.words[0].cite()], claim.text))


def _apart(first: Part, second: Part) -> bool:
    """Tell whether two parts of a headline are about different things and fit on one line."""
    same_topic = first[1] and first[1].casefold() == second[1].casefold()
    return not same_topic and not alike(first[0], second[0]) and len(first[0]) + len(second[0]) + 6 <= _WHOLE
