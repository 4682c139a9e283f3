"""Finds what is still to be done, by whom, by when, and who is waited on. It proposes; it opens nothing."""

from __future__ import annotations

import re

from alice.domain.dates import Due, find_due
from alice.domain.extraction.claims import OPEN_LOOP, Claim, claim_key, clipped
from alice.domain.extraction.commitments import ACTS, Commitment, find_commitment
from alice.domain.extraction.names import NOBODY, TOKEN
from alice.domain.extraction.sayings import ACTIONS, ASIDE, QUESTIONS, STANDING, Saying, Scene
from alice.domain.extraction.wording import about, sentence_case
from alice.domain.vocab import LoopKind

_LEAST = 0.5

_MARKER = re.compile(
    r"(?P<mark>TODO|To-?do|TO DO|FIXME|AI|Action item|Action point|ACTION ITEM|Action|ACTION|Next steps?|NEXT STEPS?|"
    r"Follow[- ]?up|FOLLOW[- ]?UP|Task|Blocked|Blocker|BLOCKER|Question|Open question|Q|Waiting (?:on|for)|"
    r"WAITING (?:ON|FOR)|Reminder)"
    r"(?:\s?\((?P<who>@?[\w .'-]{1,40})\))?\s?(?::|->|=>|\s[–—-]\s)\s*(?P<rest>\S.*)"
)
_TODO_WITHIN = re.compile(r"(?<![\w`\"'])(?:TODO|FIXME)(?:\((?P<who>@?[\w .'-]{1,40})\))?:\s+(?P<rest>\S.*)")
_MARKER_KINDS = {
    "todo": "todo", "to-do": "todo", "to do": "todo", "fixme": "todo", "ai": "action", "action item": "action",
    "action point": "action", "action": "action", "task": "action", "next step": "next_step", "next steps": "next_step",
    "follow-up": "follow_up", "follow up": "follow_up", "followup": "follow_up", "blocked": "blocker",
    "blocker": "blocker", "question": "question", "open question": "question", "q": "question",
    "waiting on": "waiting_on", "waiting for": "waiting_on", "reminder": "reminder",
}  # fmt: skip
_KINDS = {
    "todo": LoopKind.TASK, "action": LoopKind.TASK, "next_step": LoopKind.TASK, "reminder": LoopKind.TASK,
    "follow_up": LoopKind.FOLLOW_UP, "blocker": LoopKind.BLOCKER, "question": LoopKind.QUESTION,
    "waiting_on": LoopKind.WAITING_ON,
}  # fmt: skip
_NAME_FIRST = re.compile(rf"(?P<who>@?{TOKEN}(?: {TOKEN})?)\s?(?::|,|\bto\b|\bwill\b|[–—-]\s)\s*(?P<rest>\S.*)")
_NEXT_STEP = re.compile(
    r"\b(?:next|first) (?:steps?|action)\b(?! (?:guide|function))(?P<is> (?:is|are|would be|will be|being))?", re.I
)
_AS_NEXT_STEP = re.compile(r"\bas (?:a |the )?next step\b", re.I)
_WAIT = re.compile(
    r"\b(?:(?:just |still |are |is |am )*(?:waiting (?:on|for|to hear (?:back )?(?:about|from)|to hear|until|till)|awaiting)"
    r"|wait(?:s)? (?:for|on|until)|(?P<blocked>blocked (?:on|by|until))"
    r"|(?P<until>(?:leave|keep|kept|left|postponed?|deferred?|defer|hold|holding|skip(?:ped)?|pause[d]?|delay(?:ed)?|wait|off)\b[^.;]{0,60}?\b(?:until|till|to a time)))\s+(?P<what>\S[^.;]*)",
    re.IGNORECASE,
)
_WHO_WAITED = re.compile(
    rf"(?:(?:an? |the )?(?:answer|reply|response|feedback|input|update|approval|review|news|word|confirmation|follow-?up|sign-?off|"
    rf"help|info(?:rmation)?|comments?|results?)s? (?:from|of|by) )?(?:the )?(?P<who>@?{TOKEN}(?: {TOKEN}){{0,2}})"
)
_VOCATIVE = re.compile(
    rf"(?P<who>{TOKEN}(?: {TOKEN})?)[,:]? (?:can|could|would|will) you (?:please )?(?P<rest>\S.*?)\??$"
)
_CAN_YOU = re.compile(
    r"\b(?:can|could|would|will) (?:you|somebody|someone|anyone|anybody) (?:please |kindly )?(?P<verb>[a-z]+)\b", re.I
)
_PLEASE = re.compile(
    r"(?:^|[,;:.(–—-] ?|\b(?:so|and|if so|interested|not|to|but) )please,? (?P<soft>(?:also|all|do|take a minute to) )?(?P<verb>[a-z]+)\b(?P<rest>.*)",
    re.I,
)
_ASKED = re.compile(
    rf"\b(?:asked|ask|asks|asking|invited?|nominated?|pinged?) (?P<who>@?{TOKEN}(?: {TOKEN})?) (?:if (?:they|he|she) (?:can|could|would) |to )(?P<verb>[a-z]+)\b"
)
_WILL_DO = re.compile(rf"\((?P<who>{TOKEN}(?: {TOKEN})?) (?:to|will) (?P<verb>[a-z]+)\b[^()]*\)")
_VOLUNTEER = re.compile(
    r"\b(?:need|needs|looking for|call for|seeking|calling for|ask for) (?:an? |another |more |some )?(?:\w+ )?(?:volunteers?|champion|owner|people who|somebody|someone)\b",
    re.I,
)
_AGENDA = re.compile(
    r"\b(?:remov(?:e|ed|ing)|tak(?:e|en|ing)|took|leav(?:e|ing)|left|keep(?:ing)?|kept|drop(?:ped)?|add(?:ed|ing)?|put|delet(?:e|ed)|tag(?:ged)?)\b"
    r".{0,40}\b(?:agenda|label|tag|tsc-agenda)\b",
    re.IGNORECASE,
)
_DONE = re.compile(r"\b(?:done|landed|merged|completed|closed|already|fixed|resolved)\.?$", re.I)
_HEDGE = re.compile(
    r"\b(?:would|could|might|may|maybe|perhaps|unlikely|not sure|don't think|wondering|if we were)\b", re.I
)
_NOTHING = re.compile(r"\b(?:no|nothing|not much|n/a|none)\b.{0,20}$|^(?:no|nothing|none|n/a|skipped)\b", re.I)
_CODE_LIKE = re.compile(r"[{}=;<>|$\\]|\w\(\)|--\w|^\W*\w+\.\w+\(")
_WAIT_WORDS = frozenset("waiting awaiting wait waits blocked until till deferred".split())
_LINK_WORDS = frozenset(
    "will 'll shall going gonna about plan plans planning intends aims hoping hopes volunteered offered volunteers offers"
    " promised committed agreed action happy to needs has have need should must can working".split()
)


def find(saying: Saying, scene: Scene) -> Claim | None:
    """Return the open loop that a saying states, or None. The first rule that fires speaks, the surest first."""
    if saying.task == "done":
        return None
    if saying.task == "open" and saying.opens:
        return _claim(saying, scene, saying.text, "open_loop.checkbox", 0.95, owner=_owner_at_start(saying, scene))
    marked = _marked(saying, scene)
    if marked is not None:
        return marked
    if saying.section == STANDING or _CODE_LIKE.search(saying.text):
        return None
    for rule in (_in_section, _next_step, _committed, _waiting, _asked, _wanted):
        claim = rule(saying, scene)
        if claim is not None:
            return claim if claim.confidence >= _LEAST else None
    return None


def _claim(
    saying: Saying, scene: Scene, words: str, rule: str, confidence: float, *, owner: str | None = None,
    waiting_for: str | None = None, kind: LoopKind = LoopKind.TASK, due: Due | None = None,
) -> Claim:  # fmt: skip
    due = due or find_due(words, scene.told_on) or find_due(saying.text, scene.told_on)
    text = clipped(sentence_case(words))
    return Claim(
        OPEN_LOOP, text, saying.start, saying.end, rule, min(0.98, round(confidence + (0.05 if due else 0), 2)),
        saying.topic, claim_key(OPEN_LOOP, text, saying.topic), owner=owner, waiting_for=waiting_for,
        loop_kind=kind.value, due_on=due.on if due else None, due_text=due.words if due else None,
    )  # fmt: skip


def _owner_at_start(saying: Saying, scene: Scene) -> str | None:
    match = _NAME_FIRST.match(saying.text)
    if match and scene.roster.may_be(match["who"].lstrip("@")):
        return match["who"].lstrip("@")
    return saying.speaker


def _marked(saying: Saying, scene: Scene) -> Claim | None:
    """ "TODO: …", "AI(Ada): …", "Next step: …", "Waiting on: …"."""
    match = _MARKER.match(saying.text) if saying.opens else None
    match = match or (_TODO_WITHIN.search(saying.text) if "TODO" in saying.text or "FIXME" in saying.text else None)
    if match is None or _CODE_LIKE.search(match["rest"]):
        return None
    mark = _MARKER_KINDS[match["mark"].lower()] if "mark" in match.re.groupindex else "todo"
    rest, owner = match["rest"], (match["who"] or "").lstrip("@") or None
    named = _NAME_FIRST.match(rest)
    if owner is None and named and scene.roster.may_be(named["who"].lstrip("@")) and named["who"].lower() not in NOBODY:
        owner = named["who"].lstrip("@")
    if _NOTHING.search(rest) and len(rest) < 30:
        return None
    waiting = _waited_on(rest, scene) if mark == "waiting_on" else None
    words = f"{match['mark'].capitalize()} {rest}" if mark == "waiting_on" else rest
    return _claim(
        saying, scene, words, f"open_loop.marker_{mark}", 0.92, owner=owner, waiting_for=waiting, kind=_KINDS[mark]
    )


def _in_section(saying: Saying, scene: Scene) -> Claim | None:
    """An item below "Action items" or "Open questions" is a loop by its place."""
    if saying.section not in (ACTIONS, QUESTIONS) or not saying.opens or _NOTHING.search(saying.text[:40]):
        return None
    if saying.section == QUESTIONS:
        return _claim(saying, scene, saying.text, "open_loop.section_question", 0.7, kind=LoopKind.QUESTION)
    first = saying.text.split(" ", 1)[0].lower().strip("*:,")
    owner = _owner_at_start(saying, scene)
    if not owner and first not in ACTS and not (saying.words & _LINK_WORDS):
        return None
    words = about(owner, saying.text) if owner and owner == saying.speaker else saying.text
    if owner and owner == saying.speaker and owner not in words:
        words = f"{owner}: {words}"
    return _claim(
        saying, scene, words, "open_loop.section_action", 0.85 if scene.is_meeting or owner else 0.6, owner=owner
    )


def _committed(saying: Saying, scene: Scene) -> Claim | None:
    """Somebody will do it; see `commitments`."""
    if saying.words.isdisjoint(_LINK_WORDS) and "'ll" not in saying.text:
        return None
    inner = _WILL_DO.search(saying.text) if "(" in saying.text else None
    if inner and scene.roster.may_be(inner["who"]) and inner["verb"] in ACTS:
        words = inner[0].strip("()")
        context = saying.text[: inner.start()].rstrip(" ,;:")
        return _claim(
            saying,
            scene,
            f"{words} ({context})" if context else words,
            "open_loop.name_in_brackets",
            0.85,
            owner=inner["who"],
        )
    found = find_commitment(saying.text, scene.roster, saying.speaker, low=saying.low, words=saying.words)
    if found is None or not _credible(found, saying, scene):
        return None
    words = _commitment_words(found, saying)
    kind = (
        LoopKind.PROMISE
        if ("_i_" in found.rule or "volunteered" in found.rule or "unsaid" in found.rule)
        else LoopKind.TASK
    )
    if re.search(r"\bfollow(?:ing)?[ -]up\b", saying.text, re.I):
        kind = LoopKind.FOLLOW_UP
    return _claim(saying, scene, words, found.rule, found.confidence, owner=_named(found.owner), kind=kind)


def _named(owner: str | None) -> str | None:
    return None if owner == "I" else owner


def _credible(found: Commitment, saying: Saying, scene: Scene) -> bool:
    """Outside of minutes only what a person plainly promises counts: a technical note is full of things that will."""
    if _AGENDA.search(saying.text) and not re.search(r"\b(?:email|send|ask|follow|confirm|vote)\b", saying.text, re.I):
        return False
    if _HEDGE.search(saying.text[: found.begin + 40]) and not re.search(r"\bif\b", saying.text, re.I):
        return False
    if saying.text.rstrip().endswith("?"):
        return False
    if scene.is_meeting:
        return True
    if found.owner == "I" or (found.owner is None):
        return "_i_" in found.rule and find_due(saying.text, scene.told_on) is not None
    return scene.roster.may_be(found.owner) and "can" not in found.rule


def _commitment_words(found: Commitment, saying: Saying) -> str:
    text = saying.text
    if found.owner is None or found.owner == "I":
        return _with_topic(text, saying) if found.owner is None else text
    if found.owner == saying.speaker:
        words = about(found.owner, text)
        if found.owner in words:
            return words
        first = text.split(" ", 1)[0].lower()
        if "unsaid" in found.rule and first in ("will", "plans", "needs", "shall"):
            return f"{found.owner} {text[:1].lower()}{text[1:]}"
        if "unsaid" in found.rule and first in ("plan", "planning", "going", "need", "happy", "hoping"):
            joint = {"plan": "plans", "need": "needs"}.get(first, f"is {first}")
            return f"{found.owner} {joint}{text[len(first) :]}"
        return f"{found.owner}: {text}"
    head = text[: found.begin]
    tail = head.rstrip()
    conditional = re.match(r"(?:if|once|when|unless|after|until|as|since|assuming)\b", head, re.I)
    if tail and tail[-1] in ",;(–—-:" and not conditional:
        return text[found.begin :]
    return text


def _with_topic(text: str, saying: Saying) -> str:
    """A sentence without a doer needs what it is about to be understood."""
    if saying.topic and not saying.opens:
        return text
    starts_bare = re.match(r"(?:will|going|plan|need|just|still|waiting|on agenda|leave|it|this|that)\b", text, re.I)
    return f"{saying.topic}: {text[:1].lower()}{text[1:]}" if saying.topic and starts_bare else text


def _next_step(saying: Saying, scene: Scene) -> Claim | None:
    if "step" not in saying.words and "steps" not in saying.words and "action" not in saying.words:
        return None
    match = _NEXT_STEP.search(saying.text)
    if match is None or saying.text.rstrip().endswith("?") or not scene.is_meeting:
        return None
    if re.search(
        r"\b(?:move|take|going|determine|figure|what|discuss|on)\b[^.]{0,20}$", saying.text[: match.start()], re.I
    ):
        return None
    rest = saying.text[match.end() :].strip(" ,:–—-")
    if (
        not match["is"]
        and not _AS_NEXT_STEP.search(saying.text)
        and match.start() > 3
        and "," not in saying.text[match.end() : match.end() + 2]
    ):
        return None
    if len(rest) < 6 and not _AS_NEXT_STEP.search(saying.text):
        return None
    if _AS_NEXT_STEP.search(saying.text) and _WAIT.search(saying.text):
        return None
    found = find_commitment(rest, scene.roster, None)
    owner = _named(found.owner) if found else None
    return _claim(saying, scene, _with_topic(saying.text, saying), "open_loop.next_step", 0.75, owner=owner)


def _waiting(saying: Saying, scene: Scene) -> Claim | None:
    if saying.words.isdisjoint(_WAIT_WORDS) or not scene.is_meeting:
        return None
    match = _WAIT.search(saying.text)
    if match is None or saying.text.rstrip().endswith("?") or len(match["what"]) < 4:
        return None
    if re.search(
        r"\b(?:should|would|could|not|don't|if we|worth|avoid|than|people|users?|instead of)\b[^.,;]{0,30}$",
        saying.text[: match.start()],
        re.I,
    ):
        return None
    kind = LoopKind.BLOCKER if match["blocked"] else LoopKind.WAITING_ON
    confidence = 0.6 if match["until"] else 0.75
    words = _with_topic(saying.text, saying) if saying.opens or match.start() < 12 else saying.text
    if saying.topic and match.start() < 25 and saying.topic not in words:
        words = f"{saying.topic}: {words[:1].lower()}{words[1:]}"
    return _claim(
        saying, scene, words, "open_loop.blocked" if match["blocked"] else "open_loop.waiting_until" if match["until"] else "open_loop.waiting_on",
        confidence, waiting_for=_waited_on(match["what"], scene), kind=kind,
    )  # fmt: skip


def _waited_on(what: str, scene: Scene) -> str | None:
    for match in re.finditer(rf"@?{TOKEN}(?: {TOKEN})?", what[:120]):
        for name in (match[0], match[0].split(" ")[0], match[0].split(" ")[-1]):
            if scene.roster.knows(name.lstrip("@")) or name.startswith("@"):
                return name.lstrip("@").removesuffix("'s")
    match2 = re.search(
        rf"\b(?:from|by|of|on|with) (?:the )?(?P<who>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*(?: (?:staff|team|board))?)",
        what[:120],
    )
    if match2:
        return match2["who"]
    lead = re.match(
        r"(?:the )?(?P<who>[A-Z][\w.-]*(?: [A-Z][\w.-]*)*(?: (?:staff|team|board|side|approval))?)", what[:80]
    )
    return (
        lead["who"].removesuffix(" approval")
        if lead and len(lead["who"]) > 1 and not lead["who"].startswith("PR")
        else None
    )


def _asked(saying: Saying, scene: Scene) -> Claim | None:
    """ "Ada, can you …", "asked Ada to …"."""
    if not scene.is_meeting:
        return None
    voc = _VOCATIVE.search(saying.text) if "you" in saying.words else None
    if voc and scene.roster.may_be(voc["who"].split(" ")[-1]):
        who = voc["who"] if scene.roster.may_be(voc["who"]) else voc["who"].split(" ")[-1]
        asker = f"{saying.speaker} asks {who}" if saying.speaker and saying.speaker != who else f"{who} is asked"
        return _claim(saying, scene, f"{asker} to {voc['rest']}", "open_loop.asked_by_name", 0.75, owner=who)
    asked = _ASKED.search(saying.text)
    if (
        asked
        and scene.roster.may_be(asked["who"].lstrip("@"))
        and asked["verb"] in ACTS
        and not saying.text.rstrip().endswith("?")
    ):
        return _claim(saying, scene, saying.text, "open_loop.asked_to", 0.6, owner=asked["who"].lstrip("@"))
    return None


def _wanted(saying: Saying, scene: Scene) -> Claim | None:
    """ "please review the draft", "we need a volunteer": asked of everybody."""
    if not scene.is_meeting:
        return None
    please = _PLEASE.search(saying.text) if "please" in saying.words else None
    if please and please["verb"] in ACTS and len(please["rest"]) > 8 and not _AGENDA.search(saying.text):
        words = _with_topic(saying.text, saying)
        words = f"{saying.speaker}: {words}" if saying.speaker else words
        return _claim(saying, scene, words, "open_loop.please", 0.5)
    if _VOLUNTEER.search(saying.text) and not saying.text.rstrip().endswith("?"):
        return _claim(
            saying, scene, _with_topic(saying.text, saying), "open_loop.volunteer_needed", 0.5, kind=LoopKind.FOLLOW_UP
        )
    return None


_ = (ASIDE, _CAN_YOU, _WHO_WAITED, _DONE)
