"""Finds what was decided: agreed, approved, voted, concluded. Opinions and the wish to agree are no decisions."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import DECISION, Claim, claim_key, clipped
from alice.domain.extraction.open_loops import _AGENDA, _NOTHING
from alice.domain.extraction.sayings import DECISIONS, Saying, Scene
from alice.domain.extraction.wording import about, sentence_case

_WORDS = frozenset(
    "agreed decided decision consensus approved resolved voted ratified concluded resolution objections objection"
    " concerns lets let's rejected accepted adopted blessing chose opted settled confirmed conclusion".split()
)
_MARKER = re.compile(
    r"(?:Decision|Decided|Resolution|Resolved|Agreed|AGREED|DECISION|DECIDED|Conclusion|Outcome|Consensus)\s?(?:made\s?)?:\s*(?P<rest>\S.*)"
)
_AGREED = re.compile(
    r"(?:^|[,;:.–—-] |\b(?:we|all|tsc|team|group|everyone|everybody|board|committee|and|was|were|been|it's|is|generally|have|has|also) )"
    r"(?:agreed|decided|resolved|concluded|opted|chose)\b(?! (?:with|in principle)\b)",
    re.I,
)
_CONSENSUS = re.compile(
    r"\b(?:consensus|agreement|conclusion|decision|resolution|outcome)\b[^.?]{0,40}?\b(?:is|was|were|to|that|on|seems|for|around|of)\b"
    r"|\bby consensus\b|\b(?:had|have|reached|got|achieved) (?:\w+ ){0,2}consensus\b",
    re.I,
)
_NO_CONSENSUS = re.compile(
    r"\b(?:no|not|without|lack of|need|needs|build|building|seek|seeking|unlikely|do we|does not|doesn't|don't|didn't|did not|"
    r"work for|towards?|get|looking for|try|if|unless|should|might|may|can|could|would|will|until|waiting|wait|make|making|which|whether|how|when|what|whose|previous|any|for)\b"
    r"[^.;,]{0,30}\b(?:consensus|agreement|decision|conclusion|resolution|outcome|agreed|decided|decide)\b",
    re.I,
)
_APPROVED = re.compile(
    r"\b(?:was|were|been|is|are|has been|have been|got|also|now|board|tsc|committee|members?|unanimously)\s(?:\w+\s)?(?:approved|ratified|rejected|accepted|adopted|confirmed|elected|re-elected)\b"
    r"|^(?:approved|ratified|adopted)\b",
    re.I,
)
_NOT_APPROVED = re.compile(
    r"\b(?:if|unless|until|once|when|needs?|to be|not|will be|should be|before|would be|can be|considered|could|may|whether|get|or)\b[^.;]{0,30}\b(?:approved|ratified|rejected|accepted|adopted|confirmed|elected)\b",
    re.I,
)
_VOTED = re.compile(
    r"\b(?:voted (?:to|for|against|in favou?r|on)|vote (?:has )?(?:passed|completed?|closed|was)|result of the vote)\b",
    re.I,
)
_NO_OBJECTION = re.compile(
    r"\b(?:no|nobody|zero|any|without)\b[^.;?]{0,20}\b(?:objections?|concerns?|objected|objects)\b(?! (?:about|with the)\b)",
    re.I,
)
_LETS = re.compile(r"(?:^|[,;:.–—-] |\b(?:so|and|ok|then) )let'?s (?P<verb>[a-z]+)", re.I)
_LETS_DECIDES = frozenset(
    "go move use defer keep skip wait drop postpone proceed adopt stick land ship merge revert close not have do start stop leave".split()
)
_OPINION = re.compile(
    r"\b(?:I think|would prefer|prefer|believe|not convinced|my (?:opinion|take|view)|opinion)\b", re.I
)
_LEAST = 0.5


def find(saying: Saying, scene: Scene) -> Claim | None:
    """Return the decision that a saying states, or None."""
    if saying.section == DECISIONS and saying.opens and not _NOTHING.search(saying.text[:40]):
        return _claim(saying, saying.text, "decision.section", 0.85)
    marked = _MARKER.match(saying.text) if saying.opens else None
    if marked and not saying.text.rstrip().endswith("?"):
        return _claim(saying, marked["rest"], "decision.marker", 0.92)
    if saying.words.isdisjoint(_WORDS) or saying.text.rstrip().endswith("?") or _AGENDA.search(saying.text):
        return None
    rule, confidence = _rule(saying, scene)
    if confidence < _LEAST:
        return None
    return _claim(saying, saying.text, f"decision.{rule}", confidence)


def _rule(saying: Saying, scene: Scene) -> tuple[str, float]:
    text = saying.text
    if _OPINION.search(text):
        return "", 0.0
    hedged = _NO_CONSENSUS.search(text) is not None
    if not hedged and _CONSENSUS.search(text) and (scene.is_meeting or "we" in saying.words):
        return "consensus", 0.8 if "consensus" in saying.words else 0.6
    if not hedged and _AGREED.search(text):
        if saying.speaker and saying.opens and re.match(r"agreed\b", text, re.I):
            return "agreed", 0.0
        own = "we" in saying.words or "i" in saying.words
        return "agreed", 0.8 if scene.is_meeting else 0.6 if own else 0.0
    if not scene.is_meeting:
        return "", 0.0
    if _VOTED.search(text):
        return "voted", 0.65
    if _APPROVED.search(text) and not _NOT_APPROVED.search(text):
        return "approved", 0.7
    if _NO_OBJECTION.search(text) and not re.search(r"\b(?:if|unless|any|please|only|address|raise)\b", text, re.I):
        return "no_objection", 0.55
    lets = _LETS.search(text)
    if lets and lets["verb"].lower() in _LETS_DECIDES:
        return "lets", 0.5
    return "", 0.0


def _claim(saying: Saying, words: str, rule: str, confidence: float) -> Claim:
    if saying.speaker and saying.speaker not in words:
        said = about(saying.speaker, words)
        words = said if saying.speaker in said else f"{saying.speaker}: {said}"
    bare = re.match(
        r"(?:agreed|decided|consensus|approved|no (?:objection|concern)|let'?s|lets|nobody|discussed)", words, re.I
    )
    if saying.topic and bare and saying.topic not in words:
        words = f"{saying.topic}: {words[:1].lower()}{words[1:]}"
    text = clipped(sentence_case(words))
    return Claim(
        DECISION,
        text,
        saying.start,
        saying.end,
        rule,
        confidence,
        saying.topic,
        claim_key(DECISION, text, saying.topic),
    )
