"""Recognises text that tries to command its reader, or to hide from it. It warns; it never removes a character."""

from __future__ import annotations

import re

INSTRUCTION_LIKE = "instruction_like"
INVISIBLE_TEXT = "invisible_text"

# Unicode tags, zero-width and bidirectional controls (Unicode 16, UTS 55 "source code handling" lists the latter).
# A zero-width joiner is part of an emoji or of a script that joins, and a leading byte order mark is no trick.
_INVISIBLE = re.compile(
    r"[\U000e0000-\U000e007f\u200b\u2060-\u2064\u180e\u202a-\u202e\u2066-\u2069\u00ad]{2,}"
    r"|[\U000e0001-\U000e007f\u202d\u202e\u2066-\u2069]"
    r"|(?<=[A-Za-z0-9])[\u200b-\u200d\u2060\ufeff](?=[A-Za-z0-9])"
)
_FLAG_EMOJI = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{1,12}\U000e007f")

_HINT = re.compile(r"ignor|disregard|forget|overrid|bypass|instruct|prompt|trusted|pretend|you are now|accept", re.I)
_OBJECT = r"(?:instruction|prompt|rule|polic|guideline|direction|command|constraint|restriction|safeguard|message)"
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|do not follow|don['’]t follow)\b[^.!?\n]{0,40}?"
    r"\b(?:previous|prior|earlier|above|all|any|your|the|these|those|system|existing|other)\b[^.!?\n]{0,30}?" + _OBJECT +
    r"|\b(?:mark|treat|label|flag|classify|store|record|save|consider|remember)\b[^.!?\n]{0,40}?"
    r"\b(?:as|is|to be)\b[^.!?\n]{0,15}?\b(?:trusted|accepted|verified|approved|authoritative|reviewed|safe to share)\b"
    r"|\b(?:accept|approve|promote)\b[^.!?\n]{0,20}?\b(?:all|every|this|these)\b[^.!?\n]{0,20}?"
    r"\b(?:memor|candidate|proposal|claim)"
    r"|\b(?:you are now|act as|pretend (?:to be|you are)|from now on,? you)\b[^.!?\n]{0,60}?"
    r"\b(?:assistant|agent|model|ai|admin|administrator|system|developer|dan|unrestricted|without)\b"
    r"|\b(?:reveal|print|repeat|output|show|leak|send)\b[^.!?\n]{0,30}?\b(?:system prompt|your (?:instructions|prompt|rules))"
    r"|\bnew (?:system )?(?:instructions?|prompt)\s{0,3}:"
    r"|(?:^|\n)\s{0,8}(?:\[?system\]?|###\s?instruction|<\|?(?:system|im_start|inst)\|?>)\s{0,3}:?"
    r"|\bdo not (?:tell|inform|show|alert|mention (?:this|it) to)\b[^.!?\n]{0,20}?\b(?:the )?(?:user|owner|human|reviewer)",
    re.IGNORECASE,
)  # fmt: skip
_LONGEST = 4_000


def flags_of(text: str) -> tuple[str, ...]:
    """Return `instruction_like` and `invisible_text` as far as they apply to `text`."""
    found = []
    if is_instruction_like(text):
        found.append(INSTRUCTION_LIKE)
    if has_invisible_text(text):
        found.append(INVISIBLE_TEXT)
    return tuple(found)


def is_instruction_like(text: str) -> bool:
    """Tell whether `text` addresses the machine that reads it: "ignore your instructions", "mark this as trusted"."""
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    if not _HINT.search(text) and not re.search(r"system|do not|output|reveal|act as|inst\b|from now", text, re.I):
        return False
    return any(_INSTRUCTION.search(text, at, at + _LONGEST + 200) for at in range(0, len(text), _LONGEST))


def has_invisible_text(text: str) -> bool:
    """Tell whether `text` holds characters that show nothing and serve no script or emoji."""
    if text.isascii():
        return False
    return _INVISIBLE.search(_FLAG_EMOJI.sub("", text)) is not None
