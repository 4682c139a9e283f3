"""The Daily Brief: what changed, what was decided, who owes what, what to look at, from plain rows and without a model.

It must not read the clock or a table, and the same inputs give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from alice.brain import completions, conflicts, contradiction_report, headlines, news, owing, pointers, turns
from alice.brain.completions import Completion
from alice.brain.conflicts import Detector
from alice.brain.open_loop_review import likely_done
from alice.brain.statements import about, saying
from alice.brain.wording import count
from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow
from alice.domain.composing.grounding import Draft, Section, Statement
from alice.domain.extraction.flags import flags_of
from alice.domain.vocab import StatementKind

MOST_DONE, MOST_TURNS = 4, 3


def compose(inputs: Inputs, detector: Detector | None = None) -> Draft:
    """Return the brief that `inputs` allow; a section with nothing to say is left out.

    `detector` tells contradictions; without one, none is looked for.
    """
    ends = completions.Ends((*inputs.later, *inputs.sources)).of(inputs.loops)
    loops = owing.sort(replace(inputs, loops=tuple(one for one in inputs.loops if one.id not in ends)))
    decisions = news.decisions(inputs)
    decided, owed = news.decided(decisions), owing.sections(loops, inputs)
    told = [one.text for section in decided for one in section.statements] + [saying(loop) for loop in loops.all]
    sections = [
        news.changed(inputs, told),
        *decided,
        *owed,
        _done(ends, inputs),
        _turned(inputs, detector),
        pointers.connections(inputs),
        pointers.inbox(inputs),
        pointers.focus(loops, inputs),
        _people(loops, inputs),
        _left_out(inputs),
        _beginning(inputs),
    ]
    kept = tuple(section for section in sections if section is not None)
    return Draft(headlines.headline(inputs, loops, decisions, kept), kept, headlines.plainly(inputs, loops))


def _done(ends: Mapping[UUID, Completion], inputs: Inputs) -> Section | None:
    """Return the loops that the news say were done; what older notes said so is for the open loop review."""
    news = {source.id for source in inputs.sources}
    fresh = [x for x in inputs.loops if x.id in ends and ends[x.id].remark.citation.source_id in news and not x.flagged]
    shown = sorted(fresh, key=owing.urgency)[:MOST_DONE]
    said = [likely_done(loop, ends[loop.id], inputs.sources, inputs) for loop in shown]
    return Section("done", "Likely done", tuple(said)) if said else None


def _turned(inputs: Inputs, detector: Detector | None) -> Section | None:
    """Return what the news say otherwise than was noted before, both sides quoted."""
    if detector is None:
        return None
    found = conflicts.of_news(inputs, contradiction_report.fresh(inputs), detector)
    said = turns.statements(found, inputs, MOST_TURNS)
    return Section("contradictions", "Which one holds?", tuple(said)) if said else None


def _people(loops: owing.Owing, inputs: Inputs) -> Section | None:
    said = owing.people(loops, inputs)
    return Section("people", "People to follow up", tuple(said)) if said else None


def _left_out(inputs: Inputs) -> Section | None:
    """Say that something reads like instructions to a machine; its words are for the inbox, not for the brief."""
    drawn: list[ClaimNote | LoopRow] = [*inputs.claims, *inputs.loops]
    flagged = [one for one in drawn if one.flagged]
    passages = {words.chunk_id for one in flagged for words in one.words[:1]}
    passages |= {p.words.chunk_id for source in inputs.sources for p in source.passages if flags_of(p.words.text)}
    number = len(passages) + sum(not one.words for one in flagged)
    if not number:
        return None
    text = f"{count(number, 'captured passage').capitalize()} read like instructions to Alice and are left out here."
    if number == 1:
        text = "One captured passage reads like an instruction to Alice and is left out here."
    return Section("left_out", "Not repeated here", (Statement(StatementKind.UNCERTAINTY, text),))


def _beginning(inputs: Inputs) -> Section | None:
    if inputs.newest_at is not None:
        return None
    text = "Point Alice at a folder of notes, clip a page or paste a text; the next brief tells what they say."
    return Section("beginning", "To begin", (Statement(StatementKind.RECOMMENDATION, text),))


def questions(inputs: Inputs) -> list[tuple[UUID, str]]:
    """Return what is worth asking recall about: id and words of the few newest decisions and most urgent loops."""
    asked = [(c.id, f"{about(c)} {c.text}") for c in news.decisions(inputs)[:4]]
    asked += [(x.id, f"{about(x)} {x.text}") for x in owing.sort(inputs).all[:4]]
    return [(identifier, words.strip()) for identifier, words in asked]
