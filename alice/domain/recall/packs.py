"""What a context pack is made from: a question and the plain rows that were found for it, within one scope.

It must not know a table, nor choose among the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from alice.domain.vocab import Connector

LEAST_TOKENS, MOST_TOKENS, TOKENS = 256, 32_000, 4_000
LONGEST_QUERY = 50_000  # characters that are taken; the first 20,000 are looked at


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked on the day `today`. `words` are the query's, in lower case; `until` is the end of the day `as_of`.

    `filtered` tells that the asker sees only a part of the brain: scores are then told as shares of the best one.
    """

    text: str
    words: tuple[str, ...]
    language: str
    now: datetime
    today: date
    period: tuple[date, date] | None = None
    as_of: date | None = None
    until: datetime | None = None
    domains: tuple[str, ...] = ()
    project: str | None = None
    filtered: bool = False
    max_tokens: int = TOKENS


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source: `text` stands at code points `start` … of its text. A connector says how it came in."""

    source_id: UUID
    chunk_id: UUID
    start: int
    text: str
    source_title: str
    connector: str
    occurred_at: datetime
    domain: str
    sensitivity: str
    reviewed: bool = False

    @property
    def composed(self) -> bool:
        """Tell whether an agent composed these words."""
        return self.connector == Connector.AGENT_OUTPUT


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that recall found, with the parts of its score."""

    quote: Quote
    heading: str | None
    score: float
    parts: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A memory with the words it was drawn from, the newest first."""

    id: UUID
    memory_type: str
    text: str
    subject: str | None
    status: str
    confidence: float
    rule: str
    flags: tuple[str, ...]
    project: str | None
    domain: str
    sensitivity: str
    occurred_at: datetime
    created_at: datetime
    decided_at: datetime | None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """An open loop with the words it was drawn from, the newest first."""

    id: UUID
    loop_kind: str
    text: str
    subject: str | None
    owner: str | None
    waiting_for: str | None
    due_on: date | None
    status: str
    confidence: float
    rule: str
    flags: tuple[str, ...]
    project: str | None
    domain: str
    sensitivity: str
    occurred_at: datetime
    created_at: datetime
    closed_at: datetime | None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Composition:
    """An artifact that cites passages which were found."""

    id: UUID
    artifact_type: str
    title: str
    status: str
    domain: str
    sensitivity: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """How much of what was asked for the policy keeps from the asker, and by which rule. `more`: it is at least that.

    It counts what lies outside the scope whatever its words are: a count by words would answer what they say.
    """

    count: int
    rule: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """All that a pack may be made of; everything in it lies in the asker's scope, as it stood on the day asked about.

    `unsealed` counts what says that a person stands behind it where none does; it is left out.
    """

    question: Question
    passages: tuple[Found, ...] = ()
    claims: tuple[Claim, ...] = ()
    loops: tuple[Loop, ...] = ()
    compositions: tuple[Composition, ...] = ()
    held_back: HeldBack = HeldBack(0, "Nothing is held back from the owner.")
    unsealed: int = 0
