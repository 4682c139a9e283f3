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
CARES = {
    "source.captured": ("alice:captures", "alice:waiting"),
    "import.finished": ("alice:captures",),
    "artifact.generated": ("alice:waiting",),
    "artifact.reviewed": ("alice:waiting",),
    "memory.reviewed": ("alice:waiting",),
    "open_loop.reviewed": ("alice:waiting",),
    "source.reviewed": ("alice:waiting",),
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
