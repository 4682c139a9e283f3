"""What rules look at: sentences with who says them, what they are about and where they stand, and the scene they share.

Shapes only; `reading` fills them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from alice.domain.extraction.names import Listed, Roster


class Saying(NamedTuple):
    """One sentence: its span in the source, its plain words without the speaker's name, and where it stands.

    `task` is "open" or "done" for an item with a checkbox, else "". `opens` tells whether it begins its block,
    `direct` whether the speaker is named on the block itself, and not only above it; `above` is what was said right
    before it: the sentence before, else the item above.
    """

    start: int
    end: int
    text: str
    speaker: str | None
    topic: str | None
    section: str
    task: str
    opens: bool
    direct: bool
    above: str | None
    low: str
    words: frozenset[str]

    @property
    def ends(self) -> bool:
        """Tell whether it is written out as a sentence, with its mark at the end."""
        return self.text.endswith((".", "!", "?", ":"))


_TAUGHT = ("```", "~~~", "\n    $ ", "\n$ ", "<code", "<pre", "{%")


@dataclass(slots=True)
class Scene:
    """One text, read: its sayings and the people it knows. `told_on` is the day it happened, where it happened.

    `instructs` tells whether it shows code or commands: it teaches, and its "need to" is said to any reader.
    """

    text: str
    told_on: date
    roster: Roster
    owner_names: tuple[str, ...] = ()
    is_message: bool = False
    is_page: bool = False
    sayings: list[Saying] = field(default_factory=list)
    listed: list[tuple[int, int, Listed]] = field(default_factory=list)
    initiatives: list[tuple[int, int, str]] = field(default_factory=list)  # start, end and name
    headings: list[tuple[int, int, str]] = field(default_factory=list)
    instructs: bool = field(init=False)

    def __post_init__(self) -> None:  # once, and not for each of a hundred thousand sayings
        self.instructs = any(sign in self.text for sign in _TAUGHT)

    @property
    def is_meeting(self) -> bool:
        """Tell whether somebody was listed as present, or at least two people speak."""
        return self.roster.listed
