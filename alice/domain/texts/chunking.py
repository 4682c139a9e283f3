"""Cuts a text into passages: the small pieces that recall ranks and that are shown as evidence.

It must not change a character: a passage is a span of the text, and all of them together hold every word of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alice.domain.texts.blocks import Block, scan, trimmed

# Sizes in characters. A passage should fit into one evidence card, and say one thing.
LONGEST = 1_000
AIM = 800
_TREE = 400  # a list item keeps its nested items up to this size: the topic with what was said on it
_SMALL = 60  # items as short as a name on an attendance list …
_SMALL_RUN = 320  # … are kept together up to this size
_HEADING = 80
_PATH = 200

_SENTENCE_END = re.compile(r"[.!?…]['\")\]»”’]*+(?=\s)|[。！？]")
_BREAK = re.compile(r"\n")
_BLANK = re.compile(r"\s")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)|\[\[(?:[^\[\]|\n]{0,200}\|)?([^\[\]|\n]{1,200})\]\]")
_MARKUP = re.compile(r"[*_`~]{1,3}(?=\w)|(?<=[\w.!?)])[*_`~]{1,3}(?!\w)|`|[ \t]+#+[ \t]*$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: `text == source[start:end]` in code points, never blank at an edge.

    A heading stands at the beginning of the passage below it, and `heading` is the path of headings that hold there
    ("Plans › Garden"; the document's own title left out). `text_hash` is the SHA-256 of the text in UTF-8, in hex.
    """

    ordinal: int
    start: int
    end: int
    text: str
    heading: str | None
    text_hash: str


def chunks(text: str) -> list[Chunk]:
    """Return the passages of `text` in order: disjoint, and covering every character that is not blank."""
    blocks = scan(text)
    paths = heading_paths(text, blocks)
    made: list[Chunk] = []
    for start, end, heading, kind in _spans(blocks):
        path = paths.get(heading)
        for left, right in _pieces(text, start, end, kind):
            piece = text[left:right]
            digest = hashlib.sha256(piece.encode("utf-8", "surrogatepass")).hexdigest()
            made.append(Chunk(len(made), left, right, piece, path, digest))
    return made


def heading_paths(text: str, blocks: Sequence[Block]) -> dict[int, str | None]:
    """Return for each heading block's index the path of headings down to it, at most 200 characters.

    A first heading of level 1 is the document's title: it is not repeated on every passage.
    """
    titles: dict[int, str | None] = {-1: None}
    for index, block in enumerate(blocks):
        if block.kind != "heading":
            continue
        if block.level == 1 and len(titles) == 1:
            titles[index] = None
            continue
        name = heading_text(text, block)
        above = titles.get(block.heading)
        path = f"{above} › {name}" if above and name else above or name
        titles[index] = path if path is None or len(path) <= _PATH else "… " + path[len(path) - _PATH :]
    return titles


def heading_text(text: str, block: Block) -> str:
    """Return what a heading says, without its signs, links and emphasis, at most 80 characters."""
    words = text[block.body : min(block.end, block.body + 500)].split("\n", 1)[0]
    words = _MARKUP.sub("", _LINK.sub(lambda m: m[1] or m[2] or "", words)).strip().rstrip(":")
    words = " ".join(words.split())
    return words if len(words) <= _HEADING else words[: _HEADING - 1].rstrip() + "…"


def _spans(blocks: Sequence[Block]) -> Iterator[tuple[int, int, int, str]]:
    """Yield (start, end, heading index, kind) of what belongs together, before long stretches are cut."""
    tree_end = _tree_ends(blocks)
    waiting = -1  # where the headings that wait for their passage begin
    index, size = 0, len(blocks)
    while index < size:
        block = blocks[index]
        if block.kind in ("heading", "rule"):
            waiting = block.start if waiting < 0 else waiting
            index += 1
            if index == size or (block.end - waiting > LONGEST):
                yield waiting, block.end, index - 1 if block.kind == "heading" else block.heading, "paragraph"
                waiting = -1
            continue
        after = _together(blocks, tree_end, index)
        start = block.start if waiting < 0 else waiting
        yield start, blocks[after - 1].end, block.heading, block.kind
        index, waiting = after, -1


def _tree_ends(blocks: Sequence[Block]) -> list[int]:
    """Return for each block the index after its last nested block."""
    ends = [index + 1 for index in range(len(blocks))]
    for index in range(len(blocks) - 1, -1, -1):
        parent = blocks[index].parent
        if parent >= 0 and blocks[parent].kind == "item":
            ends[parent] = max(ends[parent], ends[index])
    return ends


def _together(blocks: Sequence[Block], tree_end: Sequence[int], index: int) -> int:
    """Return the index after the blocks that make one passage with block `index`."""
    block = blocks[index]
    if block.kind != "item":
        return index + 1
    if tree_end[index] > index + 1:
        return tree_end[index] if blocks[tree_end[index] - 1].end - block.start <= _TREE else index + 1
    after = index + 1
    while after < len(blocks) and _small(blocks, tree_end, after - 1) and _small(blocks, tree_end, after):
        if blocks[after].parent != block.parent or blocks[after].end - block.start > _SMALL_RUN:
            break
        after += 1
    return after


def _small(blocks: Sequence[Block], tree_end: Sequence[int], index: int) -> bool:
    block = blocks[index]
    return block.kind == "item" and tree_end[index] == index + 1 and block.end - block.start <= _SMALL


def _pieces(text: str, start: int, end: int, kind: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that a stretch is cut into: at a sentence's end, else a line's, else a blank, else anywhere."""
    while end - start > LONGEST:
        cut = _cut(text, start, kind)
        left, right = trimmed(text, start, cut)
        if left < right:
            yield left, right
        start = cut
    left, right = trimmed(text, start, end)
    if left < right:
        yield left, right


def _cut(text: str, start: int, kind: str) -> int:
    low, high = start + AIM // 2, start + AIM
    orders = (_BREAK, _BLANK) if kind in ("code", "table") else (_SENTENCE_END, _BREAK, _BLANK)
    for pattern in orders:
        last = 0
        for match in pattern.finditer(text, low, high):
            last = match.end()
        if last:
            return last
    return high
