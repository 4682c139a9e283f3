"""Finds who will do something: "Ada will send it", "I'll check", "Ada to write it up", "will land unless …".

It reads one sentence, knows the people of its text, and must stay silent where a thing, not a person, will do it.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from alice.domain.extraction.lexicon import ACTS, COORDINATING, STATES, word_set
from alice.domain.extraction.names import Roster
from alice.domain.extraction.phrases import Phrase, Subject, is_act, phrases, subject_of

_MOST = 3  # commitments of one sentence
_CONJUNCTIONS = word_set("and but so then otherwise please therefore")
_TIMES = word_set("week month today tomorrow meeting now soon friday monday tuesday wednesday thursday later")
_BODIES = word_set(
    "team tsc wg group committee foundation board staff council moderators maintainers admins legal marketing finance"
    " management collaborators"
)
_PARTICIPLES = frozenset(("going to", "planning to", "planning on", "hoping to", "about to", "happy to"))
_OPENING = re.compile(r"@?[^\W\d_][\w.-]*")
_WEAK_SHOULD = word_set("be have not probably also consider")
_IF_NO = re.compile(r"(?:^|[,;.] )(?:if|unless|once|when|assuming)\b", re.IGNORECASE)
_CONDITIONAL_ACTS = word_set(
    "submit send open merge land move close pr ask add remove implement enable start approve consider proceed file post"
    " publish release create update schedule announce call book order pay"
)
_OBJECT = re.compile(
    r"(?P<who>@?[^\W\d_][\w.-]*(?: [A-Z][\w-]*)?) (?P<verb>[a-z-]+) (?:an? |the |pr\b|issue|e-?mail|doc|to |"
    r"with |on |up |"
    r"out |for |some |new |it\b|this |that |[A-Z])"
)
_PASSIVE = re.compile(
    r"^(?P<what>[^,;.?]{3,80}?) will be (?:\w+ly )?(?:sent|added|opened|shared|written|updated|scheduled|"
    r"posted|created|"
    r"reviewed|discussed|drafted|filed|circulated|prepared|submitted|proposed|documented|organi[sz]ed|clarified)\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"(?P<verb>[A-Za-z-]+) (?:(?P<object>an? |the |pr\b|issues? |e-?mail |docs? |with |up |out |for |some |it\b|"
    r"this |that |if |"
    r"whether |people |everyone )|(?P<next>[\w-]+) )",
    re.IGNORECASE,
)
_NOT_PASSIVE = re.compile(
    r"\b(?:which|that|who|could|would|may|might|if|it|this|these|users?|people|you)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """Somebody will do something: `owner` as written ("I" too), the clause from `begin`, the link at `at`, the rule."""

    owner: str | None
    begin: int
    at: int
    rule: str
    confidence: float


def find_commitments(
    sentence: str, roster: Roster, speaker: str | None, *, low: str | None = None, words: Set[str] | None = None
) -> list[Commitment]:
    """Return what is promised or assigned in `sentence`: the first, and others when they name somebody else."""
    found: list[Commitment] = []
    for phrase in phrases(sentence, roster, speaker, low=low, words=words):
        commitment = _read(phrase)
        if commitment is None or len(found) == _MOST:
            continue
        if not found or (commitment.rule.startswith("name_") and commitment.owner not in {c.owner for c in found}):
            found.append(commitment)
    return found


def find_commitment(sentence: str, roster: Roster, speaker: str | None = None) -> Commitment | None:
    """Return the first commitment of `sentence`, or None."""
    return next(iter(find_commitments(sentence, roster, speaker)), None)


def find_shorthand(sentence: str, roster: Roster, *, direct: str | None) -> Commitment | None:
    """Return what minutes say in short: "Ada open an issue", "Ada: ask the board", "notes will be sent".

    `direct` is the speaker named on the line itself. Only minutes may be read so.
    """
    match = _OBJECT.match(sentence)
    if match and match["verb"] in COORDINATING and roster.knows(match["who"]):
        return Commitment(match["who"], 0, match.start("verb"), "name_acts", 0.6)
    told = _TOLD.match(sentence) if direct else None
    if told and told["verb"].lower() in COORDINATING and (told["object"] or roster.may_be(told["next"])):
        return Commitment(direct, 0, 0, "told_to", 0.5)
    passive = _PASSIVE.match(sentence) if " will be " in sentence else None
    if passive and not _NOT_PASSIVE.search(passive["what"]):
        return Commitment(None, 0, passive.end("what"), "passive", 0.55)
    return None


def _read(phrase: Phrase) -> Commitment | None:
    if phrase.verb in ("not", "never", "no longer"):
        return None
    if phrase.after_pause:
        return _unsaid(phrase)
    subject = subject_of(phrase.before)
    return _by_subject(phrase, subject) if subject else None


def _unsaid(phrase: Phrase) -> Commitment | None:
    """ "Will open an issue", "proposal sent, will implement unless …": by whoever speaks, else by nobody named."""
    if not phrase.acts:
        return None
    if phrase.rule == "needs_to":
        # "need to water daily" is advice; "need to ask the board" is work.
        sure = 0.55 if phrase.verb in COORDINATING and phrase.link == "need to" else 0.0
        return Commitment(phrase.speaker, 0, phrase.at, "unsaid_needs_to", sure) if sure else None
    if phrase.rule not in ("will", "going_to", "plans_to"):
        return None
    confidence = 0.65 if phrase.before else 0.75 if phrase.speaker else 0.6
    return Commitment(phrase.speaker, 0, phrase.at, f"unsaid_{phrase.rule}", confidence)


def _by_subject(phrase: Phrase, subject: Subject) -> Commitment | None:
    low = subject.last.lower()
    if low in ("i", "we"):
        return _first_person(phrase, low, subject.begin)
    if phrase.asks:
        return None
    if low in _CONJUNCTIONS or (low in _TIMES and phrase.rule == "will"):
        joins = phrase.rule in ("will", "going_to") and phrase.acts
        return Commitment(phrase.speaker, 0, phrase.at, f"unsaid_{phrase.rule}", 0.6) if joins else None
    name, begin = _name(subject, phrase.roster)
    if not name:
        return _by_other(phrase, subject)
    if not _fits(phrase, begin, aux=subject.aux):
        return None
    if subject.joined and phrase.roster.may_be(subject.joined.split()[0].strip(",")):
        name, begin = subject.joined + name, begin - len(subject.joined)
    confidence = phrase.confidence if phrase.roster.knows(subject.last) or subject.first else phrase.confidence - 0.15
    return Commitment(name, begin, phrase.at, f"name_{phrase.rule}", confidence)


def _name(subject: Subject, roster: Roster) -> tuple[str, int]:
    """Return the person that the subject names, and where the name begins; ("", 0) for anything else."""
    last, first = subject.last.lstrip("@"), subject.first.lstrip("@")
    surname = last[:1].isupper() and not (last.isupper() and len(last) > 1)
    if surname and first[:1].isupper() and roster.may_be(first):
        return f"{first} {last}", subject.first_begin
    return (last, subject.begin) if roster.may_be(last) else ("", 0)


def _fits(phrase: Phrase, begin: int, *, aux: bool) -> bool:
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
    last = before.rsplit(" ", 1)[-1].lower()
    return not before or before[-1] in ",;:.(–—->" or last in ("and", "but", "on", "action")


def _first_person(phrase: Phrase, who: str, begin: int) -> Commitment | None:
    if phrase.asks or phrase.rule in ("should", "to", "can") or phrase.verb in STATES:
        return None
    acts = is_act(phrase.verb)
    if who == "i":
        if not acts and phrase.rule == "needs_to":
            return None
        return Commitment(phrase.speaker or "I", begin, phrase.at, f"i_{phrase.rule}", 0.8 if acts else 0.6)
    clause = phrase.sentence[:begin].rstrip()
    before = clause.rsplit(" ", 1)[-1].lower()
    begins = not clause or clause[-1] in ",;:.(–—->" or before in ("and", "so", "then", "that", "otherwise")
    if before in ("if", "unless", "when", "once", "whether") or not (begins or _IF_NO.search(clause)):
        return None
    if phrase.rule == "needs_to" and phrase.verb in COORDINATING and phrase.link != "must":
        # Whoever says so is whom one would ask about it later.
        return Commitment(phrase.speaker, 0, phrase.at, "we_needs_to", 0.5)
    if phrase.rule not in ("will", "going_to", "plans_to") or not acts:
        return None
    return Commitment(None, 0, phrase.at, f"we_{phrase.rule}", 0.6)


def _by_other(phrase: Phrase, subject: Subject) -> Commitment | None:
    """A group that acts ("the board will publish it"), somebody, "if it goes well will submit it"."""
    low, begin = subject.last.lower(), subject.begin
    if low in _BODIES and phrase.rule in ("will", "going_to", "plans_to") and phrase.acts:
        start = phrase.sentence.rfind("the ", max(0, begin - 25), begin)
        start = start if start >= 0 else begin
        owner = phrase.sentence[start : begin + len(subject.last)].removeprefix("the ")
        return Commitment(owner, start, phrase.at, f"body_{phrase.rule}", 0.55)
    if low in ("somebody", "someone") and phrase.rule in ("should", "needs_to", "will") and phrase.verb in ACTS:
        return Commitment(None, begin, phrase.at, "somebody", 0.55)
    if phrase.link in _PARTICIPLES and not subject.aux and phrase.acts:
        return _participle(phrase)
    if phrase.link == "will" and phrase.verb in _CONDITIONAL_ACTS and _IF_NO.search(phrase.before):
        return Commitment(phrase.speaker, 0, phrase.at, "unsaid_will", 0.5)
    return None


def _participle(phrase: Phrase) -> Commitment | None:
    """ "Ada has found the cause of it, planning to send a patch": the doer opens the sentence."""
    opening = _OPENING.match(phrase.sentence)
    if opening is None or not phrase.roster.knows(opening[0]):
        return None
    return Commitment(opening[0], 0, phrase.at, f"name_{phrase.rule}", 0.6)
