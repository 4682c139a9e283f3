"""Decisions as JSON: what was decided of late, and taking it back."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import memories as inputs
from alice.queries.ledger import decisions
from alice.services.reviewing import undoing
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.memories import Decision, Undone
from alice.web.inputs import accepts


@routes.get("/decisions")
@accepts(inputs.ListDecisions)
@answers(page_of(Decision))
def list_decisions(given: inputs.ListDecisions) -> Response:
    """List what was decided, on whatever kind of thing, the newest first; agents see none."""
    return present.page(decisions.page(current.scope(), **given.model_dump()))


@routes.post("/decisions/<uuid:decision_id>/undo")
@accepts(inputs.UndoDecision)
@answers(Undone, fails=(409,))
def undo_decision(decision_id: UUID, given: inputs.UndoDecision) -> Response:
    """Take a decision back, with all that was decided in the same act, and return what stands then."""
    return present.one(undoing.undo(current.actor(), decision_id, reason=given.reason, now=current.now()))
