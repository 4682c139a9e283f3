"""What stands around every page: the rail with its counts, the foot that says what people worry about, the pulse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from alice.config import LOOPBACK_NAMES, Settings
from alice.domain.vocab import WorkflowType
from alice.queries import schedules
from alice.queries.ledger import timeline
from alice.runs import standing
from alice.web import current, filters, htmx


@dataclass(frozen=True, slots=True)
class Place:
    """A page that the rail leads to, and the letter that goes there after G."""

    label: str
    href: str
    icon: str
    key: str


PLACES: dict[str, tuple[Place, ...]] = {
    "Today": (Place("Home", "/vnext", "home", "h"), Place("Ask", "/vnext/ask", "ask", "q")),
    "Library": (
        Place("Sources", "/vnext/sources", "sources", "s"),
        Place("Artifacts", "/vnext/artifacts", "artifacts", "a"),
    ),
}


def show(page: str, *, part: str | None = None, status: int = 200, **values: Any) -> Response:
    """Answer with a page and what stands around it, or with `part` alone when HTMX asks for it."""
    around = {} if part and htmx.asks_for_a_part() else frame()
    return htmx.render(page, part=part, status=status, **around, **values)


def frame() -> dict[str, Any]:
    """Return what `base.html` expects around the content."""
    settings = current.settings()
    return {
        "nav": [{"title": title, "items": [_item(place) for place in places]} for title, places in PLACES.items()],
        "foot": _foot(settings),
        "pulse_seq": timeline.newest(current.scope()),
        "toasts": [],
    }


def _item(place: Place) -> dict[str, Any]:
    path = request.path.rstrip("/")
    here = path == place.href or (place.href != "/vnext" and path.startswith(place.href + "/"))
    return {"label": place.label, "href": place.href, "icon": place.icon, "key": place.key, "current": here,
            "count": 0, "state": None}  # fmt: skip


def _foot(settings: Settings) -> list[dict[str, Any]]:
    return [_privacy(settings), _next_brief(settings)]


def _privacy(settings: Settings) -> dict[str, Any]:
    host = urlsplit(settings.model_base_url or "").hostname
    if host is None or host in (*LOOPBACK_NAMES, "::1"):
        return {"text": "Local only · no cloud calls", "state": "good"}
    return {"text": f"A model at {host} may be asked", "state": "amber"}


def _next_brief(settings: Settings) -> dict[str, Any]:
    """Say when the next brief is written; amber when it is planned and nobody is there to write it."""
    planned = next_brief()
    up = bool(standing.daemon(settings)["running"])
    brief = f"Next brief {planned}" if planned else "No brief planned"
    state = ("good" if up else "amber") if planned else None
    return {"text": f"{brief} · scheduler {'up' if up else 'down'}", "state": state}


def next_brief() -> str | None:
    """Return when the next brief is planned, as people say it; None when none is."""
    found = schedules.workflow(current.scope(), WorkflowType.DAILY_BRIEF)
    at = found["next_run_at"]
    if at is None or not found["enabled"] or found["paused"]:
        return None
    return filters.soon(at)
