"""Reads a text as a scene of sayings. It must not judge whether a sentence matters; the rule modules do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from alice.domain.extraction.lexicon import word_set
from alice.domain.extraction.names import listed_person, roster_of
from alice.domain.extraction.sayings import Saying, Scene
from alice.domain.extraction.sections import ASIDE, INITIATIVES, NEWS, PEOPLE, opens_a_list, section_of
from alice.domain.extraction.voices import Voice, hear, speaker_before_colon, topic_of
from alice.domain.extraction.wording import LONGEST_SENTENCE, plain, sentence_spans
from alice.domain.texts.blocks import Block, flat, scan

_MOST_SENTENCES = 60  # of one block: beyond this it is no note, and the rest would only cost time
_CHECKBOX = re.compile(r"\s*\[(?P<mark>[ xX/-])\]\s+")
_PARTS = re.compile(r"[^,;\n]+")
_ASCII_WORD = re.compile(r"[a-z][a-z0-9_']*")
_WORD = re.compile(r"[^\W\d_][\w']*")
# Headings that name a part of any document, not what is talked about below them.
_NO_TOPICS = word_set(
    "agenda minutes notes discussion discussions general other misc topics meeting summary overview aob log"
) | {"any other business"}


def read_scene(
    text: str,
    told_on: date,
    *,
    owner_names: Sequence[str] = (),
    known_people: Sequence[str] = (),
    is_message: bool = False,
    is_page: bool = False,
    speaker: str | None = None,
) -> Scene:
    """Return `text` as a scene. `known_people` are names known beforehand, `speaker` who wrote it all."""
    people = [*owner_names, *known_people, *([speaker] if speaker else [])]
    scene = Scene(text, told_on, roster_of(people), tuple(owner_names), is_message, is_page)
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
        self.topics: dict[str, str | None] = {}  # by the words they were taken from

    def read(self) -> Scene:
        self._find_sections()
        self._meet_people()
        for index, block in enumerate(self.blocks):
            if block.kind in ("item", "paragraph") and block.end - block.body >= 4:
                self._read_block(index, block)
        return self.scene

    def _find_sections(self) -> None:
        for index, block in enumerate(self.blocks):
            heads = block.kind == "heading"
            if not heads and not (block.kind in ("item", "paragraph") and self._opens_a_list(block)):
                continue
            head = plain(self.text[block.body : min(block.end, block.body + 300)].split("\n", 1)[0]).rstrip(" #")
            self.heads[index] = head
            above = self.sections.get(block.heading, "") if heads else ""
            self.sections[index] = section_of(head) or (above if above != NEWS else "")
            if heads and block.level < 7:
                self.scene.headings.append((block.body, block.end, head))

    def _opens_a_list(self, block: Block) -> bool:
        return block.end - block.body <= 60 and opens_a_list(self.text[block.body : block.end])

    def _section(self, block: Block) -> str:
        parent = block.parent
        while parent >= 0:
            if self.sections.get(parent):
                return self.sections[parent]
            parent = self.blocks[parent].parent
        return self.sections.get(block.heading, "")

    def _meet_people(self) -> None:
        """Learn who is there: those listed as present, else those who speak at least twice when two or more do."""
        speakers: dict[str, int] = {}
        for block in self.blocks:
            if block.kind not in ("item", "paragraph"):
                continue
            if self._section(block) == PEOPLE:
                self._meet_listed(block)
            elif name := speaker_before_colon(self.text, block.body, block.end):
                speakers[name] = speakers.get(name, 0) + 1
        if sum(times >= 2 for times in speakers.values()) >= 2:
            self.scene.roster.listed = True
            for name in speakers:
                self.scene.roster.add(name)

    def _meet_listed(self, block: Block) -> None:
        lines = self.text[block.body : min(block.end, block.body + 2_000)]
        parts = [(0, lines)] if block.kind == "item" else [(m.start(), m[0]) for m in _PARTS.finditer(lines)]
        for offset, part in parts:
            person = listed_person(plain(part))
            if person is None:
                continue
            self.scene.roster.add(person.name, person.handle)
            self.scene.roster.listed = True
            left = block.body + offset + len(part) - len(part.lstrip())
            self.scene.listed.append((left, left + len(part.strip()), person))

    def _read_block(self, index: int, block: Block) -> None:
        section = self._section(block)
        if section in (PEOPLE, ASIDE):
            return
        start, task = self._begin(block)
        topic, above = self._surroundings(block)
        voice, before = Voice(None, None, ""), self.heads.get(block.parent)
        for count, (left, right) in enumerate(sentence_spans(self.text, start, block.end)):
            if count >= _MOST_SENTENCES:
                break
            if right - left > LONGEST_SENTENCE * 2:
                continue
            words = plain(self.text[left:right])
            if count == 0:
                voice = hear(words, self.scene.roster, section)
                words, topic = voice.words, voice.topic or topic
                self.voices[index] = voice.speaker or above
                self.heads.setdefault(index, words)
                if section == INITIATIVES and topic and block.level == 0:
                    self.scene.initiatives.append((left, right, topic))
            if 3 < len(words) <= LONGEST_SENTENCE:
                low, tokens = _words(words)
                self.scene.sayings.append(
                    Saying(
                        start=left, end=right, text=words, speaker=voice.speaker or above, topic=topic,
                        section=section, task=task, opens=count == 0, direct=voice.speaker is not None,
                        above=before, low=low, words=tokens,
                    )
                )  # fmt: skip
                before = words

    def _begin(self, block: Block) -> tuple[int, str]:
        """Return where the words of a block begin, and whether a check box before them is open or done."""
        box = _CHECKBOX.match(self.text, block.body, block.end) if block.kind == "item" else None
        if box:
            return box.end(), "open" if box["mark"] == " " else "done"
        start = block.body
        while start < block.end and self.text[start].isspace():
            start += 1
        return start, ""

    def _surroundings(self, block: Block) -> tuple[str | None, str | None]:
        """Return what the block is about (the outermost item above it, else its heading) and who speaks above it."""
        topic = speaker = None
        parent = block.parent
        while parent >= 0:
            speaker = speaker or self.voices.get(parent)
            head = self.heads.get(parent, "")
            if head and not self.sections.get(parent) and not self.voices.get(parent):
                topic = head
            parent = self.blocks[parent].parent
        topic = topic or self._heading_topic(block)
        if topic is None:
            return None, speaker or self.speaker
        if topic not in self.topics:
            self.topics[topic] = topic_of(topic)
        return self.topics[topic], speaker or self.speaker

    def _heading_topic(self, block: Block) -> str | None:
        if block.heading < 0 or self.sections.get(block.heading) or self.blocks[block.heading].level == 1:
            return None
        head = self.heads[block.heading]
        return None if head.lower().rstrip(":") in _NO_TOPICS else head


def _words(text: str) -> tuple[str, frozenset[str]]:
    """Return the text in lower case, of the same length, and the set of its words."""
    low = text.lower()
    low = low if len(low) == len(text) else text
    return low, frozenset((_ASCII_WORD if low.isascii() else _WORD).findall(low))
