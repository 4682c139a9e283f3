"""Finds what was decided: agreed, approved, voted, concluded. Opinions and the wish to agree are no decisions."""

from __future__ import annotations

import re

from alice.domain.extraction.claims import DECISION, Claim, claim_key, clipped
from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.loops import attributed, with_topic
from alice.domain.extraction.noise import is_agenda_housekeeping, is_question, says_nothing
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import DECISIONS
from alice.domain.extraction.voices import topic_of
from alice.domain.extraction.wording import sentence_case

_LEAST = 0.5
_HINTS = word_set(
    "agreed agrees decided decision consensus approved resolved voted vote ratified concluded objections objection"
    " concerns lets let's rejected accepted adopted blessing chose opted settled confirmed elected conclusion nobody"
)
_MARKER = re.compile(
    r"(?:Decision|Decided|Resolution|Resolved|Agreed|AGREED|DECISION|DECIDED|Conclusion|Outcome|Consensus)"
    r"(?: made)?\s?:\s*(?P<rest>\S.*)"
)
_AGREED = re.compile(
    r"(?:^|[,;:.–—-] |\b(?:we|all|tsc|team|group|everyone|everybody|board|committee) (?:(?:have|had|all|also|"
    r"then|generally|just) )*"
    r"|\b(?:it|this) (?:was|is) (?:also |generally )?|\b(?:discussed|talked|reviewed) and )"
    r"(?:agreed|decided|concluded|chose)\b(?! (?:with|in principle|last|earlier|previously)\b)(?P<what>[^.;]*)",
    re.IGNORECASE,
)
_CONSENSUS = re.compile(
    r"\b(?:consensus(?!-)(?: (?:in|of|from|among|at) [^,.;]{1,40}?)?(?: seems| appears)? (?:(?:is|was|to be|"
    r"seems) )?(?:to|that|on|is|was|around|not to|against)"
    r"|(?:conclusion|decision|agreement) (?:is|was|to|that|not to)|by consensus(?!-)|(?:came|come) to (?:the |"
    r"a )?conclusion"
    r"|(?:had|have|reached|got|achieved|there is|there was) (?:\w+ ){0,2}consensus)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"\b(?:no|not|without|lack of|needs?|build|building|seek|seeking|unlikely|do we|doesn't|don't|didn't|finding|"
    r"find|with|"
    r"work for|towards?|get|getting|looking for|try|if|unless|should|might|may|can|could|would|will|until|"
    r"waiting|wait|make|assume|assuming|"
    r"making|which|whether|how|when|what|whose|previous|any|for|ensure|confirm|before|likely)\b"
    r"[^.;,]{0,30}\b(?:consensus|agreement|decision|conclusion|agreed|decided|decide|chose|concluded)\b",
    re.IGNORECASE,
)
_APPROVED = re.compile(
    r"\b(?:was|were|been|is|got|also|now|board|tsc|committee|members?|unanimously)\s(?:\w+\s)?"
    r"(?:approved|ratified|rejected|accepted|adopted|re-?elected)\b|\b(?:was|were|been) elected\b|^(?:approved|"
    r"ratified|adopted)\b",
    re.IGNORECASE,
)
_NOT_APPROVED = re.compile(
    r"\b(?:if|unless|until|once|when|needs?|to be|not|will be|should be|before|would be|can be|considered|could|"
    r"may|whether|"
    r"get|or|hear)\b[^.;]{0,30}\b(?:approved|ratified|rejected|accepted|adopted|confirmed|elected)\b",
    re.IGNORECASE,
)
_VOTED = re.compile(
    r"\b(?:voted (?:to|for|against|in favou?r|on)|vote (?:has |is |was )?(?:passed|completed?|closed|finished)|"
    r"results? of the vote)\b",
    re.IGNORECASE,
)
_GROUP_AGREES = re.compile(
    r"\b(?:the )?(?:tsc|group|team|board|committee|everyone|everybody) agrees?\b(?! with)", re.IGNORECASE
)
_NO_OBJECTION = re.compile(
    r"\b(?:no|nobody|zero)\b[^.;?]{0,20}\b(?:objections?|concerns?|objected|objects)\b(?! (?:about|with the)\b)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|unless|any|please|only|address|raise|assum(?:e|es|ed|ing)|otherwise|once|asks?|until)\b", re.IGNORECASE
)
_ASSEMBLED = re.compile(
    r"\b(?:meeting|members?|those|call|issue|pr|tsc|team|group|everyone|raised|voiced)\b", re.IGNORECASE
)
_NO_LONGER = re.compile(r"(?:^|[,;.] |\bwe )will (?:no longer|not) (?!be\b|have\b)\w+", re.IGNORECASE)
_LETS = re.compile(r"(?:^|[,;:.–—-] |\b(?:so|and|ok|then) )let'?s (?P<verb>[a-z]+)", re.IGNORECASE)
_LETS_DECIDES = word_set("go move use defer drop postpone proceed adopt stick land ship merge revert close")
_OPINION = re.compile(
    r"\b(?:I think|would prefer|prefer|believe|not convinced|my (?:opinion|take|view)|opinion|we should)\b",
    re.IGNORECASE,
)
_BARE_START = re.compile(
    r"(?:agreed|decided|consensus|approved|no|nobody|let'?s|discussed|voted|vote)\b", re.IGNORECASE
)


def find(saying: Saying, scene: Scene) -> Claim | None:
    """Return the decision that a saying states, or None."""
    text = saying.text
    if saying.section == DECISIONS and saying.opens and not says_nothing(text) and len(text) > 12:
        return _claim(saying, text, "section", 0.85)
    marked = _MARKER.match(text) if saying.opens else None
    if marked and not is_question(text):
        return _claim(saying, marked["rest"], "marker", 0.92)
    hinted = not saying.words.isdisjoint(_HINTS) or "will no" in saying.low
    if not hinted or is_question(text) or text.endswith((":", " is", " to")):
        return None
    rule, confidence = _rule(saying, scene)
    return _claim(saying, text, rule, confidence) if confidence >= _LEAST else None


def _rule(saying: Saying, scene: Scene) -> tuple[str, float]:
    """Return the rule that fires and its confidence; ("", 0) when none does. Outside of minutes only "we agreed"."""
    text = saying.text
    if _OPINION.search(text):
        return "", 0.0
    agreed = _AGREED.search(text)
    about_agenda = is_agenda_housekeeping(agreed["what"].split(",")[0][:60] if agreed else text.split(",", 1)[0])
    if about_agenda or (saying.direct and saying.low.startswith("agreed")):
        # One speaker's "agreed" is an opinion, and what an agenda holds is no decision.
        return "", 0.0
    settled = not _NOT_YET.search(text)
    if settled and _CONSENSUS.search(text) and (scene.is_meeting or "we" in saying.words):
        return "consensus", 0.8 if "consensus" in saying.words else 0.6
    if settled and agreed and (scene.is_meeting or "we" in saying.words):
        return "agreed", 0.8 if scene.is_meeting else 0.55
    if scene.is_meeting and not saying.direct and _NO_LONGER.search(text):
        return "will_not", 0.55
    return _assent(saying) if scene.is_meeting else ("", 0.0)


def _assent(saying: Saying) -> tuple[str, float]:
    """What minutes say instead of "agreed": voted, approved, nobody objected, let's."""
    text = saying.text
    if _VOTED.search(text) or _GROUP_AGREES.search(text):
        return "voted", 0.65
    if _APPROVED.search(text) and not _NOT_APPROVED.search(text):
        return "approved", 0.7
    if _NO_OBJECTION.search(text) and not _CONDITION.search(text):
        spoken = saying.direct and not _ASSEMBLED.search(text)
        return ("", 0.0) if spoken or not (saying.topic or _ASSEMBLED.search(text)) else ("no_objection", 0.55)
    lets = _LETS.search(text)
    decides = lets and lets["verb"].lower() in _LETS_DECIDES and not _CONDITION.search(text)
    return ("lets", 0.5) if decides else ("", 0.0)


def _claim(saying: Saying, words: str, rule: str, confidence: float) -> Claim:
    answers = (saying.opens and _BARE_START.match(words)) if rule == "no_objection" else len(words.split()) <= 4
    words = _answering(words, saying) if answers else attributed(words, saying)
    if _BARE_START.match(words):
        words = with_topic(words, saying.topic)
    text = clipped(sentence_case(words))
    key = claim_key(DECISION, text, saying.topic)
    return Claim(DECISION, text, saying.start, saying.end, f"decision.{rule}", confidence, saying.topic, key)


def _answering(words: str, saying: Saying) -> str:
    """ "No objections" and "the board agrees" answer what was said before."""
    above = topic_of(saying.above, 200) if saying.above else None
    if above is None or above == saying.topic or above in words:
        return attributed(words, saying)
    return f"{above}: {words[:1].lower()}{words[1:]}"
