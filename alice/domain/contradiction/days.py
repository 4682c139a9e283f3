"""Tells whether two clauses put the same event on different days, and whether they speak of different occasions."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from alice.domain.contradiction.alignments import align
from alice.domain.contradiction.readings import Word
from alice.domain.contradiction.roots import root_set
from alice.domain.texts.dates import Named, named_days

if TYPE_CHECKING:
    from alice.domain.contradiction.rules import Clause

_SAID_OF_ITS_DAY = re.compile(
    r"\b(?:today|tonight|yesterday|(?:this|last|next) (?:week|month|quarter|year|time|morning|afternoon|evening|"
    r"meeting|session|release|sprint|night)|at the meeting|in the meeting|in attendance|present|right now|"
    r"at the moment|so far|just)\b",
    re.IGNORECASE,
)
_LEFT_BEHIND = re.compile(r"\b(?:from|instead of|not|no longer|rather than|was)\s+(?:on\s+)?$", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:by|until|till|before|after|from|since|no later than)\s+(?:the\s+)?$", re.IGNORECASE)
_MOVES = re.compile(
    r"\b(?:moved?|moves|postponed?|delayed|rescheduled|deferred|shifted|slipped|slips|pushed|brought forward|changed|"
    r"now|instead|new date|updated|earlier|later)\b",
    re.IGNORECASE,
)
# How an event is put on a day; such words tell nothing about which event it is.
_PUTS = root_set(
    """
    move moved moves postpone postponed delay delayed reschedule rescheduled schedule scheduled defer
    deferred shift shifted slip slipped push pushed back forward bring brought change changed set plan planned fix fixed
    happen happens start starts begin begins take takes place due date day new confirm confirmed announce announced
    expect expected update updated earlier later instead go goes live held hold end ends deadline
    """
)
# What comes again and again: on two days there are two of them, unless somebody says that one was moved.
RECURRING = root_set(
    """
    meeting meet met call sync standup stand-up retro retrospective review session lunch dinner breakfast
    class lesson workshop appointment visit minutes payment invoice rent bill report newsletter release update demo
    check-in interview training shift game match rehearsal backup
    """
)


def recurs(clause: Clause) -> bool:
    """Tell whether a clause speaks of what comes again and again."""
    return not RECURRING.isdisjoint(clause.reading.roots)


def told(clause: str, said_on: date) -> frozenset[date]:
    """Return the days a clause speaks of; its own day when it only says "today", "this week" and the like."""
    named = {day.on for day in named_days(clause, said_on)}
    if not named and _SAID_OF_ITS_DAY.search(clause):
        named = {said_on}
    return frozenset(named)


def differ(one: frozenset[date], other: frozenset[date]) -> bool:
    """Tell whether both sides speak of days, and of none in common."""
    return bool(one) and bool(other) and one.isdisjoint(other)


def disagree(one: Clause, other: Clause) -> tuple[Named, Named, str, bool] | None:
    """Return the two days on which one event is put, its name, and whether a side says that it moved; else None."""
    first, second = _day(one), _day(other)
    if first is None or second is None or _agree(first, second) or _limits(one, first) != _limits(other, second):
        return None
    name = _event(one, other)
    if name is None:
        return None
    earlier, later = (
        ((one, first), (other, second)) if one.said_on <= other.said_on else ((other, second), (one, first))
    )
    newest = [clause for clause in (one, other) if clause.said_on == later[0].said_on]
    moved = any(_MOVES.search(clause.reading.text) for clause in newest)
    again = recurs(one)
    if again and not moved:
        return None
    # The day had passed when the other was named: that is the next occasion, not another day for the same one.
    if earlier[1].on < later[0].said_on and not (moved and not again):
        return None
    return first, second, name, moved


def _agree(first: Named, second: Named) -> bool:
    if first.is_month or second.is_month:
        return (first.on.year, first.on.month) == (second.on.year, second.on.month)
    return first.on == second.on


def _limits(clause: Clause, day: Named) -> bool:
    """Tell whether a day is only the last or first on which something may be: "by Monday" is kept on Friday."""
    before = clause.reading.text[: day.start]
    return _LIMIT.search(f"{before}{day.words.split()[0]} ") is not None or _LIMIT.search(before) is not None


def _day(clause: Clause) -> Named | None:
    """Return the only day that the clause puts its event on; a day that is left behind does not count."""
    text = clause.reading.text
    named = named_days(text, clause.said_on)
    kept = [day for day in named if len(named) == 1 or not _LEFT_BEHIND.search(text[: day.start])]
    return kept[0] if len(kept) == 1 else None


def _event(one: Clause, other: Clause) -> str | None:
    """Return the name of the event that both clauses put on a day; None when they may speak of two."""
    left, right = _names(one), _names(other)
    if not left or not right or left[0].root != right[0].root:
        return None
    met = align(left, right)
    extra = [*met.only_one, *met.only_other]
    if (met.only_one and met.only_other) or len(extra) > 2 or any(not word.lead for word in extra):
        return None
    return " ".join(pair[0].text for pair in met.shared)


def _names(clause: Clause) -> list[Word]:
    text = clause.reading.text
    spans = [(day.start, day.start + len(day.words)) for day in named_days(text, clause.said_on)]
    return [
        word
        for word in clause.reading.words
        if word.root not in _PUTS and not any(start <= word.start < end for start, end in spans)
    ]
