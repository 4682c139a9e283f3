"""Plain text from text and its entities: links that a word hides are written behind it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def plain(text: str, entities: Sequence[Any] | None) -> str:
    """Return `text` with the address of each hidden link in parentheses behind the words that carry it.

    Telegram counts in UTF-16 units: core.telegram.org/api/entities.
    """
    links = [e for e in entities or () if getattr(e, "url", None)]
    if not links:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    pieces, done = [], 0
    for link in sorted(links, key=lambda e: e.offset + e.length):
        end = min(max((link.offset + link.length) * 2, done), len(units))
        words = units[link.offset * 2 : end].decode("utf-16-le", "replace")
        pieces.append(units[done:end].decode("utf-16-le", "replace"))
        pieces.append(linked(words, link.url))
        done = end
    return "".join(pieces) + units[done:].decode("utf-16-le", "replace")


def linked(words: str, address: str) -> str:
    """Return what to write behind `words` that lead to `address`: nothing when they say it already."""
    return "" if words.strip().rstrip("/") == address.rstrip("/") else f" ({address})"
