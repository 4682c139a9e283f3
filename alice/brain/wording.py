"""Plain English for composed artifacts: days, ages, counts, lists of names, topics and short sentences.

It must not choose what to say; it is handed the words and only sets them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from alice.domain.extraction.claims import clipped
from alice.domain.extraction.wording import plain, sentence_case
from alice.domain.texts.spans import span

SENTENCE = 220
TOPIC = 80
_REFERENCE = re.compile(r"[\s,;(\[]*(?:[\w.-]+/[\w.-]+)?#\d{1,7}[)\]]*(?=$|[\s,;.])")
_ADDRESS = re.compile(r"\s+(?:[\w-]+\.){2,}[a-z]{2,}(?:/\S*)?$")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_AREA = re.compile(r"^[a-z][\w,/ -]{1,18}: +(?=\S)")
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")
_UNCLOSED = re.compile(r"(?<=\w)[\s,;:]*\([^()]{0,30}$")  # a sentence that was cut in a parenthesis
_HANGING = re.compile(r"\b(?:a|an|and|as|at|by|for|from|in|of|on|or|than|that|the|to|with)$", re.IGNORECASE)
_LEANING = re.compile(
    r"(?:it|this|that|these|those|they|he|she|which|and|but|so|then|also)\b|(?:I|we)\b.{0,24}\b(?:it|this|that|them)\b",
    re.IGNORECASE,
)
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """a about add after all also an and any are as at be been but by can could do does doc for from get had has
        have how if in into is it its more need needs new next no not now of on once one open or our out should so some
        still than that the their them then there these they this those to up was we were what when where which will
        with would you your""",
    )
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SMALL_NUMBERS = re.findall(r"\w+", "no one two three four five six seven eight nine ten eleven twelve")


def topic(text: str | None) -> str:
    """Return a subject as a short name: no reference numbers, no area before a colon, at most 80 long.

    A repository's name alone is where something stands and not what it is about: it gives an empty name."""
    words = _REFERENCE.sub("", plain(text or "")).strip(" :;,.-–—#")
    if _REPOSITORY.fullmatch(words):
        return ""
    bare = _AREA.sub("", words)
    words = bare if len(bare.split()) > 1 else words
    return clipped(words[:1].upper() + words[1:] if words[:1].islower() and words[1:2].islower() else words, TOPIC)


def sentence(text: str, longest: int = SENTENCE) -> str:
    """Return `text` as one plain sentence with its stop, cut at a blank when it is longer than `longest`."""
    words = _UNCLOSED.sub("", clipped(sentence_case(plain(text)), longest)).rstrip(" ,;:")
    return words if words.endswith(("…", "?", "!", ".")) else f"{words}."


def clause(text: str, longest: int) -> str | None:
    """Return `text` as a clause of a headline, or None when it is too long or too broken to be one."""
    words = re.sub(r"\s*\([^()]*\)", "", plain(text))
    words = _ADDRESS.sub("", _REFERENCE.sub("", words)).strip(" .;:,–—-")
    if not 8 <= len(words) <= longest or any(mark in words for mark in '…?!:;()[]"/<>|=') or " - " in words:
        return None
    return None if _HANGING.search(words) else words


def lowered(words: str) -> str:
    """Return `words` for the middle of a sentence: the first letter small when that word is an ordinary one."""
    first = words.split(" ", 1)[0]
    return words[0].lower() + words[1:] if first[1:].islower() and first.casefold() in _COMMON else words


def together(first: str, second: str, names: Iterable[str] = ()) -> str:
    """Return two clauses as one line: with "and" where the second can stand inside a sentence, else set apart.

    A capital that stays inside a sentence has to be that of a name: of one of `names`, or written like one.
    """
    inside = lowered(second)
    word = re.sub(r"['’]s$", "", inside.split(" ", 1)[0])
    named = not word[1:].islower() or word.casefold() in {name.casefold() for name in names}
    return f"{first}, and {inside}" if word[:1].islower() or named else f"{first}; {inside}"


def terms(text: str) -> frozenset[str]:
    """Return the words of `text` that carry meaning, in lower case and without a plural s."""
    found = (w.casefold().rstrip(".'’-") for w in _WORD.findall(text))
    return frozenset(w.removesuffix("s") if len(w) > 3 else w for w in found if w not in _COMMON and len(w) > 1)


def alike(one: str, other: str) -> bool:
    """Tell whether two sentences say nearly the same: most of the words of the shorter are in the other."""
    a, b = terms(one), terms(other)
    return _alike(len(a & b), len(a), len(b))


def _alike(shared: int, one: int, other: int) -> bool:
    """Tell the same of two sentences of so many terms that share so many."""
    short = min(one, other)
    return short > 0 and shared >= (0.75 * short if short >= 4 else max(one, other))


class Told:
    """What has been said already, by the terms of each sentence, so that nothing is said twice."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._sizes: list[int] = []
        self._holding: dict[str, list[int]] = {}  # by term, the sentences that hold it
        for text in texts:
            self._remember(terms(text))

    def tell(self, text: str) -> bool:
        """Remember `text`; return False when something nearly the same was told before."""
        own = terms(text)
        shared = Counter(index for term in own for index in self._holding.get(term, ()))
        if any(_alike(number, len(own), self._sizes[index]) for index, number in shared.items()):
            return False
        self._remember(own)
        return True

    def _remember(self, own: frozenset[str]) -> None:
        for term in own:
            self._holding.setdefault(term, []).append(len(self._sizes))
        self._sizes.append(len(own))


def leaning(text: str) -> bool:
    """Tell whether a sentence cannot be understood without the one before it."""
    return _LEANING.match(text) is not None


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return "no notes", "one note", "three notes", "41 notes"."""
    said = _SMALL_NUMBERS[number] if 0 <= number < len(_SMALL_NUMBERS) else f"{number:,}"
    return f"{said} {noun if number == 1 else plural or noun + 's'}"


def ordinal(number: int) -> str:
    """Return "1st", "2nd", "3rd", "4th", "11th"."""
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def joined(names: Sequence[str], last: str = "and") -> str:
    """Return "a", "a and b", "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def day(moment: date, today: date) -> str:
    """Return "today", "tomorrow", "Fri 8 May", or with its year when that is another."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((moment - today).days)
    if near:
        return near
    written = f"{moment.day} {_MONTHS[moment.month - 1]}"
    if moment.year != today.year:
        return f"{written} {moment.year}"
    return f"{_DAYS[moment.weekday()]} {written}" if abs((moment - today).days) < 60 else written


def on_day(named: str) -> str:
    """Return a day as `day` names it for the beginning of a sentence: "On Fri 8 May", "Yesterday"."""
    return named.capitalize() if named in ("today", "tomorrow", "yesterday") else f"On {named}"


def full_day(moment: date) -> str:
    """Return "8 May 2026"."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def ago(days: int) -> str:
    """Return "today", "yesterday", "5 weeks ago"."""
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{span(days)} ago"
