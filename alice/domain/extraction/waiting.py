"""Finds what waits for something: "waiting on the vendor", "blocked by …", "leave it until Ada is back"."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.loops import attributed, loop_claim, with_topic
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import is_agenda_housekeeping, is_question
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.vocab import LoopKind

_HINTS = word_set("waiting awaiting wait waits blocked until till deferred defer dependent pending tbd postponed")
_WAIT = re.compile(
    r"\b(?:(?P<waiting>waiting (?:on|for|to hear (?:back )?(?:about|from)|to hear|until|till)|awaiting|dependent on)"
    r"|(?P<wait>wait(?:s)? (?:for|on|until))|(?P<blocked>blocked (?:on|by|until))"
    r"|(?P<until>(?:leave|keep|kept|left|postponed?|deferr?(?:ed)?|hold|holding|skip(?:ped)?|paused?|delay(?:ed)?|off)\b"
    r"[^.;]{0,60}?\b(?:until|till|to a time)))\s+(?P<what>\S[^.;]*)",
    re.IGNORECASE,
)
_NO_WAIT = re.compile(
    r"\b(?:should|would|could|can|not|don't|didn't|if we|worth|avoid|than|people|users?|instead of|better to|good to|"
    r"prefer to|no need to|be|was|were|been)\b[^.,;]{0,30}$",
    re.IGNORECASE,
)
_NEXT_TIME = re.compile(r"(?:the )?(?:next|later|future|following)\b(?: \w+){0,2}\s*$", re.IGNORECASE)
_ORIGIN = re.compile(
    r"\b(?:from|by) (?:the )?(?P<who>@?[A-Z][\w.-]*(?: [A-Z][\w.-]*){0,3}(?: (?:staff|team|board|side))?)"
)
_LEADING = re.compile(r"(?:the )?(?P<who>[A-Z][\w-]+(?: [A-Z][\w-]*){0,3}(?: (?:staff|team|board|side))?)")
_HANDLE = re.compile(r"@([\w-]{1,39}(?:/[\w-]{1,39})?)")
_BODY = re.compile(
    r"\b(?P<who>board|foundation|legal|committee|vendor|client|customer|bank|landlord|lawyer|insurance)\b"
)
_NO_ONE = word_set(
    "pr prs january february march april may june july august september october november december monday tuesday"
    " wednesday thursday friday saturday sunday ci lts"
)


def find_waiting(saying: Saying, scene: Scene) -> Claim | None:
    """Return the waiting that a saying tells of, or None; only in minutes, for in a how-to everything waits."""
    if saying.words.isdisjoint(_HINTS) or not scene.is_meeting or is_question(saying.text):
        return None
    match = _WAIT.search(saying.text)
    if match is None or len(match["what"]) < 3 or not _still_waits(saying.text, match):
        return None
    rule = "blocked" if match["blocked"] else "waiting_until" if match["until"] else "waiting_on"
    words = with_topic(saying.text, saying.topic)
    if not words.startswith(saying.topic or "\0"):
        words = attributed(words, saying)
    return loop_claim(
        saying, scene, words, rule=rule, confidence=0.6 if match["until"] or match["wait"] else 0.75,
        waiting_for=waited_on(match["what"], scene), kind=LoopKind.BLOCKER if match["blocked"] else LoopKind.WAITING_ON,
        due_in=f"until {match['what']}" if match["until"] or match["wait"] else None,
    )  # fmt: skip


def _still_waits(text: str, match: re.Match[str]) -> bool:
    """Tell whether it waits now, for something with a name: not "could wait for", not "until the next meeting"."""
    if _NO_WAIT.search(text[max(0, match.start() - 60) : match.start()]):
        return False
    vague = _NEXT_TIME.match(match["what"]) or (len(match["what"].split()) < 2 and not match["what"][:1].isupper())
    return not (vague and (match["until"] or is_agenda_housekeeping(text)))


def waited_on(what: str, scene: Scene) -> str | None:
    """Return the person or group that `what` waits for: a known name, else "… from X", else a leading name."""
    handle = _HANDLE.search(what[:120])
    if handle:
        return handle[1]
    for match in re.finditer(rf"{TOKEN}(?: {TOKEN})?", what[:120]):
        for name in dict.fromkeys((match[0], match[0].split(" ")[0], match[0].split(" ")[-1])):
            if name[:1].isupper() and scene.roster.may_be(name):
                return name.removesuffix("'s")
    match2 = _ORIGIN.search(what[:120]) or _LEADING.match(what[:80]) or _BODY.search(what[:60])
    if match2 is None or match2["who"].lower().split(" ")[0] in _NO_ONE:
        return None
    if len(match2["who"]) < 4 and (match2["who"].isupper() or len(match2["who"]) < 3):
        return None
    return match2["who"].lstrip("@")
