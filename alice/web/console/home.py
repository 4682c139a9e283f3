"""Home: what changed, what is owed, is Alice healthy. On an empty brain: the ways in."""

from __future__ import annotations

from typing import Any

from flask import Response

from alice.queries.library import artifacts, candidates, inbox, sources
from alice.services.access import bookmarklets
from alice.web import current, htmx, shell
from alice.web.console import pages, reading
from alice.web.console.forms import form

LABELS = {"artifacts": "Artifacts to review", "memories": "Candidate memories", "open_loops": "Open loops to confirm",
          "model_calls": "Model calls to approve", "sources": "New sources"}  # fmt: skip
PARTS = {"brief": "parts/today/brief.html", "waiting": "parts/today/waiting.html",
         "captures": "parts/today/captures.html"}  # fmt: skip


@pages.get("")
def home() -> Response:
    """Show the newest brief; a part that asks for itself gets itself alone."""
    target = htmx.target() or ""
    if htmx.asks_for_a_part() and target in PARTS:
        values = PART_VALUES[target]()
        return htmx.render_many((PARTS[target], values)) if values else htmx.nothing()
    values = _brief() or {"artifact": None, "next_brief": shell.next_brief()}
    values |= _captures() | _waiting()
    if not values["artifact"] and not values["captures"].total:
        values["ways"] = {"folder": form(("path",)), "paste": form(("title", "text")),
                          "bookmarklet": {"href": bookmarklets.link(current.settings())}}  # fmt: skip
    return shell.show("pages/today/home.html", **values)


def _brief() -> dict[str, Any]:
    told = artifacts.latest(current.scope(), "daily_brief")
    return reading.artifact(told) if told else {}


def _captures() -> dict[str, Any]:
    zone = current.settings().timezone
    return {"captures": sources.activity(current.scope(), zone=zone, now=current.now())}


def _waiting() -> dict[str, Any]:
    """Return what waits; of memories, which alone go by themselves, also since when and what goes soon."""
    scope, now, days = current.scope(), current.now(), current.settings().candidate_days
    memories = candidates.waiting(scope, now=now, days=days)
    counts = inbox.waiting(scope, now=now, known={"memories": memories["count"]})
    hrefs = {"artifacts": "/vnext/artifacts?status=needs_review", "sources": "/vnext/sources?status=new"}
    rows = [{"kind": kind, "label": LABELS[kind], "count": count, "href": hrefs.get(kind),
             "oldest_at": memories["oldest_waiting_at"] if kind == "memories" else None,
             "expiring": memories["expiring_count"] if kind == "memories" else 0}
            for kind, count in counts.items() if count]  # fmt: skip
    return {"waiting": rows}


PART_VALUES = {"brief": _brief, "waiting": _waiting, "captures": _captures}
