"""The pulse: what changed since a page last asked."""

from __future__ import annotations

from flask import Response

from alice import inputs
from alice.queries.ledger import timeline
from alice.queries.ledger.timeline import News
from alice.web import current, htmx
from alice.web.console import pages
from alice.web.inputs import accepts

# Which parts of a page care about which events.
_BOTH = ("alice:captures", "alice:waiting")
_WAITING = ("alice:waiting",)
CARES = {
    "source.captured": _BOTH,
    "source.forgotten": _BOTH,
    "source.removed": _BOTH,
    "import.finished": ("alice:captures",),
    "source.reviewed": _WAITING,
    "source.revised": _WAITING,
    "artifact.generated": _WAITING,
    "artifact.promoted": _WAITING,
    "artifact.reviewed": _WAITING,
    "claims.reinforced": _WAITING,
    "claims.withdrawn": _WAITING,
    "memory.forgotten": _WAITING,
    "memory.proposed": _WAITING,
    "memory.reviewed": _WAITING,
    "model_call.proposed": _WAITING,
    "model_call.reviewed": _WAITING,
    "model_call.withdrawn": _WAITING,
    "open_loop.reviewed": _WAITING,
}


@pages.get("/pulse")
@accepts(inputs.After)
def pulse(given: inputs.After) -> Response:
    """Answer 204 when nothing happened after the event `after`, else name what changed."""
    news = timeline.since(current.scope(), given.after)
    if news.seq == given.after:
        return htmx.nothing()
    return htmx.render_many(("parts/shell/pulse.html", {"pulse_seq": news.seq}), trigger=changes(news) or None)


def changes(news: News) -> dict[str, dict[str, int]]:
    """Return the names that parts listen to, each with how many events there were."""
    counts: dict[str, int] = {}
    for kind, artifact_type, count in news.kinds:
        for name in (*CARES.get(kind, ()), *(("alice:brief",) if artifact_type == "daily_brief" else ())):
            counts[name] = counts.get(name, 0) + count
    return {name: {"count": count} for name, count in counts.items()}
