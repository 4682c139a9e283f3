"""What the five reports are composed from, beside the news and loops of a brief: plain rows of one brain at one moment.

It must not know a table, nor decide what is worth saying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow, Passage, SourceNote
from alice.domain.composing.grounding import Citation, Evidence, Marking
from alice.domain.vocab import Domain, Sensitivity


@dataclass(frozen=True, slots=True)
class LoopReview:
    """For a review of open loops: fresh ones are `base.loops`, `quiet` the newest of the stale ones.

    `later` are sources that speak of the loops and occurred after at least one of them was last heard of.
    """

    base: Inputs
    quiet: tuple[LoopRow, ...] = ()
    later: tuple[SourceNote, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()
        for loop in self.quiet:
            yield from loop.words
        yield from _words(self.later)

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        yield from self.base.marks()
        yield from (Marking(loop.domain, loop.sensitivity) for loop in self.quiet if not loop.words)


@dataclass(frozen=True, slots=True)
class Week:
    """For a weekly synthesis: `base` holds what came in within the week and what is owed at its end.

    `earlier` are sources of the weeks before that name the same subjects; `all_earlier` is False when there are more.
    `held` are older claims on the same subjects as the week's.
    """

    base: Inputs
    earlier: tuple[SourceNote, ...] = ()
    all_earlier: bool = True
    held: tuple[ClaimNote, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()
        yield from _words(self.earlier)
        for claim in self.held:
            yield from claim.words

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        yield from self.base.marks()


@dataclass(frozen=True, slots=True)
class Fresh:
    """Something new to look for older things by. `kind` and `id` name it: a memory, an open_loop or a passage."""

    kind: str
    id: UUID
    text: str
    topic: str
    citation: Citation
    occurred_at: datetime
    references: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Older:
    """An older passage that recall found for `fresh_id`; `above` is the text right before it in its source."""

    fresh_id: UUID
    passage: Passage
    above: str
    source_title: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Connections:
    """For a connection report: what is new, older passages found for it, and how rare words are.

    `rarity` tells in how many of `passages` passages a word stands; `people` are names that evidence knows; `settled`
    are edges, from and to, that a person has decided on or an earlier report has told.
    """

    base: Inputs
    fresh: tuple[Fresh, ...] = ()
    older: tuple[Older, ...] = ()
    passages: int = 0
    rarity: tuple[tuple[str, int], ...] = ()
    people: tuple[str, ...] = ()
    settled: tuple[tuple[UUID, UUID], ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()
        yield from (one.passage.words for one in self.older)

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        yield from self.base.marks()


@dataclass(frozen=True, slots=True)
class Contradictions:
    """For a contradiction report: what is new, and what might not go together with it.

    `held` are older claims on the same subjects, `older` passages that recall found for one of `fresh`.
    """

    base: Inputs
    fresh: tuple[Fresh, ...] = ()
    held: tuple[ClaimNote, ...] = ()
    older: tuple[Older, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()
        for claim in self.held:
            yield from claim.words
        yield from (one.passage.words for one in self.older)

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        yield from self.base.marks()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source names a project: code points `start` to `end`, found by `rule`."""

    source_id: UUID
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project, where new sources name it, and the words of updates on which a person has decided already."""

    id: UUID
    name: str
    status: str
    state: str | None
    places: tuple[Place, ...]
    used: tuple[tuple[UUID, int, int], ...] = ()
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN


@dataclass(frozen=True, slots=True)
class ProjectScan:
    """For a project update scan: what is new, and the projects that it speaks of."""

    base: Inputs
    projects: tuple[ProjectRow, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()

    def marks(self) -> Iterator[Marking]:
        """Yield how private the states and the loops are that nobody can cite."""
        yield from self.base.marks()
        yield from (Marking(one.domain, one.sensitivity) for one in self.projects if one.state)


@dataclass(frozen=True, slots=True)
class Update:
    """A new state that a scan proposes for a project; `citations` are the words that it rests on."""

    project_id: UUID
    current: str | None
    suggested: str
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie that a report proposes. Ends are a memory, an open_loop or a passage; `citations` are the words of both."""

    from_kind: str
    from_id: UUID
    to_kind: str
    to_id: UUID
    relation: str
    explanation: str
    shared: tuple[str, ...]
    confidence: float
    citations: tuple[Citation, ...]


def _words(sources: tuple[SourceNote, ...]) -> Iterator[Evidence]:
    for source in sources:
        yield from (passage.words for passage in source.passages)
