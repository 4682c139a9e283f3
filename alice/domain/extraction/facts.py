"""Finds plain facts worth keeping: news with a date or a number, and what the writer prefers. Rare on purpose."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import FACT, PREFERENCE, Claim, claim_key, clipped
from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.noise import is_agenda_housekeeping, is_hedged, is_question, looks_like_code, says_nothing
from alice.domain.extraction.personal import is_personal, is_short, known_person
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import NEWS
from alice.domain.extraction.wording import reported, sentence_case
from alice.domain.texts.dates import named_days

_CHANGED = re.compile(
    r"\b(?:(?:was|were|has been|have been|got|just|is now|are now|is being|are being) (?:\w+ )?(?:released|landed|"
    r"merged|launched|moved|cancelled|canceled|postponed|delayed|renamed|closed|opened|shipped|published|confirmed|"
    r"completed|extended|announced|archived|elected|signed|hired|appointed|deprecated|removed)|(?:went|gone) (?:out|"
    r"live)|(?:is|are) (?:now|out of|open|live|available|scheduled for|due)|(?:postponed|delayed|moved|scheduled|"
    r"planned|announced|set) (?:for|to|because|until|on)|(?:will be|should be|being) (?:released|held|announced|out|"
    r"closed|open|locked)|takes? place|(?:deadline|date) (?:is|was|moved))\b",
    re.I,
)
_NUMBER = re.compile(r"\d|\$|€|£|%")
_PREFERS = re.compile(
    r"\b(?P<who>I|[A-Z][\w'-]+) (?:really |always |never |usually )?(?P<verb>prefers?|loves?|hates?|can't stand|"
    r"likes?|favou?rs?|dislikes?)(?! to (?:know|see|hear|understand|ask)\b) (?P<what>[^.?!]{3,})"
)
_PERSONAL = re.compile(
    r"\b(?:my|our|(?P<who>[A-Z][\w'-]+)'s) (?P<what>birthday|anniversary|address|phone(?: number)?|email|wife|husband|"
    r"partner|doctor|dentist|landlord|allerg(?:y|ies)|passport|blood type|favou?rite [\w ]{2,20}|salary|rent|"
    r"insurance|mother|father|sister|brother|son|daughter) (?:is|are|was|expires?|falls|lives)\b",
    re.I,
)
# Only people are allergic or grow up somewhere; things are based, work and move as well.
_IS = re.compile(
    r"^(?P<who>[^\W\d_][\w'-]+(?: [A-Z][\w'-]+)?) (?:(?P<human>(?:is|was) (?:\w+ )?(?:allergic to|vegetarian\b|"
    r"vegan\b|diabetic\b|pregnant\b|married to|lactose|gluten)|(?:grew up|was raised) (?:in|at|with)|(?:has|"
    r"have) (?:two|three|four|an?) (?:kids?|children|daughters?|sons?|brothers?|sisters?|allergy)\b)|(?:is|"
    r"was) (?:born|based) (?:in|on)|(?:lives|works|studies) (?:in|at|for|with|as)|(?:doesn't|does not|can't|cannot|"
    r"won't|never) (?:eat|eats|drink|drinks)\b|speaks \w+|moved to|(?:has|have) (?:two|three|four|an?) (?:dogs?|"
    r"cats?)\b)"
)
_RESCHEDULED = re.compile(
    r"\b(?:moved|postponed|delayed|rescheduled|pushed|brought forward|shifted|slipped|changed|scheduled|planned|set|"
    r"fixed|cancelled|canceled|confirmed|starts?|begins?|ends?|takes place|opens|closes|launch(?:es)?|is)\b"
    r"(?: \w+){0,2}? (?:from|to|for|on|until|by)\b",
    re.IGNORECASE,
)
_AM = re.compile(
    r"^I(?:'m| am) (?:allergic|vegetarian|vegan|diabetic)\b|^I (?:live|work|am allergic|was born|moved|graduated|"
    r"got married|started (?:working|at))\b",
    re.I,
)
_FIRST_PERSON = re.compile(r"\b(?:I|we|you)\b", re.IGNORECASE)
_HINTS = word_set(
    "i i'm my our prefer prefers love loves hate hates like likes favour favor favours favors dislike dislikes"
)


def find(saying: Saying, scene: Scene) -> Claim | None:
    """Return the fact or preference that a saying states, or None."""
    text = saying.text
    if not 15 <= len(text) <= 400 or text.rstrip().endswith("?") or saying.task:
        return None
    if saying.section == NEWS and scene.is_meeting:
        return _news(saying)
    return _personal(saying, scene) or _noted(saying, scene)


def _noted(saying: Saying, scene: Scene) -> Claim | None:
    """What one notes down of people and of days: "Ben is allergic to nuts", "the launch moved to 10 March"."""
    if not is_personal(saying, scene) or not is_short(scene) or not saying.opens:
        return None
    who = _IS.match(saying.text)
    if who and who["who"][0].isupper() and known_person(who["who"], scene, strict=not who["human"]):
        return _claim(saying, FACT, "fact.person", 0.65)
    if _RESCHEDULED.search(saying.text) and named_days(saying.text, scene.told_on):
        hedged = is_hedged(saying.text) or is_question(saying.text) or _FIRST_PERSON.search(saying.text)
        return None if hedged else _claim(saying, FACT, "fact.dated", 0.6)
    return None


def _news(saying: Saying) -> Claim | None:
    text = saying.text
    if says_nothing(text) or is_agenda_housekeeping(text) or re.match(r"(?:skipped|no )", text, re.I):
        return None
    if not _CHANGED.search(text):
        return None
    return _claim(saying, FACT, "fact.news", 0.65 if _NUMBER.search(text) else 0.55)


def _personal(saying: Saying, scene: Scene) -> Claim | None:
    text = saying.text
    if (saying.words.isdisjoint(_HINTS) and "'s" not in text) or looks_like_code(text):
        return None
    prefers = _PREFERS.search(text)
    if prefers and (prefers["who"] == "I" or scene.roster.may_be(prefers["who"])) and not scene.is_meeting:
        if re.match(r"I'd|I would", text) or re.search(r"\b(?:would|if)\b", text):
            return None
        return _claim(saying, PREFERENCE, "preference.verb", 0.6)
    if _PERSONAL.search(text) or _AM.match(text):
        return _claim(saying, FACT, "fact.personal", 0.65)
    return None


def _claim(saying: Saying, kind: str, rule: str, confidence: float) -> Claim:
    words = reported(saying.speaker, saying.text) if saying.speaker else saying.text
    text = clipped(sentence_case(words))
    return Claim(
        kind, text, saying.start, saying.end, rule, confidence, saying.topic, claim_key(kind, text, saying.topic)
    )
