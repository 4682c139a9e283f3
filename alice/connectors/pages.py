"""Reads the HTML of a web page that anybody may have written: in a process of its own, with little time and memory.

The parser is C, the extraction walks the tree many times over, and both hold this process's interpreter while they
work; a page that is made to be slow, deep or large costs its reader its life, and the plain words are taken instead.
"""

from __future__ import annotations

import html
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from alice.connectors import children, page_heads

MOST_CHARACTERS = 1_000_000
MOST_SECONDS = 8.0
MOST_PROCESSOR_SECONDS = 5
MOST_MEMORY = 1_500_000_000
AT_ONCE = 2

log = logging.getLogger("alice.connectors.pages")
_turns = threading.BoundedSemaphore(AT_ONCE)
_BLOCK = frozenset(
    {"address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
     "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td",
     "th", "tr", "ul"}
)  # fmt: skip
_UNREAD = frozenset({"script", "style", "template", "svg", "title", "head", "textarea", "select", "noscript", "iframe"})
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_WINDOW = re.compile(r"<title[^<>]{0,200}>([^<]{1,1000})", re.IGNORECASE)
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")


@dataclass(frozen=True, slots=True)
class Page:
    """What can be read of a page; `reader` is how: `trafilatura`, or `plain` when that failed."""

    text: str
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    reader: str = "plain"


def read(source: str) -> Page:
    """Return the readable part of the HTML `source`; nothing it holds can raise, or take more than the limits."""
    source = source[:MOST_CHARACTERS]
    found = _asked(source)
    if found is None:
        return Page(plain(source), _titled(source))
    text = str(found["text"])
    published_at = datetime.fromisoformat(found["published_at"]) if found["published_at"] else None
    reader = "trafilatura" if text.strip() else "plain"
    return Page(text if text.strip() else plain(source), found["title"], found["author"], published_at, reader)


def _asked(source: str) -> dict[str, str | None] | None:
    """Return what the child process found, or None when it was too slow, too large, or died."""
    if not _turns.acquire(timeout=MOST_SECONDS):
        return None
    try:
        done = subprocess.run(
            children.command(__name__),
            input=source.encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            timeout=MOST_SECONDS,
            check=True,
            **children.BARE,
        )
        told: dict[str, str | None] = json.loads(done.stdout)
        return told
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.warning("a page could not be read, its plain words were taken: %s", type(error).__name__)
        return None
    finally:
        _turns.release()


def child() -> None:
    """Read a page from standard input and print what was found, as JSON; the child process's whole life."""
    _limit()
    source = sys.stdin.buffer.read().decode("utf-8", "replace")
    sys.stdout.buffer.write(json.dumps(extract(source)).encode())


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (MOST_PROCESSOR_SECONDS, MOST_PROCESSOR_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the limit is not held, or counts what is only reserved
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def extract(source: str) -> dict[str, str | None]:
    """Return title, author, published_at and text of the HTML `source`, in this process and without limits."""
    import trafilatura
    from lxml import etree
    from lxml import html as parsing

    from alice.connectors import page_texts

    try:
        parser = parsing.HTMLParser(encoding="utf-8", no_network=True)
        tree = parsing.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return dict.fromkeys(("title", "author", "published_at")) | {"text": ""}
    head = page_heads.read(tree)
    for block in tree.iter("pre"):  # taken for a quotation where nothing in it says code, and run together
        block.tag = "code"
    found = trafilatura.bare_extraction(
        tree, include_comments=False, favor_recall=True, with_metadata=False, include_formatting=False
    )
    return {
        "title": head.title,
        "author": head.author,
        "published_at": head.published_at.isoformat() if head.published_at else None,
        "text": page_texts.text(found.body) if found is not None and found.body is not None else "",
    }


def plain(source: str) -> str:
    """Return every word of the HTML `source` that a reader sees, in one pass over it; blocks begin a new line."""
    lines = _unescaped("".join(_pieces(source))).split("\n")
    return "\n".join(filter(None, map(page_heads.flat, lines)))


def _pieces(source: str) -> Iterator[str]:
    first, *rest = source.split("<")
    yield first
    unread = ""  # what is passed by until it ends: an element's name, or a comment
    for piece in rest:
        tag = _TAG.match(piece)
        name = tag[2].lower() if tag else ""
        inside, _, behind = piece.partition("-->" if unread == "!--" or piece.startswith("!--") else ">")
        if unread:
            over = (
                len(behind) + len(inside) < len(piece) if unread == "!--" else name == unread and bool(tag and tag[1])
            )
            unread = "" if over else unread
            yield behind if over else ""
        elif tag and not tag[1] and name in _UNREAD and not inside.endswith("/"):
            unread = name
        elif piece.startswith("!--") and "-->" not in piece:
            unread = "!--"
        elif tag or piece.startswith(("!", "?", "/")):
            yield ("\n" if name in _BLOCK else "") + behind
        else:
            yield f"<{piece}"


def _titled(source: str) -> str | None:
    found = _WINDOW.search(source)
    return page_heads.without_site(page_heads.flat(_unescaped(found[1])))[: page_heads.MOST_TITLE] if found else None


def _unescaped(text: str) -> str:
    return html.unescape(_HUGE_REFERENCE.sub("", text))
