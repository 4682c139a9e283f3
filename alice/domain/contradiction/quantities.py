"""Reads the quantities of a clause: "40 seats", "$1,200", "15%", "three offices". It knows no dates.

A quantity that is only bounded ("at least 40") or that was left behind ("from 40") is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alice.domain.contradiction.roots import root, root_set, word_set

_NUMBERS = {
    word: float(number)
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"), start=2,
    )
}  # fmt: skip
_MULTIPLES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "dozen": 12.0}
_QUANTITY = re.compile(
    rf"(?<![\w#.,/:-])(?P<sign>[$€£])?\s?(?P<value>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|(?:{'|'.join(_NUMBERS)})\b)(?!\d)"
    r"(?:\s?(?P<times>k|m|bn|thousand|million|billion|dozen)\b)?(?P<percent>\s?%)?(?![\w.:/]\d|[-–]\d|[:/])"
    r"(?:\s?(?P<unit>[^\W\d_][^\W\d_-]*))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?:(?P<hour>[0-2]?\d):(?P<minute>[0-5]\d)(?:\s?(?P<half>[ap]\.?m)\b)?|(?P<plain>1?\d)\s?(?P<other_half>[ap]\.?m)\b)"
    r"(?![\d:])",
    re.IGNORECASE,
)
CLOCK = "clock"
_BOUNDED = re.compile(
    r"\b(?:at least|at most|more than|less than|fewer than|over|under|up to|above|below|about|around|roughly|almost|"
    r"nearly|approximately|between|from|no|version|chapter|page|phase|step|node|part|room|level|number|of the)\s*$",
    re.IGNORECASE,
)
_LEFT_BEHIND = re.compile(r"\bfrom (?P<old>[$€£]?\d[\d,.]*%?)(?: \w+)? to\b", re.IGNORECASE)
_NO_UNIT = word_set(
    "and or of in on at by to for with from is are was were has have as per the a an than instead now but not"
)
_MONTHS = word_set(
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov"
    " november dec december am pm st nd rd th"
)
_ASSIGNS = re.compile(r"(?:\b(?:is|was|are|at|to|of|costs?|now|be|totals?|reached|has|have)|[:=])\s*$", re.IGNORECASE)

# Counted anew on every occasion: two meetings have different numbers of people, and no contradiction.
OCCASIONAL = root_set(
    """
    people person member attendee participant vote voter volunteer pr issue ticket commit comment approval
    objection item topic question time failure error update reply answer visitor guest hour minute second
    """
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value with the root of its unit ("" without one): currency sign, "%", or the word after it."""

    value: float
    unit: str
    text: str
    start: int
    end: int


def clock_times(clause: str) -> list[Quantity]:
    """Return the times of day that `clause` names, as minutes after midnight with the unit CLOCK."""
    found = []
    for match in _CLOCK.finditer(clause):
        hour = int(match["hour"] or match["plain"]) % 24
        half = (match["half"] or match["other_half"] or "").lower()
        hour = hour % 12 + (12 if half.startswith("p") else 0) if half else hour
        value = float(hour * 60 + int(match["minute"] or 0))
        found.append(Quantity(value, CLOCK, match[0], match.start(), match.end()))
    return found


def quantities(clause: str) -> list[Quantity]:
    """Return the quantities of `clause` but the one that opens it: "two men …" only begins a story."""
    found = clock_times(clause)
    for match in _QUANTITY.finditer(clause):
        word = (match["unit"] or "").lower()
        before = clause[: match.start("value")].rstrip("$€£ ")
        if word in _MONTHS or _BOUNDED.search(before) or not before.strip():
            continue
        unit = match["sign"] or ("%" if match["percent"] else "" if word in _NO_UNIT else root(word))
        if not unit and not _ASSIGNS.search(before):
            continue
        last = "unit" if unit and unit == root(word) else "percent" if match["percent"] else "value"
        end = match.end(last)
        found.append(Quantity(_value(match), unit, clause[match.start() : end].strip(), match.start(), end))
    return found


def _value(match: re.Match[str]) -> float:
    written = match["value"].lower()
    value = _NUMBERS[written] if written in _NUMBERS else float(written.replace(",", ""))
    return value * _MULTIPLES.get((match["times"] or "").lower(), 1.0)


def left_behind(clause: str) -> list[tuple[int, int]]:
    """Return the spans of values that a clause gives up: "from 40" in "from 40 to 45 seats"."""
    return [match.span("old") for match in _LEFT_BEHIND.finditer(clause)]


def disagreeing(one: str, other: str) -> tuple[Quantity, Quantity] | None:
    """Return the only pair of quantities with one unit and different values; None when there is none, or a choice."""
    left, right = quantities(one), quantities(other)
    pairs = [(a, b) for a in left for b in right if a.unit == b.unit]
    if len(pairs) != 1:
        return None
    a, b = pairs[0]
    return (a, b) if a.value != b.value else None
