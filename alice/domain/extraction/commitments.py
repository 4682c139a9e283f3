"""Finds who will do something: "Ada will send it", "I'll check", "Ada to write it up", "will land unless …".

It reads one sentence, knows the people of its text, and must stay silent where a thing, not a person, will do it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from alice.domain.extraction.names import NOBODY, Roster

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
    "can": ("can", 0.5), "working on": ("working_on", 0.55),
}  # fmt: skip
_LINK = re.compile(
    r"(?P<link>'ll|will(?!-)|shall|going to|gonna|about to|plans? to|planning (?:to|on)|intends to|aims to|hop(?:ing|es) to|"
    r"(?:volunteer|offer)(?:ed|s) to|(?:promised|committed|agreed) to|action to|happy to|(?:need|ha)s to|"
    r"(?:need|have) to|should|must|can|working on|to)(?![\w'])"
    r"(?P<soft>(?: (?:also|then|still|now|just|probably|likely|soon|definitely|hopefully|therefore|first|again|try to|"
    r"try and|continue to|need to|have to|be able to|go ahead and|get to|start to|at least|only))*)"
    r" ?(?P<verb>not\b|never\b|be [\w-]+ing\b|[\w'-]+)?"
)
# A link begins with one of these words. Those of the second set are everywhere, and mean something only of a person.
_PLAIN_HEADS = frozenset(
    "will shall going gonna plan plans planning intends aims hoping hopes volunteered volunteers offered offers promised"
    " committed agreed action".split()
)
_PERSONAL_HEADS = frozenset("to needs has have need should must can working about happy".split())
_HEAD = {head: re.compile(rf"\b{head}\b") for head in _PLAIN_HEADS | _PERSONAL_HEADS}
_NAME = re.compile(r"@?[^\W\d_][\w.'-]*")
_AUXILIARIES = frozenset(
    "is are am has have was 's also then both still does kindly now take takes took taken the an would be just had".split()
)
_PRONOUNS = frozenset("i we somebody someone".split())
_CONJUNCTIONS = frozenset("and but so then otherwise also or still please therefore".split())
_TIMES = frozenset("week month today tomorrow meeting now soon friday monday tuesday wednesday thursday later".split())
_BODIES = frozenset(
    "team tsc wg group committee foundation board staff council moderators maintainers admins legal marketing finance"
    " management collaborators".split()
)
_STATES = frozenset(
    """be have need like want know think mean see likely probably seem depend require remain exist happen stay become
    get matter cause make break work help change affect take cost fail run last contain include apply appear result
    lead end love hate miss believe agree disagree prefer feel hear understand expect wonder imagine vary the a an me us
    it this that no not never always mostly most everyone people them him her you your our my all any some there here
    come die grow fall hold hope""".split()
)
# What people do to finish things. An unknown name before "will" or "to" must be followed by one of these.
ACTS = frozenset(
    """add address adopt announce answer apply approach arrange ask assign attend audit backport book bring build buy call
    cancel capture champion chase check circulate clarify clean close collect come comment commit compile complete
    confirm connect contact continue convert coordinate copy create cut debug decide define deliver deploy describe
    design develop discuss distribute do document draft drive drop edit email enable ensure escalate evaluate explore
    extend facilitate fetch figure file fill finalise finalize find finish fix follow forward gather generate get give go
    handle help host identify implement inform integrate introduce investigate invite join kick land launch lead learn
    leave let list look mail make manage meet mention merge message migrate move nominate notify open order organise
    organize outline own pass pay phone pick ping plan post postpone prepare present print process propose provide
    publish pull push put raise reach read rebase record refactor register release remind remove renew reopen replace
    reply report represent request research resend reserve resolve respond restart return revert review revise rewrite
    rework run scan schedule send set share ship show sign solve sort speak split start submit suggest summarise
    summarize support survey sync take talk tell test tidy track train transfer translate triage try turn update upgrade
    upload use validate verify visit volunteer vote walk work write""".split()
)
_WEAK_SHOULD = frozenset("be have not probably also consider".split())


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
        found = _commitment(sentence, match, roster, speaker=speaker) if match else None
        if found is not None:
            return found
    return None


def _commitment(sentence: str, match: re.Match[str], roster: Roster, *, speaker: str | None) -> Commitment | None:
    link, verb = match["link"].lower(), (match["verb"] or "").lower()
    if not verb or verb in ("not", "never"):
        return None
    rule, confidence = _LINKS[link]
    before = sentence[: match.start()].rstrip()
    if not before:
        return _unsaid(sentence, match, rule, verb=verb, speaker=speaker)
    if before[-1] in ",;:.!?(–—->":
        return _after_pause(sentence, match, rule, verb, speaker=speaker)
    subject = _subject(before)
    if subject is None:
        return None
    return _by_subject(sentence, subject, roster, verb=verb, link=link, rule=rule, confidence=confidence, speaker=speaker)


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
    last = words[-1]
    if not _NAME.fullmatch(last):
        return None
    begin = end - len(last)
    first = words[-2] if len(words) > 1 and _NAME.fullmatch(words[-2]) else ""
    joined = ""
    if len(words) > 2 and words[-2].lower() in ("and", "&"):
        joined, first = f"{words[-3]} {words[-2]} ", ""
    return _Subject(last, begin, first, begin - len(first) - 1 if first else begin, joined, aux)


def _unsaid(sentence: str, match: re.Match[str], rule: str, *, verb: str, speaker: str | None) -> Commitment | None:
    """A sentence that begins with "will open an issue": by whoever speaks, else by nobody named."""
    if rule not in ("will", "going_to", "plans_to", "needs_to", "volunteered") or not _acts(verb):
        return None
    if match["link"].lower() in ("can", "should", "must"):
        return None
    if sentence[match.start()].isupper() and match.string.rstrip().endswith("?"):
        return None
    confidence = 0.75 if speaker else 0.6
    return Commitment(speaker, 0, f"open_loop.unsaid_{rule}", confidence if rule != "needs_to" else confidence - 0.1)


def _after_pause(
    sentence: str, match: re.Match[str], rule: str, verb: str, *, speaker: str | None
) -> Commitment | None:
    """ "Proposal sent, will implement unless …"."""
    if rule not in ("will", "going_to", "plans_to") or not _acts(verb) or sentence.rstrip().endswith("?"):
        return None
    return Commitment(speaker, 0, f"open_loop.unsaid_{rule}", 0.65)


def _acts(verb: str) -> bool:
    return verb in ACTS or verb.startswith("be ")


def _by_subject(
    sentence: str, subject: _Subject, roster: Roster, *, verb: str, link: str, rule: str, confidence: float,
    speaker: str | None,
) -> Commitment | None:  # fmt: skip
    low = subject.last.lower()
    asks = sentence.rstrip().endswith("?")
    if low in ("i", "we"):
        return _first_person(low, rule, verb, begin=subject.begin, speaker=speaker, question=asks)
    if asks:
        return None
    if low in _CONJUNCTIONS or (low in _TIMES and rule == "will"):
        joins = rule in ("will", "going_to") and verb in ACTS
        return Commitment(speaker, 0, f"open_loop.unsaid_{rule}", 0.6) if joins else None
    name, begin = _name(subject, roster)
    if not name:
        return _by_unknown(sentence, subject, rule=rule, verb=verb)
    if not _fits(sentence, begin, link, verb=verb, rule=rule, aux=subject.aux):
        return None
    if not roster.knows(name):
        confidence -= 0.15
    if subject.joined and roster.may_be(subject.joined.split()[0].strip(",")):
        name, begin = subject.joined + name, begin - len(subject.joined)
    return Commitment(name, begin, f"open_loop.name_{rule}", confidence)


def _name(subject: _Subject, roster: Roster) -> tuple[str, int]:
    """Return the person that the subject names, and where the name begins; ("", 0) for anything else."""
    last, first = subject.last.lstrip("@"), subject.first.lstrip("@")
    if first and last[:1].isupper() and (roster.knows(f"{first} {last}") or roster.may_be(first)):
        if roster.may_be(first) and first[:1].isupper():
            return f"{first} {last}", subject.first_begin
    return (last, subject.begin) if roster.may_be(last) else ("", 0)


def _fits(sentence: str, begin: int, link: str, *, verb: str, rule: str, aux: bool) -> bool:
    """Tell whether link and verb make a commitment of a person's doing, not of a state or a wish of others."""
    if verb in _STATES and rule != "action":
        return False
    if link in ("going to", "working on", "planning to", "hoping to", "about to", "happy to", "planning on") and not aux:
        return rule == "plans_to"
    if rule == "to":
        return verb in ACTS and _stands_alone(sentence, begin)
    if rule in ("should", "can"):
        return verb not in _WEAK_SHOULD
    return rule != "needs_to" or verb in ACTS


def _stands_alone(sentence: str, begin: int) -> bool:
    """ "Ada to write it up" at the beginning or after a pause; not "we asked Ada to write it up"."""
    before = sentence[:begin].rstrip()
    return (
        not before or before[-1] in ",;:.(–—->" or before.rsplit(" ", 1)[-1].lower() in ("and", "but", "on", "action")
    )


def _first_person(
    who: str, rule: str, verb: str, *, begin: int, speaker: str | None, question: bool
) -> Commitment | None:
    if question or rule in ("should", "to", "can") or verb in _STATES or (verb not in ACTS and rule == "needs_to"):
        return None
    if who == "we":
        if rule in ("needs_to", "working_on", "agreed_to"):
            return None
        return Commitment(None, 0, f"open_loop.we_{rule}", 0.6 if verb in ACTS else 0.5)
    return Commitment(speaker or "I", begin, f"open_loop.i_{rule}", 0.8 if verb in ACTS else 0.6)


def _by_unknown(sentence: str, subject: _Subject, *, rule: str, verb: str) -> Commitment | None:
    """A group that acts ("the board will publish it"), somebody, or a name that nothing else makes known."""
    low, begin = subject.last.lower(), subject.begin
    if low in _BODIES and rule in ("will", "going_to", "plans_to", "agreed_to", "needs_to") and verb in ACTS:
        start = sentence.rfind("the ", max(0, begin - 25), begin)
        start = start if start >= 0 else begin
        owner = sentence[start : begin + len(subject.last)].removeprefix("the ")
        return Commitment(owner, start, f"open_loop.body_{rule}", 0.55)
    if low in ("somebody", "someone") and rule in ("should", "needs_to", "will") and verb in ACTS:
        return Commitment(None, begin, "open_loop.somebody", 0.55)
    unknown = subject.last[:1].isupper() and low not in NOBODY and begin == 0 and not subject.aux
    return Commitment(subject.last, 0, "open_loop.name_volunteered", 0.65) if rule == "volunteered" and unknown else None
