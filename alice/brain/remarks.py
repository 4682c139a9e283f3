"""Reads a source as remarks: one sentence each, with its place and what it is about by where it stands.

Text that commands its reader is no remark: it is left to the inbox.

It must not judge what a remark says. Who spoke is left in the words.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from alice.brain.wording import terms, topic
from alice.domain.composing.briefing import SourceNote
from alice.domain.composing.grounding import Citation, Evidence
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.wording import plain, sentence_spans
from alice.domain.texts.blocks import Block, scan

_SHORTEST, _LONGEST = 12, 500
_HEAD = 300
_REFERENCE = re.compile(r"#(\d{1,7})\b|/(?:issues|pull|merge_requests|discussions)/(\d{1,7})\b")
_NO_TOPIC = terms(
    "agenda announcements reminders minutes notes discussion general other misc present links upcoming meetings"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of a source in plain words. `topic` is the outermost list item or the heading above it, or "".

    `references` are the numbers of issues that it or its topic names; `opens` tells whether it is that topic itself.
    """

    words: str
    topic: str
    references: frozenset[str]
    citation: Citation
    opens: bool = False


# Several parts of one artifact read the same sources; what was read goes when they do.
_KNOWN: WeakKeyDictionary[SourceNote, tuple[Remark, ...]] = WeakKeyDictionary()


def read(source: SourceNote) -> tuple[Remark, ...]:
    """Return the remarks of `source` in order; none when its text is not there whole."""
    known = _KNOWN.get(source)
    if known is None:
        words = sorted((passage.words for passage in source.passages), key=lambda w: w.start)
        known = _KNOWN[source] = tuple(_read(source.text, 0, words)) if source.text else ()
    return known


def read_passage(words: Evidence, above: str) -> list[Remark]:
    """Return the remarks of one passage; `above` is the text right before it, which says what it is about."""
    return _read(above + words.text, words.start - len(above), [words])


def _read(text: str, shift: int, passages: Sequence[Evidence]) -> list[Remark]:
    """Return the remarks of `text`, which begins at `shift` in its source, that stand in one of `passages`."""
    blocks = scan(text)
    commands = bool(flags_of(text))  # what no part of the text does, no sentence does
    starts = [words.start for words in passages]
    found = []
    for index, block in enumerate(blocks):
        if block.kind not in ("item", "paragraph"):
            continue
        head = _head(blocks, index)
        above = references(text[blocks[head].start : blocks[head].end]) if head >= 0 else frozenset()
        about = _name(text, blocks[head]) if head >= 0 else ""
        for left, right in sentence_spans(text, block.body, block.end):
            left += len(text[left:right]) - len(text[left:right].lstrip())
            held = _holder(passages, starts, shift + left, text[left:right])
            quote = text[left:right]
            if held and _SHORTEST <= right - left <= _LONGEST and not (commands and flags_of(quote)):
                cited = Citation(held.source_id, held.chunk_id, shift + left, shift + right, quote)
                found.append(Remark(plain(quote), about, above | references(quote), cited, head == index))
    return found


def _holder(passages: Sequence[Evidence], starts: Sequence[int], at: int, quote: str) -> Evidence | None:
    """Return the passage that holds `quote` at code point `at` of the source."""
    index = bisect.bisect_right(starts, at) - 1
    if index < 0 or not quote:
        return None
    words = passages[index]
    return words if words.text[at - words.start : at - words.start + len(quote)] == quote else None


def references(text: str) -> frozenset[str]:
    """Return the numbers of issues and the like that `text` names: "#12", ".../pull/12"."""
    return frozenset(one or other for one, other in _REFERENCE.findall(text))


def _head(blocks: Sequence[Block], index: int) -> int:
    """Return the block that names what the block at `index` is about: its outermost item, else its heading, or -1."""
    block = blocks[index]
    if block.parent < 0:
        return index if block.kind == "item" else block.heading
    while blocks[index].parent >= 0:
        index = blocks[index].parent
    return index


def _name(text: str, block: Block) -> str:
    line = text[block.body : min(block.end, block.body + _HEAD)].split("\n", 1)[0]
    name = topic(line)
    return "" if terms(name) <= _NO_TOPIC else name


def same_topic(one: str, other: str) -> bool:
    """Tell whether two subjects are the same: most telling words of the shorter stand in the longer."""
    return same_terms(terms(one), terms(other))


def same_terms(a: AbstractSet[str], b: AbstractSet[str]) -> bool:
    """Tell the same of the telling words of two subjects, for who compares each with many."""
    short = min(len(a), len(b))
    if short == 0 or a.isdisjoint(b):
        return False
    return a == b or (short >= 2 and len(a & b) >= max(2, 0.6 * short))
