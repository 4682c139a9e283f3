"""The contradiction report: both sides quoted, how they contradict, which is newer, and what to do about it.

It must not change or drop either side: it proposes, and a person decides which one holds.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from alice.brain import conflicts, connection_report, discussions, remarks, turns
from alice.brain.conflicts import Detector, Turn
from alice.brain.statements import local_day, today
from alice.brain.wording import clipped, count, day
from alice.domain.composing.briefing import Inputs, SourceNote
from alice.domain.composing.grounding import Draft, Section, Statement
from alice.domain.composing.reports import Contradictions, Fresh
from alice.domain.vocab import StatementKind

MOST = 8
MOST_CHECKED = 6  # sentences of one source
_CHECKABLE = re.compile(
    r"\b(?:is|are|was|were|costs?|starts?|ends?|opens?|closes?|moved|needs?|holds?|takes?|will be)\b[^?]*\d[^?]*$"
    r"|\b(?:decided|agreed|no longer|never|cancelled|instead of)\b[^?]*$"
    r"|(?:\bnot\b|n['’]t\b)[^?]*$",
    re.IGNORECASE,
)
_NAMES = {
    "numeric": "the numbers differ",
    "date": "the dates differ",
    "decision_reversed": "a decision was turned round",
    "negation": "one says what the other denies",
    "factual": "the facts differ",
}
_ACTIONS = {
    "numeric": "Look the number up where it comes from, and keep the one that holds.",
    "date": "Ask which day holds, and correct the loops and plans that rest on the other.",
    "decision_reversed": "Check whether the later decision was meant to replace the earlier one, and say so in it.",
    "negation": "Ask who knows; keep one of the two and reject the other.",
    "factual": "Ask who knows; keep one of the two and reject the other.",
}


def compose(given: Contradictions, detector: Detector) -> Draft:
    """Return the report; without a contradiction it says so, and how far was looked."""
    base = given.base
    found = _found(given, detector)
    said = [_statement(turn, base) for turn in found[:MOST]]
    if more := len(found) - len(said):
        said.append(Statement(StatementKind.INFERENCE, f"{count(more, 'more', 'more').capitalize()} were found."))
    made = [Section("contradictions", "Which one holds?", tuple(said))] if said else [_none(given)]
    made += _looked_at(given)
    return Draft(_headline(found, base), tuple(made), _plainly(found, base))


def fresh(base: Inputs) -> list[Fresh]:
    """Return what is worth looking for older words by: sentences that can be checked, then what connections go by."""
    newest = sorted(base.sources, key=lambda s: (-s.occurred_at.timestamp(), s.title, str(s.id)))
    found = [one for source in newest for one in itertools.islice(_checkable(source), MOST_CHECKED)]
    told = {one.citation for one in found[:MOST]}
    return [*found[:MOST], *(one for one in connection_report.fresh(base) if one.citation not in told)]


def _checkable(source: SourceNote) -> Iterator[Fresh]:
    """Yield the sentences of a source that put a number or a day to something, deny it, or decide on it."""
    for one in remarks.read(source):
        if _CHECKABLE.search(one.words) and not discussions.is_agenda(one.words, one.opens):
            end, moment = one.citation.chunk_id, source.occurred_at
            yield Fresh("passage", end, one.words, one.topic, one.citation, moment, one.references)


def _found(given: Contradictions, detector: Detector) -> list[Turn]:
    new = {said.citation: said for said in (*conflicts.fresh(given.fresh), *conflicts.claims(given.base.claims))}
    old = [*conflicts.claims(given.held), *conflicts.passages(given.older)]
    return conflicts.turns(list(new.values()), [said for said in old if said.citation not in new], detector)


def _statement(turn: Turn, base: Inputs) -> Statement:
    kind = str(turn.conflict.kind)
    [shown] = turns.statements([turn], base, 1)
    how = _NAMES.get(kind, kind.replace("_", " "))
    one, other = turn.conflict.differing
    parts = f" (“{clipped(other, 40)}” against “{clipped(one, 40)}”)" if one and other and one != other else ""
    newer = _newer(turn, base)
    text = f"{shown.text} {how.capitalize()}{parts}{newer} {_action(turn, kind)}"
    return Statement(StatementKind.INFERENCE, text, shown.citations, topic=shown.topic)


def _newer(turn: Turn, base: Inputs) -> str:
    """Return which side is newer, or that both are of one day."""
    new, old = (local_day(base, side.occurred_at) for side in (turn.new, turn.old))
    if new == old:
        return "; both are of the same day."
    return f"; the newer is the one of {day(new, today(base))}."


def _action(turn: Turn, kind: str) -> str:
    """Return what to do; an accepted memory is named, since others rest on it."""
    action = _ACTIONS.get(kind, _ACTIONS["factual"])
    if turn.old.accepted:
        return f"{action} The older one is an accepted memory: supersede it if the newer holds."
    return action


def _none(given: Contradictions) -> Section:
    text = "No contradiction: nothing new denies, moves or turns round what was noted before."
    if not given.base.sources and not given.base.claims:
        text = "No contradiction: nothing new has come in to compare."
    return Section("contradictions", "Which one holds?", (Statement(StatementKind.INFERENCE, text),))


def _looked_at(given: Contradictions) -> list[Section]:
    """Say how far was looked, so that silence can be judged."""
    if not given.fresh and not given.base.claims:
        return []
    old = len(given.held) + len({one.passage.words.chunk_id for one in given.older})
    new = count(len(given.fresh), "new thing")
    text = f"Compared {new} with {count(old, 'older piece')}; rules see only what is put into plain words."
    return [Section("looked_at", "How far was looked", (Statement(StatementKind.UNCERTAINTY, text),))]


def _headline(found: Sequence[Turn], base: Inputs) -> Statement:
    if not found:
        return Statement(StatementKind.INFERENCE, _plainly(found, base))
    turn = found[0]
    lead = turn.new.topic or turn.old.topic
    one, other = (part.strip() for part in turn.conflict.differing)
    how = _NAMES.get(str(turn.conflict.kind), "two notes differ")
    if lead and one and other and one != other and len(one) + len(other) <= 40 and len(lead) <= 70:
        text = f"“{lead}”: {other} now, {one} before"
    else:
        text = f"{f'“{lead}”' if lead and len(lead) <= 70 else 'One topic'}: {how}"
    if len(found) > 1:
        text += f", and {count(len(found) - 1, 'more contradiction')}"
    return Statement(StatementKind.INFERENCE, text, (turn.new.citation, turn.old.citation))


def _plainly(found: Sequence[Turn], base: Inputs) -> str:
    if found:
        return f"{count(len(found), 'contradiction').capitalize()} to settle"
    return "Nothing contradicts what was noted before" if base.sources else "Nothing new to compare"
