"""Cuts a passage to the part that speaks of a question. What it returns are offsets: the words stay as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 600
_PIECE = re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+(?=\s|$)|[.!?。！？]|\n|$)\s*")
_ENDING = 3  # letters at the end of a long word that may differ: "decided", "decision" are not told apart further


def span(text: str, words: Sequence[str], longest: int = LONGEST) -> tuple[int, int]:
    """Return start and end of the part of `text`, at most `longest` characters, that holds the most of `words`."""
    left = len(text) - len(text.lstrip())
    right = max(left, len(text.rstrip()))
    if right - left <= longest:
        return left, right
    pattern = _pattern(words)
    pieces = [(m.start(), m.end(), _held(pattern, m[0])) for m in _PIECE.finditer(text, left, right) if m[0]]
    start, end = _best(pieces, longest)
    if end - start > longest:
        start, end = _within(text, pattern, start, end, longest)
    return _trimmed(text, start, end)


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    stems = sorted({w if len(w) < 6 else w[:-_ENDING] for w in words}, key=lambda w: (-len(w), w))
    return re.compile("|".join(map(re.escape, stems)), re.IGNORECASE) if stems else None


def _held(pattern: re.Pattern[str] | None, piece: str) -> frozenset[str]:
    return frozenset(found.lower() for found in pattern.findall(piece)) if pattern else frozenset()


def _best(pieces: Sequence[tuple[int, int, frozenset[str]]], longest: int) -> tuple[int, int]:
    """Return the run of pieces that holds the most different words; the first of equals, one piece at least."""
    best, chosen = -1, (pieces[0][0], pieces[0][1])
    for n, (start, end, held) in enumerate(pieces):
        last, words = end, set(held)
        for _begin, stop, more in pieces[n + 1 :]:
            if stop - start > longest:
                break
            last, words = stop, words | more
        if len(words) > best:
            best, chosen = len(words), (start, last)
    return chosen


def _within(text: str, pattern: re.Pattern[str] | None, start: int, end: int, longest: int) -> tuple[int, int]:
    """Return a window of a piece that is too long as a whole, around its first word that was asked for."""
    match = pattern.search(text, start, end) if pattern else None
    begin = max(start, (match.start() if match else start) - longest // 3)
    blank = text.find(" ", begin, begin + 40) + 1 if begin > start else 0
    begin = blank or begin
    stop = min(end, begin + longest)
    cut = text.rfind(" ", begin + longest // 2, stop) if stop < end else -1
    return begin, cut if cut > 0 else stop


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    kept = text[start:end]
    return start + len(kept) - len(kept.lstrip()), end - (len(kept) - len(kept.rstrip()))
