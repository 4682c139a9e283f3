"""Tells whether a sentence of a message asks for an action or promises one, from cues that can be read.

Each cue is a plain pattern with a weight; the weights were learnt by `bench/train_requests.py` (logistic regression
over these cues alone) and live in `request_weights`. It must stay small: no cue names a person, a firm or a product.
"""

from __future__ import annotations

import math
import re
from functools import cache

from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.request_weights import WEIGHTS

_LONGEST = 600

# What one is told to do. The second set is what advertisements tell everybody to do.
_IMPERATIVES = word_set(
    """add advise arrange ask attach book bring buy call cancel change check click come complete confirm consider
    contact copy create cut delete discuss do download email e-mail ensure enter explain feel fill find follow forward
    get give go have help hold include inform join keep let log look make meet note notify open order pay pick place
    plan post provide put read register remember remind remove reply respond return review rsvp save schedule see send
    set share show sign start stop submit take talk tell think try turn update use verify visit wait watch work write"""
)
_ADVERTISED = word_set(
    """click save enjoy get find learn discover earn shop see read watch start search choose claim act join try stay
    keep remember look go visit open buy"""
)
_CUES = {
    # asking
    "please": r"\b(?:please|pls|plz)\b",
    "please_first": r"^\W*(?:\w{1,20},? )?(?:please|pls)\b",
    "please_web": r"\bplease (?:click|visit|add|use|go|log|sign|follow|enter|update|verify|ignore|unsubscribe|"
    r"accept|note)\b",
    "can_you": r"\b(?:can|could|would|will) (?:you|u|someone|anyone|somebody|we)\b",
    "let_know": r"\blet (?:me|us|\w{1,20}) know\b",
    "why_not": r"\bwhy (?:don't|not)\b|\b(?:how|what) about\b|\b(?:would|is) it (?:be )?possible\b|"
    r"\bany chance\b|\bshall (?:we|i)\b",
    "do_to_me": r"\b(?:give|call|contact|e-?mail|write|send|tell|show|get|page|reach|ping|text|keep|remind|help|"
    r"join|meet|see) me\b",
    "a_call": r"\ba (?:quick )?(?:call|ring|shout|buzz)\b",
    "get_back": r"\bget back (?:to|with)\b|\bkeep (?:me|us) (?:posted|informed|updated|in the loop)\b|\bget in touch\b",
    "appreciate": r"\b(?:appreciate|grateful|be (?:great|nice|helpful|good|ideal|perfect))\b",
    "request": r"\b(?:request(?:ing)?|asking|remind(?:er)?|recommend|suggest(?:ion)?|advise)\b",
    "sign_up": r"\b(?:rsvp|register|sign up|fill (?:out|in)|complete the|reply|respond|confirm)\b",
    "review": r"\b(?:review|feedback|comments?|thoughts|input|opinion|draft|approval|approve|sign off|ideas)\b",
    "check": r"\bcheck\b",
    "you_should": r"\byou (?:should|may want|might want|may wish|might)\b",
    "you_can": r"\byou (?:can|may|could)\b",
    "you_will": r"\byou(?:'ll| will)\b",
    "you_to": r"\b(?:you|u) to\b",
    "need": r"\bneeds?\b",
    "i_need": r"\b(?:i|we) (?:still |really |also |just |do )?(?:need|must|have to|should|ought)\b",
    "wonder": r"\bwonder(?:ing)?\b",
    "ends_asking": r"\?\W*$",
    "asks_you": r"^\W*(?:did|do|have|are|were|is|does|any|so|what|when|where)\b.*\byour?\b.*\?",
    "not_first": r"^\W*(?:do not|don't|never)\b",
    "then_do": r"\b(?:and|then|just|so|or|but) (?:send|call|give|let|come|get|tell|ask|reply|forward|see|contact|"
    r"e-?mail|check|put|"
    r"fill|sign|meet|bring|make|keep|take)\b",
    # proposing, arranging
    "lets": r"\blet's\b|\blet us\b|^\W*lets\b",
    "we_should": r"\bwe (?:should|could|can|might|need to|have to)\b",
    "go_ahead": r"\bgo ahead\b",
    "discuss": r"\bdiscuss(?:ing|ion)?\b",
    "talk": r"\b(?:talk|chat|call|phone|speak|go over|catch up)\b",
    "to_meet": r"\b(?:to|can|could|and|we|you|would|will|'ll) meet\b|\bget together\b",
    "meeting": r"\b(?:meeting|lunch|dinner|coffee|drinks?|beer|breakfast|appointment|happy hour|conference call|"
    r"visit)\b",
    "join": r"\bjoin (?:us|me|you|in|the|our)\b|\bto join\b",
    "invite": r"\b(?:invit\w{1,8}|come (?:over|by|to)|attend|participate|welcome to)\b",
    "schedule": r"\b(?:re)?schedul\w{1,5}\b|\bavailab\w{2,7}\b|\bfree (?:on|at|for|to)\b|\bcalendar\b|"
    r"\bset (?:up|aside)\b|\barrange\b",
    "works": r"\bworks\b|\bwork (?:well |best |better )?for\b",
    "time": r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|tues|wed|thurs|fri|tomorrow|tonight|today|"
    r"next week|this week|"
    r"weekend|afternoon|morning|noon|asap|as soon as)\b|\b\d{1,2}(?::\d\d)? ?[ap]\.?m\b",
    # promising
    "i_will": r"\b(?:i|we)(?:'ll| will| shall)\b",
    "i_will_be": r"\b(?:i|we|he|she|they|it|this|that|there|you)(?:'ll| will| shall) (?:be|have|not|never|also be)\b",
    "will": r"\bwill\b|'ll\b",
    "happy_to": r"\b(?:happy|glad|willing|love) to\b",
    "like_to": r"\b(?:i|we|he|she|they)(?:'d| would) (?:really |very much |also )?(?:like|love|want|prefer)\b",
    "would": r"\bwould\b|\b(?:i|we|you|they|he|she)'d\b",
    "would_be": r"\bwould be\b",
    "could": r"\bcould\b",
    # conditions and addresses
    "if": r"\bif\b",
    "if_you": r"^\W*if you\b",
    "if_question": r"\bif you have (?:any )?(?:question|problem|concern|comment|issue)",
    "when_you": r"\b(?:when|once|after|before|until) you\b",
    "to_first": r"^\W*(?:to|in order to|for)\b",
    "you": r"\b(?:you|u)\b",
    "your": r"\byour\b",
    "me": r"\b(?:me|us)\b",
    # telling, thanking, selling
    "i_first": r"^\W*(?:i|i'm|i've|i'd|i'll|we|we're|it|it's|this|that|there|he|she|they|the|our|my)\b",
    "past": r"\b(?:was|were|had|did|didn't|wasn't|went|said|told|got|came|made|took|sent|received|talked|met|"
    r"been|called|forgot|"
    r"left|knew|thought)\b",
    "not": r"\b(?:not|never|no|nothing|none|cannot)\b|n't\b",
    "think": r"\b(?:think|believe|guess|hope|feel|know|understand|assume|sure|seems?|glad|wish)\b",
    "thanks": r"\bthank|\bthanx\b",
    "look_forward": r"\blook(?:ing)? forward\b",
    "business": r"\b(?:contact|e-?mail|call|write|reach) us\b|\bquestions?,? please\b|\bcustomer (?:service|care|"
    r"support)\b",
    "click": r"\bclick\b|\bbelow\b|\bhere\b",
    "money": r"\$ ?\d|\d% |\bfree\b|\bsave\b|\boff\b|\bdeals?\b|\bdiscount|\boffers?\b|\bcoupon",
    "bulk": r"unsubscri|opt[- ]out|mailing list|newsletter|do not reply|stop receiving|preferences|\bspam\b|"
    r"safe sender|"
    r"address book|inbox|deliver(?:y|ed) ",
    "account": r"\b(?:account|password|email address|confirm your|activate|subscription)\b",
    "attached": r"\battach|\benclosed\b",
    "exclaims": r"!",
}  # fmt: skip
_OPENERS = word_set("so and but also then or just now ok okay yes otherwise therefore anyway thus again")
_CALLED = re.compile(
    r"^\W*[A-Za-z'.]{1,30}(?: [A-Z][a-z]{1,20})?\s?(?:,|-+|:)\s+(?:(?:also|then|just|please) )?(?P<verb>[a-z'-]+)"
)
_CONDITION = re.compile(
    r"^\W*(?:if|when|once|as soon as|after|before|in order to|to|for|unless|otherwise|in case)\b[^,]{3,120},\s*"
    r"(?:(?:then|just|please|simply|also) )*(?P<verb>[a-z'-]+)"
)
_WORD = re.compile(r"[a-z'-]+")


def cues_of(sentence: str) -> frozenset[str]:
    """Return the names of the cues that `sentence` shows, "bias" always among them."""
    text = sentence[:_LONGEST].replace("’", "'")
    low = text.lower()
    words = _WORD.findall(low)
    found = {"bias", _length(len(words))}
    found.update(name for name, pattern in _patterns() if pattern.search(low))
    found.update(_imperatives(text, low, words))
    if sum(word.isupper() and len(word) > 2 for word in text.split()) >= 2:
        found.add("capitals")
    return frozenset(found)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    # Compiled when the first message comes: notes need none of them.
    return tuple((name, re.compile(pattern)) for name, pattern in _CUES.items())


def score(sentence: str) -> float:
    """Return how likely, 0 to 1, `sentence` asks for an action or promises one, as messages are written."""
    return score_of(cues_of(sentence))


def score_of(cues: frozenset[str]) -> float:
    """Return the likeliness for cues that were read already."""
    return 1 / (1 + math.exp(-sum(WEIGHTS.get(cue, 0.0) for cue in cues)))


def _imperatives(text: str, low: str, words: list[str]) -> set[str]:
    """Return where the sentence commands: at its beginning, after a name, after a condition."""
    found = set()
    first = next((word for word in words[:4] if word not in _OPENERS), "")
    if first in _IMPERATIVES:
        found.add("advertised" if first in _ADVERTISED else "imperative")
    called = _CALLED.match(text)
    if called and called["verb"] in _IMPERATIVES:
        found.add("called_to")
    condition = _CONDITION.match(low)
    if condition and condition["verb"] in _IMPERATIVES:
        found.add("condition_advertised" if condition["verb"] in _ADVERTISED else "condition_imperative")
    return found


def _length(count: int) -> str:
    return "words_" + (
        "4" if count < 5 else "9" if count < 10 else "19" if count < 20 else "29" if count < 30 else "30"
    )
