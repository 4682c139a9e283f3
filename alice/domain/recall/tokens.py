"""What of a text is searched: plain words for Postgres to stem, n-grams where no blanks stand, and the language.

Texts and questions go through the same functions, or they would not meet. It must not stem: Postgres does.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

# Scripts that are written without blanks between words are searched by single characters and pairs.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003fffd]+"
)
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_LONGEST = 500  # characters of one word; Postgres refuses a lexeme of over 2,046 bytes
_SPEAKER = re.compile(
    r"\s*(?:[-*+•]\s+)?(?:\[?\d{1,2}:\d\d(?::\d\d)?\]?\s+)?[*_]{0,2}([^\W\d_][^:\n*_]{0,40}?)[*_]{0,2}:[*_]{0,2}\s"
)
_QUESTION = 20_000  # characters of a question


class _Plain(dict[int, str | int]):
    """A table for str.translate that learns each character once: letters, marks and digits stay, the rest is blank."""

    def __missing__(self, code: int) -> str | int:
        kept = unicodedata.category(chr(code))[0] in "LMN"
        self[code] = code if kept else " "
        return self[code]


_ASCII = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
_ANY = _Plain()


def plain(text: str) -> str:
    """Return the words of `text` in lower case between blanks: no parser takes `and/or` or `node.js` for one word.

    A word with accents is followed by itself without them, a run of unspaced script by its characters and pairs.
    """
    if text.isascii():
        return _shortened(text.translate(_ASCII))
    kept = unicodedata.normalize("NFKC", text).lower().translate(_ANY)
    if _ACCENTED.search(kept):
        kept = " ".join(spelling for word in kept.split() for spelling in variants(word))
    return _shortened(_UNSPACED.sub(lambda match: f" {' '.join((*match[0], *_pairs(match[0])))} ", kept))


def words(query: str, limit: int = 400) -> list[str]:
    """Return the different words to look for, in order, at most `limit`: pairs alone stand for an unspaced run."""
    kept = unicodedata.normalize("NFKC", query[:_QUESTION]).lower().translate(_ANY)
    kept = _UNSPACED.sub(lambda match: f" {' '.join(_pairs(match[0]) or match[0])} ", kept)
    return list(dict.fromkeys(word[:_LONGEST] for word in kept.split()))[:limit]


def named(query: str) -> set[str]:
    """Return the words of `query`, in lower case, that are written as names: with a capital, and not first."""
    kept = unicodedata.normalize("NFKC", query[:_QUESTION]).translate(_ANY).split()
    return {word.lower() for word in kept[1:] if word[:1].isupper()}


def speaker(text: str) -> tuple[str, str]:
    """Return who says a passage of a conversation (`Ann Lee: …`; empty when nobody is named), and the rest of it."""
    match = _SPEAKER.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def variants(word: str) -> list[str]:
    """Return the spellings under which `word` is looked for: as it is, and without accents."""
    return list(dict.fromkeys((word, _bare(word)))) if _ACCENTED.search(word) else [word]


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    return " ".join(word[:_LONGEST] for word in text.split())


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]


def _bare(word: str) -> str:
    spelled = "".join(_LETTERS.get(letter, letter) for letter in word.lower())
    return "".join(c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c))


# The words that a page of each language cannot do without, most telling first; names are Postgres' own.
_FUNCTION_WORDS = {
    "english": "the and of to is that a in it was for with you this have not are on be as at by from they we but i what"
    " which when where who how why do does did has had would could should there their about been our my his her",
    "german": "der die und das ist nicht ein ich zu mit auf für es den dem sich auch wir eine von wie wird noch bei wer"
    " wann wo warum welche haben sind",
    "french": "le la les et des est une dans que pour pas qui sur avec au nous vous ce il elle sont mais plus du quand"
    " où quel quelle comment pourquoi",
    "spanish": "el los las y que una por con para del no se es lo como pero más su al está este muy son qué cuándo"
    " dónde quién cómo cuál",
    "italian": "il che di non è per una sono con del della gli anche ma più come questo nel alla lo si ho quando"
    " dove chi perché quale",
    "portuguese": "os não que uma para com em do da dos mais por como mas foi ao ele se você na quando onde quem qual",
    "dutch": "het een van en is dat niet ik de op voor met zijn er maar ook aan wij naar dit bij wordt nog",
    "swedish": "och att det är inte som en på för med jag av ett den har om vi till kan från men ska",
    "danish": "og at det er ikke som en på for med jeg af et den har vi til kan fra men skal også blev",
    "norwegian": "og at det er ikke som en på for med jeg av et den har vi til kan fra men skal også ble",
    "finnish": "ja ei se että hän oli mutta olen kun myös ovat tai jos niin minä sen kuin mitä nyt vain",
    "hungarian": "és az hogy nem egy is van ez de meg csak volt már mint kell vagy most lesz még",
    "romanian": "și în nu la este care cu pe un din sunt mai ca dar pentru o fi această acest sau",
    "turkish": "ve bir bu da de için ile çok ne var daha gibi ama ben olarak değil sonra kadar en mi",
    "russian": "и в не на что я с он как это по но из у за то так же от мы бы для вы",
}
_TELLING: dict[str, list[str]] = {}
for _language, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _TELLING.setdefault(_word, []).append(_language)
FUNCTION_WORDS = frozenset(_TELLING)
_SCRIPTS = (("greek", "\u0370", "\u03ff"), ("arabic", "\u0600", "\u06ff"), ("hindi", "\u0900", "\u097f"),
            ("armenian", "\u0530", "\u058f"), ("tamil", "\u0b80", "\u0bff"))  # fmt: skip
_SAMPLE = 3_000
_WORD = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """Return the Postgres text search configuration that fits `text` best, by the function words of its beginning.

    Without any of them, ASCII letters count as `english` (identifiers, lists) and everything else as `simple`.
    """
    sample = text[:_SAMPLE].lower()
    found: dict[str, int] = {}
    times = Counter(_WORD.findall(sample))
    for word in times.keys() & _TELLING.keys():
        for name in _TELLING[word]:
            found[name] = found.get(name, 0) + times[word]
    if found:
        return max(sorted(found), key=lambda name: (found[name], name == "english"))
    if sample.isascii():
        return "english"
    letters = [char for char in sample if char.isalpha()]
    for name, first, last in _SCRIPTS:
        if sum(first <= char <= last for char in letters) * 2 > len(letters):
            return name
    return "simple"
