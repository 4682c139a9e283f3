"""Finds words that say a loop was done: a later remark on its topic, with a finished verb that fits what was to do.

It must not close anything, and rather overlooks an end than invents one: hopes, plans, negations and questions are no
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from alice.brain.remarks import Remark, read, same_terms
from alice.brain.statements import about, person_key, saying
from alice.brain.wording import terms
from alice.domain.composing.briefing import LoopRow, SourceNote
from alice.domain.vocab import LoopKind

# What is done when one of the words of a family is said, in the base form and finished.
_FAMILIES = {
    "finish": (
        "do finish complete land merge ship release publish approve accept close resolve fix settle deliver pass sign",
        "done finished completed landed merged shipped released published approved accepted closed resolved fixed"
        " settled delivered passed signed",
    ),
    "tell": (
        "send ask tell email mail write reach talk ping contact reply respond follow answer share announce let raise"
        " remind",
        "sent asked told emailed mailed wrote reached talked spoke pinged contacted replied responded followed answered"
        " shared announced raised reminded",
    ),
    "make": (
        "open create add submit propose post comment update document prepare draft set book order organize schedule"
        " start volunteer remove rename change move",
        "opened created added submitted proposed posted commented updated documented prepared drafted booked ordered"
        " organized scheduled started removed renamed changed moved",
    ),
    "look": (
        "review look check investigate test try measure read go",
        "reviewed looked checked investigated tested tried measured",
    ),
}
_BASE = {word: family for family, (base, _) in _FAMILIES.items() for word in base.split()}
_DONE = {word: family for family, (_, done) in _FAMILIES.items() for word in done.split()}
_GENERIC = frozenset(
    re.findall(r"\w+", "done finished completed resolved closed settled landed merged approved accepted")
)
# What answers a request: "ask the town hall for the permit" is over once the permit was granted.
_ANSWERS = frozenset(
    re.findall(r"\w+", "answered replied granted approved accepted confirmed agreed rejected refused declined")
)
_OPEN = re.compile(
    r"\b(?:not|no|never|only|without|if|when|once|until|unless|should|would|could|can|will|may|might|need(?:s|ed)?|"
    r"to be|yet|almost|nearly|hopefully|maybe|perhaps|probably|likely|wait(?:s|ing)?|pending|plan(?:s|ned|ning)?|"
    r"going to|wants?|propos(?:al|es|ing)|suggest(?:s|ed|ion)?|discuss(?:ed|ion)?|in progress|partially|half|blocked|"
    r"still|before|try(?:ing)?|being|re-?opened|reverted|postponed|delayed)\b|n't\b|\?",
    re.IGNORECASE,
)
_SETTLED = re.compile(
    r"\b(?:agreed|decided|approved|accepted|landed|merged|released|shipped|closed|resolved|passed|postponed|deferred|"
    r"fixed|published|completed|finished|rejected|withdrawn|elected|granted|signed|is out)\b|"
    r"\bno (?:\w+ )?(?:objections?|concerns?)\b|\bconsensus (?:is|was|to|that|on)\b",
    re.IGNORECASE,
)
_UNOPPOSED = re.compile(r"\bno (?:\w+ )?(?:objections?|concerns?)\b(?![^.]*\?)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NAMED = re.compile(r"(?:^|[\s(@])(@?[A-Z][\w'’-]+)")


@dataclass(frozen=True, slots=True)
class Completion:
    """A remark that says that a loop was done, and how surely: by the same verb, or by a general word alone."""

    remark: Remark
    sure: bool


def settles(words: str) -> bool:
    """Tell whether a remark says how a thing ended, and not what it would take."""
    return bool(_SETTLED.search(words)) and bool(_UNOPPOSED.search(words) or not _OPEN.search(words))


@dataclass(frozen=True, slots=True)
class End:
    """A remark that says that something was done, and its words: those that finish, that tell, and of its topic."""

    remark: Remark
    done: frozenset[str]
    terms: frozenset[str]
    topic: frozenset[str]


def ends(remarks: Iterable[Remark]) -> list[End]:
    """Return the remarks that say that anything was done."""
    found = []
    for one in remarks:
        if len(one.words) <= 300 and (done := _finished(one.words)) and not _OPEN.search(one.words):
            found.append(End(one, done, terms(one.words), terms(one.topic)))
    return found


def _finished(words: str) -> frozenset[str]:
    return frozenset(low for word in _WORD.findall(words) if (low := word.casefold()) in _DONE or low in _ANSWERS)


class Ends:
    """What some sources say was done, each sentence with the moment at which it was said."""

    def __init__(self, sources: Iterable[SourceNote]) -> None:
        ordered = sorted(sources, key=lambda source: (source.occurred_at, str(source.id)))
        self._said = [(source.occurred_at, ends(read(source))) for source in ordered]

    def of(self, loops: Sequence[LoopRow]) -> dict[UUID, Completion]:
        """Return for each loop that seems to be done, by its id, the later remark that says so."""
        people = sorted({name for loop in loops for name in (loop.owner, loop.waiting_for) if name})
        return {loop.id: end for loop in loops if (end := find(loop, self._after(loop), people))}

    def _after(self, loop: LoopRow) -> list[End]:
        return [one for moment, said in self._said if moment > loop.seen_at for one in said]


def find(loop: LoopRow, later: Iterable[End], people: Sequence[str] = ()) -> Completion | None:
    """Return the remark that best says a loop was done; `later` are `ends` from after it was last heard of."""
    wanted = _Wanted(loop, people)
    found = [(weight, one.remark) for one in later if (weight := wanted.weight(one)) > 0]
    if not found:
        return None
    weight, best = max(found, key=lambda entry: (entry[0], entry[1].citation.start, entry[1].words))
    return Completion(best, weight >= 2)


class _Wanted:
    """What has to be said for a loop to be done."""

    def __init__(self, loop: LoopRow, people: Sequence[str]) -> None:
        words = [word.casefold() for word in _WORD.findall(saying(loop))]
        self.loop = loop
        self.owner = person_key(loop.owner or "")
        self.people = {person_key(name) for name in people} - {self.owner}
        self.verbs = set([word for word in words if word in _BASE][:1])  # "open an issue to talk about it": to open
        self.families = {_BASE[word] for word in self.verbs}
        self.waits = loop.kind in (LoopKind.WAITING_ON, LoopKind.BLOCKER)
        self.object = terms(saying(loop)) - {self.owner} - self.verbs
        subject = about(loop)
        self.topic = terms(subject)
        self.named = {word.casefold() for word in _WORD.findall(subject)}  # "updated" in a topic's name ends nothing

    def weight(self, end: End) -> float:
        """Return how well a remark says that the loop was done: 0 not at all, 2 and more surely."""
        shared = end.terms & self.object
        if len(shared) < 3 and self.topic.isdisjoint(end.topic) and self.topic.isdisjoint(end.terms):
            return 0
        done = end.done - self.named
        on_topic = same_terms(self.topic, end.topic) or same_terms(self.topic, end.terms)
        if not done or not (on_topic or len(shared) >= 3) or not self._by_the_owner(end.remark.words):
            return 0
        answered = on_topic and len(shared) >= 2 and bool(done & _ANSWERS) and (self.waits or "tell" in self.families)
        done &= _DONE.keys()
        fits = any(_finishes(verb, word) for verb in self.verbs for word in done)
        if fits and (on_topic or len(shared) >= 3):
            return 2 + min(len(shared), 4) / 4
        related = any(_DONE[word] in self.families for word in done) and len(shared) >= 2
        over = on_topic and bool(done & _GENERIC) and (self.waits or "finish" in self.families)
        return 1 + min(len(shared), 4) / 8 if answered or related or (over and shared) else 0

    def _by_the_owner(self, said: str) -> bool:
        """Tell whether nobody else is named as who did it."""
        named = {person_key(name) for name in _NAMED.findall(said)}
        return not self.owner or self.owner in named or not named & self.people


def _finishes(verb: str, done: str) -> bool:
    """Tell whether `done` is `verb` in the past: "land" and "landed", "send" and "sent"."""
    if _BASE[verb] != _DONE[done]:
        return False
    return done.startswith(verb.rstrip("e")) or (verb, done) in _IRREGULAR


_IRREGULAR = {("do", "done"), ("send", "sent"), ("tell", "told"), ("write", "wrote"), ("talk", "spoke")}
