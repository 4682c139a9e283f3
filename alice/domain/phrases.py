"""Runs of words by which a text is known again: five in a row, or the whole of a shorter one. Pure.

Case, punctuation, markup and line ends do not count, so that a quote is found however it was set.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

LENGTH = 5
FEWEST = 3  # words beside numbers in a run: with fewer it would be found where nobody took it from, as a date is
# Scripts without blanks between words count by the character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
Run = tuple[str, ...]


def words(text: str) -> list[str]:
    """Return the words of `text` as they are compared."""
    folded = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return _WORD.findall(folded.casefold())


def runs(said: Sequence[str], length: int) -> Iterable[Run]:
    """Return every run of so many words."""
    return zip(*(said[first:] for first in range(length)), strict=False)


@dataclass(slots=True)
class Phrases:
    """What to look for: runs by their length. `vocabulary` is every word of the texts they are from.

    `least` is how many letters the shortest run has: a shorter text need not be read. Of every run a word is among the
    `signs`: in a text without any of these no run stands, and most texts are without.
    """

    by_length: dict[int, set[Run]] = field(default_factory=dict)
    vocabulary: set[str] = field(default_factory=set)
    signs: set[str] = field(default_factory=set)
    least: int = 2**31

    def add(self, text: str) -> None:
        """Look for `text` from now on, unless it has fewer than three words beside its numbers."""
        said = words(text)
        self.vocabulary.update(said)
        length = min(len(said), LENGTH)
        telling = {run for run in runs(said, length) if sum(not word.isdigit() for word in run) >= FEWEST}
        if telling:
            self.by_length.setdefault(length, set()).update(telling)
            self.least = min(self.least, *(sum(map(len, run)) for run in telling))
            for run in runs(said, length):
                if run in telling and self.signs.isdisjoint(run):
                    self.signs.add(max(run, key=len))

    def found(self, text: str) -> bool:
        """Tell whether one of the runs stands in `text`."""
        if text.isascii() and len(text) < self.least:
            return False
        said = words(text)
        if self.signs.isdisjoint(said):
            return False
        return any(not known.isdisjoint(runs(said, length)) for length, known in self.by_length.items())

    def stands_in(self, value: Any) -> bool:
        """Tell whether one of the runs stands in a text, or in any text within a JSON value."""
        return any(self.found(text) for text in leaves(value))

    def without(self, text: str) -> bool:
        """Look no more for what stands in `text` too, and tell whether anything did."""
        said, shared = words(text), False
        if self.signs.isdisjoint(said):
            return False
        for length, known in self.by_length.items():
            both = known.intersection(runs(said, length))
            known -= both
            shared = shared or bool(both)
        return shared

    def __len__(self) -> int:
        return sum(map(len, self.by_length.values()))


def leaves(value: Any) -> Iterator[str]:
    """Yield every text within a JSON value, its keys too; a text that is JSON itself is opened."""
    if isinstance(value, str):
        inner = _opened(value)
        yield from (value,) if inner is None else leaves(inner)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)


def _opened(text: str) -> Any:
    if text[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) else None


def of(texts: Iterable[str]) -> Phrases:
    """Return the phrases of `texts`."""
    made = Phrases()
    for text in texts:
        made.add(text)
    return made
