"""Finds loops that a writer marked as such: check boxes, "TODO:", "Action:", items below "Next steps"."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.commitments import find_commitment
from alice.domain.extraction.lexicon import ACTS, NOBODY, word_set
from alice.domain.extraction.loops import loop_claim
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import looks_like_code, says_nothing
from alice.domain.extraction.personal import is_personal, writer
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import ACTIONS, QUESTIONS
from alice.domain.extraction.waiting import waited_on
from alice.domain.extraction.wording import reported
from alice.domain.vocab import LoopKind

_MARKER = re.compile(
    r"(?P<mark>TODO|To-?do|TO DO|FIXME|AI|Action item|Action point|ACTION ITEM|Action|ACTION|Next steps?|NEXT STEPS?|"
    r"Follow[- ]?up|FOLLOW[- ]?UP|Task|Blocked|Blocker|BLOCKER|Question|Open question|Q|Waiting (?:on|for)|"
    r"WAITING (?:ON|FOR)|Reminder)"
    r"(?:\s?\((?P<who>@?[\w .'-]{1,40})\))?\s?(?::|->|=>|\s[–—-]\s)\s*(?P<rest>\S.*)"
)
_WITHIN = re.compile(r"(?<![\w`\"'])(?:TODO|FIXME)(?:\((?P<who>@?[\w .'-]{1,40})\))?:\s+(?P<rest>\S.*)")
_RULES = {
    "todo": "todo", "fixme": "todo", "ai": "action", "actionitem": "action", "actionpoint": "action",
    "action": "action", "task": "action", "nextstep": "next_step", "nextsteps": "next_step", "followup": "follow_up",
    "blocked": "blocker", "blocker": "blocker", "question": "question", "openquestion": "question", "q": "question",
    "waitingon": "waiting_on", "waitingfor": "waiting_on", "reminder": "reminder",
}  # fmt: skip
_KINDS = {
    "follow_up": LoopKind.FOLLOW_UP, "blocker": LoopKind.BLOCKER, "question": LoopKind.QUESTION,
    "waiting_on": LoopKind.WAITING_ON,
}  # fmt: skip
_NAME_FIRST = re.compile(rf"(?P<who>@?{TOKEN}(?: {TOKEN})?)(?:\s?[:,]|\s(?:to|will)\b|\s[–—-]\s)\s*(?P<rest>\S.*)")


_NAME_ACTS = re.compile(rf"(?P<who>{TOKEN}(?: {TOKEN})?) (?P<verb>[a-z]{{3,}}s) (?P<rest>\S.*)")
# What people do and programs do not: by such a verb even a name that nobody has heard of is somebody's.
_HUMAN = word_set("ask book bring buy call draft email invite nominate order pay phone propose remind talk tell visit")
_TO_SOMEBODY = re.compile(r"\bto [A-Z][a-z]")


def find_marked(saying: Saying, scene: Scene) -> Claim | None:
    """Return the loop that a check box, a marker or the section makes of this saying, or None."""
    if saying.task == "open" and saying.opens:
        owner = _owner(saying.text, scene) or saying.speaker or _writer(saying, scene)
        return loop_claim(saying, scene, saying.text, rule="checkbox", confidence=0.95, owner=owner)
    return _marker(saying, scene) or _by_section(saying, scene)


def _marker(saying: Saying, scene: Scene) -> Claim | None:
    match = _MARKER.match(saying.text) if saying.opens else None
    match = match or (_WITHIN.search(saying.text) if "TODO" in saying.text or "FIXME" in saying.text else None)
    if match is None or looks_like_code(match["rest"]) or says_nothing(match["rest"]):
        return None
    mark = re.sub(r"[\s-]", "", match["mark"].lower()) if "mark" in match.re.groupindex else "todo"
    rule, rest = _RULES[mark], match["rest"]
    if rule == "next_step" and not (scene.is_meeting or _owner(rest, scene)):
        # "Next step: run the tests" in a how-to is an instruction, not a loop.
        return None
    owner = (match["who"] or "").lstrip("@") or _owner(rest, scene)
    if not owner and rule in ("todo", "action", "reminder", "follow_up"):
        owner = _writer(saying, scene)
    waiting = waited_on(rest, scene) if rule == "waiting_on" else None
    words = f"{match['mark'].capitalize()} {rest}" if rule == "waiting_on" else rest
    return loop_claim(
        saying, scene, words, rule=f"marker_{rule}", confidence=0.92, owner=owner, waiting_for=waiting,
        kind=_KINDS.get(rule, LoopKind.TASK),
    )  # fmt: skip


def _writer(saying: Saying, scene: Scene) -> str | None:
    """Return the owner of a brain for what their own note leaves to nobody else."""
    return writer(saying, scene) if is_personal(saying, scene) else None


def _owner(words: str, scene: Scene) -> str | None:
    """Return who is named first: "Ada: send it", "Ada to send it", "@ada will", "Ada sends it"; else None."""
    match = _NAME_FIRST.match(words)
    if match is None or match["who"].casefold() in NOBODY:
        return _acts(words, scene)
    name = match["who"].lstrip("@")
    return name if scene.roster.may_be(name) or match["who"].startswith("@") else None


def _acts(words: str, scene: Scene) -> str | None:
    """Return who is said to do it: "Ada books a room"."""
    match = _NAME_ACTS.match(words)
    if match is None or match["who"].casefold() in NOBODY:
        return None
    stems = {match["verb"][:-1], match["verb"][:-2], match["verb"][:-3] + "y"}
    name, titled = match["who"], match["who"].istitle()
    if scene.roster.may_be(name):
        return name if stems & ACTS else None
    to_somebody = "send" in stems and _TO_SOMEBODY.search(match["rest"])
    return name if titled and (stems & _HUMAN or to_somebody) else None


def _by_section(saying: Saying, scene: Scene) -> Claim | None:
    """An item below "Action items" or "Open questions" is a loop by its place, when it reads like one."""
    if saying.section not in (ACTIONS, QUESTIONS) or not saying.opens or says_nothing(saying.text):
        return None
    if saying.section == QUESTIONS:
        return loop_claim(
            saying, scene, saying.text, rule="section_question", confidence=0.7, kind=LoopKind.QUESTION
        )  # fmt: skip
    owner = _owner(saying.text, scene) or saying.speaker
    if owner is None:
        found = find_commitment(saying.text, scene.roster)
        owner = found.owner if found and found.owner != "I" else None
    begins = saying.text.split(" ", 1)[0].lower().strip("*:,") in ACTS
    if owner is None and not (begins and scene.is_meeting):
        return None
    words = reported(owner, saying.text) if owner and owner == saying.speaker else saying.text
    words = f"{owner}: {words}" if owner and owner not in words else words
    return loop_claim(saying, scene, words, rule="section_action", confidence=0.85 if owner else 0.7, owner=owner)
