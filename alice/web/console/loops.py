"""Open loops: deciding on one, wherever it is shown."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.errors import Conflict
from alice.inputs import reviews as inputs
from alice.services.reviewing import loops
from alice.web import current, htmx
from alice.web.console import pages, reading
from alice.web.inputs import accepts

PART = "parts/library/loop_decision.html"
DONE = {
    "accept": "Accepted.",
    "reject": "Rejected.",
    "close": "Closed.",
    "reopen": "Opened again.",
    "snooze": "Snoozed.",
    "edit": "Changed.",
    "merge": "Merged.",
}
CAN_BE_UNDONE = {"reject", "close", "snooze", "merge"}


def _decided_first(error: Conflict) -> Response:
    row = reading.loop(error.extra["current"])
    return htmx.render_many((PART, {"loop": row}), htmx.toast(error.message), status=409)


@pages.post("/open-loops/<uuid:loop_id>/review")
@accepts(inputs.ReviewLoop, taken=_decided_first)
def review_loop(loop_id: UUID, given: inputs.ReviewLoop) -> Response:
    """Decide on an open loop; the answer is its row as it is now, and a way to undo."""
    done = loops.review(current.actor(), loop_id, now=current.now(), **given.call())
    if not htmx.asks_for_a_part():
        return htmx.see_other(htmx.back("/vnext"))
    row = reading.loop(done)
    undo = {"href": f"/vnext/open-loops/{loop_id}/review", "fields": {"action": "reopen"}}
    said = htmx.toast(DONE[given.action], undo if given.action in CAN_BE_UNDONE else None)
    if htmx.target() == "toasts":
        return htmx.render_many((said[0], said[1] | {"oob": False}), (PART, {"loop": row, "oob": True}))
    return htmx.render_many((PART, {"loop": row}), said)
