"""How passages are ranked: BM25 of the passage, of the passage with its neighbours, and of its document. Pure.

A place is a document's number and a slot in it, in one integer: neighbours are the places beside it.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

SLOT_BITS = 24
SLOTS = (1 << SLOT_BITS) - 1
AROUND = 2  # neighbours to each side that count as evidence
K1 = 1.2  # Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009
B = 0.75
SPEAKS = 8  # different words at which a passage counts half for what stands around it: "Yeah." is no answer


_SPREAD = 2  # so many times the shortlist are the matches whose neighbours are looked at


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence counts beside the passage's own words, which count 1.

    `speaker`, `time` and `trusted` are shares of all of them: for a passage said by somebody whom the question names,
    one of the time that it names, and one that a memory was accepted from. `alike` tells whether words that mean alike
    are looked for.
    """

    around: float = 0.8
    document: float = 0.5
    speaker: float = 0.3
    time: float = 0.5
    trusted: float = 0.1
    alike: bool = True


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Totals:
    """How much a brain holds. Lengths count different words of a passage, summed."""

    documents: int
    passages: int
    length: int

    @property
    def average(self) -> float:
        """Return the length of a passage."""
        return self.length / max(1, self.passages + self.documents) or 1.0

    @property
    def document_average(self) -> float:
        """Return the length of a document."""
        return self.length / max(1, self.documents) or 1.0

    @property
    def around_average(self) -> float:
        """Return the length of a passage with its neighbours: fewer than four where documents are short."""
        slots = self.passages / max(1, self.documents) + 1
        missing = AROUND * (AROUND + 1) / slots
        return self.average * max(1.0, 2 * AROUND + 1 - missing)


@dataclass(frozen=True, slots=True)
class Passage:
    """What was read of one slot: its length, how often each term stands in it, and whether one names its speaker."""

    length: int
    counts: Sequence[float]
    named: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What was read of one document: its length, in how many of its passages each term stands, how timely it is."""

    length: int
    counts: Sequence[float]
    timely: float = 0.0


def document_of(place: int) -> int:
    """Return the number of the document that `place` lies in."""
    return place >> SLOT_BITS


def slot_of(place: int) -> int:
    """Return the slot: 0 for the document's title, n + 1 for the passage with ordinal n."""
    return place & SLOTS


def neighbours(place: int) -> range:
    """Return the places from `AROUND` before to `AROUND` after, as far as they may be in the document."""
    first = max(place - AROUND, document_of(place) << SLOT_BITS)
    return range(first, place + AROUND + 1)


def rarity(passages: int, holding: int) -> float:
    """Return the weight of a term that `holding` of all `passages` hold: BM25's inverse document frequency."""
    holding = min(holding, passages)
    return math.log1p((passages - holding + 0.5) / (holding + 0.5))


def bm25(counts: Sequence[float], rarities: Sequence[float], *, length: float, average: float) -> float:
    """Return the BM25 score of a text in which each term stands `counts` times, its length against the average."""
    norm = _norm(length, average)
    return sum(rare * count * (K1 + 1) / (count + norm) for count, rare in zip(counts, rarities, strict=True) if count)


def _norm(length: float, average: float) -> float:
    return K1 * (1 - B + B * length / average)


def speaking(length: int) -> float:
    """Return how far a passage of `length` words may stand for its neighbourhood, from 0 to 1."""
    return length / (length + SPEAKS)


def norm(totals: Totals) -> tuple[float, float]:
    """Return a and b such that terms that stand once in a passage count their rarity divided by a + b * length."""
    return (1 + K1 * (1 - B)) / (K1 + 1), K1 * B / totals.average / (K1 + 1)


def shortlist(
    matches: Mapping[int, tuple[int, int, float]],
    rarities: Sequence[float],
    totals: Totals,
    *,
    weights: Weights,
    size: int,
) -> list[int]:
    """Return the `size` most promising places among `matches` and their neighbours, best first.

    `matches` has for each place, best first, its length, a bit mask of the terms in it, and a guess of what its own
    words count. How often a term stands there and how long the neighbours are is not known yet: the estimate only has
    to keep what the exact score will want.
    """
    worth = _Worth(rarities)
    around, whole = _spread(islice(matches, _SPREAD * size), matches)
    unread = (round(totals.average), 0, 0.0)
    guesses = []
    for place, near in around.items():
        if slot_of(place):
            length, _mask, own = matches.get(place, unread)
            beside = weights.around * speaking(length) * worth[near]
            guesses.append((own + beside + weights.document * worth[whole[place >> SLOT_BITS]], -place))
    return [-place for _guess, place in heapq.nlargest(size, guesses)]


class _Worth(dict[int, float]):
    """The summed rarity of the terms in a mask, worked out once for each mask."""

    def __init__(self, rarities: Sequence[float]) -> None:
        self._rarities = rarities

    def __missing__(self, mask: int) -> float:
        self[mask] = sum(rare for bit, rare in enumerate(self._rarities) if mask >> bit & 1)
        return self[mask]


def _spread(
    places: Iterable[int], matches: Mapping[int, tuple[int, int, float]]
) -> tuple[defaultdict[int, int], defaultdict[int, int]]:
    """Return the terms around each place near one of `places`, and the terms of each document, as masks."""
    around: defaultdict[int, int] = defaultdict(int)
    whole: defaultdict[int, int] = defaultdict(int)
    for place in places:
        mask = matches[place][1]
        whole[document_of(place)] |= mask
        for near in neighbours(place):
            around[near] |= mask
    return around, whole


def score(
    places: Iterable[int],
    passages: Mapping[int, Passage],
    documents: Mapping[int, Document],
    *,
    rarities: Sequence[float],
    totals: Totals,
    weights: Weights,
    trusted: AbstractSet[int] = frozenset(),
) -> dict[int, dict[str, float]]:
    """Return the parts of the score, named as in `Weights` and `words`, of each of `places` that exists."""
    scored = {}
    for place in places:
        if place not in passages:
            continue
        own, whole = passages[place], documents[document_of(place)]
        near = [passages[at] for at in neighbours(place) if at in passages]
        counts = [sum(column) for column in zip(*(p.counts for p in near), strict=True)]
        length = sum(p.length for p in near)
        parts = {
            "words": bm25(own.counts, rarities, length=own.length, average=totals.average),
            "around": bm25(counts, rarities, length=length, average=totals.around_average) * speaking(own.length),
            "document": bm25(whole.counts, rarities, length=whole.length, average=totals.document_average),
        }
        parts["around"] *= weights.around
        parts["document"] *= weights.document
        said = sum(parts.values())
        parts["speaker"] = weights.speaker * said * own.named
        parts["time"] = weights.time * said * whole.timely
        parts["trusted"] = weights.trusted * said * (place in trusted)
        scored[place] = parts
    return scored
