"""What extraction proposes: a claim with the exact words it was drawn from. It decides nothing; a person does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from alice.domain.extraction.lexicon import word_set

LONGEST = 300
_KEY_LONGEST = 160

DECISION = "decision"
OPEN_LOOP = "open_loop"
FACT = "fact"
PREFERENCE = "preference"
PERSON = "person"
PROJECT = "project"

_STOP_WORDS = word_set(
    "a an and are as at be been by for from had has have i in is it its of on or our so than that the their them then"
    " there these they this to was we were will with would"
)
_NOISE = re.compile(r"https?://\S{1,500}|[#@]?\w+(?:['’]\w+)?")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that a text seems to say, for a person to accept, edit or reject.

    `text` is a plain sentence for the reviewer; the quote is `source[start:end]` in code points, never changed.
    `kind` is decision, open_loop, fact, preference, person or project; `loop_kind` a `vocab.LoopKind`. `rule` names
    the rule that fired and `confidence` (0 to 1) how often it is right. `owner` has to act and `waiting_for` is
    waited on, as written. `due_on` was read from the words `due_text`, told from the day of the source. `key` is
    equal for claims that say the same. `flags` holds `instruction_like` and `invisible_text`.
    """

    kind: str
    text: str
    start: int
    end: int
    rule: str
    confidence: float
    subject: str | None
    key: str
    owner: str | None = None
    waiting_for: str | None = None
    loop_kind: str | None = None
    due_on: date | None = None
    due_text: str | None = None
    flags: tuple[str, ...] = ()


def claim_key(kind: str, text: str, subject: str | None = None) -> str:
    """Return what is equal for two claims that say the same: no case, punctuation, links or stop words.

    The subject, and a link, count only when the text alone is short: "will send it" is said of many things, and "read"
    of many pages. A text of no word at all is its own key.
    """
    found = _NOISE.findall(text)
    words = [w.casefold() for w in found if not w.startswith("http")]
    kept = [w for w in words if w not in _STOP_WORDS] or words
    if len(kept) < 4:
        kept += [w for w in found if w.startswith("http")]
        kept += [w.casefold() for w in _NOISE.findall(subject or "") if w.casefold() not in kept]
    return f"{kind}:{' '.join(kept) or text.casefold()}"[:_KEY_LONGEST]


def clipped(text: str, longest: int = LONGEST) -> str:
    """Return `text` cut at a blank to at most `longest` characters, with an ellipsis when cut."""
    if len(text) <= longest:
        return text
    cut = text.rfind(" ", longest // 2, longest - 1)
    return text[: cut if cut > 0 else longest - 1].rstrip(" ,;:") + "…"
