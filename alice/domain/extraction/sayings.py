"""Reads blocks as sayings: one sentence each, with who says it, what it is about and what section it stands in.

It must not judge whether a sentence matters; the rule modules do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from alice.domain.blocks import Block, flat, scan
from alice.domain.extraction.lexicon import NOBODY, word_set
from alice.domain.extraction.names import TOKEN, Listed, Roster, listed_person, roster_of
from alice.domain.extraction.wording import LONGEST_SENTENCE, plain, sentence_spans

TOPIC = 120
_MOST_SENTENCES = 60  # of one block: beyond this it is no note, and the rest would only cost time

PEOPLE, ACTIONS, DECISIONS, QUESTIONS = "people", "actions", "decisions", "questions"
NEWS, INITIATIVES, ASIDE, STANDING = "news", "initiatives", "aside", "standing"

_SECTIONS = re.compile(
    r"(?P<people>present|attendees?|attendance|participants?|in attendance|invited|apologies|regrets|absent|"
    r"members present)"
    r"|(?P<actions>(?:my |open |new )?(?:action items?|actions|to-?dos?|todo list|tasks|next steps?|"
    r"follow[ -]?ups?|commitments)|(?:the |my |[\w.-]{1,30}'s )?plan is to)"
    r"|(?P<decisions>(?:key |main )?(?:decisions?|resolutions?|agreements|what we decided)(?: made| taken)?|"
    r"(?:(?:so )?(?:we|all|the group|tsc) )?(?:have )?(?:agreed|decided|concluded)(?: to| that| on)?|"
    r"consensus(?: is| was)?(?: that| to)?)"
    r"|(?P<questions>(?:open |unanswered )?questions)"
    r"|(?P<news>announcements?|(?:.{0,40} )?updates?|news|status|highlights)"
    r"|(?P<initiatives>(?:strategic |current |active )?(?:initiatives?|projects|workstreams))"
    r"|(?P<standing>reminders?|standing items?)"
    r"|(?P<aside>links?|upcoming meetings?|references?|resources|further reading|see also|credits|licen[sc]e|footnotes|"
    r"table of contents|contents|background reading|sources)",
    re.IGNORECASE,
)
_CHECKBOX = re.compile(r"\s*\[(?P<mark>[ xX/-])\]\s+")
_SPEAKER = re.compile(
    rf"(?P<name>@?{TOKEN}(?: {TOKEN}){{0,3}})(?:\s?\((?:in |via )?[\w ]{{1,20}}\))?"
    r"(?P<sep>\s?:|\s?,|\s?[-=]>|\s[–—-](?=\s)|\s\+)\s*(?=\S)"
)
_ALONE = re.compile(rf"(?P<name>@?{TOKEN}(?: {TOKEN}){{0,2}})\s?[:,–—-]?")
# Headings that name a part of any document, not what is talked about below them.
_NO_TOPICS = word_set(
    "agenda minutes notes discussion discussions general other misc topics meeting summary overview aob log"
) | {"any other business"}
_ADDRESSED = re.compile(r"(?:can|could|would|will) you\b", re.IGNORECASE)
_REFERENCE = re.compile(r"[\s(\[]{0,4}(?:[\w.-]{1,39}/[\w.-]{1,60})?#\d{1,7}[\s)\]]{0,4}$|\s*[\[(]\d{1,7}[\])]\s*$")
_TOPIC_TAIL = re.compile(r"\s+[-–—]?\s*(?:[\w.-]+\.[a-z]{2,6}/\S*|\S+#\d+)$")


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence: its span in the source, its plain words without the speaker's name, and where it stands.

    `task` is "open" or "done" for an item with a checkbox, else "". `opens` tells whether it begins its block,
    `direct` whether the speaker is named on the block itself, and not only above it; `above` is what the item right
    above it says.
    """

    start: int
    end: int
    text: str
    speaker: str | None
    topic: str | None
    section: str
    task: str
    opens: bool
    direct: bool
    above: str | None
    low: str
    words: frozenset[str]


@dataclass(slots=True)
class Scene:
    """One text, read: its sayings and the people it knows. `told_on` is the day it happened, where it happened."""

    text: str
    told_on: date
    roster: Roster
    owner_names: tuple[str, ...] = ()
    is_message: bool = False
    sayings: list[Saying] = field(default_factory=list)
    listed: list[tuple[int, int, Listed]] = field(default_factory=list)
    initiatives: list[tuple[int, int, str]] = field(default_factory=list)  # start, end and name
    headings: list[tuple[int, int, str]] = field(default_factory=list)

    @property
    def is_meeting(self) -> bool:
        """Tell whether somebody was listed as present, or at least two people speak."""
        return self.roster.listed


_WORD = re.compile(r"[^\W\d_][\w']*")


def read_scene(
    text: str,
    told_on: date,
    *,
    owner_names: Sequence[str] = (),
    known_people: Sequence[str] = (),
    is_message: bool = False,
    speaker: str | None = None,
) -> Scene:
    """Return `text` as a scene. `known_people` are names known beforehand, `speaker` who wrote it all."""
    people = [*owner_names, *known_people, *([speaker] if speaker else [])]
    scene = Scene(text, told_on, roster_of(people), tuple(owner_names), is_message)
    return _Reader(scene, speaker).read()


class _Reader:
    """The state of reading one text: its blocks, and for each what it is about and who speaks there."""

    def __init__(self, scene: Scene, speaker: str | None) -> None:
        self.text = flat(scene.text)
        self.blocks = scan(scene.text)
        self.scene = scene
        self.speaker = speaker
        self.sections: dict[int, str] = {-1: ""}
        self.heads: dict[int, str] = {}
        self.voices: dict[int, str | None] = {}

    def read(self) -> Scene:
        self._find_sections()
        self._meet_people()
        for index, block in enumerate(self.blocks):
            if block.kind in ("item", "paragraph"):
                self._read_block(index, block)
        return self.scene

    def _find_sections(self) -> None:
        for index, block in enumerate(self.blocks):
            if block.kind == "heading" or (block.kind in ("paragraph", "item") and self._is_lead(block)):
                head = plain(self.text[block.body : min(block.end, block.body + 300)].split("\n", 1)[0])
                self.heads[index] = head.rstrip(" #")
                if block.kind == "heading" and block.level < 7:
                    self.scene.headings.append((block.body, block.end, self.heads[index]))
                match = _SECTIONS.fullmatch(head.strip(" #:*_\u00a0").strip())
                above = self.sections.get(block.heading, "") if block.kind == "heading" else ""
                self.sections[index] = (match.lastgroup if match else "") or (above if above != NEWS else "")

    def _is_lead(self, block: Block) -> bool:
        """Tell whether a line only opens what hangs below it: "Next steps:", "We agreed to:", "consensus is"."""
        if block.end - block.body > 60:
            return False
        return self.text[block.end - 1] == ":" or self.text.endswith((" is", " to", " that"), block.body, block.end)

    def _section(self, block: Block) -> str:
        parent = block.parent
        while parent >= 0:
            if self.sections.get(parent):
                return self.sections[parent]
            parent = self.blocks[parent].parent
        return self.sections.get(block.heading, "")

    def _meet_people(self) -> None:
        speakers: dict[str, int] = {}
        for block in self.blocks:
            if block.kind not in ("item", "paragraph"):
                continue
            if self._section(block) == PEOPLE:
                self._meet_listed(block)
            else:
                match = _SPEAKER.match(self.text, block.body, min(block.end, block.body + 80))
                if match and match["sep"].strip() == ":" and _could_speak(match["name"]):
                    speakers[match["name"].lstrip("@")] = speakers.get(match["name"].lstrip("@"), 0) + 1
        regular = [name for name, times in speakers.items() if times >= 2]
        if len(regular) >= 2:
            self.scene.roster.listed = True
            for name in speakers:
                self.scene.roster.add(name)

    def _meet_listed(self, block: Block) -> None:
        lines = self.text[block.body : min(block.end, block.body + 2_000)]
        parts = [(0, lines)] if block.kind == "item" else [(m.start(), m[0]) for m in re.finditer(r"[^,;\n]+", lines)]
        for offset, part in parts:
            person = listed_person(plain(part))
            if person is not None:
                self.scene.roster.add(person.name, person.handle)
                self.scene.roster.listed = True
                left = block.body + offset + len(part) - len(part.lstrip())
                self.scene.listed.append((left, left + len(part.strip()), person))

    def _read_block(self, index: int, block: Block) -> None:
        section = self._section(block)
        if section in (PEOPLE, ASIDE) or block.end - block.body < 4:
            return
        start, task = block.body, ""
        while start < block.end and self.text[start].isspace():
            start += 1
        box = _CHECKBOX.match(self.text, block.body, block.end) if block.kind == "item" else None
        if box:
            start, task = box.end(), "open" if box["mark"] == " " else "done"
        topic, inherited = self._surroundings(index, block, section)
        voice, direct = inherited, False
        for count, (left, right) in enumerate(sentence_spans(self.text, start, block.end)):
            if count >= _MOST_SENTENCES:
                break
            if right - left > LONGEST_SENTENCE * 2:
                continue
            words = plain(self.text[left:right])
            if count == 0:
                said = words
                topic, voice, words = self._who(words, topic, inherited, section=section)
                direct = voice is not None and (words != said or voice != inherited)
                self.voices[index] = voice
                self.heads.setdefault(index, words)
                if section == INITIATIVES and topic and block.level == 0:
                    self.scene.initiatives.append((left, right, topic))
            if 3 < len(words) <= LONGEST_SENTENCE:
                low = words.lower()
                low = low if len(low) == len(words) else words
                tokens = frozenset(_WORD.findall(low))
                self.scene.sayings.append(
                    Saying(
                        left,
                        right,
                        words,
                        voice,
                        topic,
                        section,
                        task,
                        count == 0,
                        direct,
                        self.heads.get(block.parent),
                        low,
                        tokens,
                    )
                )

    def _surroundings(self, index: int, block: Block, section: str) -> tuple[str | None, str | None]:
        """Return what the block is about (the outermost item above it, else its heading) and who speaks above it."""
        topic = voice = None
        parent = block.parent
        while parent >= 0:
            if voice is None:
                voice = self.voices.get(parent)
            head = self.heads.get(parent, "")
            if head and not self.sections.get(parent) and not self.voices.get(parent):
                topic = head
            parent = self.blocks[parent].parent
        if topic is None and block.heading >= 0 and not self.sections.get(block.heading):
            heading = self.blocks[block.heading]
            topic = self.heads[block.heading]
            if heading.level == 1 or topic.lower().rstrip(":") in _NO_TOPICS:
                topic = None
        del index, section
        return (topic_of(topic) if topic else None), voice or self.speaker

    def _who(
        self, words: str, topic: str | None, inherited: str | None, *, section: str
    ) -> tuple[str | None, str | None, str]:
        """Split "Ada: I'll do it", "Ada, will do it", "Engine - Ada, no news" into topic, speaker and words."""
        alone = _ALONE.fullmatch(words) if len(words) <= 60 else None
        if alone and self.scene.roster.knows(alone["name"]):
            return topic, alone["name"], ""
        match = _SPEAKER.match(words)
        if match is None:
            return topic, inherited, words
        name, sep, rest = match["name"], match["sep"].strip(), words[match.end() :]
        if sep == "," and _ADDRESSED.match(rest):
            return topic, inherited, words
        if self.scene.roster.knows(name) or (sep == ":" and self._speaks_with_colon(name)):
            if section == INITIATIVES and sep in ("-", "–", "—"):
                project, said = _split_project(rest)
                return project or topic, name, said
            return topic, name.lstrip("@"), rest
        second = re.match(rf"(@?{TOKEN}(?: {TOKEN})?)(?:\s?[,:–—-]\s*|$|(?= ))", rest)
        if (sep in ("-", "–", "—", ":") or section == INITIATIVES) and second and self.scene.roster.knows(second[1]):
            said = rest[second.end() :]
            return topic_of(name), second[1], said if second[0] != second[1] else rest
        first = re.match(rf"@?{TOKEN}", second[1]) if second else None
        if section == INITIATIVES and sep in ("-", "–", "—") and first and self.scene.roster.knows(first[0]):
            return topic_of(name), first[0], rest
        return topic, inherited, words

    def _speaks_with_colon(self, name: str) -> bool:
        return self.scene.is_meeting and _could_speak(name) and self.scene.roster.may_be(name)


def _could_speak(name: str) -> bool:
    words = name.lstrip("@").split()
    if len(words) > 3 or words[0].casefold() in NOBODY:
        return False
    return all(word[0].isupper() for word in words) or len(words) == 1


def _split_project(rest: str) -> tuple[str | None, str]:
    """Split "Startup Snapshot - no update" or "QUIC, more to land" after a name into the project and what was said."""
    match = re.match(r"(?P<project>[\w.+/&-]+(?: [\w.+/&-]+){0,4})(?:\s*[,:]\s*|\s+[–—-]\s+)(?P<said>\S.*)", rest)
    if match is None:
        return None, rest
    return topic_of(match["project"]), match["said"]


def topic_of(words: str, longest: int = TOPIC) -> str | None:
    """Return a heading or parent item as a subject: no reference number at its end, at most `longest` characters."""
    topic = _TOPIC_TAIL.sub("", _REFERENCE.sub("", words.strip())).strip(" :;,.-–—#?")
    if len(topic) > longest:
        cut = topic.rfind(" ", longest // 2, longest)
        topic = topic[: cut if cut > 0 else longest].rstrip(" ,;:-") + "…"
    return topic or None
