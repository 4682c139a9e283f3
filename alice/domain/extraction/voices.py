"""Tells who speaks on a line of minutes or chat, and what the line is about. It knows names, not what they said."""

from __future__ import annotations

import re
from typing import NamedTuple

from alice.domain.extraction.lexicon import NOBODY
from alice.domain.extraction.names import TOKEN, Roster
from alice.domain.extraction.sections import INITIATIVES

TOPIC = 120

_SPEAKER = re.compile(
    rf"(?P<name>@?{TOKEN}(?: {TOKEN}){{0,3}})(?:\s?\((?:in |via )?[\w ]{{1,20}}\))?"
    r"(?P<sep>\s?:|\s?,|\s?[-=]>|\s[–—-](?=\s)|\s\+)\s*(?=\S)"
)
_PAUSE = re.compile(r"[:,>+–—-]")
_ALONE = re.compile(rf"(?P<name>@?{TOKEN}(?: {TOKEN}){{0,2}})\s?[:,–—-]?")
_FIRST_NAME = re.compile(rf"(?P<name>@?{TOKEN}(?: {TOKEN})?)(?P<pause>\s?[,:–—-]\s*|$|(?= ))")
_TOKEN = re.compile(rf"@?{TOKEN}")
_PROJECT = re.compile(r"(?P<project>[\w.+/&-]+(?: [\w.+/&-]+){0,4})(?:\s*[,:]\s*|\s+[–—-]\s+)(?P<said>\S.*)", re.DOTALL)
_DASHES = ("-", "–", "—")
_ADDRESSED = re.compile(r"(?:can|could|would|will) you\b", re.IGNORECASE)
_REFERENCE = re.compile(r"[\s(\[]{0,4}(?:[\w.-]{1,39}/[\w.-]{1,60})?#\d{1,7}[\s)\]]{0,4}$|\s*[\[(]\d{1,7}[\])]\s*$")
_TOPIC_TAIL = re.compile(r"\s+[-–—]?\s*(?:[\w.-]+\.[a-z]{2,6}/\S*|\S+#\d+)$")


class Voice(NamedTuple):
    """What a line says of itself: its topic and its speaker, where it names them, and the words that are left."""

    topic: str | None
    speaker: str | None
    words: str


def hear(line: str, roster: Roster, section: str) -> Voice:
    """Split "Ada: I'll do it", "Ada, will do it", "Pump - Ada, no news" into topic, speaker and words."""
    alone = _ALONE.fullmatch(line) if len(line) <= 60 and line.count(" ") <= 3 else None
    if alone and roster.knows(alone["name"]):
        return Voice(None, roster.proper(alone["name"].lstrip("@")), "")
    match = _SPEAKER.match(line) if _PAUSE.search(line, 0, 80) else None
    if match is None:
        return Voice(None, None, line)
    name, sep, rest = match["name"], match["sep"].strip(), line[match.end() :]
    if sep == "," and _ADDRESSED.match(rest):
        # "Ada, can you …" speaks to Ada.
        return Voice(None, None, line)
    if roster.knows(name) or (sep == ":" and roster.listed and could_speak(name) and roster.may_be(name)):
        lists_projects = section == INITIATIVES and sep in _DASHES
        project, said = _split_project(rest) if lists_projects else (None, rest)
        return Voice(project, roster.proper(name.lstrip("@")), said)
    return _topic_first(line, name, sep, rest=rest, roster=roster, section=section)


def _topic_first(line: str, topic: str, sep: str, *, rest: str, roster: Roster, section: str) -> Voice:
    """ "Pump - Ada, no news": the topic stands before the name."""
    named = _FIRST_NAME.match(rest)
    if named is None or not (sep in (*_DASHES, ":") or section == INITIATIVES):
        return Voice(None, None, line)
    if roster.knows(named["name"]):
        return Voice(
            topic_of(topic), roster.proper(named["name"].lstrip("@")), rest[named.end() :] if named["pause"] else rest
        )
    first = _TOKEN.match(named["name"])
    if section == INITIATIVES and sep in _DASHES and first and roster.knows(first[0]):
        return Voice(topic_of(topic), roster.proper(first[0].lstrip("@")), rest)
    return Voice(None, None, line)


def speaker_before_colon(text: str, start: int, end: int) -> str | None:
    """Return the name before a colon at `start`, when it could be a speaker's."""
    match = _SPEAKER.match(text, start, min(end, start + 80))
    if match and match["sep"].strip() == ":" and could_speak(match["name"]):
        return match["name"].lstrip("@")
    return None


def could_speak(name: str) -> bool:
    """Tell whether `name` is written like a person's: up to three capitalised words, or a single one."""
    words = name.lstrip("@").split()
    if len(words) > 3 or words[0].casefold() in NOBODY:
        return False
    return len(words) == 1 or all(word[0].isupper() for word in words)


def _split_project(rest: str) -> tuple[str | None, str]:
    """Split "Greenhouse - no update" or "Pump, more to come", which follow a name, into project and words."""
    match = _PROJECT.match(rest)
    return (topic_of(match["project"]), match["said"]) if match else (None, rest)


def topic_of(words: str, longest: int = TOPIC) -> str | None:
    """Return a heading or parent item as a subject: no reference number at its end, at most `longest` characters."""
    topic = _TOPIC_TAIL.sub("", _REFERENCE.sub("", words.strip()[:1_000])).strip(" :;,.-–—#?")
    if len(topic) > longest:
        cut = topic.rfind(" ", longest // 2, longest)
        topic = topic[: cut if cut > 0 else longest].rstrip(" ,;:-") + "…"
    return topic or None
