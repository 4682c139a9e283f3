"""What came in since the last brief, told by topic, and what was decided: never a list of captures.

It must not tell the same thing twice, and leaves text that commands its reader to the inbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from uuid import UUID

from alice.brain import discussions
from alice.brain.statements import about, cite, days_since, distinct, in_order, local_day, today, with_topic
from alice.brain.wording import SENTENCE, ago, alike, count, day, full_day, joined, leaning, sentence, terms, topic
from alice.domain.composing.briefing import ClaimNote, Inputs, Passage, SourceNote
from alice.domain.composing.grounding import Citation, Section, Statement
from alice.domain.extraction.flags import flags_of
from alice.domain.extraction.wording import plain, sentence_spans
from alice.domain.vocab import MemoryType, StatementKind

MOST_TOPICS = 7
MOST_DECISIONS = 7
MOST_NEW_NOTES = 5
QUIET_DAYS = 14
_PROSE = re.compile(r"^\s*(?:[#|>`]|---|[-*+] |\d+[.)] |!?\[|<|https?:|\w+:\s*$)")


def decisions(inputs: Inputs) -> list[ClaimNote]:
    """Return what was decided, the newest first, each once."""
    found = [c for c in inputs.claims if c.kind == MemoryType.DECISION and not c.flagged]
    return distinct(in_order(found))


def decided(found: Sequence[ClaimNote]) -> list[Section]:
    """Return the section of decisions, or nothing."""
    said = [_claim_statement(claim) for claim in found[:MOST_DECISIONS]]
    if more := len(found) - len(said):
        said.append(Statement(StatementKind.INFERENCE, f"{count(more, 'more decision').capitalize()} in memories."))
    return [Section("decided", "What was decided", tuple(said))] if said else []


def _claim_statement(claim: ClaimNote) -> Statement:
    words = with_topic(sentence(claim.text), about(claim))
    return Statement(StatementKind.FACT, words, cite(claim.words), topic=about(claim) or None)


def changed(inputs: Inputs, told: Sequence[str]) -> Section | None:
    """Return what changed, grouped by topic, without what `told` says elsewhere in the brief."""
    newest = sorted(inputs.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title, str(s.id)))
    minutes = [read for source in newest if (read := discussions.read(source, inputs))]
    meetings = {one.source.id for one in minutes}
    announced = discussions.announced(minutes, told)
    known = [*told, *(one.text for one in announced)]
    found = topics(inputs, known, {s.id: topic(s.title) for s in newest if s.id not in meetings})
    spoken = discussions.told(minutes, [*known, *(one.text for one in found)])
    covered = {one.source.id for one in minutes if one.topics or one.announced or one.listed}
    said = [*_standing(inputs), *announced, *found, *spoken, *_new_notes(inputs, covered)]
    if inputs.older:
        said.append(_older(inputs))
    title = "What changed since the last brief" if inputs.since else "What is new"
    return Section("changed", title, tuple(said)) if said else None


def _standing(inputs: Inputs) -> list[Statement]:
    """Return one sentence that says how fresh all of this is, when it is not."""
    if not inputs.newest_at or not inputs.sources:
        return []
    quiet = days_since(inputs, inputs.newest_at)
    if quiet <= QUIET_DAYS:
        return []
    when = day(local_day(inputs, inputs.newest_at), today(inputs))
    return [
        Statement(
            StatementKind.INFERENCE,
            f"The newest note is from {when}, {ago(quiet)}: what is told as new here was new then.",
        )
    ]


def topics(inputs: Inputs, told: Sequence[str], titles: Mapping[UUID, str]) -> list[Statement]:
    """Return one statement for each topic that has facts, the fullest and newest topics first."""
    facts = [c for c in inputs.claims if c.kind != MemoryType.DECISION and not c.flagged and not leaning(c.text)]
    groups: dict[str, list[ClaimNote]] = {}
    for claim in distinct(in_order(facts), told):
        groups.setdefault(_lead(claim, titles).casefold(), []).append(claim)
    alone = [[claim] for claim in groups.pop("", [])]
    ranked = sorted([*groups.values(), *alone], key=_weight)
    return [_topic_statement(group, titles) for group in ranked[:MOST_TOPICS]]


def _weight(group: list[ClaimNote]) -> tuple[object, ...]:
    newest = max(claim.occurred_at for claim in group)
    sure = max(claim.confidence for claim in group)
    return (-min(len(group), 3), -newest.timestamp(), -round(sure, 6), about(group[0]), group[0].text, str(group[0].id))


def _topic_statement(group: list[ClaimNote], titles: Mapping[UUID, str]) -> Statement:
    """Return the best two claims of a topic as one statement; where there is no topic, the note's title leads."""
    best = sorted(group, key=lambda c: (-round(c.confidence, 6), -c.occurred_at.timestamp(), c.text, str(c.id)))[:2]
    best = [claim for claim in group if claim in best]
    words = " ".join(sentence(claim.text) for claim in best)
    if len(words) > SENTENCE + 60:
        best = best[:1]
        words = sentence(best[0].text)
    cites: tuple[Citation, ...] = tuple(dict.fromkeys(c for claim in best for c in cite(claim.words)))
    subject = _lead(best[0], titles)
    return Statement(StatementKind.FACT, with_topic(words, subject), cites, topic=subject or None)


def _lead(claim: ClaimNote, titles: Mapping[UUID, str]) -> str:
    """Return what a fact is about, else the title of the note it stands in."""
    return about(claim) or (titles.get(claim.words[0].source_id, "") if claim.words else "")


def _new_notes(inputs: Inputs, covered: AbstractSet[UUID]) -> list[Statement]:
    """Return a sentence for each new source of which nothing was drawn: its title and how it opens."""
    drawn = {w.source_id for c in inputs.claims for w in c.words} | {w.source_id for x in inputs.loops for w in x.words}
    silent = [source for source in inputs.sources if source.id not in drawn | covered]
    silent.sort(key=lambda s: (-s.occurred_at.timestamp(), s.title, str(s.id)))
    form = " ".join(plain(text) for text in inputs.background)
    said = [found for source in silent[: 3 * MOST_NEW_NOTES] if (found := _opening(source, form))]
    shown = said[:MOST_NEW_NOTES]
    rest = [topic(source.title) for source in silent if not any(s.topic == topic(source.title) for s in shown)]
    more = len(rest) - 4 + inputs.news_count - len(inputs.sources)
    if rest:
        names = joined([f"“{name}”" for name in rest[:4]] + ([count(more, "other")] if more > 0 else []))
        shown.append(Statement(StatementKind.INFERENCE, f"Also new: {names}."))
    return shown


def _opening(source: SourceNote, form: str) -> Statement | None:
    """Return how a source opens, in its first sentence that is no wording of a form."""
    title = topic(source.title)
    for passage in sorted(source.passages, key=lambda p: p.words.start):
        for citation in sentences(passage):
            words = plain(citation.quote)
            told = words not in form and not flags_of(citation.quote)
            if told and len(terms(words)) >= 5 and not alike(words, title):
                text = f"New, “{title}”: {sentence(words)}"
                return Statement(StatementKind.FACT, text, (citation,), topic=title)
    return None


def sentences(passage: Passage) -> list[Citation]:
    """Return the prose sentences of a passage as citations; headings, lists, tables and code are left out."""
    text, found = passage.words.text, []
    for match in re.finditer(r"(?:(?!\n[ \t]*\n).)+", text, re.DOTALL):
        if "```" in match[0] or _PROSE.match(match[0]):
            continue
        for left, right in sentence_spans(text, match.start(), match.end()):
            quote = text[left:right].strip()
            start = text.index(quote, left)
            base = passage.words.start + start
            if quote and len(quote) <= 2 * SENTENCE:
                words = passage.words
                found.append(Citation(words.source_id, words.chunk_id, base, base + len(quote), quote))
    return found


def _older(inputs: Inputs) -> Statement:
    assert inputs.older is not None
    first, last = local_day(inputs, inputs.older.first_at), local_day(inputs, inputs.older.last_at)
    when = f"from {full_day(first)}" if first == last else f"from {full_day(first)} to {full_day(last)}"
    number = count(inputs.older.count, "older note")
    return Statement(
        StatementKind.INFERENCE, f"{number.capitalize()}, {when}, came in as well: searched and used, not told here."
    )
