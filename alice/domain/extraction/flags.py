"""Recognises text that tries to command its reader, or to hide from it. It warns; it never removes a character."""

from __future__ import annotations

import re
from functools import cache

INSTRUCTION_LIKE = "instruction_like"
INVISIBLE_TEXT = "invisible_text"

# Unicode tags, zero-width and bidirectional controls (Unicode 16, UTS 55 "source code handling" lists the latter).
# A zero-width joiner is part of an emoji or of a script that joins, and a leading byte order mark is no trick.
_INVISIBLE = re.compile(
    r"[\U000e0000-\U000e007f\u200b\u2060-\u2064\u180e\u202a-\u202e\u2066-\u2069\u00ad]{2,}"
    r"|[\U000e0001-\U000e007f\u202d\u202e\u2066-\u2069]"
    r"|(?<=[A-Za-z0-9])[\u200b-\u200d\u2060\ufeff](?=[A-Za-z0-9])"
)
_MAYBE_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200d\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_FLAG_EMOJI = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{1,12}\U000e007f")

_OBJECT = r"(?:instruction|prompt|rule|polic|guideline|direction|command|constraint|restriction|safeguard|message)"
_GAP = r"[^.!?\n]{0,40}?"
_SCOPE = (
    rf"{_GAP}\b(?:previous|prior|earlier|above|all|any|your|the|these|those|system|existing|other)\b{_GAP}{_OBJECT}"
)
_TRUSTED = rf"{_GAP}\b(?:as|is|to be)\b{_GAP}\b(?:trusted|accepted|verified|authoritative|safe to share)\b"
_ROLE = rf"{_GAP}\b(?:assistant|agent|model|ai|admin|administrator|system|developer|unrestricted|without)\b"
_SECRET = rf"{_GAP}\b(?:system prompt|your (?:instructions|prompt|rules))"
_EVERY = rf"{_GAP}\b(?:all|every|this|these)\b{_GAP}\b(?:memor|candidate|proposal|claim)"
_PERSON = rf"{_GAP}\b(?:user|owner|human|reviewer)\b"

# What a command to a machine begins with, and what has to follow in the same sentence. Matched on lower-case text.
_COMMANDS = (
    (("ignore", "disregard", "forget", "override", "bypass", "do not follow", "don't follow"), _SCOPE),
    (("mark", "treat", "label", "flag", "classify", "store", "record", "save", "consider", "remember"), _TRUSTED),
    (("you are now", "act as", "pretend to be", "pretend you are", "from now on you", "from now on, you"), _ROLE),
    (("reveal", "repeat", "output", "print", "show", "leak", "send"), _SECRET),
    (("accept", "approve", "promote"), _EVERY),
    (("do not tell", "do not inform", "do not alert", "do not show", "do not mention", "don't tell"), _PERSON),
    (("new instruction", "new system prompt", "new prompt"), r"s?\s{0,3}:"),
    (("[system]", "<system>", "<|im_start|>", "<|system|>", "### instruction", "[inst]"), ""),
)


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
        text = text.replace("’", "'")
        if _MAYBE_INVISIBLE.search(text):
            text = _MAYBE_INVISIBLE.sub("", text)
    low = text.lower()
    return any(_commands(low, word, follows) for words, follows in _COMMANDS for word in words)


@cache
def _pattern(word: str, follows: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)" + re.escape(word) + follows)


def _commands(low: str, word: str, follows: str) -> bool:
    # A plain search for the first word is far cheaper than a search for the pattern, and mostly finds nothing.
    at = low.find(word)
    if at < 0:
        return False
    pattern = _pattern(word, follows)
    while at >= 0:
        if pattern.match(low, at):
            return True
        at = low.find(word, at + 1)
    return False


def has_invisible_text(text: str) -> bool:
    """Tell whether `text` holds characters that show nothing and serve no script or emoji."""
    if text.isascii() or not _MAYBE_INVISIBLE.search(text):
        return False
    return _INVISIBLE.search(_FLAG_EMOJI.sub("", text)) is not None
