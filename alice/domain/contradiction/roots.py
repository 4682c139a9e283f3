"""Brings English words to a root, so that "riding", "rides" and "ride" are one word. It knows no meanings.

A root is compared and never shown. Other languages come through nearly as they are, which only means fewer matches.
"""

from __future__ import annotations

from functools import lru_cache


def word_set(text: str) -> frozenset[str]:
    """Return the words of a written list as a set."""
    return frozenset(text.split())


_IRREGULAR = {
    form: word
    for word, forms in {
        "man": "men", "woman": "women", "child": "children", "person": "people persons", "foot": "feet",
        "knife": "knives", "leaf": "leaves", "life": "lives", "tooth": "teeth", "mouse": "mice", "wife": "wives",
        "run": "ran", "sit": "sat", "stand": "stood", "go": "went gone goes", "do": "did done does",
        "take": "took taken",
        "give": "gave given", "come": "came", "send": "sent", "buy": "bought", "pay": "paid", "write": "wrote written",
        "break": "broke broken", "speak": "spoke spoken", "drive": "drove driven", "eat": "ate eaten", "hold": "held",
        "ride": "rode ridden", "sell": "sold", "leave": "left", "begin": "began begun", "win": "won", "lose": "lost",
        "rise": "rose risen", "fall": "fell fallen", "choose": "chose chosen", "keep": "kept", "make": "made",
        "say": "said", "see": "saw seen", "know": "knew known", "grow": "grew grown", "draw": "drew drawn",
        "throw": "threw thrown", "fly": "flew flown", "sing": "sang sung", "swim": "swam swum", "drink": "drank drunk",
        "build": "built", "lend": "lent", "meet": "met", "feed": "fed", "lead": "led", "teach": "taught",
        "catch": "caught", "sleep": "slept", "spend": "spent", "tell": "told", "think": "thought", "find": "found",
        "get": "got gotten", "lie": "lying lay lain", "die": "dying", "tie": "tying", "have": "has had having",
    }.items()
    for form in forms.split()
}  # fmt: skip
_KEPT = word_set(
    "this his was is news always during morning evening nothing something anything everything bring king ring sing"
    " spring string thing wing bed red need feed seed speed bus gas lens yes hundred indeed"
)
_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """Return the root of a lower-case word: no plural, no "-ing", no "-ed", no doubled or mute last letter."""
    word = _IRREGULAR.get(word.removesuffix("'s"), word.removesuffix("'s"))
    if word in _KEPT or len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    for suffix, instead in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x")):
        if word.endswith(suffix) and len(word) > len(suffix) + 1:
            return _trimmed(word[: -len(suffix)] + instead)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("eed"):
        return _trimmed(word[:-1])
    for suffix in ("ing", "ed"):
        stem = word.removesuffix(suffix)
        if stem != word and len(stem) > 1 and not _VOWELS.isdisjoint(stem):
            return stem + "e" if len(stem) == 2 and stem[1] not in _VOWELS else _trimmed(stem)
    return _trimmed(word)


def _trimmed(word: str) -> str:
    """ "fall" and "falling" must meet, as must "ride" and "riding"."""
    word = word.removesuffix("e") if len(word) > 3 else word
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeious" else word


def root_set(text: str) -> frozenset[str]:
    """Return the roots of a written list as a set."""
    return frozenset(map(root, text.split()))
