"""Makes the claim of an open loop: its sentence for the reader, its owner, its due day. It finds nothing by itself."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import OPEN_LOOP, Claim, claim_key, clipped
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.wording import reported, sentence_case
from alice.domain.texts.dates import find_due
from alice.domain.vocab import LoopKind

_LONG = 200  # characters of a loop's sentence
_POINTING = re.compile(r"\b(?:that|this|it|so|them|these|those|move to next step|volunteer)[ .]*$", re.IGNORECASE)
_IDLE = re.compile(
    r"\b(?:nothing|no (?:updates?|news|discussion|meeting|progress|changes?)|skip\w*)\b[^,.;]*", re.IGNORECASE
)
_BARE = re.compile(
    r"(?:will|going|plan|plans|need|needs|just|still|waiting|on agenda|leave|it|this|that|agreed|consensus|approved|no|"
    r"nobody|let'?s|discussed|decided|blocked|postponed|deferred|defer|skip(?:ped)?|dependent|pending|next|then|wait|"
    r"probably|proposal|please|ok|awaiting|hold|kept?|left)\b",
    re.IGNORECASE,
)


def loop_claim(
    saying: Saying, scene: Scene, words: str, *, rule: str, confidence: float, owner: str | None = None,
    waiting_for: str | None = None, kind: LoopKind = LoopKind.TASK, due_in: str | None = None,
) -> Claim:  # fmt: skip
    """Return the claim that `words`, drawn from `saying`, are an open loop; a due day adds a little confidence.

    The due day is looked for in `due_in`, else in the whole saying.
    """
    due = find_due(_IDLE.sub("", due_in or saying.text), scene.told_on)
    text = _shortened(sentence_case(_grounded(words, saying.topic)))
    return Claim(
        kind=OPEN_LOOP,
        text=text,
        start=saying.start,
        end=saying.end,
        rule=f"open_loop.{rule}",
        confidence=min(0.98, round(confidence + (0.05 if due else 0.0), 2)),
        subject=saying.topic,
        key=claim_key(OPEN_LOOP, text, saying.topic),
        owner=scene.roster.proper(owner) if owner else None,
        waiting_for=scene.roster.proper(waiting_for) if waiting_for else None,
        loop_kind=kind.value,
        due_on=due.on if due else None,
        due_text=due.words if due else None,
    )


def _shortened(text: str) -> str:
    """Cut a long sentence after a part of it: a loop is read in a list, and its quote has all the words."""
    if len(text) <= _LONG:
        return text
    cut = max(text.rfind(sign, _LONG // 3, _LONG) for sign in (", ", "; ", " - ", " – ", " (", ". "))
    return f"{text[:cut]}…" if cut > 0 else clipped(text, _LONG)


def _grounded(words: str, topic: str | None) -> str:
    """ "Ada will do that" and "Ada will approve" say too little alone: their topic follows in brackets."""
    if not topic or topic in words or not (_POINTING.search(words) or len(words.split()) <= 4):
        return words
    return f"{words.rstrip(' .;,:')} ({topic})"


def attributed(words: str, saying: Saying) -> str:
    """Return `words` said about their speaker, or after their speaker's name where the block itself names them."""
    if not saying.speaker or saying.speaker in words:
        return words
    said = reported(saying.speaker, words)
    return said if saying.speaker in said or not saying.direct else f"{saying.speaker}: {said}"


def with_topic(text: str, topic: str | None) -> str:
    """Return a sentence that names no doer or thing with its topic before it; any other as it is."""
    bare = _BARE.match(text)
    if not topic or not bare or topic in text:
        return text
    return f"{topic}: {text[:1].lower()}{text[1:]}"
