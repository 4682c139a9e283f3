"""The rules by which two clauses contradict each other, each with its words of explanation. Which side is right, and
what to do, is for a person to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alice.domain.contradiction import days, quantities
from alice.domain.contradiction.alignments import Alignment, align
from alice.domain.contradiction.opposites import opposite, opposite_particles, same
from alice.domain.contradiction.readings import REVOKES, Reading, Word
from alice.domain.contradiction.roots import root


class ConflictKind(StrEnum):
    """What two claims contradict each other in."""

    FACTUAL = "factual"
    NUMERIC = "numeric"
    DATE = "date"
    DECISION_REVERSED = "decision_reversed"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A contradiction that is proposed: its kind, how sure the rule is (0 to 1), why, and the words that differ.

    `differing` holds words of the first side, then of the second, as they are written there.
    """

    kind: ConflictKind
    confidence: float
    explanation: str
    differing: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with the day on which it was said."""

    reading: Reading
    said_on: date


_LEAST_SHARED = 2  # a denial that shares one word only could be about anything
_ONE_AT_A_TIME = re.compile(
    r"\W*(?P<who>[A-Z][\w'-]*(?: [A-Z][\w'-]*)?) (?:now )?(?P<verb>lives? in|works? (?:at|for)|reports? to|"
    r"is married to|was born in|is (?:based|located) in)\s+(?P<what>[A-Z][\w'-]*(?: [A-Z][\w'-]*)*)"
)
_MOST_EXTRA = 6  # content words of the other side that the denial does not speak of


def compare(one: Clause, other: Clause) -> Conflict | None:
    """Return the first conflict of two clauses, the most telling rule first; None when they can both be true."""
    if one.reading.undecided or other.reading.undecided:
        return None
    if one.reading.text.strip(" .").casefold() == other.reading.text.strip(" .").casefold():
        return None
    for rule in (_revoked, _denied, _date, _number, _opposite, _elsewhere):
        conflict = rule(one, other)
        if conflict is not None:
            return conflict
    return None


def _denied(one: Clause, other: Clause) -> Conflict | None:
    """One side denies what the other says: every content word of the denial has its counterpart there."""
    if bool(one.reading.denial) == bool(other.reading.denial) or one.reading.tangled or other.reading.tangled:
        return None
    denial, claim = (one, other) if one.reading.denial else (other, one)
    if denial.reading.not_yet and denial.said_on <= claim.said_on:
        # "Not signed yet", and signed later: that is progress.
        return None
    met = align(denial.reading.words, claim.reading.words)
    if met.only_one or len(met.shared) < _least(denial, claim) or len(met.only_other) > _MOST_EXTRA:
        return None
    if _another_occasion(one, other) or _turned_round(met):
        return None
    decided = one.reading.decides and other.reading.decides
    sure = (0.92 if decided else 0.9) - 0.05 * len(met.only_other)
    said, denied = _denied_words(denial.reading, met)
    differing = (denied, said) if denial is one else (said, denied)
    verb = "decides" if decided else "says"
    why = f'One side {verb} "{denied}", the other "{said}"; both are about {met.names}.'
    kind = ConflictKind.DECISION_REVERSED if decided else ConflictKind.NEGATION
    return Conflict(kind, round(max(0.5, sure), 2), why, differing)


def _least(denial: Clause, claim: Clause) -> int:
    return 1 if denial.reading.decides and claim.reading.decides else _LEAST_SHARED


def _denied_words(reading: Reading, met: Alignment) -> tuple[str, str]:
    """Return the words claimed and the words denied: the denial with the content word that follows it."""
    near = next((pair for pair in met.shared if pair[0].start > reading.denied_at), met.shared[-1])
    return near[1].text, f"{reading.denial} {near[0].text}"


def _turned_round(met: Alignment) -> bool:
    """ "Not open" and "closed" agree: the denial and an opposite cancel each other."""
    return any(opposite(a.root, b.root) for a in (pair[0] for pair in met.shared) for b in met.only_other)


def _another_occasion(one: Clause, other: Clause) -> bool:
    """Tell whether both speak of their own day ("today", "on Friday", "this week"), and the days differ."""
    return days.differ(days.told(one.reading.text, one.said_on), days.told(other.reading.text, other.said_on))


def _revoked(one: Clause, other: Clause) -> Conflict | None:
    """ "The decision to use X was withdrawn", "we use Y instead of X": what was decided is given up later."""
    found = _given_up(one, other, flip=False) if one.said_on <= other.said_on else None
    return found or (_given_up(other, one, flip=True) if other.said_on <= one.said_on else None)


def _given_up(earlier: Clause, later: Clause, *, flip: bool) -> Conflict | None:
    if not earlier.reading.decides or earlier.reading.denial:
        return None
    gone = later.reading.instead_of
    if gone and gone <= earlier.reading.roots and gone.isdisjoint(later.reading.roots):
        words = [word.text for word in earlier.reading.words if word.root in gone]
        taken = [word.text for word in later.reading.words if word.root not in earlier.reading.roots]
        if taken:
            return _reversed(" ".join(words), " ".join(taken[-len(words) :]), flip=flip)
    if not later.reading.revokes or later.reading.denial:
        return None
    met = align([w for w in earlier.reading.words if w.root != "decision"], later.reading.words)
    if met.only_one or not met.shared:
        return None
    return _reversed(met.shared[-1][0].text, _revoking(later.reading), flip=flip)


def _revoking(reading: Reading) -> str:
    match = REVOKES.search(reading.text)
    return match[0] if match else ""


def _reversed(first: str, second: str, *, flip: bool) -> Conflict:
    why = f'What was decided ("{first}") is given up later ("{second}").'
    differing = (second, first) if flip else (first, second)
    return Conflict(ConflictKind.DECISION_REVERSED, 0.85, why, differing)


def _date(one: Clause, other: Clause) -> Conflict | None:
    """The same event is put on two days."""
    if one.reading.denial or other.reading.denial:
        return None
    found = days.disagree(one, other)
    if found is None:
        return None
    first, second, event, moved = found
    why = f'"{event}" is on {first.on.isoformat()} in one side and on {second.on.isoformat()} in the other.'
    return Conflict(ConflictKind.DATE, 0.9 if moved else 0.8, why, (first.words, second.words))


def _number(one: Clause, other: Clause) -> Conflict | None:
    """The same thing is counted, priced or measured differently."""
    if one.reading.denial or other.reading.denial or _another_occasion(one, other):
        return None
    pair = quantities.disagreeing(one.reading.text, other.reading.text)
    if pair is None or (pair[0].unit in quantities.OCCASIONAL):
        return None
    first, second = pair
    at_times = first.unit == quantities.CLOCK
    if at_times and (days.recurs(one) or days.recurs(other)):
        return None
    met = align(_besides(one.reading, first), _besides(other.reading, second))
    smaller = min(len(met.only_one), len(met.only_other))
    if not met.shared or (smaller > 0 and smaller >= len(met.shared)) or _names_differ(met):
        return None
    extra = len(met.only_one) + len(met.only_other)
    if extra > len(met.shared) + 1:
        return None
    why = f'One side says "{first.text}", the other "{second.text}"; both are about {met.names}.'
    kind = ConflictKind.DATE if at_times else ConflictKind.NUMERIC
    return Conflict(kind, round(0.88 - 0.06 * extra, 2), why, (first.text, second.text))


def _besides(reading: Reading, quantity: quantities.Quantity) -> list[Word]:
    left = quantities.left_behind(reading.text)
    spans = [(quantity.start, quantity.end), *left]
    return [word for word in reading.words if not any(start <= word.start < end for start, end in spans)]


def _names_differ(met: Alignment) -> bool:
    """Tell whether each side names something of its own: another person, product, number or place."""
    return any(map(_is_name, met.only_one)) and any(map(_is_name, met.only_other))


def _is_name(word: Word) -> bool:
    return (word.text[:1].isupper() and word.start > 0) or any(char.isdigit() for char in word.text)


def _opposite(one: Clause, other: Clause) -> Conflict | None:
    """All words meet but one on each side, these two are opposites, and one thing is meant."""
    if bool(one.reading.denial) != bool(other.reading.denial) or _another_occasion(one, other):
        return None
    if one.reading.indefinite and other.reading.indefinite:
        # "A man sits" and "a man stands" may well be two men.
        return None
    met = align(one.reading.words, other.reading.words)
    back = align(other.reading.words, one.reading.words)
    pairs = [(a, b) for a in one.reading.words for b in other.reading.words if opposite(a.root, b.root)]
    if len(pairs) == 1:
        a, b = pairs[0]
        left = [word for word in met.only_one if word not in (a, b) and not same(word.root, b.root)]
        right = [word for word in back.only_one if word not in (a, b) and not same(word.root, a.root)]
        common = [pair for pair in met.shared if pair[0] != a]
        if common and not left and not right:
            return _factual(a.text, b.text, common)
    if not pairs and not met.only_one and not back.only_one and len(met.shared) > 1:
        return _particles(one.reading, other.reading, met)
    return None


def _particles(one: Reading, other: Reading, met: Alignment) -> Conflict | None:
    """ "Turn on" and "turn off": all content words are the same, and one little word turns its verb round."""
    for word, peer in met.shared:
        first, second = _next_word(one.text, word), _next_word(other.text, peer)
        if word.root == peer.root and opposite_particles(first, second):
            return _factual(f"{word.text} {first}", f"{peer.text} {second}", list(met.shared))
    return None


def _elsewhere(one: Clause, other: Clause) -> Conflict | None:
    """Somebody lives in two towns, or works for two firms: what there is one of at a time."""
    first, second = _ONE_AT_A_TIME.match(one.reading.text), _ONE_AT_A_TIME.match(other.reading.text)
    if first is None or second is None or first["who"].casefold() != second["who"].casefold():
        return None
    if root(first["verb"].split()[0]) != root(second["verb"].split()[0]) or first["what"] == second["what"]:
        return None
    if first["what"] in second["what"] or second["what"] in first["what"]:
        return None
    why = f'{first["who"]} {first["verb"]} "{first["what"]}" in one side and "{second["what"]}" in the other.'
    return Conflict(ConflictKind.FACTUAL, 0.7, why, (first["what"], second["what"]))


def _next_word(text: str, word: Word) -> str:
    return text[word.start + len(word.text) :].strip().partition(" ")[0].lower().strip(".,")


def _factual(first: str, second: str, common: list[tuple[Word, Word]]) -> Conflict:
    about = ", ".join(dict.fromkeys(pair[0].text for pair in common))
    why = f'"{first}" and "{second}" cannot both be true; both are said of {about}.'
    return Conflict(ConflictKind.FACTUAL, 0.75 if len(common) > 1 else 0.65, why, (first, second))
