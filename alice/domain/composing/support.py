"""Whether words bear out a sentence, told by the words alone: numbers, names, negation, hedges and shared terms.

It cannot tell who did what to whom; it errs towards *not borne out*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.wording import plain, sentence_spans
from alice.domain.texts.blocks import scan

LEAST_SHARED = 0.7


class Fault(StrEnum):
    """Why a sentence is not borne out. All but `few_words` make it say something else than the evidence."""

    NUMBER = "number"
    NAME = "name"
    NEGATION = "negation"
    HEDGE = "hedge"
    QUESTION = "question"
    FEW_WORDS = "few_words"


_SMALL = {
    word: str(n)
    for n, word in enumerate(
        re.findall(
            r"\w+",
            """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty""",
        )
    )
}
_UNITS = word_set(
    """second minute hour day week month quarter year percent euro dollar pound cent thousand million billion kilo
    km metre meter mile gram litre liter people person time times page item note"""
)
_FUNCTION = word_set(
    """a about above after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing down during each few for from further had has have having he
    her here hers him his how i if in into is it its itself just me more most my now of off on once only or
    other our ours out over own same she should so some still such than that the their theirs them then there
    these they this those through to too two under until up very was we were what when where which while who
    whom why will with would you your yours according says said say note notes noted source sources passage
    evidence yet already today"""
)
_NEGATIONS = word_set(
    """not no never none nobody nothing nowhere neither nor cannot without hardly barely fail fails failed unable
    refuse refuses refused reject rejects rejected deny denies denied cancel cancels cancelled canceled"""
)
_HEDGES = word_set(
    """may might could perhaps maybe possibly probably likely unlikely seems seem apparently allegedly considering
    proposed propose proposes suggested suggest suggests if unless unsure unclear hopes hope hopefully wants"""
)
_ORDINARY = _FUNCTION | _NEGATIONS | _HEDGES | frozenset(_SMALL)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?(?:[.,:][0-9]+)*")
_NUMBER = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")
_SPELLED = re.compile(rf"\b(?:{'|'.join(_SMALL)})\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=[0-9])[,](?=[0-9]{3}(?:\D|$))")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "e")
_URL = re.compile(r"(?:https?|ftp|file)\s{0,2}:\s{0,2}/|(?:javascript|data):\w|www\.|\]\(", re.IGNORECASE)


def fault(said: str, cited: Iterable[str], *, told: Iterable[str] = ()) -> Fault | None:
    """Return why the texts `cited` do not bear out `said`, or None when they do.

    `told` is what is known of their sources (titles, days): good for names and numbers, not for what was said.
    """
    quoted = list(cited)
    texts = [plain(text) for text in quoted]
    if wrong := mismatch(said, [*texts, *told]):
        return wrong
    terms = _terms(said)
    held = frozenset().union(*(_terms(text) for text in texts)) if texts else frozenset()
    first = _first_word(said)
    if not terms or len(terms & held) < LEAST_SHARED * len(terms) or (first and _stem(first) not in held):
        return Fault.FEW_WORDS
    return _polarity(said, terms, quoted)


def mismatch(said: str, texts: Iterable[str], *, counting: bool = False) -> Fault | None:
    """Return NUMBER or NAME when `said` holds one that stands in none of `texts`.

    Who is `counting` may write a small number as a word of their own: "these two".
    """
    whole = list(texts)
    if counting:
        said = _SPELLED.sub("some", said)
    numbers = frozenset().union(*(_numbers(text) for text in whole)) if whole else frozenset()
    if not _numbers(said) <= numbers:
        return Fault.NUMBER
    words = frozenset().union(*(_forms(text) for text in whole)) if whole else frozenset()
    return None if _names(said) <= words else Fault.NAME


def best(said: str, text: str) -> tuple[int, int]:
    """Return the span of the sentence of `text` that shares most terms with `said`; the first of several."""
    terms = _terms(said)
    return max(sentences(text), key=lambda s: (len(terms & _terms(text[s[0] : s[1]])), -s[0]))


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of `text`, none of them across list items; all of it when it has none."""
    found = []
    for block in scan(text):
        for left, right in sentence_spans(text, block.body, block.end):
            words = text[left:right]
            if words.strip():
                found.append((left + len(words) - len(words.lstrip()), left + len(words.rstrip())))
    return found or [(0, len(text))]


def shares(said: str, text: str) -> bool:
    """Tell whether two texts have a term in common."""
    return bool(_terms(said) & _terms(text))


def holds_address(text: str) -> bool:
    """Tell whether `text` holds a link or an address."""
    return _URL.search(text) is not None


def _polarity(said: str, terms: frozenset[str], texts: list[str]) -> Fault | None:
    """Compare `said` with the sentences that bear it out best: all of those that share as much as the best does."""
    told = [plain(text[left:right]) for text in texts for left, right in sentences(text)]
    shared = [(len(terms & _terms(one)), one) for one in told]
    most = max((n for n, _ in shared), default=0)
    close = [one for n, one in shared if n == most]
    faults = [_against(said, one) for one in close]
    return None if None in faults else faults[0] if faults else Fault.FEW_WORDS


def _against(said: str, sentence: str) -> Fault | None:
    own, other = _lower(said), _lower(sentence)
    if sentence.rstrip("\"'”’) ").endswith("?") and not said.rstrip().endswith("?"):
        return Fault.QUESTION
    if _negated(own) != _negated(other):
        return Fault.NEGATION
    return Fault.HEDGE if other & _HEDGES and not own & _HEDGES else None


def _negated(words: frozenset[str]) -> bool:
    return bool(words & _NEGATIONS) or any(w.endswith(("n't", "n’t")) for w in words)


@lru_cache(maxsize=512)
def _lower(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text) if word != "May")


@lru_cache(maxsize=512)
def _terms(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning; negations and numbers are compared by themselves."""
    words = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    plain_words = (word.removesuffix("'s").rstrip("'") for word in words if not word.endswith("n't"))
    return frozenset(_stem(w) for w in plain_words if not (w in _FUNCTION or w in _NEGATIONS or _NUMBER.match(w)))


def _stem(word: str) -> str:
    if len(word) > 3:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 3:
                return word[: -len(ending)]
    return word


@lru_cache(maxsize=512)
def _numbers(text: str) -> frozenset[str]:
    """Return the numbers of `text` in one spelling, and with their unit where one follows: "5", "5 week"."""
    found = []
    words = _WORD.findall(_THOUSANDS.sub("", text).lower())
    for word, after in zip(words, [*words[1:], ""], strict=False):
        digits = _SMALL.get(word) or (m[0] if (m := _NUMBER.match(word)) else None)
        if digits is None or (word == "one" and after.rstrip("s") not in _UNITS):
            continue
        plain_digits = digits.replace(",", ".")
        found.append(plain_digits)
        if after.rstrip("s") in _UNITS:
            found.append(f"{plain_digits} {after.rstrip('s')}")
    return frozenset(found)


@lru_cache(maxsize=512)
def _forms(text: str) -> frozenset[str]:
    return frozenset(re.sub(r"['’]s?$", "", word.casefold()) for word in _WORD.findall(text))


def _names(said: str) -> frozenset[str]:
    """Return the words written as names: with a capital inside a sentence."""
    found = []
    for left, right in sentence_spans(said, 0, len(said)):
        for number, word in enumerate(_WORD.findall(said[left:right])):
            bare = re.sub(r"['’]s?$", "", word)
            if number and bare[:1].isupper() and bare.lower() not in _ORDINARY:
                found.append(bare.casefold())
    return frozenset(found)


def _first_word(said: str) -> str | None:
    """Return the word that a sentence begins with when it may be a name: capitalised and no ordinary word."""
    words = _WORD.findall(said)
    bare = re.sub(r"['’]s?$", "", words[0]) if words else ""
    return bare.lower() if bare[:1].isupper() and bare.lower() not in _ORDINARY else None
