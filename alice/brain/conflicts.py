"""Pairs of statements that might contradict each other, and what a detector says of them.

It must not judge by itself: which two sentences are on the same thing is decided here, whether they contradict by the
detector.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from alice.brain.pointers import GENERIC
from alice.brain.remarks import read_passage, same_terms
from alice.brain.statements import about
from alice.brain.wording import alike, terms
from alice.domain.composing.briefing import ClaimNote, Inputs, Related
from alice.domain.composing.grounding import Citation
from alice.domain.composing.reports import Fresh, Older
from alice.domain.extraction.wording import plain
from alice.domain.vocab import MemoryStatus

MOST_NEW, MOST_OLD, MOST_PAIRS = 60, 400, 250
MOST_OF_NEWS = 100  # pairs for a brief, which says little of them
_SHARED = 2  # telling words two sentences have to share to be on the same thing


class Conflict(Protocol):
    """What a detector says of two statements: how they contradict, how surely, by what, and the parts that differ."""

    @property
    def kind(self) -> str: ...

    @property
    def confidence(self) -> float: ...

    @property
    def explanation(self) -> str: ...

    @property
    def differing(self) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class Said:
    """One side: a plain sentence, what it is about, when it occurred, and whether a person accepted it."""

    text: str
    topic: str
    occurred_at: datetime
    citation: Citation
    accepted: bool = False


Detector = Callable[[Said, Said], Conflict | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """Two sentences that do not go together; `new` is the newer one."""

    new: Said
    old: Said
    conflict: Conflict


def claims(found: Iterable[ClaimNote]) -> list[Said]:
    """Return claims as sides; text that commands its reader is none."""
    return [
        Said(plain(c.text), about(c), c.occurred_at, c.words[0].cite(), c.status == MemoryStatus.ACCEPTED)
        for c in found
        if c.words and not c.flagged
    ]


def fresh(found: Iterable[Fresh]) -> list[Said]:
    """Return new things as sides."""
    return [Said(one.text, one.topic, one.occurred_at, one.citation) for one in found]


def passages(found: Iterable[Older | Related]) -> list[Said]:
    """Return the remarks of older passages as sides, each once."""
    said = {}
    for one in found:
        for remark in read_passage(one.passage.words, one.above):
            said[remark.citation] = Said(remark.words, remark.topic, one.occurred_at, remark.citation)
    return list(said.values())


def turns(new: Sequence[Said], old: Sequence[Said], detector: Detector, most: int = MOST_PAIRS) -> list[Turn]:
    """Return what contradicts among `new`, and between `new` and `old`; the surest first, each sentence once.

    At most `most` pairs are compared, those that share most words.
    """
    found = []
    for one, other in _pairs(new, old)[:most]:
        newer, older = (one, other) if one.occurred_at >= other.occurred_at else (other, one)
        conflict = detector(older, newer)
        if conflict:
            found.append(Turn(newer, older, conflict))
    found.sort(key=lambda turn: (-round(turn.conflict.confidence, 6), *_order(turn.new), *_order(turn.old)))
    shown: list[Turn] = []
    for turn in found:
        if not any(_repeats(turn, other) for other in shown):
            shown.append(turn)
    return shown


def of_news(news: Inputs, new: Iterable[Fresh], detector: Detector) -> list[Turn]:
    """Return what the news say otherwise than was noted before: claims, and `new` things beside them."""
    side = {said.citation: said for said in (*fresh(new), *claims(news.claims))}
    old = [*claims(news.held), *passages(news.opposed)]
    return turns(list(side.values()), [said for said in old if said.citation not in side], detector, MOST_OF_NEWS)


def _order(said: Said) -> tuple[object, ...]:
    return (-said.occurred_at.timestamp(), said.text, str(said.citation.source_id), said.citation.start)


def _pairs(new: Sequence[Said], old: Sequence[Said]) -> list[tuple[Said, Said]]:
    """Return the pairs on the same thing, those that share most first."""
    fresh_first = sorted(new, key=_order)[:MOST_NEW]
    older = sorted(old, key=_order)[:MOST_OLD]
    telling = {said.citation: (terms(said.text) - GENERIC, terms(said.topic)) for said in (*fresh_first, *older)}
    found = []
    for index, one in enumerate(fresh_first):
        words, topic = telling[one.citation]
        for other in (*fresh_first[index + 1 :], *older):
            others, about_other = telling[other.citation]
            shared = len(words & others)
            same = shared >= _SHARED or (shared > 0 and same_terms(topic, about_other))
            if same and one.citation.source_id != other.citation.source_id:
                found.append((shared, one, other))
    found.sort(key=lambda entry: -entry[0])
    return [(one, other) for _, one, other in found]


def _repeats(turn: Turn, other: Turn) -> bool:
    """Tell whether two turns would show the same contradiction."""
    if turn.new.citation == other.new.citation or turn.old.citation == other.old.citation:
        return True
    return alike(turn.new.text, other.new.text) and alike(turn.old.text, other.old.text)
