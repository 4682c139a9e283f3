"""The door to contradictions: two sides in, one conflict or none out. Pure: no clock, no store, no model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alice.domain.contradiction.readings import read
from alice.domain.contradiction.rules import Clause, Conflict, compare


@dataclass(frozen=True, slots=True)
class Side:
    """A claim as written, and when its source happened; "on Friday" is told from that day, in that time's zone."""

    text: str
    occurred_at: datetime


def between(a: Side, b: Side) -> Conflict | None:
    """Return how `a` and `b` contradict each other, or None when both can be true or one only doubts or asks.

    Clauses are compared one by one, and the surest conflict is returned. The order of the sides changes nothing but
    the order of `differing`.
    """
    if (b.occurred_at, b.text) < (a.occurred_at, a.text):
        found = _surest(b, a)
        return replace(found, differing=(found.differing[1], found.differing[0])) if found else None
    return _surest(a, b)


def _surest(older: Side, newer: Side) -> Conflict | None:
    found = [
        conflict
        for one in _clauses(older)
        for other in _clauses(newer)
        if _meet(one, other) and (conflict := compare(one, other)) is not None
    ]
    return max(found, key=lambda conflict: conflict.confidence, default=None)


def _meet(one: Clause, other: Clause) -> bool:
    """Tell whether two clauses share a word at all: most do not, and need no closer look."""
    there = other.reading.roots | other.reading.instead_of
    return not there.isdisjoint(one.reading.roots | one.reading.instead_of)


def _clauses(side: Side) -> list[Clause]:
    said_on = side.occurred_at.date()
    return [Clause(reading, said_on) for reading in read(side.text) if not reading.doubts]
