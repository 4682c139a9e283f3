"""Open loops as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.services import loops
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.loops import Loop
from alice.web.inputs import accepts


@routes.post("/open-loops/<uuid:loop_id>/review")
@accepts(inputs.ReviewLoop)
@answers(Loop)
def review_loop(loop_id: UUID, given: inputs.ReviewLoop) -> Response:
    """Decide on an open loop, and return it as it is now."""
    return present.one(loops.review(current.actor(), loop_id, now=current.now(), **given.model_dump()))
