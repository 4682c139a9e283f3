"""Knows who is a person in a text: those listed as present, those who speak, and common given names.

It must not guess: an unknown capitalised word is no person until something says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from alice.domain.extraction import lexicon

TOKEN = r"[^\W\d_](?:[\w'’-]|\.(?=\w)){0,30}"
_LISTED = re.compile(
    rf"^(?P<name>{TOKEN}\.?(?: {TOKEN}\.?){{0,4}})?[\s,:–-]*(?:\(?@(?P<handle>[\w-]{{1,39}})\)?)?"
    r"\s*(?:[(–,-]\s*(?P<role>[^()\n]{1,60})\)?)?\s*$"
)
_TITLED = re.compile(rf"^{TOKEN}\.?(?: {TOKEN}\.?){{0,4}}$")


@dataclass(slots=True)
class Roster:
    """The people that one text knows: how they are written, by their names in lower case. Filled once, then read."""

    known: dict[str, str] = field(default_factory=dict)
    listed: bool = False  # somebody was listed as present: these are minutes

    def add(self, name: str, handle: str | None = None) -> None:
        """Make a person known by full name, given name and handle."""
        words = name.split()
        if not words and not handle:
            return
        shown = name or f"@{handle}"
        forms = [name, words[0] if words else "", handle or "", f"@{handle}" if handle else ""]
        for form in forms:
            low = form.casefold()
            if low and low not in lexicon.NOBODY:
                self.known.setdefault(low, shown)

    def knows(self, name: str) -> bool:
        """Tell whether `name`, as written, is somebody here."""
        low = name.casefold().removesuffix("'s")
        first, _, rest = low.partition(" ")
        return low in self.known or (rest != "" and first in self.known and _capitals(name))

    def mentions(self, words: Set[str]) -> bool:
        """Tell whether one of the lower-case `words` is a name known here, or a common given name."""
        return not (words.isdisjoint(self.known.keys()) and words.isdisjoint(lexicon.GIVEN_NAMES))

    def may_be(self, name: str) -> bool:
        """Tell whether `name` is somebody here, or a common given name written as one, with its accents or without."""
        if self.knows(name):
            return True
        given = name.split(" ", 1)[0].casefold().removesuffix("'s")
        common = given in lexicon.GIVEN_NAMES or (not given.isascii() and _bare(given) in lexicon.GIVEN_NAMES)
        return common and _capitals(name)

    def proper(self, name: str) -> str:
        """Return a handle or a name in small letters as the given name of the person listed here; others unchanged."""
        low = name.casefold().lstrip("@")
        shown = self.known.get(low, "")
        if not shown or shown.startswith("@") or " " in low:
            return name
        given = shown.split()[0]
        written = {word.casefold() for word in shown.split()}
        return given if low not in written or name.islower() else name


def _bare(name: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))


def _capitals(name: str) -> bool:
    # "Ada Lovelace", not "Ada to" and not "Ada PR".
    return all(word[0].isupper() and not (word.isupper() and len(word) > 1) for word in name.split())


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of an attendance list."""

    name: str
    handle: str | None
    role: str | None


def listed_person(line: str) -> Listed | None:
    """Read a line such as "Ada Lovelace @ada (chair)"; None when it does not look like a person."""
    match = _LISTED.match(line.strip()[:200])
    if match is None or not (match["name"] or match["handle"]):
        return None
    name = " ".join((match["name"] or "").split())
    plausible = not name or (_TITLED.match(name) and not name.split()[0].islower()) or match["handle"]
    if not plausible or name.casefold() in lexicon.NOBODY or (name.islower() and not match["handle"]):
        return None
    return Listed(name, match["handle"], (match["role"] or "").strip(" ()") or None)


def roster_of(names: Iterable[str]) -> Roster:
    """Return a roster that knows `names`."""
    roster = Roster()
    for name in names:
        roster.add(" ".join(name.split())[:80])
    return roster
