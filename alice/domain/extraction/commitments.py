"""Finds who will do something: "Ada will send it", "I'll check", "Ada to write it up", "will land unless …".

It reads one sentence, knows the people of its text, and must stay silent where a thing, not a person, will do it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from alice.domain.extraction.lexicon import ACTS, STATES, word_set
from alice.domain.extraction.names import Roster

# What links a person to what they will do, by rule name and confidence when the person is known.
_LINKS = {
    "will": ("will", 0.8), "'ll": ("will", 0.8), "shall": ("will", 0.7),
    "going to": ("going_to", 0.75), "gonna": ("going_to", 0.7), "about to": ("going_to", 0.7),
    "plans to": ("plans_to", 0.7), "plan to": ("plans_to", 0.65), "planning to": ("plans_to", 0.7),
    "planning on": ("plans_to", 0.65), "intends to": ("plans_to", 0.7), "aims to": ("plans_to", 0.6),
    "hoping to": ("plans_to", 0.5), "hopes to": ("plans_to", 0.5),
    "volunteered to": ("volunteered", 0.85), "offered to": ("volunteered", 0.8), "volunteers to": ("volunteered", 0.85),
    "offers to": ("volunteered", 0.75), "promised to": ("volunteered", 0.85), "committed to": ("volunteered", 0.75),
    "agreed to": ("agreed_to", 0.75), "action to": ("action", 0.9), "happy to": ("volunteered", 0.5),
    "to": ("to", 0.75), "needs to": ("needs_to", 0.6), "has to": ("needs_to", 0.6), "have to": ("needs_to", 0.55),
    "need to": ("needs_to", 0.55), "should": ("should", 0.5), "must": ("needs_to", 0.55),
    "can": ("can", 0.5),
}  # fmt: skip
_LINK = re.compile(
    r"(?P<link>'ll|will(?!-)|shall|going to|gonna|about to|plans? to|planning (?:to|on)|intends to|aims to|"
    r"hop(?:ing|es) to|(?:volunteer|offer)(?:ed|s) to|(?:promised|committed|agreed) to|action to|happy to|"
    r"(?:need|ha)s to|"
    r"(?:need|have) to|should|must|can|to)(?![\w'])"
    r"(?P<soft>(?: (?:also|then|still|now|just|probably|likely|soon|definitely|hopefully|therefore|first|again|try to|"
    r"try and|continue to|need to|have to|be able to|go ahead and|get to|start to|at least|only))*)"
    r" ?(?P<verb>not\b|never\b|be [\w-]+ing\b|[\w'-]+)?"
)
# A link begins with one of these words. Those of the second set are everywhere, and mean something only of a person.
_PLAIN_HEADS = word_set(
    "will shall going gonna plan plans planning intends aims hoping hopes volunteered volunteers offered offers"
    " promised committed agreed action"
)
_PERSONAL_HEADS = word_set("to needs has have need should must can about happy")
_HEAD = {head: re.compile(rf"\b{head}\b") for head in _PLAIN_HEADS | _PERSONAL_HEADS}
_NAME = re.compile(r"@?[^\W\d_][\w.'-]*")
_AUXILIARIES = word_set(
    "is are am has have was 's also then both still does kindly now take takes took taken the an would be just had"
)
_PRONOUNS = word_set("i we somebody someone")
_CONJUNCTIONS = word_set("and but so then otherwise please therefore")
_TIMES = word_set("week month today tomorrow meeting now soon friday monday tuesday wednesday thursday later")
_BODIES = word_set(
    "team tsc wg group committee foundation board staff council moderators maintainers admins legal marketing finance"
    " management collaborators"
)
# Too common in things that merely happen to count where nobody is named: "will use it", "will get slower".
_WEAK = word_set(
    "get use give take go come let put support continue pass keep run start show train turn clean make pull help be"
)
_STRONG_TAKE = re.compile(
    r"(?:take (?:an? |the |another |next )?(?:look|action|care|it (?:on|up|offline)|on|over|point|steps?|this)"
    r"|put (?:together|up|in)|make (?:an?|another|sure)|give (?:an?|the)|go through|start (?:a|the|work)|"
    r"continue (?:to|work|the))\b"
)
_PARTICIPLES = frozenset(("going to", "planning to", "planning on", "hoping to", "about to", "happy to"))
_OPENING = re.compile(r"@?[^\W\d_][\w.-]*")
_WEAK_SHOULD = word_set("be have not probably also consider")


@dataclass(frozen=True, slots=True)
class Commitment:
    """Somebody will do something: `owner` as written ("I" and "we" too), the clause from `begin`, rule, confidence."""

    owner: str | None
    begin: int
    rule: str
    confidence: float


def find_commitment(
    sentence: str, roster: Roster, speaker: str | None, *, low: str | None = None, words: Set[str] | None = None
) -> Commitment | None:
    """Return the first commitment of `sentence`, or None; `low` and `words` are its lower-case text and words."""
    low = sentence.lower() if low is None else low
    words = frozenset(re.findall(r"[^\W\d_][\w']*", low)) if words is None else words
    heads = words & _PLAIN_HEADS
    if not words.isdisjoint(_PERSONAL_HEADS) and (speaker or roster.mentions(words) or not words.isdisjoint(_PRONOUNS)):
        heads |= words & _PERSONAL_HEADS
    places = [match.start() for head in heads for match in _HEAD[head].finditer(low)]
    if "'ll" in low:
        places += [match.start() for match in re.finditer("'ll", low)]
    for place in sorted(places):
        match = _LINK.match(low, place)
        found = _read(_Phrase.of(sentence, match, roster, speaker=speaker)) if match and match["verb"] else None
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A link in its sentence: "will also send" with what stands before it and who speaks."""

    sentence: str
    before: str
    link: str
    rule: str
    confidence: float
    verb: str
    weak: bool
    asks: bool
    roster: Roster
    speaker: str | None

    @classmethod
    def of(cls, sentence: str, match: re.Match[str], roster: Roster, *, speaker: str | None) -> _Phrase:
        rule, confidence = _LINKS[match["link"]]
        verb = match["verb"]
        weak = verb in _WEAK and not _STRONG_TAKE.match(match.string, match.start("verb"))
        before = sentence[: match.start()].rstrip()
        asks = sentence.rstrip().endswith("?")
        return cls(sentence, before, match["link"], rule, confidence, verb, weak, asks, roster, speaker)

    @property
    def acts(self) -> bool:
        """Tell whether what follows is something that people do, even where nobody is named."""
        return _is_act(self.verb) and not self.weak and not self.asks


def _is_act(verb: str) -> bool:
    """Tell whether the verb is an act, "be sending" too."""
    if not verb.startswith("be "):
        return verb in ACTS
    stem = verb[3:].removesuffix("ing")
    return not ACTS.isdisjoint((stem, stem + "e", stem[:-1]))


def _read(phrase: _Phrase) -> Commitment | None:
    if phrase.verb in ("not", "never"):
        return None
    if not phrase.before or phrase.before[-1] in ",;:.!?(–—->":
        return _unsaid(phrase)
    subject = _subject(phrase.before)
    return _by_subject(phrase, subject) if subject else None


@dataclass(frozen=True, slots=True)
class _Subject:
    """The words right before a link: the last one, those it may form a name with, and where they begin."""

    last: str
    begin: int
    first: str
    first_begin: int
    joined: str  # "Ada and " in "Ada and Ben will"
    aux: bool


def _subject(before: str) -> _Subject | None:
    words = before[-160:].rsplit(" ", 6)[-6:]
    end, aux = len(before), False
    while len(words) > 1 and words[-1].lower() in _AUXILIARIES:
        end -= len(words.pop()) + 1
        aux = True
    last, mark, _ = words[-1].partition("'")
    if not _NAME.fullmatch(last):
        return None
    begin = end - len(words[-1])
    first = words[-2] if len(words) > 1 and _NAME.fullmatch(words[-2]) else ""
    joined = ""
    if len(words) > 2 and words[-2].lower() in ("and", "&"):
        joined, first = f"{words[-3]} {words[-2]} ", ""
    return _Subject(last, begin, first, begin - len(first) - 1 if first else begin, joined, aux or bool(mark))


def _unsaid(phrase: _Phrase) -> Commitment | None:
    """ "Will open an issue", "proposal sent, will implement unless …": by whoever speaks, else by nobody named."""
    if phrase.rule not in ("will", "going_to", "plans_to") and not (phrase.rule == "needs_to" and not phrase.before):
        return None
    if not phrase.acts:
        return None
    confidence = 0.65 if phrase.before else 0.75 if phrase.speaker else 0.6
    return Commitment(phrase.speaker, 0, f"unsaid_{phrase.rule}", confidence - 0.1 * (phrase.rule == "needs_to"))


def _by_subject(phrase: _Phrase, subject: _Subject) -> Commitment | None:
    low = subject.last.lower()
    if low in ("i", "we"):
        return _first_person(phrase, low, subject.begin)
    if phrase.asks:
        return None
    if low in _CONJUNCTIONS or (low in _TIMES and phrase.rule == "will"):
        joins = phrase.rule in ("will", "going_to") and phrase.acts
        return Commitment(phrase.speaker, 0, f"unsaid_{phrase.rule}", 0.6) if joins else None
    name, begin = _name(subject, phrase.roster)
    if not name:
        return _by_other(phrase, subject)
    if not _fits(phrase, begin, aux=subject.aux):
        return None
    if subject.joined and phrase.roster.may_be(subject.joined.split()[0].strip(",")):
        name, begin = subject.joined + name, begin - len(subject.joined)
    confidence = phrase.confidence if phrase.roster.knows(subject.last) or subject.first else phrase.confidence - 0.15
    return Commitment(name, begin, f"name_{phrase.rule}", confidence)


def _name(subject: _Subject, roster: Roster) -> tuple[str, int]:
    """Return the person that the subject names, and where the name begins; ("", 0) for anything else."""
    last, first = subject.last.lstrip("@"), subject.first.lstrip("@")
    surname = last[:1].isupper() and not (last.isupper() and len(last) > 1)
    if surname and first[:1].isupper() and roster.may_be(first):
        return f"{first} {last}", subject.first_begin
    return (last, subject.begin) if roster.may_be(last) else ("", 0)


def _fits(phrase: _Phrase, begin: int, *, aux: bool) -> bool:
    """Tell whether link and verb make a commitment of a person's doing, not of a state or a wish of others."""
    if phrase.verb in STATES and phrase.rule != "action":
        return False
    if phrase.link in _PARTICIPLES and not aux:
        return phrase.rule == "plans_to"
    if phrase.rule == "to":
        return phrase.verb in ACTS and _stands_alone(phrase.sentence[:begin].rstrip())
    if phrase.rule in ("should", "can"):
        return phrase.verb not in _WEAK_SHOULD
    # "Ada need to check" is Ada speaking of others; "Ada needs to check" is a task.
    return phrase.rule != "needs_to" or (phrase.verb in ACTS and phrase.link in ("needs to", "has to"))


def _stands_alone(before: str) -> bool:
    """ "Ada to write it up" at the beginning or after a pause; not "we asked Ada to write it up"."""
    return (
        not before or before[-1] in ",;:.(–—->" or before.rsplit(" ", 1)[-1].lower() in ("and", "but", "on", "action")
    )


def _first_person(phrase: _Phrase, who: str, begin: int) -> Commitment | None:
    if phrase.asks or phrase.rule in ("should", "to", "can") or phrase.verb in STATES:
        return None
    acts = phrase.verb in ACTS
    if who == "i":
        said = acts or phrase.rule != "needs_to"
        return Commitment(phrase.speaker or "I", begin, f"i_{phrase.rule}", 0.8 if acts else 0.6) if said else None
    clause = phrase.sentence[:begin].rstrip()
    begins = (
        not clause or clause[-1] in ",;:.(–—->" or clause.rsplit(" ", 1)[-1].lower() in ("and", "so", "then", "that")
    )
    if phrase.rule not in ("will", "going_to", "plans_to") or not begins or not acts:
        return None
    return Commitment(None, 0, f"we_{phrase.rule}", 0.6)


def _by_other(phrase: _Phrase, subject: _Subject) -> Commitment | None:
    """A group that acts ("the board will publish it"), somebody, or "Ada found a bug, workers planning to patch it"."""
    low, begin = subject.last.lower(), subject.begin
    if low in _BODIES and phrase.rule in ("will", "going_to", "plans_to") and phrase.acts:
        start = phrase.sentence.rfind("the ", max(0, begin - 25), begin)
        start = start if start >= 0 else begin
        owner = phrase.sentence[start : begin + len(subject.last)].removeprefix("the ")
        return Commitment(owner, start, f"body_{phrase.rule}", 0.55)
    if low in ("somebody", "someone") and phrase.rule in ("should", "needs_to", "will") and phrase.verb in ACTS:
        return Commitment(None, begin, "somebody", 0.55)
    if phrase.link in _PARTICIPLES and not subject.aux and phrase.acts:
        return _participle(phrase)
    return None


def _participle(phrase: _Phrase) -> Commitment | None:
    """ "Ada has found the cause of it, planning to send a patch": the doer opens the sentence."""
    opening = _OPENING.match(phrase.sentence)
    if opening is None or not phrase.roster.knows(opening[0]):
        return None
    return Commitment(opening[0], 0, f"name_{phrase.rule}", 0.6)
