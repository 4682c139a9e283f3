"""Finds what people note down for themselves: "need to book flights", "remind me to …", "Ben asked me to …", "can you
get me …" from a pasted letter. It must stay silent in what is written to teach, tell or sell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.lexicon import ACTS, NOBODY, STATES, word_set
from alice.domain.extraction.loops import loop_claim
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import is_question, quotes_speech
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.texts.dates import find_due
from alice.domain.vocab import LoopKind

_SHORT = 2_000  # characters of a note that one writes to remember something; a longer one explains or tells
_JOTTED = 80  # characters of a note that is nothing but one errand

# What people do for each other and for their households. "Check" and "run" are for manuals too, and need a day.
ERRANDS = word_set(
    """
    answer apologise apologize apply arrange ask book bring buy call cancel chase clean collect confirm congratulate
    cook deliver draft email e-mail feed file finalise finalize finish fix follow forward get give hand invite invoice
    lend mail make meet message order organise organize pack pay phone pick plan post prepare print reimburse remind
    renew repair reply reschedule respond return ring rsvp schedule sell send sign sort speak submit take talk tell text
    thank transfer visit wash water write
    """
)
_ACT = r"(?:(?:also|still|really|just|finally|please|quickly|definitely|at least) )*(?P<verb>[a-z][a-z-]+)\b"
_MUST = re.compile(
    r"(?:and |also |so |ok,? |oh,? |btw,? |ps:? )?"
    r"(?P<who>(?:I|we)(?:'ve| had|'d)?(?: (?:still|also|really|just|definitely|probably))* ?)?"
    r"(?P<must>(?:(?:still|also|really) )?(?:needs?|has|have|got|want|plan|intend|am supposed|'m supposed|"
    r"'re supposed) to|gotta|must(?! have| not| be)|"
    rf"(?:should|ought to)(?! have| be)|(?<=\w )better) {_ACT}",
    re.IGNORECASE,
)
_REMEMBER = re.compile(
    r"(?:and |also |ps:? |oh,? )?(?P<cue>(?:please )?remind (?:me|us) (?:(?:(?:on|by|next|at) \w+|tomorrow|"
    r"tonight) )?(?:to|that I (?:have to|need to|must)|about)|note to (?:self|myself)\s?[:,-]|(?:I )?(?:must not|"
    r"mustn't|can't|cannot) forget (?:to|about)|(?:let's not|don't|do not|dont|never) forget(?: to| about|:)?|"
    r"(?:I )?(?:must |need to |have to )?remember to(?! be)|(?:I )?(?:almost |nearly |totally |completely )?(?:forgot|"
    r"keep forgetting|forget) to|make sure (?:to|I|we))\s+"
    rf"(?:(?:the|my|our|a) \w+|{_ACT})",
    re.IGNORECASE,
)
_STILL_NOT = re.compile(
    r"(?:I )?(?:still )?(?:haven't|have not|didn't|did not)(?: yet)? (?P<verb>sent|paid|called|answered|replied|"
    r"booked|bought|signed|renewed|returned|written|ordered|cancelled|confirmed|filed|finished|send|pay|call|answer|"
    r"reply|book|buy|sign|renew|return|write|order|confirm|file|finish)\b",
    re.IGNORECASE,
)
ROLE = (
    r"(?:my|our|the|his|her) (?:\w+ )?(?:boss|manager|mum|mom|mother|dad|father|sister|brother|wife|husband|partner|"
    r"client|customer|landlord|landlady|bank|teacher|doctor|dentist|lawyer|accountant|neighbou?rs?|colleague|team|"
    r"school|vendor|supplier|agency|insurance|board|committee|tax office|plumber|kids?|son|daughter|friend|advisor|"
    r"adviser)"
)
# A capital even where case does not count otherwise.
NAME = rf"@?(?-i:(?=[A-Z\u00c0-\u00de])){TOKEN}(?: (?-i:[A-Z\u00c0-\u00de])[\w'-]+)?"
_WHO = rf"(?P<who>{ROLE}|{NAME})"
_ASKED_ME = re.compile(
    rf"(?:(?:yesterday|today|earlier|this morning|last night|on \w+day),? )?{_WHO} (?:has |have |had |also |just |"
    rf"again )*"
    r"(?P<ask>asked|asks|is asking|wants|wanted|needs|told|tells|expects|expected|reminded|reminds|begged|requested|"
    r"would like|'d like|invited|instructed|nudged|pinged) (?:me|us)"
    r"(?P<what> (?:again )?(?:to(?! be)|for|about|whether|if|when) \S.*)",
    re.IGNORECASE,
)
_NEEDS_BY = re.compile(
    rf"{_WHO} (?:(?:still |also |urgently )?needs|wants|(?:has )?asked for)(?! to\b) [^.;]*?(?P<due>\b(?:by|before)\b)",
    re.IGNORECASE,
)
_ASKED_IF_I = re.compile(
    rf"{_WHO} (?:has )?(?:asked|asks|wonders) (?:if|whether) (?:I|we) (?:can|could|would|will)\b", re.IGNORECASE
)
_NEEDS_FROM_ME = re.compile(
    rf"{_WHO} (?:still |also |urgently )?(?:needs|wants|expects|is (?:still )?waiting (?:for|on)|waits for|"
    rf"is expecting|"
    r"is owed)\b[^.;]*?\b(?:from me|from us|my \w+|me to [a-z]+|our \w+)\b",
    re.IGNORECASE,
)
_OWE = re.compile(rf"(?:I|we)(?: (?:still|also))? owe (?P<who>{ROLE}|{NAME})\s\S", re.IGNORECASE)
_PROMISED = re.compile(
    rf"(?:(?:I|we)(?:'ve| have)? )?(?:also )?(?:promised|told|agreed with|assured) (?P<who>{ROLE}|{NAME}),?"
    r" (?:that )?(?P<what>to |(?:I|we)(?:'d| would|'ll| will) |an? |the |my |our )",
    re.IGNORECASE,
)
_I_SAID = re.compile(
    r"(?:I|we)(?:'ve| have)? (?:said|promised|agreed|offered|volunteered|committed)(?: that)? "
    rf"(?:(?:I|we)(?:'d| would|'ll| will)|to) {_ACT}",
    re.IGNORECASE,
)
_CAN_YOU = re.compile(
    rf"(?:(?:hi|hey|hello|dear|ok|and|also|so|quick one|ps),? )?(?:(?P<called>{NAME}),? )?(?:please,? )?"
    r"(?:can|could|would|will) (?:you|u)(?: (?:please|maybe|possibly|kindly|also|quickly|perhaps|"
    r"mind))* (?P<verb>[a-z-]+)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_PLEASE = re.compile(
    rf"(?:(?:hi|hey|hello|dear|ok|and|also|so),? )?(?:(?P<called>{NAME}),? )?(?:please|pls|"
    rf"kindly),? (?P<verb>[a-z-]+)\b"
    r"(?P<rest>.*)",
    re.IGNORECASE,
)
_FOR_ME = re.compile(r"\b(?:me|us|my|our|back to me)\b", re.IGNORECASE)
_ONLY_TALK = word_set("help tell explain show imagine see believe hear spot guess think say feel do be find note")
_OF_PERSON = re.compile(
    r"(?:(?:follow(?:ing)?[ -]up|followup|catch up|check(?: in)?|speak|talk|meet(?: up)?|get in touch|touch base|"
    r"sync(?: up)?|confirm|coordinate|double[- ]check) with|(?:reply|respond|get back|write|speak|talk|reach out|call|"
    r"apologi[sz]e)"
    r"(?: back)? to|call(?: back)?|phone|ring|e-?mail|text|ask|ping|chase|nudge|remind|message|thank|pay|invite|visit|"
    r"tell)"
    rf" (?P<who>{ROLE}|{NAME})(?P<rest>.*)",
    re.IGNORECASE,
)
_ERRAND_ALONE = re.compile(
    r"(?:todo:? |to do:? |also |and )?(?:buy|call|pay|renew|book|e-?mail|text|phone|send|cancel|return|collect|pick up|"
    r"drop off|ask|remind|schedule|reply|order|invite|fix|repair|finish|submit|sign|prepare|review|draft|look into|"
    r"follow up|get back|clean|wash|water|organi[sz]e|arrange|confirm|find)(?! (?:not|me|of|is|was|on the|it)\b) \S",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"(?P<what>(?:\S+ ){1,8}?)(?:is|are) (?:\w+ )?due\b|(?P<must>(?:\S+ ){1,8}?)(?:must|has to|have to|needs to|"
    r"need to) be"
    r" (?:\w+ed\b|paid|sent|returned|renewed|submitted|filed|handed in|booked|cancelled|answered|delivered|ordered|"
    r"finished|ready|done)\b|(?P<ends>(?:(?:my|our|the) )?(?:\S+ ){1,5}?)(?:expires?|runs? out)\b|deadline for\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(r"\bfollow(?:ing)?[ -]?up|chase|nudge|get back|catch up|check (?:in )?with\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:you|your|one|users?|developers?|readers?|everyone|people|anybody|someone)\b(?! know\b)", re.IGNORECASE
)
_UNREAL = re.compile(
    r"\b(?:would have|could have|should have|if I were|if only|I wish|used to|no longer)\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:so I did|and I did|which I did|but I (?:didn't|refused|said no)|back then|years ago)\b", re.IGNORECASE
)
_MACHINES = word_set(
    "claude chatgpt gpt gemini copilot siri alexa llama cursor github google docker python git it this"
)


@dataclass(frozen=True, slots=True)
class _Found:
    rule: str
    confidence: float
    mine: bool = True
    owner: str | None = None
    kind: LoopKind = LoopKind.TASK


def find_personal(saying: Saying, scene: Scene) -> Claim | None:
    """Return what a saying of a personal note leaves to do for its writer or its reader, or None."""
    if not is_personal(saying, scene) or _UNREAL.search(saying.text) or _PAST.search(saying.text):
        return None
    rules = (_remembered, _asked_me, _owed, _addressed) if is_question(saying.text) else _RULES
    found = next((found for rule in rules if (found := rule(saying, scene)) is not None), None)
    if found is None:
        return None
    owner = writer(saying, scene) if found.mine else found.owner
    words = f"{owner}: {saying.text}" if found.mine and saying.speaker and owner else saying.text
    return loop_claim(
        saying, scene, words, rule=found.rule, confidence=found.confidence, owner=owner, kind=found.kind
    )  # fmt: skip


def is_personal(saying: Saying, scene: Scene) -> bool:
    """Tell whether a saying stands where people note things down: no minutes, no manual, no quotation."""
    return not (scene.is_meeting or scene.is_page or scene.instructs or "`" in scene.text[saying.start : saying.end]
                or quotes_speech(saying.text))  # fmt: skip


def writer(saying: Saying, scene: Scene) -> str | None:
    """Return who "I" is: the speaker, else the owner; None when neither is known."""
    return saying.speaker or (scene.owner_names[0] if scene.owner_names else None)


def is_short(scene: Scene) -> bool:
    """Tell whether the whole note is short enough to be a reminder."""
    return len(scene.text) <= _SHORT


def known_person(name: str, scene: Scene, *, strict: bool = False) -> bool:
    """Tell whether `name`, as written in a note, is somebody: a role, a name, or (not `strict`) written like one."""
    low = name.casefold().lstrip("@")
    if low.split(" ", 1)[0] in _MACHINES or low in _MACHINES:
        return False
    if low.split(" ", 1)[0] in ("my", "our", "the", "his", "her"):
        return True
    if scene.roster.may_be(name.lstrip("@").removesuffix("'s")):
        return True
    return not strict and is_short(scene) and not name.isupper() and low not in NOBODY | STATES


def _must(saying: Saying, scene: Scene) -> _Found | None:
    match = _MUST.match(saying.text)
    if match is None:
        return None
    must = match["must"].lower()
    wish = must.startswith(("want", "plan", "intend"))
    weak = wish or must in ("should", "ought to", "better")
    verb, day = match["verb"].lower(), find_due(saying.text, scene.told_on) is not None
    if not (verb in ERRANDS and is_short(scene)) and not (day and verb in ACTS | ERRANDS):
        return None
    if not day and (wish or _GENERAL.search(saying.text)):
        return None
    return _Found("need_to", 0.6 if weak else 0.7)


def _remembered(saying: Saying, scene: Scene) -> _Found | None:
    match = _REMEMBER.match(saying.text)
    if match is None:
        return None
    cue, verb = match["cue"].lower(), (match["verb"] or "").lower()
    mine = cue.startswith(("please remind", "remind", "note to", "i "))
    if mine:
        return _Found("remind_me", 0.85) if is_short(scene) or verb in ACTS | ERRANDS else None
    day = find_due(saying.text, scene.told_on) is not None
    if _GENERAL.search(saying.text) or not (day or is_short(scene)):
        return None
    thing = not cue.endswith("to")  # "don't forget the keys", "don't forget: concert on Friday"
    counts = verb in ERRANDS or (day and (thing or verb in ACTS)) or (thing and not verb)
    return _Found("remember", 0.7) if counts else None


def _still_not(saying: Saying, scene: Scene) -> _Found | None:
    match = _STILL_NOT.match(saying.text)
    if match is None or not is_short(scene):
        return None
    return _Found("still_not", 0.6) if re.search(r"\bstill\b|\byet\b", saying.low) else None


def _asked_me(saying: Saying, scene: Scene) -> _Found | None:
    match = _ASKED_ME.match(saying.text)
    if match is None or not (match["who"].lower() in ("he", "she", "they") or known_person(match["who"], scene)):
        return _needed_from_me(saying, scene)
    if match["ask"].lower() in ("told", "tells") and not match["what"].startswith(" to "):
        return None
    return _Found("asked_me", 0.75)


def _needed_from_me(saying: Saying, scene: Scene) -> _Found | None:
    match = _NEEDS_FROM_ME.match(saying.text) or _ASKED_IF_I.match(saying.text)
    if match:
        return _Found("needs_from_me", 0.7) if known_person(match["who"], scene) else None
    match = _NEEDS_BY.match(saying.text)
    if match is None or not known_person(match["who"], scene, strict=True):
        return None
    day = find_due(saying.text[match.start("due") :], scene.told_on)
    return _Found("needs_by", 0.55) if day else None


def _owed(saying: Saying, scene: Scene) -> _Found | None:
    owe = _OWE.match(saying.text)
    if owe and known_person(owe["who"], scene):
        return _Found("i_owe", 0.8, kind=LoopKind.PROMISE)
    promised = _PROMISED.match(saying.text)
    if promised and known_person(promised["who"], scene) and not _reports(saying.text, promised):
        return _Found("i_promised", 0.8, kind=LoopKind.PROMISE)
    said = _I_SAID.match(saying.text)
    if said and said["verb"] in ACTS | ERRANDS and (is_short(scene) or find_due(saying.text, scene.told_on)):
        return _Found("i_promised", 0.7, kind=LoopKind.PROMISE)
    return None


def _reports(text: str, promised: re.Match[str]) -> bool:
    """ "Told Ben to call" and "told Ben the truth" promise nothing; "told Ben I'd call" does."""
    told = re.match(r"(?:\w+ )?(?:also )?told\b", text, re.IGNORECASE) is not None
    return told and not promised["what"].lower().startswith(("i", "we"))


def _addressed(saying: Saying, scene: Scene) -> _Found | None:
    """ "Can you get me …", "please send us …": a letter that was pasted asks its reader, or whom it names."""
    match = _CAN_YOU.match(saying.text) or _PLEASE.match(saying.text)
    if match is None or match["verb"].lower() in _ONLY_TALK or match["verb"].lower() not in ACTS | ERRANDS:
        return None
    called = match["called"] if match["called"] and scene.roster.may_be(match["called"]) else None
    day = find_due(saying.text, scene.told_on) is not None
    if not (day or _FOR_ME.search(match["rest"]) or called) or not (day or is_short(scene)):
        return None
    if re.search(r"\blet (?:me|us) know\b", match[0], re.IGNORECASE) and not day:
        return None
    mine = called is None or called in _given(scene)
    return _Found("asked_in_writing", 0.7, mine=False, owner=_reader(scene) if mine else called)


def _given(scene: Scene) -> set[str]:
    return {part for name in scene.owner_names for part in (name, name.split()[0])}


def _reader(scene: Scene) -> str | None:
    return scene.owner_names[0] if scene.owner_names else None


def _person_first(saying: Saying, scene: Scene) -> _Found | None:
    """ "Follow up with Marta about …", "call my dentist": an act towards a person opens the line."""
    match = _OF_PERSON.match(saying.text)
    if match is None or not saying.opens or not is_short(scene) or not known_person(match["who"], scene, strict=True):
        return None
    if match["who"].lower().startswith("the ") and saying.ends and not find_due(saying.text, scene.told_on):
        return None  # a sentence of a manual; what one jots down ends without a full stop
    kind = LoopKind.FOLLOW_UP if _FOLLOW_UP.match(saying.text) else LoopKind.TASK
    return _Found("act_with_person", 0.7, kind=kind)


def _jotted(saying: Saying, scene: Scene) -> _Found | None:
    """ "Buy milk", "renew passport": an errand of a few words is all that the note says."""
    if saying.ends or not is_short(scene):
        return None
    whole = scene.text.strip()
    if "," in whole or "\n" in whole or len(whole) > _JOTTED:
        return None
    return _Found("jotted", 0.6) if _ERRAND_ALONE.match(saying.text) else None


def _deadline(saying: Saying, scene: Scene) -> _Found | None:
    match = _DUE.match(saying.text)
    if match is None or find_due(saying.text, scene.told_on) is None or not is_short(scene):
        return None
    return None if _GENERAL.search(saying.text) else _Found("deadline", 0.6)


_RULES = (_remembered, _must, _still_not, _asked_me, _owed, _addressed, _person_first, _deadline, _jotted)
