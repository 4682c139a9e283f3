"""What an artifact says and from which words: a draft of statements, and the check that none leaves ungrounded.

It must not compose, rank or store; it only compares a draft with the evidence that was given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, Sensitivity, StatementKind


@dataclass(frozen=True, slots=True)
class Marking:
    """How private something is that an artifact uses without citing words of it."""

    domain: Domain
    sensitivity: Sensitivity


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words that were given to whoever composes: `text` stands at code points `start` … of the source's text."""

    source_id: UUID
    chunk_id: UUID
    start: int
    text: str
    domain: Domain = Domain.UNKNOWN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN

    def cite(self) -> Citation:
        """Return the citation of all of these words."""
        return Citation(self.source_id, self.chunk_id, self.start, self.start + len(self.text), self.text)


@dataclass(frozen=True, slots=True)
class Citation:
    """The words `quote`, said to stand at code points `start` to `end` of a source."""

    source_id: UUID
    chunk_id: UUID
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class LoopNote:
    """The open loop that a statement tells of, as it stood when the draft was composed. Ages are whole days."""

    id: UUID
    age_days: int
    owner: str | None = None
    waiting_for: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence. A fact cites what it rests on; `topic` is what it is about, when the text begins with it."""

    kind: StatementKind
    text: str
    citations: tuple[Citation, ...] = ()
    topic: str | None = None
    loop: LoopNote | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Statements under a title. `key` names the section for programs and never changes with its title."""

    key: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a workflow composed. `otherwise` is the title when the headline turns out to be ungrounded."""

    headline: Statement
    sections: tuple[Section, ...]
    otherwise: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A statement that was taken out, and why, without its text."""

    section: str
    kind: StatementKind
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft of which every fact is grounded, what was taken out of it, and what it inherits from its evidence."""

    draft: Draft
    dropped: tuple[Dropped, ...]
    domain: Domain
    sensitivity: Sensitivity

    @property
    def title(self) -> str:
        """Return the headline's words."""
        return self.draft.headline.text

    def statements(self) -> list[Statement]:
        """Return the headline and every statement of every section, in the order of reading."""
        return [self.draft.headline, *(s for section in self.draft.sections for s in section.statements)]


def check(draft: Draft, evidence: Iterable[Evidence], marks: Iterable[Marking] = ()) -> Checked:
    """Return `draft` without what `evidence` does not bear out.

    A fact needs a citation. A citation has to be word for word in the evidence at its place; one that is not takes
    its whole statement with it, whatever its kind: a sentence that leans on false words is not to be trusted. What is
    left is as private as the evidence that it cites, and as `marks`: what else it was made of.
    """
    given = _by_source(evidence)
    dropped: list[Dropped] = []
    sections = tuple(kept for s in draft.sections if (kept := _checked(s, given, dropped)).statements)
    headline = draft.headline
    if reason := _problem(headline, given):
        dropped.append(Dropped("headline", headline.kind, reason))
        headline = Statement(StatementKind.INFERENCE, draft.otherwise)
    checked = replace(draft, headline=headline, sections=sections)
    used = [*_used(checked, given), *marks]
    return Checked(checked, tuple(dropped), _domain(used), _sensitivity(used))


def inherited(citations: Iterable[Citation], evidence: Iterable[Evidence]) -> Marking:
    """Return how private something is that rests on the words of `citations`."""
    given = _by_source(evidence)
    used = [Marking(words.domain, words.sensitivity) for one in citations for words in _holders(one, given)]
    return Marking(_domain(used), _sensitivity(used))


Given = dict[UUID, list[Evidence]]


def _by_source(evidence: Iterable[Evidence]) -> Given:
    given: Given = {}
    for words in evidence:
        given.setdefault(words.source_id, []).append(words)
    return given


def _checked(section: Section, given: Given, dropped: list[Dropped]) -> Section:
    kept = []
    for statement in section.statements:
        if reason := _problem(statement, given):
            dropped.append(Dropped(section.key, statement.kind, reason))
        else:
            kept.append(statement)
    return replace(section, statements=tuple(kept))


def _problem(statement: Statement, given: Given) -> str | None:
    """Return why `statement` may not leave, or None."""
    if not statement.text.strip():
        return "it says nothing"
    if statement.kind is StatementKind.FACT and not statement.citations:
        return "a fact without a citation"
    if any(not _holders(citation, given) for citation in statement.citations):
        return "a citation whose words are not in the evidence at that place"
    return None


def _holders(citation: Citation, given: Given) -> list[Evidence]:
    """Return the evidence that holds the citation's words at the citation's place."""
    if citation.end <= citation.start or len(citation.quote) != citation.end - citation.start:
        return []
    found = []
    for words in given.get(citation.source_id, ()):
        left = citation.start - words.start
        same = words.chunk_id == citation.chunk_id and left >= 0
        if same and words.text[left : left + len(citation.quote)] == citation.quote:
            found.append(words)
    return found


def _used(draft: Draft, given: Given) -> list[Marking]:
    said = [draft.headline, *(s for section in draft.sections for s in section.statements)]
    cited = dict.fromkeys(citation for statement in said for citation in statement.citations)
    return [Marking(words.domain, words.sensitivity) for citation in cited for words in _holders(citation, given)]


def _sensitivity(used: Sequence[Marking]) -> Sensitivity:
    """Return the highest sensitivity of what was used; unknown, which counts as private, when nothing was."""
    return max((mark.sensitivity for mark in used), key=lambda s: (s.rank, s.value), default=Sensitivity.UNKNOWN)


def _domain(used: Sequence[Marking]) -> Domain:
    """Return a restricted domain if any was used, else the one that was used most."""
    counts = Counter(mark.domain for mark in used)
    restricted = {d: n for d, n in counts.items() if d in RESTRICTED_DOMAINS}
    most = restricted or counts or {Domain.UNKNOWN: 0}
    return max(most, key=lambda domain: (most[domain], domain.value))
