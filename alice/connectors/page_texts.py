"""Turns the readable part of a page, as trafilatura finds it, into plain text with headings, lists, code and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alice.connectors.page_heads import flat

DEEPEST_LIST = 6
PROSE = 0.9


def text(body: Any) -> str:
    """Return the text of trafilatura's `body`, an lxml element; blocks are parted by an empty line."""
    blocks = [flat(body.text)]
    for part in body:
        blocks += [*_blocks(part), flat(part.tail)]
    return "\n\n".join(filter(None, blocks))


def _blocks(part: Any) -> Iterator[str]:
    if part.tag == "head":
        level = (part.get("rend") or "h2")[-1]
        yield _heading(part, int(level) if level.isdecimal() and 0 < int(level) < 7 else 2)
    elif part.tag == "list":
        yield "\n".join(_items(part, 0))
    elif part.tag == "code":
        yield _code("".join(part.itertext()))
    elif part.tag == "table":
        yield "\n".join(filter(None, (_row(row) for row in part.iter("row"))))
    elif part.tag == "quote":
        yield "\n".join(f"> {line}" for line in _lines(part))
    else:
        yield "\n".join(_lines(part))


def _heading(part: Any, level: int) -> str:
    said = flat(" ".join(part.itertext()))
    return f"{'#' * level} {said}" if said else ""


def _code(said: str) -> str:
    """Return code between fences that are longer than any fence in it."""
    lines = said.strip("\n").rstrip()
    if "\n" not in lines or _is_prose(lines):
        return lines.strip()
    longest = max((len(line) - len(line.lstrip("`")) for line in map(str.strip, lines.splitlines())), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{lines}\n{fence}"


def _is_prose(said: str) -> bool:
    """Tell whether preformatted lines are sentences, as in archives of mailing lists: nearly all letters and blanks."""
    return sum(char.isalpha() or char.isspace() for char in said) >= PROSE * len(said)


def _items(part: Any, depth: int) -> Iterator[str]:
    for item in part:
        if item.tag == "list":
            yield from _items(item, min(depth + 1, DEEPEST_LIST))
            continue
        if said := flat("".join(_words(item, inner_lists=False))):
            yield f"{'  ' * depth}- {said}"
        for inner in item.iter("list"):
            yield from _items(inner, min(depth + 1, DEEPEST_LIST))
            break


def _row(row: Any) -> str:
    cells = [flat(" ".join(cell.itertext())) for cell in row.iter("cell")]
    return " | ".join(cells) if any(cells) else ""


def _lines(part: Any) -> list[str]:
    """Return the lines of a paragraph: a break begins a new one, and so does a paragraph inside."""
    said = "".join(_words(part, inner_lists=True))
    return [line for line in map(flat, said.split("\n")) if line]


def _words(part: Any, *, inner_lists: bool) -> Iterator[str]:
    """Yield the text of `part` in its order; only breaks are line ends, blanks of the page are not."""
    breaks = {"lb", "p", "item", "head", "quote", "row"}
    for event, one in _walk(part, inner_lists):
        if event == "start":
            if one is not part and one.tag in breaks:
                yield "\n"
            yield _one_line(one.text)
        else:
            if one is not part and one.tag in breaks - {"lb"}:
                yield "\n"
            if one is not part:
                yield _one_line(one.tail)


def _walk(part: Any, inner_lists: bool) -> Iterator[tuple[str, Any]]:
    """Yield the beginning and end of every element, without recursion; inner lists only when wanted."""
    waiting = [("end", part), ("start", part)]
    while waiting:
        event, one = waiting.pop()
        if event == "end":
            yield event, one
            continue
        if one.tag == "list" and not inner_lists:
            continue
        yield event, one
        for child in reversed(one):
            waiting += [("end", child), ("start", child)]


def _one_line(said: str | None) -> str:
    return (said or "").replace("\n", " ").replace("\r", " ")
