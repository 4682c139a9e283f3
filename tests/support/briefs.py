"""Rows for briefs, made by hand: sources, claims and loops of a village hall, with quotes that are really there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from alice.brain.conflicts import Said
from alice.brain.rendering import SourceLine
from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow, Passage, Related, SourceNote
from alice.domain.composing.grounding import Checked, Evidence
from alice.domain.texts.chunking import chunks

NOW = datetime(2026, 3, 4, 7, tzinfo=UTC)
_SPACE = UUID(int=0)


def identifier(*words: object) -> UUID:
    """Return the same id for the same words."""
    return uuid5(_SPACE, "|".join(map(str, words)))


def words(text: str, *, source: str = "minutes", start: int = 0) -> Evidence:
    """Return evidence in a source of that name."""
    return Evidence(identifier(source), identifier(source, start), start, text)


def note(text: str, *, title: str = "Hall board", days: int = 1, name: str = "minutes") -> SourceNote:
    """Return a source that occurred `days` ago and came in today, with its passages."""
    source_id = identifier(name)
    passages = tuple(
        Passage(Evidence(source_id, identifier(name, c.ordinal, "chunk"), c.start, c.text), c.heading)
        for c in chunks(text)
    )
    return SourceNote(source_id, title, "local_folder", NOW - timedelta(days=days), NOW, passages, text)


def claim(text: str, *, kind: str = "semantic", days: int = 1, **more: Any) -> ClaimNote:
    """Return a memory drawn from words that are the same as its text."""
    quotes = more.pop("words", (words(text, start=more.pop("start", 0), source=more.pop("source", "minutes")),))
    subject = more.pop("subject", None)
    at = NOW - timedelta(days=days)
    return ClaimNote(identifier(kind, text, subject), kind, text, subject, "candidate", 0.8, at, quotes, **more)


def loop(text: str, *, owner: str | None = None, days: int = 1, due: date | None = None, **more: Any) -> LoopRow:
    """Return an open loop drawn from words that are the same as its text."""
    at = NOW - timedelta(days=days)
    quotes = (words(text, start=more.pop("start", 0), source=more.pop("source", "minutes")),)
    return LoopRow(
        identifier("loop", text, owner, more.get("subject")), more.pop("kind", "task"), text,
        more.pop("subject", None), owner, more.pop("waiting_for", None), due, more.pop("status", "candidate"),
        more.pop("confidence", 0.8), at, more.pop("seen_at", at), quotes, **more,
    )  # fmt: skip


def related(to: UUID, text: str, *, days: int = 200) -> Related:
    """Return an older passage that recall found for the claim or loop `to`."""
    return Related(to, Passage(words(text, source=text)), "Old minutes", NOW - timedelta(days=days), 1.0)


@dataclass(frozen=True, slots=True)
class Differing:
    """What the small detector of the tests answers."""

    kind: str
    confidence: float
    explanation: str
    differing: tuple[str, str]


def rents(one: Said, other: Said) -> Differing | None:
    """Find two sentences on a rent with different numbers: a detector small enough to be seen through."""
    numbers = [re.findall(r"[0-9]+", side.text) for side in (one, other)]
    if "rent" not in one.text or "rent" not in other.text or not all(numbers) or numbers[0] == numbers[1]:
        return None
    return Differing("numeric", 0.9, "the numbers differ", (numbers[0][0], numbers[1][0]))


def lines_of(checked: Checked) -> list[SourceLine]:
    """Return a line for the foot of an artifact for each source that it cites."""
    cited = sorted({c.source_id for s in checked.statements() for c in s.citations}, key=str)
    return [SourceLine(one, f"Source {one}", "local_folder", NOW.date()) for one in cited]


def inputs(**more: Any) -> Inputs:
    """Return inputs of a brief at seven in the morning of 4 March 2026; nothing is in them unless said."""
    given = {"now": NOW, "zone": "UTC", "since": None, "newest_at": NOW - timedelta(days=1), "captured": 1}
    return Inputs(**given | more)
