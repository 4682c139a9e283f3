"""Turns rows into the items of a context pack: evidence cut to what speaks of the question, claims and loops with the
reason each was chosen. It folds near-duplicates; it must not drop what does not fit, nor render.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from alice.brain import excerpts
from alice.brain.wording import terms
from alice.domain.contradiction import Side, between
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.wording import plain
from alice.domain.recall import tokens
from alice.domain.recall.packs import Claim, Found, Loop, Material, Question, Quote
from alice.domain.vocab import LoopStatus, MemoryStatus, MemoryType

MOST_EVIDENCE, MOST_OF_A_KIND, MOST_READ = 16, 12, 80
LEAST_SHARE = 0.25  # of the best passage's score; weaker ones only fill the first few places
SURE_PLACES = 4
AGAIN = 0.85  # what each further passage of one source is worth beside the one before it
SECTIONS = {MemoryType.DECISION: "decisions", MemoryType.BELIEF: "beliefs", MemoryType.PREFERENCE: "beliefs"}
AGENT_RULE = "agent_proposal"
FLAGGED = 0.3  # what a passage is worth that addresses the machine which reads it
_PASSAGE, _WORDS, _ACCEPTED = 0.5, 0.5, 0.25


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a pack tells. `told` is what programs get, `line` what a prompt gets; untrusted lines are fenced."""

    section: str
    told: dict[str, Any]
    line: str
    trusted: bool
    at: datetime
    quotes: tuple[Quote, ...] = field(default=(), repr=False)


Row = TypeVar("Row", Claim, Loop)


def evidence(material: Material) -> list[Item]:
    """Return the passages worth reading as items, best first, each source's own ones further apart."""
    question, top = material.question, max((one.score for one in material.passages), default=1.0) or 1.0
    items: list[Item] = []
    kept: list[tuple[_Gist, dict[str, Any]]] = []
    for place, found in enumerate(_spread(material.passages)):
        if len(items) == MOST_EVIDENCE:
            break
        if place >= SURE_PLACES and not _telling(found, top):
            continue
        if not _says_something(found):
            continue
        start, end = excerpts.span(found.quote.text, question.words)
        words = found.quote.text[start:end]
        gist = _gist(words)
        same = next((told for other, told in kept if _same(gist, other)), None)
        if same is not None:
            same["also_in"] += [{"source_id": str(found.quote.source_id), "chunk_id": str(found.quote.chunk_id)}]
            continue
        told = _passage(question, found, span=(start, end), rank=len(items) + 1, top=top)
        kept.append((gist, told))
        line, at = _evidence_line(found, words), found.quote.occurred_at
        items.append(Item("supporting_evidence", told, line, False, at, (found.quote,)))
    return items


def _spread(passages: Sequence[Found]) -> list[Found]:
    """Return `passages` by score; a further one of a source counts for less, and one that commands its reader."""
    before: dict[object, int] = {}
    worth: list[tuple[float, int, Found]] = []
    for found in passages:
        times = before.get(found.quote.source_id, 0)
        before[found.quote.source_id] = times + 1
        doubt = FLAGGED if flags_of(found.quote.text) else 1.0
        worth.append((-found.score * AGAIN**times * doubt, len(worth), found))
    return [found for _worth, _place, found in sorted(worth, key=lambda one: one[:2])]


def _telling(found: Found, top: float) -> bool:
    """Tell whether a passage is worth a place that is not one of the first: by its own words, or by all around it."""
    least = LEAST_SHARE if dict(found.parts).get("words") else 2 * LEAST_SHARE
    return found.score >= least * top


_LETTER = re.compile(r"[^\W\d_]")


def _says_something(found: Found) -> bool:
    """Tell whether a passage has a line with words that is no heading."""
    lines = found.quote.text.split("\n")
    return any(_LETTER.search(line) and not line.startswith("#") for line in lines)


_Gist = tuple[frozenset[str], tuple[str, ...]]
_TURNS = re.compile(r"\d+|\b(?:no|not|never|without|cannot|nicht|kein\w*|pas|jamais)\b|n't\b")


def _gist(words: str) -> _Gist:
    """Return the words of a passage that carry meaning, and what turns it: figures and denials."""
    return terms(words), tuple(sorted(_TURNS.findall(plain(words).casefold())))


def _same(one: _Gist, other: _Gist) -> bool:
    """Tell whether two passages say nearly the same, in either direction."""
    (a, turns), (b, other_turns) = one, other
    if turns != other_turns or not a:
        return False
    return a == b or (min(len(a), len(b)) >= 4 and len(a & b) >= 0.9 * max(len(a), len(b)))


def _passage(question: Question, found: Found, *, span: tuple[int, int], rank: int, top: float) -> dict[str, Any]:
    quote = found.quote
    scale, digits = (top, 2) if question.filtered else (1.0, 4)
    return {
        "kind": "composition" if quote.composed else "fact",
        "trust": "untrusted",
        "reviewed": quote.reviewed,
        **cited(quote, *span),
        "heading": found.heading,
        "flags": list(flags_of(quote.text)),
        "also_in": [],
        "why": {
            "rank": rank,
            "score": round(found.score / scale, digits),
            "parts": {name: round(value / scale, digits) for name, value in found.parts},
        },
    }


def cited(quote: Quote, start: int = 0, end: int | None = None) -> dict[str, Any]:
    """Return the words of `quote` from `start` to `end`, and where in the source they stand."""
    words = quote.text[start:end]
    return {
        "source_id": str(quote.source_id),
        "chunk_id": str(quote.chunk_id),
        "start": quote.start + start,
        "end": quote.start + start + len(words),
        "quote": words,
        "source_title": quote.source_title,
        "connector": quote.connector,
        "occurred_at": quote.occurred_at,
        "domain": quote.domain,
        "sensitivity": quote.sensitivity,
    }


def _evidence_line(found: Found, words: str) -> str:
    where = f"{found.quote.source_title} · {found.heading}" if found.heading else found.quote.source_title
    return f"{found.quote.occurred_at.date()} · {plain(where)}\n{words}"


def claims(material: Material) -> list[Item]:
    """Return the memories that bear on the question: those a person accepted first, then by score."""
    made = [
        (row, row.status == MemoryStatus.ACCEPTED, row.status)
        for row in material.claims
        if row.status in (MemoryStatus.ACCEPTED, MemoryStatus.CANDIDATE)
    ]
    chosen = _chosen(material, made)
    items = [_claim(row, status, why) for row, _trusted, status, why in chosen]
    return [item for name in _names() for item in _first([i for i in items if i.section == name])]


def _names() -> list[str]:
    return [*dict.fromkeys(SECTIONS.values()), "relevant_memories"]


def _first(items: Sequence[Item]) -> Sequence[Item]:
    return items[:MOST_OF_A_KIND]


def _claim(row: Claim, status: str, why: dict[str, Any]) -> Item:
    accepted = status == MemoryStatus.ACCEPTED
    proposed = "composition" if row.rule == AGENT_RULE else "inference"
    told = {
        "id": str(row.id),
        "memory_type": row.memory_type,
        "kind": "fact" if accepted else proposed,
        "trust": "accepted" if accepted else "untrusted",
        "status": status,
        "text": row.text,
        "subject": row.subject,
        **_shared(row),
        "decided_at": row.decided_at if accepted else None,
        "why": why,
    }
    trusted = accepted and not told["flags"]
    section = SECTIONS.get(MemoryType(row.memory_type), "relevant_memories")
    line = f"{row.occurred_at.date()} · {'accepted' if accepted else f'proposed ({row.rule})'} · {plain(row.text)}"
    return Item(section, told, line, trusted, row.occurred_at, row.quotes)


def loops(material: Material) -> list[Item]:
    """Return the open loops that bear on the question: those a person confirmed first, then by score."""
    made = [
        (row, row.status != LoopStatus.CANDIDATE, row.status)
        for row in material.loops
        if row.status != LoopStatus.CLOSED
    ]
    return [_loop(row, status, why) for row, _trusted, status, why in _chosen(material, made)][:MOST_OF_A_KIND]


def _loop(row: Loop, status: str, why: dict[str, Any]) -> Item:
    confirmed = status != LoopStatus.CANDIDATE
    told = {
        "id": str(row.id),
        "loop_kind": row.loop_kind,
        "kind": "fact" if confirmed else "inference",
        "trust": "accepted" if confirmed else "untrusted",
        "status": status,
        "text": row.text,
        "subject": row.subject,
        "owner": row.owner,
        "waiting_for": row.waiting_for,
        "due_on": row.due_on,
        **_shared(row),
        "why": why,
    }
    parts = [str(row.occurred_at.date()), f"{status} {row.loop_kind}"]
    parts += [f"due {row.due_on}"] if row.due_on else []
    parts += [f"owner {plain(row.owner)}"] if row.owner else []
    line = " · ".join([*parts, plain(row.text)])
    return Item("open_loops", told, line, confirmed and not told["flags"], row.occurred_at, row.quotes)


def _shared(row: Claim | Loop) -> dict[str, Any]:
    return {
        "project": row.project,
        "domain": row.domain,
        "sensitivity": row.sensitivity,
        "confidence": round(row.confidence, 2),
        "rule": row.rule,
        "flags": list(dict.fromkeys((*row.flags, *flags_of(row.text)))),
        "occurred_at": row.occurred_at,
        "evidence": [cited(quote) for quote in row.quotes],
    }


def _chosen(material: Material, rows: Iterable[tuple[Row, bool, str]]) -> list[tuple[Row, bool, str, dict[str, Any]]]:
    """Return the rows that bear on the question with the reason, trusted ones first; near-duplicates are folded."""
    shares = _shares(material.passages)
    wanted = _words(" ".join(material.question.words))
    scored = []
    for row, trusted, status in rows:
        parts = _parts(row, shares, wanted, trusted=trusted)
        if _bears(parts):
            order = (not trusted, -sum(parts.values()), -row.occurred_at.timestamp(), str(row.id))
            scored.append((order, row, status, parts))
    kept: list[tuple[_Gist, Claim | Loop]] = []
    chosen = []
    for (doubtful, negative, *_), row, status, parts in sorted(scored, key=lambda one: one[0])[:MOST_READ]:
        gist = _gist(row.text)
        if any(_same(gist, other) and _agree(row, said) for other, said in kept):
            continue
        kept.append((gist, row))
        why = {"rank": len(kept), "score": round(-negative, 2), "parts": {k: round(v, 2) for k, v in parts.items()}}
        chosen.append((row, not doubtful, status, why))
    return chosen


def _agree(row: Claim | Loop, other: Claim | Loop) -> bool:
    """Tell whether `row` says nothing against `other`."""
    return between(Side(row.text, row.occurred_at), Side(other.text, other.occurred_at)) is None


def _bears(parts: Mapping[str, float]) -> bool:
    """Tell whether a row is about the question: by what it was drawn from, by its own words, or by some of both."""
    passage, words = parts["passage"] / _PASSAGE, parts["words"] / _WORDS
    return passage >= 0.6 or words >= 0.3 or (passage >= 0.4 and words > 0)


def _shares(passages: Sequence[Found]) -> dict[object, float]:
    """Return for each passage its score as a share of the best one's."""
    top = max((found.score for found in passages), default=1.0) or 1.0
    return {found.quote.chunk_id: found.score / top for found in passages}


def _parts(
    row: Claim | Loop, shares: Mapping[object, float], wanted: frozenset[str], *, trusted: bool
) -> dict[str, float]:
    """Return what speaks for a row: the passage it was drawn from, its own words, that a person accepted it."""
    passage = max((shares.get(quote.chunk_id, 0.0) for quote in row.quotes), default=0.0)
    own = _words(f"{row.subject or ''} {row.text}")
    met = len(wanted & own) / len(wanted) if wanted else 0.0
    return {"passage": _PASSAGE * passage, "words": _WORDS * met, "accepted": _ACCEPTED * trusted}


def _words(text: str) -> frozenset[str]:
    """Return the words that carry meaning, shortened so that the endings of one word meet."""
    found = terms(text) | {word for word in tokens.words(text) if not word.isascii()}
    return frozenset(word if len(word) < 6 else word[:-2] for word in found)
