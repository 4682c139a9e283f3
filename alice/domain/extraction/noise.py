"""Knows what is no claim however it is worded: housekeeping of an agenda, code, "nothing to report", a passing wish."""

from __future__ import annotations

import re

_AGENDA = re.compile(
    r"\b(?:remov(?:e|ed|ing)|tak(?:e|en|ing)|took|leav(?:e|ing)|left|keep(?:ing)?|kept|drop(?:ped)?|add(?:ed|ing)?|"
    r"put|deleted?|tag(?:ged)?)\b.{0,40}(?:\b(?:agenda|label|tag)\b|tsc[-_]agenda)",
    re.IGNORECASE,
)
_STANDS_ON_AGENDA = re.compile(
    r"(?:it(?:'s| is) )?(?:still |only )?on (?:the |our )?agenda (?:because|since|as)\b", re.I
)
_NOTHING = re.compile(r"(?:no|nothing|not much|none|n/a|skipped|same as)\b", re.IGNORECASE)
_NOTHING_MORE = re.compile(r"\b(?:no|nothing|none)\b.{0,20}$", re.IGNORECASE)
# "$40" and "; " are prose, "$HOME" and "x;" are not.
_CODE = re.compile(r"[{}=<>|\\]|\$(?!\d)|;(?!\s+\w)|\(\)| --\w")
_SPEECH = re.compile(
    r"[\u201c\u201d\u00ab\u00bb\u201e]|(?:^|[\s(])[\"'](?=\w)|\w[,.!?][\"'](?:\s|$)"
    r"|,? \b(?:he|she|they|the \w+) (?:said|says|whispered|shouted|replied|cried|muttered|sighed|thought|added)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:would|could|might|(?-i:may)|maybe|perhaps|unlikely|not sure|don't think|wondering|if we|should we|"
    r"whether)\b",
    re.IGNORECASE,
)


def is_agenda_housekeeping(text: str) -> bool:
    """Tell whether `text` is about taking things on and off an agenda, which moves nothing in the world."""
    return _AGENDA.search(text) is not None or _STANDS_ON_AGENDA.match(text) is not None


def says_nothing(text: str) -> bool:
    """Tell whether `text` reports that there is nothing to report."""
    return _NOTHING.match(text) is not None or (len(text) < 60 and _NOTHING_MORE.search(text) is not None)


def looks_like_code(text: str) -> bool:
    """Tell whether `text` has the signs of code or of a command line."""
    return _CODE.search(text) is not None


def quotes_speech(text: str) -> bool:
    """Tell whether `text` renders what somebody says, as stories do: in quotation marks, or with "she said"."""
    return _SPEECH.search(text) is not None


def is_hedged(text: str) -> bool:
    """Tell whether `text` only weighs something."""
    return _HEDGE.search(text) is not None


def is_question(text: str) -> bool:
    """Tell whether `text` ends in a question mark."""
    return text.rstrip(" .)\"'").endswith(("?", "？"))
