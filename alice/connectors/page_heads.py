"""What a web page says about itself: its title, who wrote it, when it was published. It reads a parsed page, no text.

A page tells its title several times, and not alike: for readers in its headings, for search engines in JSON-LD, for
those who share it in `og:title`, for the window in `<title>`. The last often carries the name of the site, the first
often belongs to the site as a whole; so what was written for sharing comes first, unless the window confirms JSON-LD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_TITLE, MOST_AUTHOR, MOST_JSON = 300, 200, 200_000
SHARED = ("og:title", "twitter:title", "dc.title", "dcterms.title", "citation_title", "parsely-title", "title")
SITES = ("og:site_name", "application-name", "twitter:site", "author")
AUTHORS = ("author", "dc.creator", "dcterms.creator", "citation_author", "article:author", "parsely-author", "byl")
MOMENTS = ("article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "dc.date", "parsely-pub-date",
           "citation_publication_date", "citation_date", "sailthru.date", "pubdate", "publishdate", "date")  # fmt: skip
# Between the title and the name of the site, with blanks on both sides.
_BETWEEN = re.compile(r"(\s+[|–—\-·•»«›‹/\\>]\s+)")
_IDENTIFIER = re.compile(r"(?=\S*[\d_\-.])\S+")
# JSON-LD in the wrapping that once kept scripts valid as XML.
_WRAPPED = re.compile(r"\A\s*(?://|/\*)?\s*(?:<!\[CDATA\[|<!--)(?:\*/)?|(?://|/\*)?\s*(?:\]\]>|-->)(?:\*/)?\s*\Z")
_BY = re.compile(r"^(?:written\s+)?by:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says about itself; None where it does not say."""

    title: str | None
    author: str | None
    published_at: datetime | None


def read(tree: Any) -> Head:
    """Return what the parsed page `tree` says about itself; lxml's HTML element."""
    metas, stated = _metas(tree), list(_stated(tree))
    return Head(
        title=_title(tree, metas, stated),
        author=_author(tree, metas, stated),
        published_at=_published_at(tree, metas, stated),
    )


def _title(tree: Any, metas: dict[str, str], stated: list[dict[str, Any]]) -> str | None:
    window = flat(" ".join(tree.xpath("(//head//title | //title[not(ancestor::*[local-name()='svg'])])[1]//text()")))
    for one in stated:
        headline = flat(one.get("headline"))
        if headline and _letters(headline) in _letters(window):
            return headline[:MOST_TITLE]
    site = _letters(metas.get("og:site_name", ""))
    for name in SHARED:
        if (shared := metas.get(name)) and _letters(shared) != site:
            return shared[:MOST_TITLE]
    headings = [flat(one.text_content()) for one in tree.xpath("//h1 | //h2")[:40]]
    sites = [metas[name] for name in SITES if name in metas]
    found = without_site(window, headings, sites) or next(filter(None, headings), None)
    return found[:MOST_TITLE] if found else None


def without_site(window: str, headings: Iterable[str] = (), sites: Iterable[str] = ()) -> str:
    """Return the text of `<title>` without the name of the site.

    The last part is the site's, where at least three words are left; of a shorter one a heading confirms what the page
    is called. A part that is an identifier, such as a file name, is not what a page is called.
    """
    parts = _BETWEEN.split(window)
    if len(parts) < 3:
        return _behind_site(window, sites)
    shorter = "".join(parts[:-2])
    confirmed = _letters(shorter) in {_letters(one) for one in headings if one}
    if len(shorter.split()) >= 3 or confirmed or _letters(parts[-1]) in {_letters(one) for one in sites}:
        return shorter
    return "".join(parts[2:]) if _IDENTIFIER.fullmatch(parts[0]) else window


def _behind_site(window: str, sites: Iterable[str]) -> str:
    """Return `window` without a site's name and a colon before it."""
    name, colon, rest = window.partition(": ")
    return rest if colon and _letters(name) in {_letters(one) for one in sites} else window


def _author(tree: Any, metas: dict[str, str], stated: list[dict[str, Any]]) -> str | None:
    for one in stated:
        if names := [flat(name) for name in _names(one.get("author")) if flat(name)]:
            return ", ".join(names[:8])[:MOST_AUTHOR]
    for name in AUTHORS:
        if (told := metas.get(name)) and "://" not in told and len(told) <= MOST_AUTHOR:
            return _BY.sub("", told)
    marked = tree.xpath(
        "//*[@rel='author' or @itemprop='author'] | //*[contains(concat(' ', @class, ' '), ' byline ')"
        " or contains(concat(' ', @class, ' '), ' author ') or contains(concat(' ', @class, ' '), ' p-author ')]"
    )
    said = (_BY.sub("", flat(one.text_content())).strip("—–-|·, ") for one in marked[:20])
    return next((one for one in said if 2 <= len(one) <= 100), None)


def _names(author: Any) -> Iterator[str]:
    for one in author if isinstance(author, list) else [author]:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and "://" not in name:
            yield name


def _published_at(tree: Any, metas: dict[str, str], stated: list[dict[str, Any]]) -> datetime | None:
    told = [one.get("datePublished") for one in stated] + [metas.get(name) for name in MOMENTS]
    told += tree.xpath("//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime")[:3]
    told += tree.xpath("//time[@pubdate]/@datetime | //article//time/@datetime | //main//time/@datetime")[:1]
    return next(filter(None, map(moment, told)), None)


def moment(value: Any) -> datetime | None:
    """Return an ISO 8601 time in UTC, or None for anything else; a day alone is its first moment."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip()[:40].replace("/", "-"))
        found = found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if 1990 <= found.year < 9000 else None


def _metas(tree: Any) -> dict[str, str]:
    """Return what `<meta>` says by its name in lower case; the first of a name counts."""
    told: dict[str, str] = {}
    for one in tree.xpath("//meta[@content]")[:400]:
        name = (one.get("property") or one.get("name") or one.get("itemprop") or "").strip().lower()
        if name and (content := flat(one.get("content"))):
            told.setdefault(name, content)
    return told


def _stated(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of JSON-LD that have a headline, the outer ones first."""
    for script in tree.xpath("//script[@type='application/ld+json']")[:20]:
        waiting = [_json(script.text or "")]
        for _ in range(500):
            if not waiting:
                break
            one = waiting.pop(0)
            if isinstance(one, dict):
                if isinstance(one.get("headline"), str):
                    yield one
                waiting += [inner for inner in one.values() if isinstance(inner, dict | list)]
            elif isinstance(one, list):
                waiting += one[:100]


def _json(text: str) -> Any:
    try:
        return json.loads(_WRAPPED.sub("", text[:MOST_JSON]), strict=False)
    except (ValueError, RecursionError):
        return None


def flat(text: Any) -> str:
    """Return `text` on one line, with single blanks; anything that is no text is empty."""
    return " ".join(text.split()) if isinstance(text, str) else ""


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()
