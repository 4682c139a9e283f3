"""The open loop review: what is overdue, due, waited for, likely done, said twice, and gone quiet.

It must not close or merge anything: it shows the words and leaves the decision to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alice.brain import completions, owing
from alice.brain.completions import Completion
from alice.brain.owing import Owing, lateness
from alice.brain.remarks import same_terms
from alice.brain.statements import (
    about,
    cite,
    days_since,
    is_me,
    local_day,
    loop_statement,
    loop_text,
    person_key,
    saying,
    today,
)
from alice.brain.wording import clipped, count, day, joined, on_day, sentence, terms
from alice.domain.composing.briefing import Inputs, LoopRow, SourceNote
from alice.domain.composing.grounding import Draft, Section, Statement
from alice.domain.composing.reports import LoopReview
from alice.domain.texts.spans import span
from alice.domain.vocab import StatementKind

SOON = 7
MOST = 8
MOST_STALE = 5
_SEASON = timedelta(days=90)
_LATE_ENOUGH = 60  # days after its due day a loop nobody speaks of is stale rather than overdue


@dataclass(frozen=True, slots=True)
class Found:
    """The loops of a review, each in one pile: likely done, overdue, due soon, and the rest by who has to act."""

    done: tuple[tuple[LoopRow, Completion], ...]
    overdue: tuple[LoopRow, ...]
    soon: tuple[LoopRow, ...]
    rest: Owing
    twins: tuple[tuple[LoopRow, ...], ...]
    stale: tuple[LoopRow, ...]


def compose(given: LoopReview) -> Draft:
    """Return the review that the loops allow; a section with nothing to say is left out."""
    found = _sort(given)
    base = given.base
    made = [
        _section("overdue", "Overdue", _loops(found.overdue, base)),
        _section("due_soon", "Due within a week", _loops(found.soon, base)),
        _section("done", "Likely done", [likely_done(loop, end, given.later, base) for loop, end in found.done[:MOST]]),
        *_by_person(found.rest, base),
        _section("merge", "Said more than once", [_twins(group) for group in found.twins[:MOST]]),
        _stale(found.stale, base),
        _nothing(given),
    ]
    kept = tuple(section for section in made if section is not None)
    return Draft(_headline(found, base), kept, _plainly(base))


def _sort(given: LoopReview) -> Found:
    base = given.base
    loops = owing.sort(base).all
    usable = [loop for loop in given.quiet if not loop.flagged]
    ends = completions.Ends(given.later).of([*loops, *usable])
    left = [loop for loop in loops if loop.id not in ends]
    overdue = [x for x in left if 0 < (lateness(x, base) or 0) <= _LATE_ENOUGH]
    soon = [x for x in left if x.due_on and -SOON <= (lateness(x, base) or 0) <= 0]
    dated = {x.id for x in (*overdue, *soon)}
    rest = owing.deal((x for x in left if x.id not in dated), base)
    every = [x for x in (*base.loops, *usable) if not x.flagged and x.id not in ends]
    done = tuple((x, ends[x.id]) for x in (*loops, *usable) if x.id in ends)
    done = tuple(sorted(done, key=lambda pair: (not pair[1].sure, -pair[0].seen_at.timestamp(), str(pair[0].id))))
    stale = tuple(x for x in sorted(usable, key=owing.urgency) if x.id not in ends)
    return Found(done, tuple(overdue), tuple(soon), rest, tuple(_alike(every)), stale)


def _alike(loops: Iterable[LoopRow]) -> list[tuple[LoopRow, ...]]:
    """Return groups of loops that seem to be the same: the same person and topic, and half of the words.

    In one source, or a season apart, it is another task unless nearly all of the words are the same.
    """
    groups: dict[str, list[list[LoopRow]]] = {}
    words = {}
    for loop in sorted(loops, key=lambda x: (-x.seen_at.timestamp(), str(x.id))):
        who = person_key(loop.owner or loop.waiting_for or "")
        words[loop.id] = terms(about(loop)), terms(saying(loop)) - {who}
        mine = groups.setdefault(who, [])
        alike = (
            group for group in mine if _same(words[group[0].id], words[loop.id], who, _least_shared(group[0], loop))
        )
        home = next(alike, None)
        if home is None:
            mine.append([loop])
        else:
            home.append(loop)
    found = [tuple(group) for mine in groups.values() for group in mine if len(group) > 1]
    return sorted(found, key=lambda group: (-group[0].seen_at.timestamp(), str(group[0].id)))


_Words = tuple[frozenset[str], frozenset[str]]  # of the topic, and of what is said


def _least_shared(one: LoopRow, other: LoopRow) -> float:
    """Return which share of the words two loops must have in common to be the same."""
    together = bool({words.source_id for words in one.words} & {words.source_id for words in other.words})
    return 0.8 if together or abs(one.seen_at - other.seen_at) > _SEASON else 0.5


def _same(one: _Words, other: _Words, who: str, least: float) -> bool:
    """Tell whether two loops of the same person, or of nobody, are the same."""
    short, shared = min(len(one[1]), len(other[1])), len(one[1] & other[1])
    enough = short > 0 and shared >= least * short and (shared > 1 or bool(who))
    return enough and same_terms(one[0], other[0])


def _section(key: str, title: str, said: Sequence[Statement]) -> Section | None:
    return Section(key, title, tuple(said)) if said else None


def _loops(loops: Sequence[LoopRow], base: Inputs) -> list[Statement]:
    shown = [loop_statement(loop, base) for loop in loops[:MOST]]
    if more := len(loops) - len(shown):
        text = f"{count(more, 'more', 'more').capitalize()} under open loops."
        shown.append(Statement(StatementKind.INFERENCE, text))
    return shown


def _by_person(rest: Owing, base: Inputs) -> list[Section | None]:
    """Return what has no near date: yours, other people's, what is waited for and on whom, and nobody's."""
    titles = ("Waiting on whom", "Nobody has taken these")
    return [
        _section("owed_by_you", "You owe, without a near date", _loops(rest.mine, base)),
        _section("owed", "Others owe, without a near date", _loops(rest.others, base)),
        _section("awaited", titles[0], [*_parties(rest.awaited, base), *_loops(rest.awaited, base)]),
        _section("unowned", titles[1], _loops([x for x in rest.unowned if owing.worth_a_line(x, base)], base)),
    ]


def _parties(awaited: Sequence[LoopRow], base: Inputs) -> list[Statement]:
    """Return one line that says on whom most waits, when that is more than one thing."""
    piles: dict[str, list[LoopRow]] = {}
    for loop in awaited:
        who = loop.owner if loop.owner and not is_me(loop.owner, base) else loop.waiting_for
        if who:
            piles.setdefault(who.casefold(), []).append(loop)
    several = sorted((pile for pile in piles.values() if len(pile) > 1), key=lambda p: (-len(p), _who(p[0])))[:3]
    if not several:
        return []
    parts = [f"{'' if _who(pile[0])[:1].isupper() else 'the '}{_who(pile[0])} ({len(pile)})" for pile in several]
    cites = tuple(dict.fromkeys(c for pile in several for loop in pile for c in cite(loop.words)[:1]))[:6]
    return [Statement(StatementKind.INFERENCE, f"More than one thing waits on {joined(parts)}.", cites)]


def _who(loop: LoopRow) -> str:
    return loop.owner or loop.waiting_for or ""


def likely_done(loop: LoopRow, end: Completion, sources: Sequence[SourceNote], base: Inputs) -> Statement:
    """Say that a loop seems to be done, with the words of one of `sources` that say so, and their day."""
    said = end.remark
    moment = next(source.occurred_at for source in sources if source.id == said.citation.source_id)
    when = day(local_day(base, moment), today(base))
    quote = sentence(said.citation.quote.lstrip("*-+ \t"), 160).rstrip(".")
    doubt = "" if end.sure else ", though not in the same words"
    text = f"{loop_text(loop)} {on_day(when)} it was noted that “{quote}”{doubt}."
    note = loop_statement(loop, base).loop
    cites = (*cite(loop.words)[:1], said.citation)
    return Statement(StatementKind.INFERENCE, text, cites, topic=about(loop) or None, loop=note)


def _twins(group: tuple[LoopRow, ...]) -> Statement:
    """Say that several loops look like one; the newest is the one to keep."""
    newest, *others = group
    told = joined([f"“{sentence(saying(loop), 90).rstrip('.')}”" for loop in others[:3]])
    more = f" and {count(len(others) - 3, 'more', 'more')}" if len(others) > 3 else ""
    subject = f" ({clipped(about(newest), 60)})" if about(newest) else ""
    text = f"Keep “{sentence(saying(newest), 140).rstrip('.')}”{subject} and close what it repeats: {told}{more}."
    cites = tuple(dict.fromkeys(c for loop in group[:4] for c in cite(loop.words)[:1]))
    return Statement(StatementKind.RECOMMENDATION, text, cites, topic=about(newest) or None)


def _stale(stale: Sequence[LoopRow], base: Inputs) -> Section | None:
    if not base.stale:
        return None
    verb = "has" if base.stale == 1 else "have"
    text = (
        f"{count(base.stale, 'loop').capitalize()} {verb} not been mentioned for over 60 days: close what is moot, and"
        " bring up again what is not."
    )
    shown = [loop_statement(loop, base) for loop in stale[:MOST_STALE]]
    return Section("stale", "Gone quiet", (Statement(StatementKind.RECOMMENDATION, text), *shown))


def _nothing(given: LoopReview) -> Section | None:
    if given.base.loops or given.base.stale:
        return None
    text = "Nobody owes anything that Alice knows of: no loop is open."
    return Section("nothing", "Nothing is open", (Statement(StatementKind.INFERENCE, text),))


def _headline(found: Found, base: Inputs) -> Statement:
    """Return what a person should know before anything else, in one line."""
    parts: list[tuple[str, Sequence[LoopRow]]] = []
    if found.overdue:
        first = found.overdue[0]
        named = f"{_short(first)} is {span(lateness(first, base) or 0)} overdue"
        several = f"{count(len(found.overdue), 'loop')} {'is' if len(found.overdue) == 1 else 'are'} overdue"
        parts.append((named if len(found.overdue) == 1 and _short(first) else several, found.overdue))
    if found.soon and found.soon[0].due_on:
        first = found.soon[0]
        parts.append((f"{_short(first) or count(1, 'loop')} is due {_near(first.due_on, base)}", found.soon[:1]))
    if found.done:
        number = len(found.done)
        parts.append((f"{count(number, 'loop')} {'looks' if number == 1 else 'look'} done", [x for x, _ in found.done]))
    oldest = min(found.rest.all, key=lambda x: (x.first_at, str(x.id)), default=None)
    if len(parts) < 2 and oldest and _short(oldest) and days_since(base, oldest.first_at) >= 14:
        parts.append((f"{_short(oldest)} has waited {span(days_since(base, oldest.first_at))}", [oldest]))
    if not parts:
        return Statement(StatementKind.INFERENCE, _plainly(base))
    words = joined([words for words, _ in parts[:3]])
    cites = tuple(dict.fromkeys(c for _, loops in parts[:3] for loop in loops[:3] for c in cite(loop.words)[:1]))
    return Statement(StatementKind.INFERENCE, words[:1].upper() + words[1:], cites)


def _short(loop: LoopRow) -> str:
    subject = about(loop)
    return f"“{subject}”" if subject and len(subject) <= 60 else ""


def _near(due: date | None, base: Inputs) -> str:
    return day(due, today(base)) if due else ""


def _plainly(base: Inputs) -> str:
    if base.loops:
        verb = "is" if len(base.loops) == 1 else "are"
        return f"{count(len(base.loops), 'loop').capitalize()} {verb} open, and none is overdue"
    if base.stale:
        return f"Nothing is pressing; {count(base.stale, 'loop')} {'has' if base.stale == 1 else 'have'} gone quiet"
    return "No loop is open"
