"""Makes a draft of a model's answer: every statement is held against the passages it cites, and what fails is counted.

Nothing here trusts the model: it chooses no source, sets no status, and its citations become words of the evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alice.domain.composing import support
from alice.domain.composing.grounding import Citation, Draft, Section, Statement
from alice.domain.composing.support import Fault
from alice.domain.extraction.flags import flags_of
from alice.domain.llm.model_answers import Answer, Said
from alice.domain.llm.prompts import LISTS, LONGEST_TEXT, MOST_ITEMS, Passage
from alice.domain.redaction import redact
from alice.domain.vocab import StatementKind

MOST_CITATIONS = 3
TITLES = {
    "facts": "What the evidence says",
    "inferences": "What may follow from it",
    "recommendations": "What to do",
    "contradictions_considered": "Contradictions considered",
    "uncertainties": "What is uncertain",
    "open_questions": "Open questions",
}
_ORDER = tuple(TITLES)
_KINDS = {
    "facts": StatementKind.FACT,
    "inferences": StatementKind.INFERENCE,
    "recommendations": StatementKind.RECOMMENDATION,
    "contradictions_considered": StatementKind.INFERENCE,
    "uncertainties": StatementKind.UNCERTAINTY,
    "open_questions": StatementKind.UNCERTAINTY,
}
_LEAST_CITED = {"facts": 1, "inferences": 1, "recommendations": 1, "contradictions_considered": 2}


@dataclass(slots=True)
class Counts:
    """What became of the statements: `kept`, `moved` to the uncertainties, and `dropped` for which reason."""

    kept: int = 0
    moved: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    citations_refused: int = 0

    def as_dict(self) -> dict[str, object]:
        """Return it as stored with the artifact."""
        return {
            "kept": self.kept,
            "moved_to_uncertainties": self.moved,
            "dropped": sum(self.dropped.values()),
            "dropped_because": dict(sorted(self.dropped.items())),
            "citations_refused": self.citations_refused,
        }


@dataclass(frozen=True, slots=True)
class Grounded:
    """The draft that an answer allows, and what was done to it. `usable` is False when no statement was left."""

    draft: Draft
    counts: Counts

    @property
    def usable(self) -> bool:
        """Tell whether there is anything to read: a fact, an inference or a recommendation."""
        firm = (_KINDS[s.key] for s in self.draft.sections)
        return any(kind is not StatementKind.UNCERTAINTY for kind in firm)


def grounded(answer: Answer, passages: Sequence[Passage], *, otherwise: str) -> Grounded:
    """Return the draft of `answer` as far as `passages` bear it out; `otherwise` is the headline when its own is not.

    A fact has to be supported by words that it cites (`support.fault`). One that shares too little with them becomes
    an uncertainty; one that has another number, name, polarity or hedge is dropped. The other kinds may hold no
    number and no name that the evidence has not. Nothing rests on a passage that reads like instructions.
    """
    given = {passage.number: passage for passage in passages}
    counts = Counts()
    lists: dict[str, list[Statement]] = {name: [] for name in LISTS}
    for name in LISTS:
        for said in answer.lists[name][:MOST_ITEMS]:
            _place(lists, name, said, given=given, counts=counts)
        counts.dropped["too_many"] += len(answer.lists[name][MOST_ITEMS:])
    counts.dropped = +counts.dropped
    sections = tuple(Section(name, TITLES[name], tuple(lists[name])) for name in _ORDER if lists[name])
    return Grounded(Draft(_headline(answer.headline, given, otherwise), sections, otherwise), counts)


Given = Mapping[int, Passage]


def _place(lists: dict[str, list[Statement]], name: str, said: Said, *, given: Given, counts: Counts) -> None:
    text = " ".join(said.text.split())
    if reason := _unfit(text) or ("twice" if _told(lists, text) else None):
        counts.dropped[reason] += 1
        return
    cited, refused = _cited(said, given)
    counts.citations_refused += refused
    if refused and not cited and name in _LEAST_CITED:
        counts.dropped["invented_citation"] += 1
        return
    wrong = _wrong(name, text, cited, given)
    if wrong and wrong is not Fault.FEW_WORDS:
        counts.dropped[wrong.value] += 1
        return
    moved = wrong is not None or len(cited) < _LEAST_CITED.get(name, 0)
    counts.moved += moved
    counts.kept += not moved
    goal = "uncertainties" if moved else name
    lists[goal].append(Statement(_KINDS[goal], text, _citations(text, cited)))


def _unfit(text: str) -> str | None:
    """Return why words may not be shown whatever they cite, or None."""
    if not text or len(text) > LONGEST_TEXT:
        return "empty" if not text else "too_long"
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text) or redact(text).counts:
        return "unfit_characters"
    if flags_of(text):
        return "instruction_like"
    return "address" if support.holds_address(text) else None


def _told(lists: Mapping[str, Sequence[Statement]], text: str) -> bool:
    return any(one.text.casefold() == text.casefold() for told in lists.values() for one in told)


def _cited(said: Said, given: Given) -> tuple[list[Passage], int]:
    """Return the passages that an item may rest on, and how many of its numbers name none."""
    known = [given[number] for number in said.sources if number in given]
    fit = [passage for passage in known if not passage.warned]
    return fit, len(said.sources) - len(fit)


def _wrong(name: str, text: str, cited: Sequence[Passage], given: Given) -> Fault | None:
    """Return what speaks against a statement, held against what it cites, or against all when it need not cite."""
    if name == "facts":
        if not cited:
            return Fault.FEW_WORDS if support.mismatch(text, _all(given)) is None else Fault.NUMBER
        return support.fault(text, [p.words.text for p in cited], told=[_about(p) for p in cited])
    near = [f"{p.words.text}\n{_about(p)}" for p in cited] or _all(given)
    return support.mismatch(text, near, counting=True)


def _all(given: Given) -> list[str]:
    return [f"{p.words.text}\n{_about(p)}" for p in given.values() if not p.warned]


def _about(passage: Passage) -> str:
    day = passage.day
    return f"{passage.title}\n{f'{day:%Y-%m-%d %A} {day.day} {day:%B %Y}' if day else ''}"


def _citations(text: str, cited: Sequence[Passage]) -> tuple[Citation, ...]:
    """Return, of each passage, the sentence that bears `text` out best; one that shares nothing is let go."""
    near = [passage for passage in cited if support.shares(text, passage.words.text)] or list(cited)
    return tuple(dict.fromkeys(_narrow(text, passage) for passage in near))[:MOST_CITATIONS]


def _narrow(text: str, passage: Passage) -> Citation:
    words = passage.words
    left, right = support.best(text, words.text)
    return Citation(words.source_id, words.chunk_id, words.start + left, words.start + right, words.text[left:right])


def _headline(said: Said, given: Given, otherwise: str) -> Statement:
    text = " ".join(said.text.split())
    cited, _ = _cited(said, given)
    if text and len(text) <= 160 and not _unfit(text) and cited and _wrong("facts", text, cited, given) is None:
        return Statement(StatementKind.FACT, text, _citations(text, cited))
    return Statement(StatementKind.INFERENCE, otherwise)
