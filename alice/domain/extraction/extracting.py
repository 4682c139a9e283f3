"""The door to extraction: one text in, the claims it seems to make out. Pure: no clock, no store, no network."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alice.domain.extraction import decisions, facts, open_loops, people, projects
from alice.domain.extraction.claims import Claim
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.reading import read_scene
from alice.domain.extraction.sayings import Scene
from alice.domain.texts.chunking import Chunk

LEAST = 0.5  # a proposal that is wrong more often than right costs its reviewer more than it gives
MOST = 500  # claims of one text; a longer list is no note, and nobody would review it


def extract(
    text: str,
    chunks: Sequence[Chunk],
    *,
    occurred_at: datetime,
    zone: str,
    owner_names: Sequence[str] = (),
    known_people: Sequence[str] = (),
    context: str = "note",
    speaker: str | None = None,
    standing: Container[str] = frozenset(),
) -> list[Claim]:
    """Return the claims of `text` in the order of their spans; at most one for a kind and key.

    `occurred_at` and the IANA `zone` say from which day "by Friday" is told. `owner_names` is who *I* is;
    `known_people` are names known from other sources. `context` is "message" for mail and chat, which address a reader
    and may ask things of them, "page" for what was written for anybody, and "note" for everything else; `speaker`
    wrote it, when that is known. `standing`
    holds keys of claims that came word for word from so many sources that they are boilerplate: they are left out.
    `chunks` are `text`'s own; a claim always lies within the text, not always within one chunk.
    """
    told_on = occurred_at.astimezone(ZoneInfo(zone)).date()
    scene = read_scene(
        text,
        told_on,
        owner_names=owner_names,
        known_people=known_people,
        is_message=context == "message",
        is_page=context == "page",
        speaker=speaker,
    )
    found = [*people.find_all(scene), *projects.find_all(scene), *_said(scene)]
    suspicious = _suspicious(text, chunks)
    kept: dict[tuple[str, str], Claim] = {}
    for claim in sorted(found, key=lambda claim: claim.start):
        if claim.key not in standing:
            kept.setdefault((claim.kind, claim.key), claim)
    claims = list(kept.values())[:MOST]
    return [_flagged(claim, suspicious, text) for claim in claims] if suspicious else claims


def _said(scene: Scene) -> list[Claim]:
    found = []
    for saying in scene.sayings:
        loops = open_loops.find(saying, scene)
        decision = decisions.find(saying, scene)
        if loops and decision is not None:
            loops, decision = _either(loops, decision)
        found += loops
        if decision is not None:
            found.append(decision)
        if not loops and decision is None and (fact := facts.find(saying, scene)) is not None:
            found.append(fact)
    # "TODO: …" and "- [ ] ?" mark a place and say nothing.
    return [claim for claim in found if claim.confidence >= LEAST and any(map(str.isalnum, claim.text))]


def _either(loops: list[Claim], decision: Claim) -> tuple[list[Claim], Claim | None]:
    """Keep one of two readings of a sentence where they say the same: what waits was deferred, not decided."""
    if loops[0].rule.startswith("open_loop.waiting") or decision.rule == "decision.section":
        return loops, None
    if loops[0].confidence <= LEAST:
        return [], decision
    return loops, decision if decision.confidence > 0.55 else None


def _suspicious(text: str, chunks: Sequence[Chunk]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return the spans that try to command or to hide. A claim beside such words in its passage is tainted too."""
    if not flags_of(text):
        return []
    return [(chunk.start, chunk.end, flags) for chunk in chunks if (flags := flags_of(chunk.text))]


def _flagged(claim: Claim, suspicious: Sequence[tuple[int, int, tuple[str, ...]]], text: str) -> Claim:
    flags = set(flags_of(text[claim.start : claim.end]))
    for start, end, found in suspicious:
        if start < claim.end and claim.start < end:
            flags.update(found)
    return replace(claim, flags=tuple(sorted(flags))) if flags else claim
