"""Reads what a document says about itself: its title, when it happened, its tags, the notes it links to.

It must not raise on anything a note can hold, and must not read the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from alice.domain.texts import front_matter as matter
from alice.domain.texts.blocks import flat
from alice.domain.texts.dates import is_a_date, written_date

_MOST = 500
_TITLE = 200
_FIRST_LINES = 5  # a date that stands alone in one of them is the note's own
_WHEN_KEYS = ("occurred_at", "date", "day", "datetime", "start", "published", "created", "created_at", "date created")
_TITLE_H1 = re.compile(r"^#[ \t]+(\S[^\n]{0,400})$|^(\S[^\n]{0,200})\n={3,}[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]+(\S[^\n]{0,400})$", re.MULTILINE)
_DATE_LINE = re.compile(
    r"^[*_>\s-]{0,6}(?:date|when|datum|fecha)[*_]{0,2}:[*_]{0,2}[ \t]*(\S[^\n]{0,80})$", re.I | re.M
)
# What is code is skipped before tags and links are looked for; each alternative ends on its own line or fence.
_FENCE = r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(?:(?!^[ \t]*\1)[^\n]*\n)*"
# Every one begins with a sign of its own, so that a search passes by all other letters at once.
_SIGNED = (
    r"`[^`\n]{1,400}`"
    r"|\[\[(?P<wiki>[^\[\]\n|#^]{1,200})[^\[\]\n]{0,200}\]\]"
    r"|\]\((?P<file>[^()\s:#?]{1,300}\.(?:md|markdown|txt))(?:#[^()\s]{0,200})?\)"
    r"|\#(?<![\w&#/\[(\"'=]\#)(?P<tag>[^\W\d_][\w/-]{0,80}|\d[\w/-]{0,80}[^\W\d_][\w/-]{0,80})"
)
_MARKS = re.compile(_SIGNED)
_MARKS_OUTSIDE_FENCES = re.compile(f"{_FENCE}|{_SIGNED}", re.MULTILINE)
_COLOUR = re.compile(r"(?=[a-f]*\d)(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})", re.I)
_WIKI = re.compile(r"\[\[([^\[\]\n|#^]{1,200})[^\[\]\n]{0,200}\]\]")
_DECORATION = re.compile(r"!?\[([^\[\]\n]{0,200})\]\([^()\s]{0,500}\)|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?!\w)")


@dataclass(frozen=True, slots=True)
class Document:
    """What a document says about itself. `occurred_at` is in UTC, or None when it does not say.

    `front_matter` holds JSON values only; `body_start` is the offset behind it.
    """

    title: str
    occurred_at: datetime | None
    tags: tuple[str, ...]
    links: tuple[str, ...]
    front_matter: Mapping[str, Any]
    body_start: int


def read(text: str, *, name: str | None = None, zone: str = "UTC") -> Document:
    """Return what `text`, stored in a file called `name`, says about itself.

    A day without a time is the beginning of that day in the IANA zone `zone`. The front matter is believed first,
    then the file's name, then a `Date:` line or a heading near the top.
    """
    front, body_start = matter.read(text)
    body = flat(text[body_start:]).lstrip("\ufeff")
    found_tags, found_links = _marks(body)
    return Document(
        title=_title(front, body, name),
        occurred_at=_occurred_at(front, body, name, zone=zone),
        tags=_distinct([*_listed(front, "tags", "tag", "keywords"), *found_tags]),
        links=_distinct([*_linked(text[:body_start]), *found_links]),
        front_matter=front,
        body_start=body_start,
    )


def _title(front: Mapping[str, Any], body: str, name: str | None) -> str:
    stated = front.get("title")
    if isinstance(stated, str) and stated.strip():
        return _one_line(stated)
    heading = _TITLE_H1.search(body, 0, 4_000)
    if heading and (title := _one_line(heading[1] or heading[2])):
        return title
    if name and (stem := _one_line(PurePath(name).stem)):
        return stem
    first = next((line for line in body[:4_000].split("\n") if any(c.isalnum() for c in line)), "")
    return _one_line(first.lstrip("#>-*+ \t")) or "Untitled"


def _one_line(words: str) -> str:
    line = " ".join(_DECORATION.sub(lambda m: m[1] or "", words[:600]).replace("\x00", "").split()).rstrip(" #")
    return line if len(line) <= _TITLE else line[: _TITLE - 1].rstrip() + "…"


def _occurred_at(front: Mapping[str, Any], body: str, name: str | None, *, zone: str) -> datetime | None:
    for said in _dates_said(front, body, name):
        moment = _moment(said, zone)
        if moment is not None:
            return moment
    return None


def _dates_said(front: Mapping[str, Any], body: str, name: str | None) -> Iterator[str]:
    lowered = {key.lower(): value for key, value in front.items()}
    yield from (value for key in _WHEN_KEYS if isinstance(value := lowered.get(key), str))
    if name:
        yield PurePath(name).name
    top = body[:3_000]
    yield from (match[1] for match in _DATE_LINE.finditer(top))
    yield from (match[1] for match, _ in zip(_HEADING.finditer(top), range(3), strict=False))
    lines = (line for line in top.split("\n") if line.strip())
    yield from (
        line.strip(" \t*_>-") for line, _ in zip(lines, range(_FIRST_LINES), strict=False) if is_a_date(line[:60])
    )


def _moment(said: str, zone: str) -> datetime | None:
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(said.strip())
    except ValueError:
        day = written_date(said)
        moment = datetime.combine(day, time.min) if day else None
    if moment is None or not 1900 <= moment.year <= 2200:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _marks(body: str) -> tuple[list[str], list[str]]:
    tags: list[str] = []
    links: list[str] = []
    if "#" not in body and "[[" not in body and "](" not in body:
        return tags, links
    fenced = "```" in body or "~~~" in body
    for match in (_MARKS_OUTSIDE_FENCES if fenced else _MARKS).finditer(body):
        group = match.lastgroup
        if group == "wiki":
            links.append(match["wiki"].strip())
        elif group == "file":
            links.append(PurePath(unquote(match["file"])).stem)
        elif group == "tag" and not _COLOUR.fullmatch(match["tag"]):
            tags.append(match["tag"].rstrip("/-"))
    return tags, links


def _listed(front: Mapping[str, Any], *keys: str) -> Iterator[str]:
    for key in keys:
        value = front.get(key)
        if isinstance(value, str):
            yield from (word.lstrip("#") for word in re.split(r"[,\s]+", value[:2_000]))
        elif isinstance(value, list):
            yield from (word.strip().lstrip("#") for word in value if isinstance(word, str))


def _linked(front: str) -> Iterator[str]:
    """Yield the notes that a front matter names: in whatever form, also where it is no YAML, as in a template."""
    return (match[1].strip() for match in _WIKI.finditer(front))


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(word.replace("\x00", "") for word in words if word)
    return tuple(list(kept)[:_MOST])


def as_day(moment: datetime, zone: str) -> date:
    """Return the calendar day of `moment` in the IANA zone `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
