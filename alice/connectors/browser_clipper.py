"""Makes evidence of what was clipped from a web page: the words in their order, and where they are from.

It sees no table and fetches nothing: all there is came with the clip, and whoever wrote the page is not trusted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from alice.connectors import pages
from alice.connectors.page_heads import flat
from alice.connectors.pages import Page
from alice.domain.preparation import Item
from alice.domain.redaction import redact
from alice.domain.texts import addresses
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.errors import InvalidInput

NAME = Connector.BROWSER_CLIPPER.value
MOST_CHARACTERS = 1_000_000
HEADINGS = {"note": "Note", "selection": "Selected", "page": "Page"}
_ORDER = tuple(HEADINGS)
_IS_HTML = re.compile(r"\s*(?:<!--[^>]{0,500}-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_WINDOW = re.compile(r"<title[^<>]{0,200}>([^<]{0,1000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clip:
    """What somebody took from a page. `html` is the page itself, `page_text` its words as the browser shows them."""

    url: str
    title: str | None = None
    selected_text: str | None = None
    page_text: str | None = None
    html: str | None = None
    user_note: str | None = None
    captured_at: datetime | None = None
    domain: Domain | None = None
    sensitivity: Sensitivity | None = None


Part = tuple[str, str]  # its kind, note, selection or page, and its text


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be kept of a clip, and what is known about the page that it is from; `reader` is how that was read."""

    url: str
    page_id: str
    parts: tuple[Part, ...]
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    reader: str | None = None

    @property
    def text(self) -> str:
        """Return the parts as one text; where there are several, each has a heading."""
        return "\n\n".join(_headed(self.parts))


def read(clip: Clip) -> Reading:
    """Return what of `clip` can be kept; raise InvalidInput naming the field that is wrong.

    The page is read in a process of its own; that may take seconds.
    """
    url = _address(clip.url)
    source = clip.html or (clip.page_text if clip.page_text and _IS_HTML.match(clip.page_text) else None)
    page = pages.read(source) if source else Page("")
    parts = _parts(clip, page, has_source=source is not None)
    if not parts:
        raise InvalidInput({"page_text": "is empty, and so is all else; send page_text, selected_text or user_note."})
    return Reading(
        url,
        addresses.same_page(url),
        checked(parts),
        title=_title(clip, page, source),
        author=page.author,
        published_at=page.published_at,
        reader=page.reader if source else None,
    )


def merged(before: Sequence[Part], reading: Reading) -> Reading:
    """Return `reading` with what was clipped from the page before.

    The page itself is replaced by what it says now. Notes and selections are added to: a second passage that somebody
    selects must not drive out the first.
    """
    kept = [part for part in before if part[0] != "page" or not any(kind == "page" for kind, _ in reading.parts)]
    known = {(kind, flat(text)) for kind, text in kept}
    fresh = [(kind, text) for kind, text in reading.parts if (kind, flat(redact(text).text)) not in known]
    return replace(reading, parts=checked(sorted([*kept, *fresh], key=lambda part: _ORDER.index(part[0]))))


def item(clip: Clip, reading: Reading, *, domain: Domain, sensitivity: Sensitivity) -> Item:
    """Return the evidence to capture.

    A page is as old as it says, so that its `by Friday` is a Friday of then; a note is of the moment of the clip.
    """
    noted = any(kind == "note" for kind, _ in reading.parts)
    told = {
        "clipped_at": clip.captured_at.isoformat() if clip.captured_at else None,
        "published_at": reading.published_at.isoformat() if reading.published_at else None,
        "reader": reading.reader,
        "parts": spans(reading.parts),
    }
    return Item(
        reading.text,
        connector=NAME,
        external_id=reading.page_id,
        title=reading.title or urlsplit(reading.url).hostname,
        uri=reading.url,
        author=redact(reading.author).text if reading.author else None,
        occurred_at=clip.captured_at if noted else reading.published_at or clip.captured_at,
        domain=domain,
        sensitivity=sensitivity,
        metadata={name: value for name, value in told.items() if value is not None},
        brought=True,
    )


def spans(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Return where each part stands in the text that is kept, from which secrets are taken out: kind, start, end."""
    told, at = [], 0
    redacted = [(kind, redact(text).text) for kind, text in parts]
    for (kind, text), whole in zip(redacted, _headed(redacted), strict=True):
        at += len(whole)
        told.append({"kind": kind, "start": at - len(text), "end": at})
        at += len("\n\n")
    return told


def parts_of(text: str, metadata: Mapping[str, Any]) -> list[Part]:
    """Return the parts of a kept text, as `spans` noted them."""
    return [(one["kind"], text[one["start"] : one["end"]]) for one in metadata.get("parts", [])]


def checked(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return `parts`; raise InvalidInput when they are too long together."""
    if sum(len(text) for _, text in parts) > MOST_CHARACTERS:
        raise InvalidInput(
            {"page_text": f"is too long with all else: at most {MOST_CHARACTERS:,} characters are taken."}
        )
    return tuple(parts)


def _headed(parts: Sequence[Part]) -> list[str]:
    if len(parts) == 1:
        return [parts[0][1]]
    return [f"## {HEADINGS[kind]}\n\n{text}" for kind, text in parts]


def _parts(clip: Clip, page: Page, *, has_source: bool) -> list[Part]:
    as_shown = None if clip.page_text and _IS_HTML.match(clip.page_text) else clip.page_text
    words = as_shown if as_shown and (not has_source or page.reader == "plain") else page.text
    told = zip(_ORDER, (clip.user_note, clip.selected_text, words), strict=True)
    tidied = ((kind, _tidy(text)) for kind, text in told if text)
    return [(kind, text) for kind, text in tidied if text]


def _tidy(text: str) -> str:
    """Return the words as they are, without the emptiness around them that a page's layout leaves."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _title(clip: Clip, page: Page, source: str | None) -> str | None:
    """Return what the clip is called: what was said counts, unless that is only what the window says."""
    said = flat(clip.title)
    window = _WINDOW.search(source) if source else None
    if said and not (window and page.title and flat(html.unescape(window[1])) == said):
        return said
    return page.title or None


def _address(url: str) -> str:
    try:
        return addresses.page(url)
    except ValueError as error:
        raise InvalidInput({"url": str(error)}) from None
