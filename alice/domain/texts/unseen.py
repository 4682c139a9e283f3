"""What a text hides from whoever reads it: characters that show nothing, and the words written in them. It removes
nothing: a reviewer is told, and decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

# Unicode tags spell ASCII that nobody sees; in a flag such as that of Scotland they are what the standard wants.
_FLAG = re.compile(r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")
_TAGS = re.compile(r"[\U000e0000-\U000e007f]+")
# Bytes can be smuggled as variation selectors; one of them after an emoji or an ideograph is what they are for.
_SELECTORS = re.compile(
    r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}|(?<![0-9#*\x80-\U0010ffff])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]+")
_MARKS = re.compile(r"[\u200e\u200f\u061c]+")
_ZERO_WIDTH = re.compile(
    r"[\u200b\u2060-\u2064\u180e\u034f\u115f\u1160\u3164\uffa0]+"
    r"|\u00ad{2,}|(?<!^)\ufeff|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True)
class Hidden:
    """Characters at `start` … `end` of a text that show nothing. `says` is what they spell, or their names."""

    kind: str
    start: int
    end: int
    says: str


def hidden(text: str) -> tuple[Hidden, ...]:
    """Return what shows nothing in `text`, in its order.

    Kinds: tags, selectors, direction, zero_width, control. What a script or an emoji needs is no such thing.
    """
    if text.isascii() and text.isprintable():
        return ()
    found = [Hidden("tags", *at, _tags(text[slice(*at)])) for at in _outside_flags(text)]
    found += [Hidden("selectors", *m.span(), _selected(m[0])) for m in _SELECTORS.finditer(text)]
    wanted = [("direction", _DIRECTION), ("zero_width", _ZERO_WIDTH), ("control", _CONTROLS)]
    if not _writes_leftwards(text):
        wanted.append(("direction", _MARKS))
    found += [Hidden(kind, *m.span(), _names(m[0])) for kind, pattern in wanted for m in pattern.finditer(text)]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def told(text: str) -> list[dict[str, Any]]:
    """Return what `hidden` does as plain values."""
    return [asdict(one) for one in hidden(text)]


def revealed(text: str) -> str:
    """Return `text` with each character that shows nothing written out, such as ⟨U+200B⟩."""
    parts, at = [], 0
    for one in hidden(text):
        if one.start >= at:
            parts += [text[at : one.start], *(f"⟨U+{ord(char):04X}⟩" for char in text[one.start : one.end])]
            at = one.end
    return "".join([*parts, text[at:]])


def sentence(text: str) -> str | None:
    """Return in words what `text` hides, or None when it hides nothing."""
    found = hidden(text)
    if not found:
        return None
    count = sum(one.end - one.start for one in found)
    said = ", ".join(dict.fromkeys(one.says for one in found))[:300]
    return f"holds {count} {'character that shows' if count == 1 else 'characters that show'} nothing: {said}"


def _outside_flags(text: str) -> list[tuple[int, int]]:
    flags = [m.span() for m in _FLAG.finditer(text)]
    spans = [m.span() for m in _TAGS.finditer(text)]
    return [span for span in spans if not any(first < span[0] and span[1] <= last for first, last in flags)]


def _tags(text: str) -> str:
    """Return what tags spell."""
    spelled = "".join(chr(ord(char) - 0xE0000) for char in text if 0xE0020 <= ord(char) <= 0xE007E)
    return f"tags that spell “{spelled}”" if spelled.strip() else "tags that spell nothing"


def _selected(text: str) -> str:
    """Return the words that bytes written as variation selectors make, where they make any."""
    raw = bytes(_byte(char) for char in text)
    words = raw.decode("utf-8", "ignore")
    spelled = words if words.isprintable() and any(char.isalnum() for char in words) else ""
    return f"selectors that spell “{spelled}”" if spelled else f"{len(text)} variation selectors"


def _byte(char: str) -> int:
    code = ord(char)
    return code - 0xFE00 if code <= 0xFE0F else code - 0xE0100 + 16


def _names(text: str) -> str:
    return ", ".join(f"{unicodedata.name(char, 'control').lower()} (U+{ord(char):04X})" for char in dict.fromkeys(text))


def _writes_leftwards(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)
