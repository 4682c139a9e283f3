"""Finds what minutes ask of people: "Ada, can you …", "asked Ben to …", "please review", a call for volunteers."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.lexicon import ACTS, word_set
from alice.domain.extraction.loops import loop_claim, with_topic
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import is_agenda_housekeeping, is_question
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.vocab import LoopKind

_VOCATIVE = re.compile(
    rf"(?:^|[,;.:] )(?P<who>{TOKEN}(?: {TOKEN})?),? (?:can|could|would|will) you (?:please |maybe )?"
    r"(?P<verb>[a-z]+)\b(?P<rest>.*?)\??$"
)
_ASKED = re.compile(
    rf"\b(?:asked|asks|asking|invited|nominated|pinged) (?P<who>@?{TOKEN}(?: {TOKEN})?)"
    r" (?:if (?:they|he|she) (?:can|could|would) |to )(?P<verb>[a-z]+)\b"
)
_PLEASE = re.compile(
    r"(?:^|[,;:.(–—-] ?|\b(?:so|and|if so|interested|not|but|day|here|needed) )"
    r"please,? (?:(?:also|all|do) )?(?P<verb>[a-z]+)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_SUGGESTS_ASKING = re.compile(
    r"\b(?:please )?(?:feel free|don't hesitate|let (?:us|me|them) know if|see|note|remember)\b", re.I
)
_VOLUNTEER = re.compile(
    r"\b(?:needs?|looking for|call for|seeking|asks? for) (?:an? |another |more |some )?(?:\w+ )?"
    r"(?:volunteers?|champion|owner|people who|somebody|someone)\b",
    re.IGNORECASE,
)
_VOLUNTEER_WORDS = word_set("volunteer volunteers champion owner somebody someone people")
_ASK_WORDS = word_set("asked asks asking invited nominated pinged")


def find_asked(saying: Saying, scene: Scene) -> Claim | None:
    """Return what a saying asks of somebody, or None; only in minutes, for a how-to asks its reader all the time."""
    if not scene.is_meeting:
        return None
    for hints, rule in (
        ({"you"}, _by_name),
        (_ASK_WORDS, _reported),
        ({"please"}, _please),
        (_VOLUNTEER_WORDS, _wanted),
    ):
        if not saying.words.isdisjoint(hints) and (claim := rule(saying, scene)) is not None:
            return claim
    return None


def _by_name(saying: Saying, scene: Scene) -> Claim | None:
    match = _VOCATIVE.search(saying.text)
    if match is None or match["verb"] not in ACTS:
        return None
    name = match["who"] if scene.roster.may_be(match["who"]) else match["who"].split(" ")[-1]
    if not scene.roster.may_be(name):
        return None
    asker = f"{saying.speaker} asks {name}" if saying.speaker and saying.speaker != name else f"{name} is asked"
    words = f"{asker} to {match['verb']}{match['rest']}"
    return loop_claim(saying, scene, words, rule="asked_by_name", confidence=0.75, owner=name)


def _reported(saying: Saying, scene: Scene) -> Claim | None:
    match = _ASKED.search(saying.text)
    if match is None or match["verb"] not in ACTS or is_question(saying.text):
        return None
    name = match["who"].lstrip("@")
    if not scene.roster.may_be(name):
        return None
    return loop_claim(saying, scene, saying.text, rule="asked_to", confidence=0.6, owner=name)


def _please(saying: Saying, scene: Scene) -> Claim | None:
    match = _PLEASE.search(saying.text)
    if match is None or match["verb"].lower() not in ACTS or is_agenda_housekeeping(saying.text):
        return None
    if _SUGGESTS_ASKING.search(saying.text):
        return None
    words = with_topic(saying.text, saying.topic)
    words = f"{saying.speaker}: {words}" if saying.direct and str(saying.speaker) not in words else words
    return loop_claim(saying, scene, words, rule="please", confidence=0.5, due_in=match[0])


def _wanted(saying: Saying, scene: Scene) -> Claim | None:
    if not _VOLUNTEER.search(saying.text) or is_question(saying.text):
        return None
    words = with_topic(saying.text, saying.topic)
    return loop_claim(saying, scene, words, rule="volunteer_needed", confidence=0.5, kind=LoopKind.FOLLOW_UP)
