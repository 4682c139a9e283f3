"""What the workflows compose from: plain rows of one brain at one moment, already narrowed to what the reader may see.

It must not know a table, nor decide what is worth saying.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from alice.domain.composing.grounding import Evidence, Marking
from alice.domain.vocab import Domain, Sensitivity


@dataclass(frozen=True, slots=True, weakref_slot=True)
class SourceNote:
    """A source in the window: what it is, its passages (or the first few), and its whole `text` when that is short."""

    id: UUID
    title: str
    connector: str
    occurred_at: datetime
    captured_at: datetime
    passages: tuple[Passage, ...] = ()
    text: str = ""


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
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN


@dataclass(frozen=True, slots=True)
class Related:
    """An older passage that recall found for something new; `claim_id` is the memory, loop or passage that asked.

    `above` is the text right before it in its source, where that is known.
    """

    claim_id: UUID
    passage: Passage
    source_title: str
    occurred_at: datetime
    score: float
    above: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of a kind wait in the inbox, since when the oldest does, and how many are put away within a week."""

    kind: str
    count: int
    oldest_at: datetime
    expiring: int = 0


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
    `background` holds texts from before the news: what stands there too is a form's wording and no news. `unsealed`
    counts memories that say they were accepted, though no decision stands behind them: they are left out. `held` are
    older claims and `opposed` older passages that the news might contradict; `later` are sources that spoke of a loop
    again after it was last heard of.
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
    held: tuple[ClaimNote, ...] = ()
    opposed: tuple[Related, ...] = ()
    later: tuple[SourceNote, ...] = ()
    owner_names: tuple[str, ...] = ()
    background: tuple[str, ...] = ()
    unsealed: int = 0

    @property
    def base(self) -> Inputs:
        """Return itself: what every workflow is composed from, some from more."""
        return self

    @property
    def news_count(self) -> int:
        """Return how many sources are news, also those beyond the ones that are told of."""
        return self.captured - (self.older.count if self.older else 0)

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        for source in (*self.sources, *self.later):
            yield from (passage.words for passage in source.passages)
        for claim in (*self.claims, *self.held):
            yield from claim.words
        for loop in (*self.loops, *self.closed):
            yield from loop.words
        for found in (*self.related, *self.opposed):
            yield found.passage.words

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        for loop in (*self.loops, *self.closed):
            if not loop.words:
                yield Marking(loop.domain, loop.sensitivity)


def digest(inputs: Any) -> str:
    """Return `sha256:` and a hash of the inputs that does not depend on the order of their rows."""
    return "sha256:" + hashlib.sha256(_text(inputs).encode()).hexdigest()


def _text(value: Any) -> str:
    """Return a value as JSON in which rows stand in the order of their texts."""
    if is_dataclass(value):
        return "{" + ",".join(f'"{field.name}":{_text(getattr(value, field.name))}' for field in fields(value)) + "}"
    if isinstance(value, tuple | frozenset):
        return "[" + ",".join(sorted(map(_text, value))) + "]"
    if value is None or isinstance(value, str | int | float):
        return json.dumps(value, ensure_ascii=False)
    return json.dumps(value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value))
