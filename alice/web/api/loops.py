"""Open loops as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import reviews as inputs
from alice.queries.library import loops as queries
from alice.services.reviewing import loops
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.loops import ADDED, AddedLoop, Loop, WholeLoop
from alice.web.inputs import accepts


@routes.get("/open-loops")
@accepts(inputs.ListLoops)
@answers(page_of(Loop))
def list_loops(given: inputs.ListLoops) -> Response:
    """List open loops, the newest first; without a status those that still need somebody."""
    return present.page(queries.page(current.scope(), **given.model_dump()))


@routes.post("/open-loops")
@accepts(inputs.AddLoop)
@answers(AddedLoop, ADDED, fails=(409,))
def add_loop(given: inputs.AddLoop) -> Response:
    """Add a loop of your own, open at once: 201, or 200 when one that says the same is known."""
    told = loops.add(current.actor(), loops.NewLoop(**given.model_dump()), now=current.now())
    return present.one(told, 200 if told["duplicate"] else 201)


@routes.get("/open-loops/<uuid:loop_id>")
@accepts(Nothing)
@answers(WholeLoop)
def show_loop(loop_id: UUID) -> Response:
    """Return one loop with the words it was drawn from."""
    return present.one(queries.get(current.scope(), loop_id))


@routes.post("/open-loops/<uuid:loop_id>/review")
@accepts(inputs.ReviewLoop)
@answers(Loop, fails=(409,))
def review_loop(loop_id: UUID, given: inputs.ReviewLoop) -> Response:
    """Decide on an open loop, and return it as it is now."""
    return present.one(loops.review(current.actor(), loop_id, now=current.now(), **given.call()))
