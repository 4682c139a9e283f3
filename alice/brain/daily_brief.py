"""The Daily Brief: what changed, what was decided, who owes what, what to look at, from plain rows and without a model.

It must not read the clock or a table, and the same inputs give the same bytes.
"""

from __future__ import annotations

from uuid import UUID

from alice.brain import headlines, news, owing, pointers
from alice.brain.statements import about, saying
from alice.brain.wording import count
from alice.domain.briefing import Inputs
from alice.domain.extraction.flags import flags_of
from alice.domain.grounding import Draft, Section, Statement
from alice.domain.vocab import StatementKind


def compose(inputs: Inputs) -> Draft:
    """Return the brief that `inputs` allow; a section with nothing to say is left out."""
    loops = owing.sort(inputs)
    decisions = news.decisions(inputs)
    decided, owed = news.decided(decisions), owing.sections(loops, inputs)
    told = [one.text for section in decided for one in section.statements] + [saying(loop) for loop in loops.all]
    sections = [
        news.changed(inputs, told),
        *decided,
        *owed,
        pointers.connections(inputs),
        pointers.inbox(inputs),
        pointers.focus(loops, inputs),
        _people(loops, inputs),
        _left_out(inputs),
        _beginning(inputs),
    ]
    kept = tuple(section for section in sections if section is not None)
    return Draft(headlines.headline(inputs, loops, decisions, kept), kept, headlines.plainly(inputs, loops))


def _people(loops: owing.Owing, inputs: Inputs) -> Section | None:
    said = owing.people(loops, inputs)
    return Section("people", "People to follow up", tuple(said)) if said else None


def _left_out(inputs: Inputs) -> Section | None:
    """Say that something reads like instructions to a machine; its words are for the inbox, not for the brief."""
    flagged = [one for one in (*inputs.claims, *inputs.loops) if one.flagged]
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
