"""Sources: what came in, one source with its passages, and a text to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response

from alice import inputs
from alice.domain.vocab import Domain, WayIn
from alice.queries.library import sources
from alice.services.evidence import capture
from alice.web import current, htmx, shell
from alice.web.console import pages, reading
from alice.web.console.forms import form
from alice.web.inputs import accepts

PASSAGES = 40


@pages.get("/sources")
@accepts(inputs.ListSources)
def list_sources(given: inputs.ListSources) -> Response:
    """Show what came in, the newest first."""
    found = sources.page(current.scope(), **given.model_dump())
    total = None if found.items else sources.page(current.scope(), limit=1).total
    return shell.show(
        "pages/library/source_list.html", found=found, given=given, total=total, ways=list(WayIn), domains=list(Domain)
    )


@pages.get("/sources/<uuid:source_id>")
@accepts(inputs.Span)
def show_source(source_id: UUID, given: inputs.Span) -> Response:
    """Show one source, the passages around the given span, and the span highlighted."""
    found = sources.get(current.scope(), source_id)
    first = _first(source_id, given)
    rows = sources.passages(current.scope(), source_id, first=first, limit=PASSAGES)
    around = {"earlier": max(0, first - PASSAGES) if first else None,
              "later": first + PASSAGES if first + PASSAGES < found["chunk_count"] else None}  # fmt: skip
    passages = [row | {"parts": parts(row, given.start, given.end)} for row in rows]
    return shell.show(
        "pages/library/source.html", source=found, passages=passages, around=around, origin=reading.origin(found["uri"])
    )


def _first(source_id: UUID, given: inputs.Span) -> int:
    """Return the ordinal to begin with: the window of passages in which the span lies."""
    if given.start is None:
        return given.passage
    return sources.ordinal_at(current.scope(), source_id, given.start) // PASSAGES * PASSAGES


def parts(row: Mapping[str, Any], start: int | None, end: int | None) -> tuple[str, str, str]:
    """Return a passage's text as what stands before the span, in it, and after it."""
    text, offset = row["text"], row["start"]
    if start is None or end is None or end <= offset or start >= offset + len(text) or end <= start:
        return text, "", ""
    left, right = max(0, start - offset), end - offset
    return text[:left], text[left:right], text[right:]


def _paste_again(values: Mapping[str, str], faults: Mapping[str, str]) -> Response:
    way = form(("title", "text"), values, faults)
    return shell.show("pages/library/paste.html", part="parts/today/way_paste.html", status=422, form=way)


@pages.post("/sources")
@accepts(inputs.CaptureText, again=_paste_again)
def keep_text(given: inputs.CaptureText) -> Response:
    """Keep a text, and show the way to it."""
    done = capture.capture(current.actor(), capture.Item(**given.model_dump()), zone=current.settings().timezone)
    return htmx.see_other(f"/vnext/sources/{done.source_id}")
