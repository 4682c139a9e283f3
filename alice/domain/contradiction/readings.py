"""Reads a claim for comparing: its content words, whether it denies, decides, doubts or moves something.

One clause at a time, without grammar. It compares nothing, and knows no dates and no quantities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from alice.domain.contradiction.roots import root, word_set

LONGEST = 400  # characters of a claim that are compared; claims are sentences

_TOKEN = re.compile(r"[#@]?[^\W_]+(?:[.'’/-][^\W_]+)*%?|[$€£]")
_CLAUSES = re.compile(r"[.!?;](?=\s|$)|,? but |, (?:and|so|while|whereas) | – | — ")
_QUESTION = re.compile(r"\?\s*$")

# "not only", "no doubt" and "no problem" deny nothing, "no update" no more than on its day; "with no shirt" says what a
# thing is like, not what is not so.
_NO_DENIAL = re.compile(
    r"\bnot (?:only|just|least|necessarily|sure|bad)\b|\bno (?:doubt|problem|matter|wonder|later than|more than|\d)|"
    r"\bnot all,|\bno (?:\w+ )?updates?\b|\bno\. ?\d|\bwith (?:no|nothing)\b|\bwithout\b|\bnothing but\b|"
    r"\bnot to mention\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?P<word>no longer|no one|not|no|nobody|none|never|nothing|neither|nowhere|cannot|"
    r"(?:failed|fails|refused|refuses|declined|declines) to)\b|n't\b|(?<=n)’t\b",
    re.IGNORECASE,
)
_AGAINST = re.compile(r"\b(?:against|not to)\b", re.IGNORECASE)
_NOT_YET = re.compile(
    r"\bnot? (?:\w+ )?(?:yet|so far|for now)\b|n't (?:\w+ ){0,4}yet\b|\bstill (?:not|no|isn't|hasn't)\b|\byet to\b",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:if|unless|whether|would|could|might|(?-i:may)|maybe|perhaps|possibly|should|either|wonder\w*|unsure|"
    r"not sure|suggest\w*|propos(?:e|es|ed|al)|imagine|hypothetical\w*|expect\w*|hope\w*|think|thinks|believes?)\b",
    re.IGNORECASE,
)
_DECIDES = re.compile(
    r"\b(?:(?:we|i|they|all|tsc|team|board|group|committee|council|everyone|it was|have|has|had|also|then|and)\s+)*"
    r"(?:decided|agreed|resolved|voted|opted|concluded|chose)\b(?: that)?|\b(?:decision|resolution|agreed|decided)"
    r"(?: is| was)?\s?(?::|\bto\b)|\bconsensus (?:is|was)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"(?:\bnot|n't|\bno|\bnever|\bwithout|\bnothing)(?: \w+){0,2} (?:decided|decide|agreed|agree|decision|consensus|"
    r"agreement|resolved)\b",
    re.IGNORECASE,
)
REVOKES = re.compile(
    r"\b(?:reversed|overturned|withdrawn|withdrew|revoked|rescinded|abandoned|undone|took back|reverted|scrapped)\b",
    re.I,
)
# "A man", "two dogs", "some people", "people": a story begins, and nobody says that it is about the same ones.
_INDEFINITE = re.compile(
    r"\s*(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|some|several|many|people|someone|somebody|"
    r"(?:a )?(?:lot|group|crowd|couple|few|pair) of)\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"\b(?:instead of|rather than)\s+(?P<what>[^,;.]{2,60})", re.IGNORECASE)

_FILLS = re.compile(r"\b(?:after all|at all|any ?more|as planned|of course|in fact|in the end)\b", re.IGNORECASE)
_EMPTY = word_set(
    """
    a an the is are was were be being been am of and or nor at by to in on it its his her their our my your there that
    which who whom whose some any one this these those as for with from into onto no not nobody none never nothing
    neither has have had having do does did will shall can must we i you they he she us them me someone somebody
    something person people while up out off over than then so also now just still already yet very really quite too
    both each all every everyone everybody anybody anyone other another such own longer t s ll ve re d m cannot going
    get got gets about between against instead rather around toward towards et
    """
)
_LEADS = word_set("of for with at in on by from to into as about because after before between during under over")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word: as written, its root, where it stands, and the preposition that leads up to it, if any."""

    text: str
    root: str
    start: int
    lead: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause, read. `denial` is the word that denies it ("" when nothing does), and `denied_at` where it stands;
    `tangled` tells that it denies too often to say what; `instead_of` are roots that are given up.
    """

    text: str
    words: tuple[Word, ...]
    roots: frozenset[str]
    denial: str
    denied_at: int
    tangled: bool
    not_yet: bool
    doubts: bool
    decides: bool
    undecided: bool
    indefinite: bool
    revokes: bool
    instead_of: frozenset[str]


@lru_cache(maxsize=4_096)
def read(text: str) -> tuple[Reading, ...]:
    """Return the clauses of `text` that say something, each with the doubt of the whole sentence."""
    text = text[:LONGEST].replace("’", "'")
    doubts = _QUESTION.search(text) is not None or _HEDGE.search(text) is not None
    clauses = [part for part in _CLAUSES.split(text) if part and part.strip()]
    readings = (_clause(part, doubts=doubts) for part in clauses)
    return tuple(reading for reading in readings if reading.words)


def _clause(text: str, *, doubts: bool) -> Reading:
    decides = _DECIDES.search(text)
    instead = _INSTEAD.search(text)
    said = text[: instead.start()] + text[instead.end() :] if instead else text
    said = _FILLS.sub(lambda match: " " * len(match[0]), said)
    said = _DECIDES.sub(lambda match: " " * len(match[0]), said)
    denial, denied_at, tangled = _denial(said, decides=decides is not None)
    words = tuple(_words(said))
    return Reading(
        text=text,
        words=words,
        roots=frozenset(word.root for word in words),
        denial=denial,
        denied_at=denied_at,
        tangled=tangled,
        not_yet=_NOT_YET.search(text) is not None,
        doubts=doubts,
        decides=decides is not None,
        undecided=_UNDECIDED.search(text) is not None,
        indefinite=_INDEFINITE.match(text) is not None,
        revokes=REVOKES.search(text) is not None,
        instead_of=frozenset(word.root for word in _words(instead["what"])) if instead else frozenset(),
    )


def _denial(text: str, *, decides: bool) -> tuple[str, int, bool]:
    if decides and (against := _AGAINST.search(text)):
        return against[0], against.start(), False
    kept = _NO_DENIAL.sub(lambda match: " " * len(match[0]), text)
    found = list(_DENIAL.finditer(kept))
    # Two denials in one clause: "nobody did not" is too clever to judge.
    if len(found) == 1 or _side_by_side(found, kept):
        return found[0]["word"] or "not", found[0].start(), False
    return "", -1, bool(found)


def _side_by_side(found: list[re.Match[str]], text: str) -> bool:
    """Tell whether several denials are joined side by side: "is not asleep and is not awake"."""
    if len(found) < 2:
        return False
    return all(" and " in text[one.end() : two.start()] for one, two in pairwise(found))


def _words(text: str) -> list[Word]:
    found, lead = [], ""
    for match in _TOKEN.finditer(text):
        low = match[0].lower()
        bare = low.removesuffix("'s").removesuffix("'ll").removesuffix("'re").removesuffix("'ve")
        if bare in _EMPTY or low.endswith("n't") or (len(bare) == 1 and bare.isalpha()):
            lead = low if low in _LEADS else lead
            continue
        found.append(Word(match[0], root(bare), match.start(), lead))
        lead = ""
    return found
