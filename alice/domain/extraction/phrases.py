"""Reads the verb phrases that bind somebody to an act: "Ada | will also | send". It says what stands there, not whether
it counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass

from alice.domain.extraction.lexicon import ACTS, GIVEN_NAMES, word_set
from alice.domain.extraction.names import Roster

# What links a person to what they will do, by rule name and confidence when the person is known.
_LINKS = {
    "will": ("will", 0.8), "'ll": ("will", 0.8), "shall": ("will", 0.7),
    "going to": ("going_to", 0.75), "gonna": ("going_to", 0.7), "about to": ("going_to", 0.7),
    "plans to": ("plans_to", 0.7), "plan to": ("plans_to", 0.65), "planning to": ("plans_to", 0.7),
    "planning on": ("plans_to", 0.65), "intends to": ("plans_to", 0.7), "aims to": ("plans_to", 0.6),
    "hoping to": ("plans_to", 0.5), "hopes to": ("plans_to", 0.5),
    "volunteered to": ("volunteered", 0.85), "offered to": ("volunteered", 0.8), "volunteers to": ("volunteered", 0.85),
    "offers to": ("volunteered", 0.75), "promised to": ("volunteered", 0.85), "committed to": ("volunteered", 0.75),
    "agreed to": ("agreed_to", 0.75), "action to": ("action", 0.9), "happy to": ("volunteered", 0.5),
    "to": ("to", 0.75), "needs to": ("needs_to", 0.6), "has to": ("needs_to", 0.6), "have to": ("needs_to", 0.55),
    "need to": ("needs_to", 0.55), "should": ("should", 0.5), "must": ("needs_to", 0.55),
    "can": ("can", 0.5),
}  # fmt: skip
_LINK = re.compile(
    r"(?P<link>'ll|will(?!-)|shall|going to|gonna|about to|plans? to|planning (?:to|on)|intends to|aims to|"
    r"hop(?:ing|es) to|(?:volunteer|offer)(?:ed|s) to|(?:promised|committed|agreed) to|action to|happy to|"
    r"(?:need|ha)s to|(?:need|have) to|should|must|can|to)(?![\w'])"
    r"(?P<soft>(?: (?:also|then|still|now|just|probably|likely|soon|definitely|hopefully|therefore|first|again|try to|"
    r"try and|continue to|need to|have to|be able to|go ahead and|get to|start to|at least|only))*)"
    r" ?(?P<verb>no longer\b|not\b|never\b|be [\w-]+ing\b|see (?:if|whether|what|how)\b|[\w'-]+)?"
)
# A link begins with one of these words. Those of the second set are everywhere, and mean something only of a person.
_PLAIN_HEADS = word_set(
    "will shall going gonna plan plans planning intends aims hoping hopes volunteered volunteers offered offers"
    " promised committed agreed action"
)
_PERSONAL_HEADS = word_set("to needs has have need should must can about happy")
_HEAD = {head: re.compile(rf"\b{head}\b") for head in _PLAIN_HEADS | _PERSONAL_HEADS}
_PRONOUNS = word_set("i we somebody someone")
_WORD = re.compile(r"[^\W\d_][\w']*")
_NAME = re.compile(r"@?[^\W\d_][\w.'-]*")
_AUXILIARIES = word_set(
    "is are am has have was 's also then both still does kindly now take takes took taken the an would be just had who"
)

# Too common in things that merely happen to count where nobody is named: "will use it", "will get slower".
_WEAK = word_set(
    "get use give take go come let put support continue pass keep run start show train turn clean make pull help be"
)
_STRONG = re.compile(
    r"(?:take (?:an? |the |another |next )?(?:look|action|care|it (?:on|up|offline)|on|over|point|steps?|this)"
    r"|put (?:together|up|in)|make (?:an?|another|sure|(?:the )?decision)|give (?:an?|the)|go through|"
    r"start (?:a|the|work)|continue (?:to|work|the))\b"
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A link in its sentence: what stands before it, the verb after it, where the link is, and who speaks."""

    sentence: str
    before: str
    at: int
    link: str
    rule: str
    confidence: float
    verb: str
    weak: bool
    asks: bool
    roster: Roster
    speaker: str | None

    @property
    def acts(self) -> bool:
        """Tell whether what follows is something that people do, even where nobody is named."""
        return is_act(self.verb) and not self.weak and not self.asks

    @property
    def after_pause(self) -> bool:
        """Tell whether the link begins its clause, so that no subject stands before it."""
        return not self.before or self.before[-1] in ",;:.!?(–—->"


@dataclass(frozen=True, slots=True)
class Subject:
    """The words right before a link: the last one, those it may form a name with, and where they begin."""

    last: str
    begin: int
    first: str
    first_begin: int
    joined: str  # "Ada and " in "Ada and Ben will"
    aux: bool


def phrases(
    sentence: str, roster: Roster, speaker: str | None, *, low: str | None = None, words: Set[str] | None = None
) -> Iterator[Phrase]:
    """Yield the phrases of `sentence` from left to right; `low` and `words` are its lower-case text and words."""
    low = sentence.lower() if low is None else low
    words = frozenset(_WORD.findall(low)) if words is None else words
    heads = words & _PLAIN_HEADS
    if not words.isdisjoint(_PERSONAL_HEADS) and (speaker or roster.mentions(words) or not words.isdisjoint(_PRONOUNS)):
        heads |= words & _PERSONAL_HEADS
    places = [match.start() for head in heads for match in _HEAD[head].finditer(low)]
    if "'ll" in low:
        places += [match.start() for match in re.finditer("'ll", low)]
    for place in sorted(places):
        if low.startswith("to ", place) and not _named_before(low, place, roster):
            continue
        match = _LINK.match(low, place)
        if match and match["verb"]:
            yield _phrase(sentence, match, roster, speaker)


def _named_before(low: str, place: int, roster: Roster) -> bool:
    """Tell whether "to" may follow a name ("Ada to", "Ada and Ben is to"), which it does once in a hundred times."""
    word = low[:place].rstrip().rpartition(" ")[2].strip("@(,")
    return word in ("is", "are") or word in roster.known or word in GIVEN_NAMES or not word


def _phrase(sentence: str, match: re.Match[str], roster: Roster, speaker: str | None) -> Phrase:
    rule, confidence = _LINKS[match["link"]]
    verb = match["verb"]
    return Phrase(
        sentence=sentence,
        before=sentence[: match.start()].rstrip(),
        at=match.start(),
        link=match["link"],
        rule=rule,
        confidence=confidence,
        verb=verb,
        weak=verb in _WEAK and not _STRONG.match(match.string, match.start("verb")),
        asks=sentence.rstrip().endswith("?"),
        roster=roster,
        speaker=speaker,
    )


def is_act(verb: str) -> bool:
    """Tell whether the verb is an act; "be sending" and "see whether" too."""
    if verb.startswith("see "):
        return True
    if not verb.startswith("be "):
        return verb in ACTS
    stem = verb[3:].removesuffix("ing")
    return not ACTS.isdisjoint((stem, stem + "e", stem[:-1]))


def subject_of(before: str) -> Subject | None:
    """Return the subject that `before`, the text up to a link, ends in; None when it ends in no word."""
    words = before[-160:].rsplit(" ", 6)[-6:]
    end, aux = len(before), False
    while len(words) > 1 and words[-1].lower() in _AUXILIARIES:
        end -= len(words.pop()) + 1
        aux = True
    last, mark, _ = words[-1].partition("'")
    if not _NAME.fullmatch(last):
        return None
    begin = end - len(words[-1])
    first = words[-2] if len(words) > 1 and _NAME.fullmatch(words[-2]) else ""
    joined = ""
    if len(words) > 2 and words[-2].lower() in ("and", "&"):
        joined, first = f"{words[-3]} {words[-2]} ", ""
    return Subject(last, begin, first, begin - len(first) - 1 if first else begin, joined, aux or bool(mark))
