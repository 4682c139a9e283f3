"""What the workflows compose from: plain rows of one brain at one moment, already narrowed to what the reader may see.

It must not know a table, nor decide what is worth saying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from alice.domain.grounding import Evidence


@dataclass(frozen=True, slots=True)
class SourceNote:
    """A source in the window: what it is, and the passages that it opens with."""

    id: UUID
    title: str
    connector: str
    occurred_at: datetime
    captured_at: datetime
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a source with the path of headings above it."""

    words: Evidence
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimNote:
    """A memory drawn from evidence. `kind` is a `MemoryType`; `words` are its quotes, the newest first."""

    id: UUID
    kind: str
    text: str
    subject: str | None
    status: str
    confidence: float
    occurred_at: datetime
    words: tuple[Evidence, ...]
    project: str | None = None
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class LoopRow:
    """An open loop with its quotes, the newest first. `first_at` is when it was said first, `seen_at` last."""

    id: UUID
    kind: str
    text: str
    subject: str | None
    owner: str | None
    waiting_for: str | None
    due_on: date | None
    status: str
    confidence: float
    first_at: datetime
    seen_at: datetime
    words: tuple[Evidence, ...]
    project: str | None = None
    flagged: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """An older passage that recall found for something new; `claim_id` is the memory or loop that asked."""

    claim_id: UUID
    passage: Passage
    source_title: str
    occurred_at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait in the inbox, and since when the oldest does."""

    kind: str
    count: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class Older:
    """What came in beside the news because it is older than they are: told in one line."""

    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a brief is composed from.

    `since` is the end of the last brief's window, None for the first. `sources` are the news, of `captured` in all
    that came in; `loops` are fresh, `stale` counts the others; `newest_at` is when the newest evidence occurred.
    """

    now: datetime
    zone: str
    since: datetime | None
    newest_at: datetime | None
    captured: int
    sources: tuple[SourceNote, ...] = ()
    older: Older | None = None
    claims: tuple[ClaimNote, ...] = ()
    loops: tuple[LoopRow, ...] = ()
    closed: tuple[LoopRow, ...] = ()
    stale: int = 0
    waiting: tuple[Waiting, ...] = ()
    related: tuple[Related, ...] = ()
    owner_names: tuple[str, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        for source in self.sources:
            yield from (passage.words for passage in source.passages)
        for claim in self.claims:
            yield from claim.words
        for loop in (*self.loops, *self.closed):
            yield from loop.words
        for found in self.related:
            yield found.passage.words
