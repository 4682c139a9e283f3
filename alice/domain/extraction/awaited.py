"""Finds what the writer of a note waits for: "waiting for Ben's answer", "Ben owes me …", "no reply from Ben yet".

Minutes have `waiting`; this reads what one person writes down. It must stay silent where a program waits.
"""

from __future__ import annotations

import re

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.loops import loop_claim
from alice.domain.extraction.noise import is_question
from alice.domain.extraction.personal import NAME, ROLE, is_personal, is_short, known_person
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.waiting import waited_on
from alice.domain.vocab import LoopKind

_HINTS = word_set(
    "waiting awaiting owes owe heard answer reply word news response feedback hasn't hasn has didn't didn not yet lent"
    " borrowed expecting asked emailed e-mailed pinged chased messaged reminded called promised still said needs"
    " supposed"
)
_WHO = rf"(?P<who>{ROLE}|{NAME})"
_WAITING = re.compile(
    r"(?:(?:I'm|I am|we're|we are|am) )?(?:still |also )?(?:waiting (?:for|on|to hear (?:back )?from)|awaiting|"
    r"expecting)"
    r" (?P<what>\S.*)",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:answer|reply|response|approval|feedback|quote|offer|estimate|invoice|results?|confirmation|signature|"
    r"delivery|parcel|package|refund|decision|go-ahead|call back|contract|payment|visa|appointment|keys?|documents?|"
    r"paperwork)\b",
    re.IGNORECASE,
)
_PATTERNS = (
    ("owes_me", 0.85, re.compile(rf"{_WHO} (?:still |also )?owes? (?:me|us)\b", re.IGNORECASE)),
    ("no_answer", 0.75, re.compile(
        r"(?:I )?(?:(?:have |'ve )?(?:still |got |had )*no (?:answer|reply|word|news|response|feedback)|"
        r"haven't heard(?: back)?|"
        rf"have not heard(?: back)?|never heard back|nothing)(?: yet)? from {_WHO}", re.IGNORECASE)),
    ("not_done", 0.7, re.compile(
        rf"{_WHO} (?:still )?(?:hasn't|has not|haven't|have not|didn't|did not|never)(?: yet| even)?"
        r" (?:replied|answered|responded|sent|paid|returned|signed|confirmed|called (?:me )?back|got(?:ten)? back|"
        r"delivered|reply|answer|respond|send|pay|return|sign|confirm|call (?:me )?back|get back|deliver)\b",
        re.IGNORECASE)),
    ("has_yet_to", 0.75, re.compile(
        rf"{_WHO} (?:(?:still has|has yet|is (?:still )?supposed|still needs) to [a-z]+|(?:has|needs) to (?:send|give|"
        rf"bring|"
        r"return|pay|get|tell|show|e-?mail|call|answer|deliver|forward) (?:me|us|back)\b)", re.IGNORECASE)),
    ("promised_me", 0.8, re.compile(
        rf"{_WHO} (?:has |had )?(?:promised|offered|agreed|said) (?:me )?(?:to (?:send|get|give|bring|return|pay|call|"
        rf"check|"
        r"let|write|answer|reply|sign|fix|repair|deliver|come|pick|help|lend|email|forward|look|ask|book)|(?:he|she|"
        r"they|that he|that she)(?:'d| would|'ll| will) |me (?:an?|the|his|her|their) )", re.IGNORECASE)),
    ("lent", 0.75, re.compile(rf"(?:I )?(?:have |'ve )?lent (?:\S+ )?(?:to )?{_WHO}\b", re.IGNORECASE)),
    ("borrowed", 0.75, re.compile(
        rf"{_WHO} (?:has |still |has still )*(?:borrowed|has|keeps|got) (?:my|our) \w+", re.IGNORECASE)),
    ("i_asked", 0.65, re.compile(
        r"(?:I )?(?:have |'ve |just |already |also )*(?:asked|e-?mailed|pinged|chased|messaged|reminded|wrote to) "
        rf"{_WHO} (?:for|to(?! be)|about|whether|if|when)\b", re.IGNORECASE)),
)  # fmt: skip
_OVER = re.compile(r"\b(?:so (?:he|she|they) did|which (?:he|she|they) did|and (?:he|she|they) (?:did|said|answered|"
    r"replied|agreed|told))\b|\bmy (?:back|word|attention|respect|trust|blessing|vote|mind|heart)\b", re.I)  # fmt: skip


_ANSWERED = re.compile(r"[;,.] (?:he|she|they) \w+ed\b", re.IGNORECASE)


def find_awaited(saying: Saying, scene: Scene) -> Claim | None:
    """Return what the writer waits for, with whom it lies, or None."""
    mine = saying.speaker is None or saying.speaker in scene.owner_names
    if saying.words.isdisjoint(_HINTS) or not mine or not is_personal(saying, scene) or is_question(saying.text):
        return None
    if _OVER.search(saying.text) or _ANSWERED.search(saying.text):
        return None
    waiting = _WAITING.match(saying.text)
    if waiting is not None:
        return _waiting(saying, scene, waiting["what"])
    for rule, confidence, pattern in _PATTERNS:
        match = pattern.match(saying.text)
        if match and known_person(match["who"], scene) and (rule != "i_asked" or is_short(scene)):
            who = match["who"].lstrip("@").removesuffix("'s")
            return _claim(saying, scene, f"awaited_{rule}", confidence=confidence, who=who)
    return None


def _waiting(saying: Saying, scene: Scene, what: str) -> Claim | None:
    who = waited_on(what, scene)
    role = re.match(ROLE, what, re.IGNORECASE)
    if who is None and role:
        who = role[0]
    if who is None and not (_ANSWER.search(what) and is_short(scene)):
        return None
    return _claim(saying, scene, "awaited", confidence=0.8, who=who)


def _claim(saying: Saying, scene: Scene, rule: str, *, confidence: float, who: str | None) -> Claim:
    return loop_claim(
        saying, scene, saying.text, rule=rule, confidence=confidence, waiting_for=who, kind=LoopKind.WAITING_ON
    )  # fmt: skip
