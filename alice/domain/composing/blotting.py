"""Takes words out of artifacts and of the states of projects, leaving what does not tell of them as it is. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alice.domain.phrases import Phrases, words

ALICES_OWN = "how_written"  # the section in which Alice says how an artifact came about
SHORTEST = 4  # letters of a word that can give a title away
_EVERYWHERE = frozenset(
    words(
        "about also been from have into just more most much only other over some than that their them then there these"
        " they this those very were what when where which will with would your news next still today until week"
    )
)
_LABELS = frozenset({"decided", "open"})  # what a line of a state begins with
Section = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stain:
    """What has to go: citations by number, loops by id, phrases; `uncited` takes what a model says on no evidence."""

    numbers: Collection[int]
    loops: Collection[str]
    phrases: Phrases
    uncited: bool = False

    def on(self, statement: Mapping[str, Any]) -> bool:
        """Tell whether a statement cites it, tells of it, or holds its words."""
        cites: Sequence[int] = statement["citations"]
        loop = statement.get("loop") or {}
        if not set(self.numbers).isdisjoint(cites) or loop.get("id") in self.loops:
            return True
        said = [statement["text"], statement.get("topic") or "", loop.get("owner"), loop.get("waiting_for")]
        return self.phrases.stands_in([one for one in said if one])


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of an artifact's sections, how many statements went, and where those that stayed are now.

    `moved` maps the old place of a statement, section and number from 0, to its new one.
    """

    sections: list[Section]
    removed: list[str]
    moved: dict[tuple[int, int], tuple[int, int]]


def blotted(sections: Sequence[Section], stain: Stain) -> Kept:
    """Return `sections` without the statements that `stain` is on; a section without any goes with its title."""
    left: list[Section] = []
    removed: list[str] = []
    moved: dict[tuple[int, int], tuple[int, int]] = {}
    for number, section in enumerate(sections):
        stays: list[dict[str, Any]] = []
        for place, statement in enumerate(section["statements"]):
            alone = stain.uncited and not statement["citations"] and section["key"] != ALICES_OWN
            if alone or stain.on(statement) or stain.phrases.stands_in(section["title"]):
                removed.append(statement["text"])
            else:
                moved[number, place] = (len(left), len(stays))
                stays.append(statement)
        if stays:
            left.append(section | {"statements": stays})
    return Kept(left, removed, moved)


def gives_away(title: str, kept: Kept, stain: Stain, *, spared: str) -> bool:
    """Tell whether a title holds a word of what went that stands in nothing which stays, nor in `spared`."""
    if stain.phrases.found(title):
        return True
    if not kept.removed:
        return False
    secret = stain.phrases.vocabulary.union(*map(words, kept.removed))
    said = [statement["text"] for section in kept.sections for statement in section["statements"]]
    known = _EVERYWHERE.union(words(spared), *map(words, said))
    return any(len(word) >= SHORTEST and word in secret and word not in known for word in words(title))


def lines_without(text: str, phrases: Phrases, quotes: Sequence[str] = ()) -> str:
    """Return `text` without the lines that hold one of `phrases`, or say nothing but what one of `quotes` says.

    Nothing is left when a run of words still stands across lines.
    """
    known = [set(words(quote)) for quote in quotes]
    lines = [line for line in text.split("\n") if not phrases.found(line) and not _repeats(line, known)]
    left = "\n".join(lines).strip("\n")
    return "" if phrases.found(left) else left


def _repeats(line: str, known: Sequence[set[str]]) -> bool:
    said = {word for word in words(line) if len(word) >= SHORTEST and not word.isdigit()} - _EVERYWHERE - _LABELS
    return bool(said) and any(said <= quote for quote in known)
