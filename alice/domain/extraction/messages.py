"""Finds what a message asks of its reader or promises them. For mail and chat only: notes address nobody.

A plain question opens no loop here, though it asks for an answer: chat is made of questions.
"""

from __future__ import annotations

import re

from alice.domain.extraction.claims import Claim
from alice.domain.extraction.commitments import find_commitment
from alice.domain.extraction.loops import loop_claim
from alice.domain.extraction.names import TOKEN
from alice.domain.extraction.noise import is_hedged, is_question
from alice.domain.extraction.requests import cues_of, score_of
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.wording import about
from alice.domain.vocab import LoopKind

# Where a message asks rather than tells. Below one half on purpose: a request that is missed costs more than one that
# is dismissed, and the best f1 on labelled mail lies here.
ASKS_FROM = 0.4

_ASKING = frozenset(
    ("please", "can_you", "let_know", "called_to", "imperative", "condition_imperative", "a_call", "sign_up")
)
_ARRANGING = frozenset(("lets", "to_meet", "meeting", "discuss", "talk", "schedule", "invite"))
_SELLING = frozenset(("bulk", "business", "please_web", "advertised", "condition_advertised", "money"))
_PHATIC = re.compile(
    r"\b(?:how (?:are|was|is|have|did)|what's up|what (?:have|are) you (?:been )?(?:up to|doing)|take care|"
    r"have (?:a|an|fun)|"
    r"enjoy|good luck|keep (?:it )?(?:up|going|me updated)|let me know how|you should be proud|thanks?|congrat\w*|"
    r"can't wait|check (?:it |this |that )?out|talk to you|see you|don't (?:worry|give up|mention))\b",
    re.IGNORECASE,
)
_CALLED = re.compile(rf"^(?:hi |hey |hello |ok |and |so )?(?P<who>{TOKEN}(?: {TOKEN})?)\s?[,:–-]\s", re.IGNORECASE)


def find_in_message(saying: Saying, scene: Scene) -> Claim | None:
    """Return the promise or the request that a saying in a message makes, or None."""
    promise = _promised(saying, scene)
    if promise is not None:
        return promise
    cues = cues_of(saying.text)
    chance = score_of(cues)
    if chance < ASKS_FROM or _PHATIC.search(saying.text) or len(saying.text.split()) < 3 or cues & _SELLING:
        return None
    arranges = cues & _ARRANGING and "time" in cues and not is_hedged(saying.text)
    if not cues & _ASKING and not (arranges and ("lets" in cues or "can_you" in cues or "like_to" in cues)):
        return None
    if is_question(saying.text) and not cues & {"please", "can_you", "let_know"}:
        return None
    return _request(saying, scene, chance)


def _promised(saying: Saying, scene: Scene) -> Claim | None:
    found = find_commitment(saying.text, scene.roster, saying.speaker)
    if (
        found is None
        or not found.rule.startswith(("i_", "unsaid_", "name_will", "name_going"))
        or found.confidence < 0.75
    ):
        return None
    if is_hedged(saying.text) or is_question(saying.text) or _PHATIC.search(saying.text):
        return None
    owner = None if found.owner == "I" else found.owner
    words = about(owner, saying.text) if owner and owner == saying.speaker else saying.text
    words = f"{owner}: {words}" if owner and owner not in words else words
    return loop_claim(
        saying, scene, words, rule=f"message_{found.rule}", confidence=found.confidence - 0.1, owner=owner,
        kind=LoopKind.PROMISE,
    )  # fmt: skip


def _request(saying: Saying, scene: Scene, chance: float) -> Claim:
    """Say who is asked: whoever is addressed by name, else the reader, unless the reader is the one who asks."""
    called = _CALLED.match(saying.text)
    owner = called["who"] if called and scene.roster.may_be(called["who"]) else None
    by_me = saying.speaker is not None and saying.speaker in scene.owner_names
    if owner is None and scene.owner_names and not by_me:
        owner = scene.owner_names[0]
    words = f"{saying.speaker} asks: {saying.text}" if saying.speaker else saying.text
    confidence = round(0.4 + 0.4 * chance, 2)
    return loop_claim(saying, scene, words, rule="message_asks", confidence=confidence, owner=owner)
