"""Finds plain facts worth keeping: news with a date or a number, and what the writer prefers. Rare on purpose."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import FACT, PREFERENCE, Claim, claim_key, clipped
from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.noise import is_agenda_housekeeping, looks_like_code, says_nothing
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import NEWS
from alice.domain.extraction.wording import about, sentence_case

_CHANGED = re.compile(
    r"\b(?:(?:was|were|has been|have been|got|just|is now|are now|is being|are being) (?:\w+ )?(?:released|"
    r"landed|merged|launched|moved|cancelled|canceled|"
    r"postponed|delayed|renamed|closed|opened|shipped|published|confirmed|completed|extended|announced|archived|elected|signed|"
    r"hired|appointed|deprecated|removed)|(?:went|gone) (?:out|live)|(?:is|are) (?:now|out of|open|live|"
    r"available|scheduled for|due)|"
    r"(?:postponed|delayed|moved|scheduled|planned|announced|set) (?:for|to|because|until|on)|"
    r"(?:will be|should be|being) (?:released|held|announced|out|closed|open|locked)|takes? place|(?:deadline|"
    r"date) (?:is|was|moved))\b",
    re.I,
)
_NUMBER = re.compile(r"\d|\$|€|£|%")
_PREFERS = re.compile(
    r"\b(?P<who>I|[A-Z][\w'-]+) (?:really |always |never |usually )?(?P<verb>prefers?|loves?|hates?|can't stand|"
    r"likes?|favou?rs?|dislikes?)(?! to (?:know|see|hear|understand|ask)\b) (?P<what>[^.?!]{3,})"
)
_PERSONAL = re.compile(
    r"\b(?:my|our|(?P<who>[A-Z][\w'-]+)'s) (?P<what>birthday|anniversary|address|phone(?: number)?|email|wife|"
    r"husband|partner|doctor|dentist|landlord|allerg(?:y|ies)|"
    r"passport|blood type|favou?rite [\w ]{2,20}|salary|rent|insurance|mother|father|sister|brother|son|"
    r"daughter) (?:is|are|was|expires?|falls|lives)\b",
    re.I,
)
_AM = re.compile(r"^I (?:live|work|am allergic|was born|moved|graduated|got married|started (?:working|at))\b", re.I)
_HINTS = word_set(
    "i my our prefer prefers love loves hate hates like likes favour favor favours favors dislike dislikes"
)


def find(saying: Saying, scene: Scene) -> Claim | None:
    """Return the fact or preference that a saying states, or None."""
    text = saying.text
    if not 15 <= len(text) <= 400 or text.rstrip().endswith("?") or saying.task:
        return None
    if saying.section == NEWS and scene.is_meeting:
        return _news(saying)
    return None if saying.words.isdisjoint(_HINTS) and "'s" not in text else _personal(saying, scene)


def _news(saying: Saying) -> Claim | None:
    text = saying.text
    if says_nothing(text) or is_agenda_housekeeping(text) or re.match(r"(?:skipped|no )", text, re.I):
        return None
    if not _CHANGED.search(text):
        return None
    return _claim(saying, FACT, "fact.news", 0.65 if _NUMBER.search(text) else 0.55)


def _personal(saying: Saying, scene: Scene) -> Claim | None:
    text = saying.text
    if looks_like_code(text):
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
    words = about(saying.speaker, saying.text) if saying.speaker else saying.text
    text = clipped(sentence_case(words))
    return Claim(
        kind, text, saying.start, saying.end, rule, confidence, saying.topic, claim_key(kind, text, saying.topic)
    )
