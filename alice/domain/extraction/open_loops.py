"""Finds what is still to be done, by whom, by when, and who is waited on. It proposes; it opens nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from alice.domain.extraction.asks import find_asked
from alice.domain.extraction.awaited import find_awaited
from alice.domain.extraction.claims import Claim, clipped
from alice.domain.extraction.commitments import Commitment, find_commitment, find_commitments, find_shorthand
from alice.domain.extraction.lexicon import ACTS, word_set
from alice.domain.extraction.loops import loop_claim, with_topic
from alice.domain.extraction.markers import find_marked
from alice.domain.extraction.messages import ASKS_FROM, find_in_message
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import is_agenda_housekeeping, is_hedged, is_question, looks_like_code
from alice.domain.extraction.personal import ERRANDS, find_personal, is_personal, is_short, writer
from alice.domain.extraction.reading import read_scene
from alice.domain.extraction.requests import score
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import STANDING
from alice.domain.extraction.waiting import find_waiting
from alice.domain.extraction.wording import reported
from alice.domain.texts.dates import find_due
from alice.domain.vocab import LoopKind

Rule = Callable[[Saying, Scene], "Claim | None"]

_LEAST = 0.5  # what is less sure leaves the sentence to the other rules
_ANY_DAY = date(2024, 1, 1)  # for a sentence without a day of its own; only whether a day is named matters

_NEXT_STEP = re.compile(
    r"\b(?P<next>(?:next|first|remaining) (?:steps?|action)|(?:the )?plan|intention)"
    r"(?P<is> (?:is|are|would be|will be)(?: to)?\b|[:,]? )",
    re.IGNORECASE,
)
_AS_NEXT_STEP = re.compile(r"\bas (?:a |the )?next step\b", re.IGNORECASE)
_NOT_A_STEP = re.compile(r"\b(?:move|moves|take|takes|to|the|figure out|what|discuss|on|if|their)\s*$", re.IGNORECASE)
_SHORT = 140  # characters of a line that one writes to remember something
_CONTEXT = 80  # characters of what stands before a commitment in brackets
_STEP_WORDS = word_set("step steps action plan intention")
_IN_BRACKETS = re.compile(rf"\((?P<who>{TOKEN}(?: {TOKEN})?) (?:to|will) (?P<verb>[a-z]+)\b[^()]*\)")
_MATTERS_ANYWAY = re.compile(r"\b(?:email|send|ask|follow|confirm|vote|propos|discuss)", re.IGNORECASE)
_CONDITION = re.compile(r"(?:if|once|when|unless|after|until|as|since|assuming|before)\b", re.IGNORECASE)
# "Launch moved to …", "Visit from …", "Call with …": the first word is a noun here, and something happens.
_NO_ORDER = re.compile(
    r"\w+ (?:(?:moved|went|starts?|begins?|ends?|happens|takes|got|scheduled|planned|postponed|delayed|cancelled|"
    r"confirmed|from|of|at|was|will|club|party|meeting|day|week|session)\b|(?:(?!who|that|which|if|whether|when|what|"
    r"how)\w+ ){0,5}?"
    r"(?:is|are|was|were|has been|had|moved|went)\b)|(?:call|visit|walk|release|launch|review|talk|report|show|drive|"
    r"ride)"
    r" (?:with|on|in)\b",
    re.IGNORECASE,
)
_FOLLOW_UP = re.compile(r"\bfollow(?:ing)?[ -]up\b", re.IGNORECASE)
_JOINED = {"plan": "plans", "need": "needs", "will": "will", "shall": "will", "plans": "plans", "needs": "needs"}
_PARTICIPLES = word_set("planning going happy hoping")


def find(saying: Saying, scene: Scene) -> list[Claim]:
    """Return the open loops that a saying states, mostly none. The rules are asked in turn, the surest first."""
    if saying.task == "done":
        return []
    marked = find_marked(saying, scene)
    if marked is not None:
        return [marked]
    if saying.section == STANDING or looks_like_code(saying.text):
        return []
    if scene.is_message:
        rules: tuple[Rule, ...] = (find_awaited, find_in_message, find_personal)
        return _first(rules, saying, scene)
    step = _next_step(saying, scene)
    if step is not None:
        return [step]
    committed = [claim for claim in _committed(saying, scene) if claim.confidence >= _LEAST]
    if committed:
        return committed
    in_minutes: tuple[Rule, ...] = (find_waiting, find_asked, _shorthand)
    return _first(in_minutes if scene.is_meeting else (find_awaited, find_personal, _reminder), saying, scene)


def _first(rules: tuple[Rule, ...], saying: Saying, scene: Scene) -> list[Claim]:
    return next(([claim] for rule in rules if (claim := rule(saying, scene)) is not None), [])


def _committed(saying: Saying, scene: Scene) -> list[Claim]:
    """Somebody will do it; see `commitments`."""
    inner = _IN_BRACKETS.search(saying.text) if "(" in saying.text else None
    if inner and scene.roster.may_be(inner["who"]) and inner["verb"] in ACTS:
        context = clipped(with_topic(saying.text[: inner.start()].rstrip(" ,;:"), saying.topic), _CONTEXT)
        words = f"{inner[0].strip('()')} ({context})" if len(context) > 3 else inner[0].strip("()")
        return [loop_claim(saying, scene, words, rule="name_in_brackets", confidence=0.85, owner=inner["who"])]
    found = find_commitments(saying.text, scene.roster, saying.speaker, low=saying.low, words=saying.words)
    credible = [commitment for commitment in found if _credible(commitment, saying, scene)]
    ends = [*(following.begin for following in credible[1:]), len(saying.text)][: len(credible)]
    return [
        _claim(commitment, saying, scene, end=end if len(credible) > 1 else None)
        for commitment, end in zip(credible, ends, strict=True)
    ]


def _shorthand(saying: Saying, scene: Scene) -> Claim | None:
    if not saying.opens:
        return None
    found = find_shorthand(saying.text, scene.roster, direct=saying.speaker if saying.direct else None)
    return _claim(found, saying, scene) if found and _credible(found, saying, scene) else None


def _reminder(saying: Saying, scene: Scene) -> Claim | None:
    """ "Call the plumber tomorrow": an act with a day, on a line of its own, in a note to oneself."""
    first = saying.text.split(" ", 1)[0].lower()
    if not saying.opens or first not in ACTS or len(saying.text) > _SHORT or is_question(saying.text):
        return None
    if find_due(saying.text, scene.told_on) is None or _NO_ORDER.match(saying.text) or scene.is_page:
        return None
    owner = writer(saying, scene) if is_personal(saying, scene) else None
    return loop_claim(saying, scene, saying.text, rule="act_with_day", confidence=0.55, owner=owner)


def _claim(found: Commitment, saying: Saying, scene: Scene, *, end: int | None = None) -> Claim:
    """Make the claim; where a sentence holds several commitments, each gets the words up to the next one."""
    promised = found.rule.startswith(("i_", "unsaid_")) or "volunteered" in found.rule
    kind = LoopKind.FOLLOW_UP if _FOLLOW_UP.search(saying.text) else LoopKind.PROMISE if promised else LoopKind.TASK
    words = (
        _words(found, saying) if end is None else saying.text[found.begin : end].rstrip(" ,;.(").removesuffix(" and")
    )
    return loop_claim(
        saying, scene, words, rule=found.rule, confidence=found.confidence,
        owner=_doer(found, saying, scene), kind=kind, due_in=saying.text[found.begin : end],
    )  # fmt: skip


def _doer(found: Commitment, saying: Saying, scene: Scene) -> str | None:
    """Return who will do it: as named, and for "I" in a note whoever writes it; in minutes nobody knows who that is."""
    if found.owner != "I":
        return found.owner
    return None if scene.is_meeting or scene.is_page else writer(saying, scene)


def _credible(found: Commitment, saying: Saying, scene: Scene) -> bool:
    """Outside of minutes only what a person plainly promises counts: a technical note is full of things that will."""
    text = saying.text
    if is_question(text) or (is_agenda_housekeeping(text) and not _MATTERS_ANYWAY.search(text)):
        return False
    if is_hedged(text[: found.at]) and not _CONDITION.match(text):
        return False
    if scene.is_meeting:
        return True
    if found.owner is None or found.owner == "I":
        if not found.rule.startswith("i_") or scene.is_page:
            return False
        errand = text[found.at :].split(" ")[1:4] if is_short(scene) and is_personal(saying, scene) else []
        return find_due(text, scene.told_on) is not None or not ERRANDS.isdisjoint(errand)
    return not found.rule.endswith(("_can", "_should"))


def _words(found: Commitment, saying: Saying) -> str:
    """Return the sentence for the reader: the doer named, the first person gone, the topic where it is needed."""
    text = saying.text
    if found.owner is None:
        return with_topic(text, saying.topic)
    if found.owner == saying.speaker:
        return _said_by(found.owner, text)
    head = text[: found.begin].rstrip()
    if head and head[-1] in ",;(–—-:." and not _CONDITION.match(head):
        return text[found.begin :]
    return text


def _said_by(speaker: str, text: str) -> str:
    words = reported(speaker, text)
    if speaker in words:
        return words
    first = text.split(" ", 1)[0]
    low = first.lower()
    if low in _JOINED:
        return f"{speaker} {_JOINED[low]}{text[len(first) :]}"
    return f"{speaker} is {low}{text[len(first) :]}" if low in _PARTICIPLES else f"{speaker}: {text}"


def _next_step(saying: Saying, scene: Scene) -> Claim | None:
    """ "Next step is to …", "the plan is to …", "waiting for it to land as next step"."""
    if saying.words.isdisjoint(_STEP_WORDS) or not scene.is_meeting or is_question(saying.text):
        return None
    match = _NEXT_STEP.search(saying.text)
    if match is None or _AS_NEXT_STEP.search(saying.text) or _NOT_A_STEP.search(saying.text[: match.start()]):
        return None
    says_is, is_plan = match["is"].strip(" ,:") != "", match["next"].lower().endswith(("plan", "intention"))
    rest = saying.text[match.end() :].strip(" ,:–—-")
    if len(rest) < 6 or (is_plan and not match["is"].endswith(" to")) or (not says_is and match.start() > 3):
        return None
    found = find_commitment(rest, scene.roster)
    owner = found.owner if found and found.owner != "I" else saying.speaker if is_plan else None
    words = with_topic(saying.text, saying.topic)
    return loop_claim(saying, scene, words, rule="plan" if is_plan else "next_step", confidence=0.75, owner=owner)


def asks_or_promises(sentence: str, *, context: str = "message") -> bool:
    """Tell whether one sentence, alone, asks for an action or promises one.

    The bar depends on where it stands. A `message` is addressed to somebody, so "send me the draft" and a question to
    "you" are asks, and cues are weighed (`requests.score`). A `note` is addressed to nobody: its imperatives are
    instructions to any reader, so only what the rules of this module find counts: markers, named people, own promises
    with a day.
    """
    if context == "message":
        return score(sentence) >= ASKS_FROM
    scene = read_scene(sentence, _ANY_DAY)
    return any(find(saying, scene) for saying in scene.sayings)
