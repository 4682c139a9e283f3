"""What recall's index is handed of a text: plain words, by slot, with the language that Postgres is to stem them in.

Slot 0 is the title, slot `ordinal + 1` a passage. Texts are cut into who speaks, what is said, and the heading above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alice.domain.recall import tokens

_SAMPLE_PASSAGES = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """Words of the title (slot 0) or of a passage."""

    number: int
    heading: str
    speaker: str
    body: str


@dataclass(frozen=True, slots=True)
class Indexed:
    """The words of one text. `language` is the name of a Postgres text search configuration."""

    language: str
    slots: Sequence[Slot]


def indexed(title: str, passages: Sequence[tuple[int, str | None, str]]) -> Indexed:
    """Return the words of a text with this title, and these passages: ordinal, heading and text of each."""
    language = tokens.language(" ".join(text for _ordinal, _heading, text in passages[:_SAMPLE_PASSAGES]))
    headings = {heading: tokens.plain(heading or "") for _ordinal, heading, _text in passages}
    slots = [_slot(ordinal, headings[heading], text) for ordinal, heading, text in passages]
    return Indexed(language, [Slot(0, "", "", tokens.plain(title)), *slots])


def _slot(ordinal: int, heading: str, text: str) -> Slot:
    speaker, said = tokens.speaker(text)
    return Slot(ordinal + 1, heading, tokens.plain(speaker) if speaker else "", tokens.plain(said))
