"""Reads plain text or Markdown as blocks: headings, list items, paragraphs, spoken turns, tables, code, front matter.

One pass, linear in the text, offsets into the text as given. It must not judge what a block says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_DEPTH = 64
_REMEMBERED = 100_000  # characters
_FRONT_MATTER_LIMIT = 65_536

# What the beginning of a line says. Every alternative is anchored and bounded: a line costs at most its own length.
_LINE = re.compile(
    r"\s*+(?:"
    r"(?P<fence>`{3,}|~{3,})"
    r"|(?P<heading>#{1,6})(?=[ \t\n]|\Z)"
    r"|(?P<rule>(?:-[ \t]*){3,}(?=\n|\Z)|(?:\*[ \t]*){3,}(?=\n|\Z)|(?:_[ \t]*){3,}(?=\n|\Z)|={3,}[ \t]*(?=\n|\Z))"
    r"|(?P<item>(?:[-*+•◦▪–]|\d{1,9}[.)])(?=[ \t]))"
    r"|(?P<quote>>)"
    r"|(?P<table>\|)"
    r"|(?P<text>\S)"
    r")"
)
_SPEAKER = re.compile(
    r"[ \t]*(?:\*\*|__)?(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?[ \t]*)?"
    r"[^\W\d_][\w.'’-]{0,30}(?:[ \t][^\W_][\w.'’-]{0,30}){0,3}(?:[ \t]?\([^()\n]{1,30}\))?"
    r"(?:\*\*|__)?:(?:\*\*|__)?[ \t]"
)
_BOLD_LINE = re.compile(r"[ \t]*(?:\*\*[^*\n]{2,80}\*\*|__[^_\n]{2,80}__):?[ \t]*(?=\n|\Z)")
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\n")
_FRONT_MATTER_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


class Block(NamedTuple):
    """A stretch of text of one kind; `text[start:end]` has no blank at either edge.

    `kind` is heading, item, paragraph, quote, table, code, rule or front_matter. `body` is where the words begin,
    after a list marker or the signs of a heading. `parent` and `heading` are indexes of other blocks, or -1.
    """

    kind: str
    start: int
    end: int
    body: int
    level: int
    parent: int
    heading: int


def flat(text: str) -> str:
    """Return `text` with every line end as a line feed, of the same length, so that offsets stay true."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    return text


def front_matter_end(text: str) -> int:
    """Return the offset after the closing line of YAML front matter, or 0 when there is none within 64 kB."""
    opening = _FRONT_MATTER.match(text)
    if opening is None:
        return 0
    closing = _FRONT_MATTER_END.search(text, opening.end(), opening.end() + _FRONT_MATTER_LIMIT)
    return closing.end() if closing else 0


def scan(text: str) -> Sequence[Block]:
    """Return the blocks of `text` in order: disjoint, and together holding every non-blank character of it."""
    return _scan_again(text) if len(text) <= _REMEMBERED else tuple(_Scanner(flat(text)).run())


@lru_cache(maxsize=2)
def _scan_again(text: str) -> tuple[Block, ...]:
    # A note is cut into passages and then read for claims: the second reading costs nothing, and little is kept.
    return tuple(_Scanner(flat(text)).run())


class _Scanner:
    """The state of one pass: the block being read, the list it stands in, the heading above it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.blocks: list[Block] = []
        self.items: list[tuple[int, int]] = []  # (indent, block index) of the open list items, outermost first
        self.heading = -1
        self.lead = -1  # the paragraph ending in a colon that the list being read hangs under
        self.open_kind = ""
        self.open = (0, 0, 0, 0, -1)  # start, end, body, level, parent of the block being read
        self.fence = ""
        self.after_blank = True

    def run(self) -> list[Block]:
        text, position, size = self.text, 0, len(self.text)
        matter = front_matter_end(text)
        if matter:
            self.blocks.append(Block("front_matter", 0, len(text[:matter].rstrip()), 0, 0, -1, -1))
            position = matter
        elif text.startswith("\ufeff"):
            # A byte order mark is no blank: it belongs to whatever the first line is.
            position = self._first_line()
        while position < size:
            position = self._line(position)
        self._close()
        return self.blocks

    def _first_line(self) -> int:
        line_end = self.text.find("\n", 1)
        line_end = len(self.text) if line_end < 0 else line_end
        match = _LINE.match(self.text, 1, line_end)
        if match and match.lastgroup == "heading":
            self._take_heading(0, line_end, match)
        else:
            self._begin("paragraph", 0, line_end, body=1)
            self.after_blank = False
        return line_end + 1

    def _line(self, position: int) -> int:
        text = self.text
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        match = _LINE.match(text, position, line_end)
        if self.fence:
            self._fenced(match, line_end)
        elif match is None:
            # Nothing but blanks: the block before has ended, the list has not.
            self._close()
            self.after_blank = True
        else:
            group = match.lastgroup or "text"
            getattr(self, "_take_" + group)(position, line_end, match)
            self.after_blank = False
        return line_end + 1

    def _fenced(self, match: re.Match[str] | None, line_end: int) -> None:
        if match is None:
            return
        self._extend(line_end)
        closes = match.lastgroup == "fence" and match["fence"].startswith(self.fence)
        if closes and not self.text[match.end() : line_end].strip():
            self.fence = ""
            self._close()

    def _take_fence(self, position: int, line_end: int, match: re.Match[str]) -> None:
        self._close()
        sign = match["fence"]
        if sign[0] == "`" and "`" in self.text[match.end() : line_end]:
            self._take_text(position, line_end, match)
            return
        self._begin("code", match.start("fence"), line_end, parent=self._owner(match.start("fence") - position))
        self.fence = sign

    def _take_heading(self, position: int, line_end: int, match: re.Match[str]) -> None:
        self._close()
        self.items.clear()
        start = position if position == 0 else match.start("heading")
        self._add_heading(start, line_end, match.end("heading"), len(match["heading"]))

    def _take_rule(self, _position: int, line_end: int, match: re.Match[str]) -> None:
        sign = match["rule"][0]
        if sign in "-=" and self.open_kind == "paragraph" and self.open[4] < 0 and "\n" not in self._open_text():
            start, _, body, _, _ = self.open
            self.open_kind = ""
            self.items.clear()
            self._add_heading(start, line_end, body, 1 if sign == "=" else 2)
            return
        self._close()
        self._begin("rule", match.start("rule"), line_end)
        self._close()

    def _take_item(self, position: int, line_end: int, match: re.Match[str]) -> None:
        self._close()
        start = match.start("item")
        indent = start - position + 3 * self.text.count("\t", position, start)
        while self.items and self.items[-1][0] >= indent:
            self.items.pop()
        if not self.items:
            self._find_lead()
        parent = self.items[-1][1] if self.items else self.lead
        depth = len(self.items)
        if depth < MAX_DEPTH:
            self.items.append((indent, len(self.blocks)))
        self._begin("item", start, line_end, body=match.end("item"), level=depth, parent=parent)

    def _take_quote(self, position: int, line_end: int, match: re.Match[str]) -> None:
        self._run_on("quote", position, line_end, match)

    def _take_table(self, position: int, line_end: int, match: re.Match[str]) -> None:
        self._run_on("table", position, line_end, match)

    def _take_text(self, position: int, line_end: int, match: re.Match[str]) -> None:
        start = match.end() - 1 if match.lastgroup == "text" else match.start(match.lastgroup or 0)
        indent = start - position
        if self.after_blank and not self.items and self._looks_indented(position, start):
            self._begin("code", start, line_end, level=4)
        elif self.after_blank and indent == 0 and _BOLD_LINE.match(self.text, position, line_end):
            self._close()
            self.items.clear()
            self._add_heading(start, line_end, start, 7)
        elif self._speaks(position, line_end):
            self._close()
            self._begin("paragraph", start, line_end, parent=self._owner(indent))
        elif self.open_kind and self.open_kind != "quote":
            self._extend(line_end)
        else:
            self._close()
            self._begin("paragraph", start, line_end, parent=self._owner(indent))

    def _run_on(self, kind: str, position: int, line_end: int, match: re.Match[str]) -> None:
        if self.open_kind == kind:
            self._extend(line_end)
            return
        start = match.start(kind)
        self._close()
        self._begin(kind, start, line_end, parent=self._owner(start - position))

    def _looks_indented(self, position: int, start: int) -> bool:
        return start - position >= 4 or "\t" in self.text[position:start]

    def _speaks(self, position: int, line_end: int) -> bool:
        if self.open_kind not in ("", "paragraph") or self.text.find(":", position, min(line_end, position + 160)) < 0:
            return False
        return _SPEAKER.match(self.text, position, line_end) is not None

    def _find_lead(self) -> None:
        """A paragraph that ends in a colon right above a list is the parent of its outermost items."""
        last = self.blocks[-1] if self.blocks else None
        if last is not None and last.kind == "paragraph" and last.parent < 0:
            leads = self.text[last.end - 1] == ":" and last.heading == self.heading
            self.lead = len(self.blocks) - 1 if leads else -1
        elif last is None or (last.kind != "item" and last.parent < 0):
            self.lead = -1

    def _owner(self, indent: int) -> int:
        """Return the list item that a paragraph at this indent continues, or -1, which ends the list."""
        while self.items and self.items[-1][0] >= indent:
            self.items.pop()
        return self.items[-1][1] if self.items else -1

    def _open_text(self) -> str:
        return self.text[self.open[0] : self.open[1]]

    def _begin(
        self, kind: str, start: int, end: int, *, body: int | None = None, level: int = 0, parent: int = -1
    ) -> None:
        self.open_kind = kind
        self.open = (start, end, start if body is None else body, level, parent)

    def _extend(self, end: int) -> None:
        start, _, body, level, parent = self.open
        self.open = (start, end, body, level, parent)

    def _close(self) -> None:
        if self.open_kind:
            start, end, body, level, parent = self.open
            start, end = trimmed(self.text, start, end)
            if start < end:
                kind = self.open_kind
                self.blocks.append(Block(kind, start, end, min(max(body, start), end), level, parent, self.heading))
            self.open_kind = ""

    def _add_heading(self, start: int, end: int, body: int, level: int) -> None:
        start, end = trimmed(self.text, start, end)
        above = self.heading
        while above >= 0 and self.blocks[above].level >= level:
            above = self.blocks[above].heading
        self.blocks.append(Block("heading", start, end, min(body, end), level, -1, above))
        self.heading = len(self.blocks) - 1


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without blanks at its edges; an empty span at `start` when it holds nothing else."""
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def ancestors(blocks: Sequence[Block], index: int) -> Iterator[Block]:
    """Yield the list items above block `index`, nearest first."""
    parent = blocks[index].parent
    while parent >= 0:
        yield blocks[parent]
        parent = blocks[parent].parent
