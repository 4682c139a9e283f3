"""Finds what contradicts among the claims and passages of a context pack, and tells both sides in their own words.

Which sentences are on the same thing, and whether they contradict, is decided elsewhere, the same as for reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alice.brain import conflicts
from alice.brain.conflicts import Said
from alice.brain.pack_items import Item, cited
from alice.brain.remarks import read_passage
from alice.brain.wording import topic
from alice.domain.composing.grounding import Citation, Evidence
from alice.domain.contradiction import Conflict, Side, between
from alice.domain.extraction.wording import plain
from alice.domain.recall.packs import Quote

MOST_CLAIMS, MOST_PASSAGES, MOST = 16, 10, 6


def items(claims: Sequence[Item], evidence: Sequence[Item]) -> list[Item]:
    """Return the pairs that cannot both be true, the surest first; the older side stands first."""
    sides = _claimed(claims)
    spans = [said.citation for said, _item, _quote in sides]
    sides += [one for one in _remarked(evidence) if not any(_overlap(one[0].citation, span) for span in spans)]
    known = {said.citation: (item, quote) for said, item, quote in sides}
    turns = conflicts.turns([said for said, _item, _quote in sides], [], _detect)
    return [_item(turn, known) for turn in turns[:MOST]]


_Known = dict[Citation, tuple[Item, Quote]]


def _detect(older: Said, newer: Said) -> Conflict | None:
    return between(Side(older.text, older.occurred_at), Side(newer.text, newer.occurred_at))


def _claimed(claims: Sequence[Item]) -> list[tuple[Said, Item, Quote]]:
    found = []
    for item in [one for one in claims if one.quotes and not one.told["flags"]][:MOST_CLAIMS]:
        quote = item.quotes[0]
        place = Citation(quote.source_id, quote.chunk_id, quote.start, quote.start + len(quote.text), quote.text)
        text, about = plain(item.told["text"]), topic(item.told["subject"])
        found.append((Said(text, about, item.at, place, item.told["trust"] == "accepted"), item, quote))
    return found


def _remarked(evidence: Sequence[Item]) -> list[tuple[Said, Item, Quote]]:
    found = []
    for item in [one for one in evidence if not one.told["flags"]][:MOST_PASSAGES]:
        quote = item.quotes[0]
        words = Evidence(quote.source_id, quote.chunk_id, quote.start, quote.text)
        for remark in read_passage(words, ""):
            about = remark.topic or topic(item.told["heading"])
            found.append((Said(remark.words, about, item.at, remark.citation), item, quote))
    return found


def _overlap(one: Citation, other: Citation) -> bool:
    return one.chunk_id == other.chunk_id and one.start < other.end and other.start < one.end


def _item(turn: conflicts.Turn, known: _Known) -> Item:
    conflict = turn.conflict
    older, newer = _side(turn.old, known), _side(turn.new, known)
    told = {
        "kind": "inference",
        "conflict": str(conflict.kind),
        "explanation": conflict.explanation,
        "confidence": round(conflict.confidence, 2),
        "sides": [older, newer],
    }
    lines = [f"  {turn_of.occurred_at.date()} · {turn_of.text}" for turn_of in (turn.old, turn.new)]
    line = "\n".join([f"{conflict.kind}: {plain(conflict.explanation)}", *lines])
    return Item("contradicting_evidence", told, line, False, turn.new.occurred_at)


def _side(said: Said, known: _Known) -> dict[str, Any]:
    item, quote = known[said.citation]
    return {
        "memory_id": item.told.get("id"),
        "text": said.text,
        "trust": item.told["trust"],
        "occurred_at": said.occurred_at,
        "evidence": [cited(quote, said.citation.start - quote.start, said.citation.end - quote.start)],
    }
