"""What the five reports are composed from, beside the news and loops of a brief: plain rows of one brain at one moment.

It must not know a table, nor decide what is worth saying.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alice.domain.briefing import ClaimNote, Inputs, LoopRow, SourceNote
from alice.domain.grounding import Evidence, Marking


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
    `turned` are pairs of what the week says and what was held before, as far as rules see them contradict.
    """

    base: Inputs
    earlier: tuple[SourceNote, ...] = ()
    all_earlier: bool = True
    turned: tuple[Turn, ...] = ()

    def evidence(self) -> Iterator[Evidence]:
        """Yield all words that may be cited."""
        yield from self.base.evidence()
        yield from _words(self.earlier)
        for turn in self.turned:
            yield from (*turn.new.words, *turn.old.words)

    def marks(self) -> Iterator[Marking]:
        """Yield how private the loops are that nobody can cite."""
        yield from self.base.marks()


@dataclass(frozen=True, slots=True)
class Turn:
    """Two claims that do not go together: `kind` is how, `explanation` says it in a clause."""

    new: ClaimNote
    old: ClaimNote
    kind: str
    confidence: float
    explanation: str
    differing: tuple[str, str]


def _words(sources: tuple[SourceNote, ...]) -> Iterator[Evidence]:
    for source in sources:
        yield from (passage.words for passage in source.passages)
