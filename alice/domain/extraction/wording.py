"""Turns marked-up text into plain sentences, and what a speaker said of themselves into a sentence about them.

The words stay the writer's own; only marks, links and the first person change. Spans are never touched here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alice.domain.extraction.lexicon import word_set

LONGEST_SENTENCE = 700

_LINK = re.compile(
    r"!?\\?\[(?P<text>[^\[\]\n]{0,300}?)\\?\]\\?\((?P<href>[^()\s]{0,600}(?:\([^()\s]{0,100}\)[^()\s]{0,200})?)"
    r"(?:\s\"[^\"\n]{0,200}\")?\)"
    r"|\[\[(?:[^\[\]|\n]{0,200}\|)?(?P<wiki>[^\[\]|\n]{1,200})\]\]"
    r"|<?(?P<url>https?://[^\s<>\"')\]]{1,600})>?"
    r"|\[(?P<bare>#\d{1,7})\]"
)
_FORGE = re.compile(
    r"https?://(?:www\.)?(?:github|gitlab)\.com/([\w.-]+/[\w.-]+)/(?:-/)?(?:issues|pull|merge_requests|discussions)/(\d+)"
)
_LEADS_TO_A_LINK = re.compile(
    r"(?:^|[:(\u201c\u2013\u2014-]|\b(?:see|at|on|in|from|to|via|by|of|is))[\s<]*$", re.IGNORECASE
)
_EMPHASIS = re.compile(
    r"\*\*|~~|(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])|(?<![\w/.])__?(?=[^\s_])|(?<=[^\s_])__?(?![\w/])"
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])|\\(?=\s|$)")

# A full stop ends a sentence when a blank and no small letter follow; the ideographic one always does.
_END = re.compile(
    r"[.!?…。！？\n](?:(?<=[.!?…])[\"')\]»”’]*\s+(?=[\"'(\[«“‘*_`]*[^\W_a-z])|(?<=[。！？])|(?<=\n)[ \t]*\n)"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|e\.g|i\.e|etc|vs|cf|mr|mrs|ms|dr|prof|st|no|nr|approx|resp|incl|fig|feb|jan|aug|sept?|oct|"
    r"nov|dec|z\.b|d\.h|usw|bzw|ca)\.$",
    re.IGNORECASE,
)

_FIRST_PERSON = re.compile(
    r"\b(?:I(?P<will>'ll| will)|I(?P<am>'m| am)|I(?P<have>'ve| have)|I(?P<had>'d)|I(?P<do> do)|"
    r"(?P<i>I)(?: (?P<verb>[a-z]+))?|(?P<my>my)|(?P<mine>mine)|(?P<myself>myself)|(?P<me>me))\b"
)
_TO_ONE_PRESENT = re.compile(r"\b(?:you|yours?|yourself|yourselves)\b", re.IGNORECASE)
_PAST_OR_MODAL = word_set(
    "will would can could should shall may might must was had did got said went made took saw found put let thought"
    " sent ran wrote added opened also just still already never always really not"
)


def plain(text: str) -> str:
    """Return `text` on one line without Markdown: links by their words, a bare URL short or gone."""
    if "’" in text or "‘" in text:
        text = text.replace("’", "'").replace("‘", "'")
    if "[" in text or "://" in text:
        text = _LINK.sub(_linked, text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "`" in text:
        text = text.replace("`", "")
    if "*" in text or "_" in text or "~~" in text:
        text = _EMPHASIS.sub("", text)
    return " ".join(text.split())


def _linked(match: re.Match[str]) -> str:
    if match["text"] is not None:
        return match["text"]
    if match["wiki"] is not None:
        return match["wiki"]
    if match["bare"] is not None:
        return match["bare"]
    forge = _FORGE.match(match["url"])
    if forge:
        return f"{forge[1]}#{forge[2]}"
    short = match["url"].split("://", 1)[1].removeprefix("www.").rstrip("/.,;:")
    shown = short if len(short) <= 60 else short.split("/", 1)[0]
    return shown if _LEADS_TO_A_LINK.search(match.string, max(0, match.start() - 20), match.start()) else f"({shown})"


def sentence_spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the sentences in `text[start:end]`, without blanks at their edges."""
    left = start
    for match in _END.finditer(text, start, end):
        if match[0][0] == "." and _ABBREVIATION.search(text, max(left, match.start() - 8), match.start() + 1):
            continue
        right = match.start() + len(match[0].rstrip())
        if right > left:
            yield left, right
        left = match.end()
    if left < end:
        yield left, end


def about(speaker: str, sentence: str) -> str:
    """Return what `speaker` said in the first person as said about them: "I'll send my notes" by Ada becomes
    "Ada will send their notes". Only the first "I" becomes the name."""
    if "I" not in sentence and "m" not in sentence:
        return sentence
    named = speaker in sentence

    def third(match: re.Match[str]) -> str:
        nonlocal named
        if match["my"]:
            return "their"
        if match["mine"]:
            return "theirs"
        if match["myself"]:
            return "themselves"
        if match["me"]:
            return "them"
        who, named = ("they" if named else speaker), True
        return who + _third_verb(match, plural=who == "they")

    return _FIRST_PERSON.sub(third, sentence)


def reported(speaker: str, sentence: str) -> str:
    """Return what `speaker` said among others as said about them; in their own words, after their name, where they
    spoke to somebody who was there: told to the reader, "you" would be the wrong one."""
    if _TO_ONE_PRESENT.search(sentence) and _FIRST_PERSON.search(sentence):
        return f"{speaker}: {sentence}"
    return about(speaker, sentence)


def _third_verb(match: re.Match[str], *, plural: bool) -> str:
    if match["will"]:
        return " will"
    if match["am"]:
        return " are" if plural else " is"
    if match["have"]:
        return " have" if plural else " has"
    if match["had"]:
        return " would"
    if match["do"]:
        return " do" if plural else " does"
    verb = match["verb"]
    if not verb:
        return ""
    if plural or verb in _PAST_OR_MODAL or (verb.endswith(("ed", "ly")) and not verb.endswith("need")):
        return " " + verb
    return " " + _with_s(verb)


def _with_s(verb: str) -> str:
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def sentence_case(text: str) -> str:
    """Return `text` with a capital first letter and without a trailing comma, colon or full stop."""
    text = text.strip().rstrip(",;: ")
    if text.endswith(".") and not text.endswith(".."):
        text = text[:-1]
    first = text.split(" ", 1)[0]
    if first[:1].islower() and re.sub(r"['’]", "", first).isalpha():
        text = text[0].upper() + text[1:]
    return text
