"""The project update scan: per project what new evidence says, and a new state as lines to add and to drop.

It must not set a state: it proposes one, with the words behind it, for a person to accept, edit or reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice.brain import completions, discussions, remarks
from alice.brain.remarks import Remark
from alice.brain.statements import local_day, loop_text, with_topic
from alice.brain.wording import alike, clipped, count, joined, sentence, terms, topic
from alice.domain.composing.briefing import Inputs, SourceNote
from alice.domain.composing.grounding import Citation, Draft, Section, Statement
from alice.domain.composing.reports import Place, ProjectRow, ProjectScan, Update
from alice.domain.extraction.wording import plain
from alice.domain.texts.blocks import Block, scan
from alice.domain.vocab import MemoryType, StatementKind

MOST_LINES = 5
MOST_SHOWN = 8
KEPT = 3  # lines of the old state that stay, the rest gives way to the new
_SEPARATOR = r"\s*[-–—:,]\s*"
_LIST = "Under discussion: "


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a state with the words it rests on; `weight` says how much it settles."""

    text: str
    citation: Citation
    occurred_at: datetime
    weight: int


@dataclass(frozen=True, slots=True)
class Change:
    """What new evidence changes of a project: the lines to add and to drop, and the whole new state."""

    project: ProjectRow
    added: tuple[Line, ...]
    dropped: tuple[str, ...]
    state: str

    @property
    def settled(self) -> bool:
        """Tell whether any of it says how something ended."""
        return any(line.weight > 1 for line in self.added)


def compose(given: ProjectScan) -> Draft:
    """Return the scan; without news of a project it says so."""
    found = changes(given)
    made = [_section(change) for change in found[:MOST_SHOWN]]
    made += _unchanged(given, found)
    return Draft(_headline(found), tuple(made), _plainly(found))


def changes(given: ProjectScan) -> list[Change]:
    """Return what changes of each project, those with an outcome first."""
    found = [change for project in given.projects if (change := _change(project, given.base))]
    return sorted(found, key=lambda c: (not c.settled, c.project.status != "accepted", -len(c.added), c.project.name))


def proposals(given: ProjectScan) -> list[Update]:
    """Return a proposed state for each project that the scan shows."""
    return [
        Update(
            project_id=change.project.id,
            current=change.project.state,
            suggested=change.state,
            confidence=_confidence(change),
            citations=tuple(dict.fromkeys(line.citation for line in change.added)),
        )
        for change in changes(given)[:MOST_SHOWN]
    ]


def _change(project: ProjectRow, base: Inputs) -> Change | None:
    used = set(project.used)
    lines = [x for x in _lines(project, base) if (x.citation.source_id, x.citation.start, x.citation.end) not in used]
    old = [line for line in (project.state or "").splitlines() if line.strip()]
    fresh = [line for line in lines if not any(alike(line.text, other) for other in old)]
    if not fresh:
        return None
    added = tuple(fresh[:MOST_LINES])
    kept = [line for line in old if not line.startswith(_LIST)][: KEPT if len(added) < MOST_LINES else 1]
    dropped = tuple(line for line in old if line not in kept)
    return Change(project, added, dropped, "\n".join([*(line.text for line in added), *kept]))


def _lines(project: ProjectRow, base: Inputs) -> list[Line]:
    """Return what the new sources say of a project, what settles first, then the newest, each once."""
    found: list[Line] = []
    sources = {source.id: source for source in base.sources}
    for place in sorted(project.places, key=lambda p: (str(p.source_id), p.start)):
        source = sources.get(place.source_id)
        if source and source.text:
            found += _said(project, place, source, base)
    found.sort(key=lambda x: (-x.weight, -x.occurred_at.timestamp(), str(x.citation.source_id), x.citation.start))
    shown: list[Line] = []
    for line in found:
        if not any(alike(line.text, other.text) for other in shown):
            shown.append(line)
    return shown


def _said(project: ProjectRow, place: Place, source: SourceNote, base: Inputs) -> Iterator[Line]:
    """Yield what one source says of a project where it names it."""
    spans = _extent(place, source.text)
    stamp = local_day(base, source.occurred_at).isoformat()
    inside = [one for one in remarks.read(source) if _within(one.citation, spans)]
    claimed = list(_claimed(project, base, source.id, spans))
    yield from (Line(f"{stamp}: {text}", cited, source.occurred_at, weight) for text, cited, weight in claimed)
    taken = {cited for _, cited, _ in claimed}
    left = [one for one in inside if not any(_overlap(one.citation, other) for other in taken)]
    yield from _telling(project, left, source, stamp)


def _claimed(
    project: ProjectRow, base: Inputs, source_id: UUID, spans: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, Citation, int]]:
    """Yield the decisions and loops drawn from a project's words."""
    for claim in base.claims:
        words = next((w for w in claim.words if w.source_id == source_id and _within(w.cite(), spans)), None)
        if words and claim.kind == MemoryType.DECISION and not claim.flagged:
            subject = topic(claim.subject)
            lead = "" if _names(project, subject) else subject
            yield f"decided: {with_topic(sentence(claim.text, 200), lead)}", words.cite(), 3
    for loop in base.loops:
        words = next((w for w in loop.words if w.source_id == source_id and _within(w.cite(), spans)), None)
        if words and not loop.flagged:
            yield f"open: {loop_text(loop)}", words.cite(), 1


def _telling(project: ProjectRow, inside: Sequence[Remark], source: SourceNote, stamp: str) -> Iterator[Line]:
    """Yield the remark that says most of each topic under a project's name, and the topics of which none does."""
    groups: dict[str, list[Remark]] = {}
    for one in inside:
        groups.setdefault(one.topic.casefold(), []).append(one)
    open_topics: list[Remark] = []
    for group in groups.values():
        ranked = [(words, one) for one in group if (words := _bare(project, one))]
        best = (
            max(ranked, key=lambda pair: (_weight(pair[0]), len(terms(pair[0])), -pair[1].citation.start))
            if ranked
            else None
        )
        if best and (_weight(best[0]) > 1 or len(groups) == 1):
            lead = f"{best[1].topic}: " if best[1].topic and not _names(project, best[1].topic) else ""
            text = f"{stamp}: {lead}{sentence(best[0], 200)}"
            yield Line(text, best[1].citation, source.occurred_at, _weight(best[0]))
        elif ranked and group[0].topic and (group[0].references or len(group) > 1):
            open_topics.append(group[0])
    if open_topics:
        names = "; ".join(dict.fromkeys(one.topic for one in open_topics[:5]))
        yield Line(f"{_LIST}{names}.", open_topics[0].citation, source.occurred_at, 0)


def _telling_most(pair: tuple[str, Remark]) -> tuple[int, int, int]:
    words, remark = pair
    return _weight(words), len(terms(words)), -remark.citation.start


def _weight(words: str) -> int:
    """Return how much a remark settles: 2 an outcome, 1 anything else."""
    return 2 if completions.settles(words) else 1


def _bare(project: ProjectRow, one: Remark) -> str:
    """Return a remark without the project's name in front; nothing when it says nothing or only names a topic."""
    words = one.words
    name = re.escape(plain(project.name))
    words = re.sub(rf"^(?:[\w@ .]{{2,40}}{_SEPARATOR})?{name}(?:{_SEPARATOR}|\s+|$)", "", words, flags=re.IGNORECASE)
    words = re.sub(rf"^(?:Project|Initiative){_SEPARATOR}{name}\W*", "", words, flags=re.IGNORECASE).strip()
    if len(terms(words)) < 2 or discussions.is_agenda(words, one.opens) or words.endswith("?"):
        return ""
    return "" if one.opens and one.topic and alike(words, one.topic) and not _names(project, one.topic) else words


def _names(project: ProjectRow, text: str) -> bool:
    return terms(project.name) <= terms(text)


def _extent(place: Place, text: str) -> list[tuple[int, int]]:
    """Return the spans of a source that are about a project by where it is named: a section, an item, or all of it."""
    blocks = scan(text)
    index = next((i for i, block in enumerate(blocks) if block.start <= place.start < block.end), None)
    if index is None or place.rule == "project.line":
        return [(0, len(text))]
    block = blocks[index]
    if block.kind == "heading":
        return [(block.start, _section_end(blocks, index, text))]
    inside = [one for i, one in enumerate(blocks) if i == index or index in _ancestors(blocks, i)]
    return [(one.start, one.end) for one in inside]


def _section_end(blocks: Sequence[Block], index: int, text: str) -> int:
    level = blocks[index].level
    after = (one.start for one in blocks[index + 1 :] if one.kind == "heading" and one.level <= level)
    return next(after, len(text))


def _ancestors(blocks: Sequence[Block], index: int) -> set[int]:
    found = set()
    while blocks[index].parent >= 0:
        index = blocks[index].parent
        found.add(index)
    return found


def _within(cited: Citation, spans: Iterable[tuple[int, int]]) -> bool:
    return any(left <= cited.start and cited.end <= right for left, right in spans)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.source_id == other.source_id and one.start < other.end and other.start < one.end


def _section(change: Change) -> Section:
    """Return what to add, what to drop, and how sure that is."""
    said = [
        Statement(StatementKind.FACT, f"Add: {line.text}", (line.citation,), topic=change.project.name)
        for line in change.added
    ]
    said += [
        Statement(StatementKind.RECOMMENDATION, f"Drop: {clipped(line, 200)}", topic=change.project.name)
        for line in change.dropped
    ]
    said.append(Statement(StatementKind.INFERENCE, _surely(change)))
    return Section(f"project:{change.project.id}", change.project.name, tuple(said))


def _surely(change: Change) -> str:
    sources = len({line.citation.source_id for line in change.added})
    settled = sum(line.weight > 1 for line in change.added)
    what = (
        f"{count(settled, 'outcome')} among {count(len(change.added), 'new line')}" if settled else "no outcome noted"
    )
    level = "high" if settled > 1 else "fair" if settled else "low"
    first = " It would be the first state of this project." if not change.project.state else ""
    return f"Confidence {level}: {what}, from {count(sources, 'note')}.{first}"


def _confidence(change: Change) -> float:
    settled = sum(line.weight > 1 for line in change.added)
    return round(min(0.85, 0.4 + 0.15 * settled + 0.05 * len(change.added)), 2)


def _unchanged(given: ProjectScan, found: Sequence[Change]) -> list[Section]:
    changed = {change.project.id for change in found}
    names = sorted(one.name for one in given.projects if one.id not in changed)
    if names:
        text = f"Named, with nothing new said of {'it' if len(names) == 1 else 'them'}: {joined(names[:8])}."
        return [Section("unchanged", "Unchanged", (Statement(StatementKind.INFERENCE, text),))]
    if given.projects:
        return []
    text = "No new evidence speaks of a project that Alice knows of."
    return [Section("unchanged", "Unchanged", (Statement(StatementKind.INFERENCE, text),))]


def _headline(found: Sequence[Change]) -> Statement:
    if not found:
        return Statement(StatementKind.INFERENCE, _plainly(found))
    first = found[0]
    words = re.sub(r"^\d{4}-\d\d-\d\d: (?:decided: |open: )?", "", first.added[0].text).rstrip(".")
    text = f"{first.project.name}: {clipped(words, 90)}"
    if len(found) > 1:
        text += f", and {count(len(found) - 1, 'more project')} {'has' if len(found) == 2 else 'have'} news"
    return Statement(StatementKind.INFERENCE, text, (first.added[0].citation,))


def _plainly(found: Sequence[Change]) -> str:
    if found:
        return f"{count(len(found), 'project').capitalize()} with news"
    return "No project has news"
