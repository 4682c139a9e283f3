"""Finds who will do something: "Ada will send it", "I'll check", "Ada to write it up", "will land unless …".

It reads one sentence, knows the people of its text, and must stay silent where a thing, not a person, will do it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alice.domain.extraction.names import NOBODY, Roster

# What links a person to what they will do, by rule name and confidence when the person is known.
_LINKS = {
    "will": ("will", 0.8), "'ll": ("will", 0.8), "shall": ("will", 0.7),
    "going to": ("going_to", 0.75), "gonna": ("going_to", 0.7), "about to": ("going_to", 0.7),
    "plans to": ("plans_to", 0.7), "plan to": ("plans_to", 0.65), "planning to": ("plans_to", 0.7),
    "planning on": ("plans_to", 0.65), "intends to": ("plans_to", 0.7), "aims to": ("plans_to", 0.6),
    "plan is to": ("plans_to", 0.65), "hoping to": ("plans_to", 0.5), "hopes to": ("plans_to", 0.5),
    "volunteered to": ("volunteered", 0.85), "offered to": ("volunteered", 0.8), "volunteers to": ("volunteered", 0.85),
    "offers to": ("volunteered", 0.75), "promised to": ("volunteered", 0.85), "committed to": ("volunteered", 0.75),
    "agreed to": ("agreed_to", 0.75), "action to": ("action", 0.9), "happy to": ("volunteered", 0.5),
    "to": ("to", 0.75), "needs to": ("needs_to", 0.6), "has to": ("needs_to", 0.6), "have to": ("needs_to", 0.55),
    "need to": ("needs_to", 0.55), "should": ("should", 0.5), "must": ("needs_to", 0.55), "is to": ("to", 0.75),
    "can": ("can", 0.5), "working on": ("working_on", 0.55),
}  # fmt: skip
_LINK = re.compile(
    r"(?P<link>(?<=\w)'ll|\b(?:will(?!-)|shall|going to|gonna|about to|plans? to|planning (?:to|on)|intends to|aims to|plan is to|"
    r"hop(?:ing|es) to|(?:volunteer|offer)(?:ed|s) to|(?:promised|committed|agreed) to|action to|happy to|"
    r"(?:need|ha)s to|(?:need|have) to|should|must|is to|can|working on|to))(?![\w'])"
    r"(?P<soft>(?: (?:also|then|still|now|just|probably|likely|soon|definitely|hopefully|therefore|first|again|try to|"
    r"try and|continue to|need to|have to|be able to|go ahead and|get to|start to|at least|only))*)"
    r" ?(?P<verb>not\b|never\b|be [\w-]+ing\b|[\w'-]+)?",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?P<and>(?:[\w.'-]+, )?[\w.'-]+ (?:and|&) )?(?P<two>(?P<first>@?[^\W\d_][\w.'-]*) )?(?P<last>@?[^\W\d_][\w.'-]*)"
    r"(?P<aux> (?:is|are|am|has|have|was|'s|also|then|both|still|does|kindly|kind of|now|take(?:s|n)? (?:the|an)|took (?:the|an)|"
    r"has (?:an|the)|is also|are also|would be|has also|just))?$",
    re.IGNORECASE,
)
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


def find_commitment(sentence: str, roster: Roster, speaker: str | None) -> Commitment | None:
    """Return the first commitment of `sentence`, or None."""
    for match in _LINK.finditer(sentence):
        found = _commitment(sentence, match, roster, speaker=speaker)
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
        return _unsaid(match, rule, verb, speaker=speaker)
    if before[-1] in ",;:.!?(–—->":
        return _after_pause(sentence, match, rule, verb, speaker=speaker)
    subject = _SUBJECT.search(before[-120:])
    if subject is None:
        return None
    offset = max(0, len(before) - 120)
    return _by_subject(
        sentence, subject, offset, roster, match=match, rule=rule, confidence=confidence, speaker=speaker
    )


def _unsaid(match: re.Match[str], rule: str, verb: str, *, speaker: str | None) -> Commitment | None:
    """A sentence that begins with "will open an issue": by whoever speaks, else by nobody named."""
    if rule not in ("will", "going_to", "plans_to", "needs_to", "volunteered") or not _acts(verb):
        return None
    if match["link"].lower() in ("can", "should", "must"):
        return None
    if match["link"][0].isupper() and match.string.rstrip().endswith("?"):
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
    sentence: str, subject: re.Match[str], offset: int, roster: Roster, *, match: re.Match[str], rule: str,
    confidence: float, speaker: str | None,
) -> Commitment | None:  # fmt: skip
    last, verb = subject["last"], (match["verb"] or "").lower()
    begin = offset + subject.start("last")
    low = last.lower()
    needs_aux = rule in ("going_to",) or match["link"].lower() in (
        "working on",
        "planning to",
        "hoping to",
        "about to",
        "happy to",
    )
    if low in ("i", "we"):
        return _first_person(low, rule, verb, begin=begin, speaker=speaker, question=sentence.rstrip().endswith("?"))
    if low in _CONJUNCTIONS or (low in _TIMES and rule == "will"):
        if rule in ("will", "going_to") and verb in ACTS and not sentence.rstrip().endswith("?"):
            return Commitment(speaker, 0, f"open_loop.unsaid_{rule}", 0.6)
        return None
    name = f"{subject['first']} {last}" if subject["first"] else last
    if subject["first"] and (roster.knows(name) or roster.may_be(subject["first"])) and last[:1].isupper():
        begin = offset + subject.start("first")
    elif roster.knows(last) or roster.may_be(last):
        name = last
    else:
        return _by_unknown(sentence, last, begin, rule=rule, verb=verb, offset_zero=begin == 0, aux=subject["aux"])
    if needs_aux and not subject["aux"] and rule not in ("plans_to",):
        return None
    if verb in _STATES and rule != "action":
        return None
    if rule == "to" and (
        verb not in ACTS or subject["aux"] not in (None, " is", " are") or not _stands_alone(sentence, begin)
    ):
        return None
    if rule in ("should", "can") and (verb in _WEAK_SHOULD or sentence.rstrip().endswith("?")):
        return None
    if sentence.rstrip().endswith("?"):
        return None
    if rule in ("needs_to",) and verb not in ACTS:
        return None
    if not roster.knows(name.lstrip("@")):
        confidence -= 0.15
    if subject["and"] and roster.may_be(subject["and"].split()[-2].strip(",")):
        name = subject["and"] + name
        begin = offset + subject.start("and")
    return Commitment(name.lstrip("@"), begin, f"open_loop.name_{rule}", confidence)


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


def _by_unknown(
    sentence: str, last: str, begin: int, *, rule: str, verb: str, offset_zero: bool, aux: str | None
) -> Commitment | None:
    low = last.lower()
    if low in _BODIES and rule in ("will", "going_to", "plans_to", "agreed_to", "needs_to") and verb in ACTS:
        if sentence.rstrip().endswith("?"):
            return None
        start = sentence.rfind("the ", 0, begin)
        start = start if 0 <= start and begin - start < 25 else begin
        return Commitment(
            sentence[start : begin + len(last)].removeprefix("the "), start, f"open_loop.body_{rule}", 0.55
        )
    if low in ("somebody", "someone") and rule in ("should", "needs_to", "will") and verb in ACTS:
        return Commitment(None, begin, "open_loop.somebody", 0.55)
    if rule == "volunteered" and offset_zero and last[:1].isupper() and low not in NOBODY and not aux:
        return Commitment(last, begin, "open_loop.name_volunteered", 0.65)
    return None
