"""Model calls that wait for the owner, as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.domain.actions import Action
from alice.ledger import gate
from alice.queries.library import model_calls as queries
from alice.services.composing import model_calls
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.model_calls import ModelCall, WholeModelCall
from alice.web.inputs import accepts


@routes.get("/model-calls")
@accepts(inputs.ListModelCalls)
@answers(page_of(ModelCall))
def list_model_calls(given: inputs.ListModelCalls) -> Response:
    """List the model calls that wait, or those in another state, the newest first."""
    return present.page(queries.page(gate.scope(current.actor(), Action.REVIEW), **given.model_dump()))


@routes.get("/model-calls/<uuid:call_id>")
@accepts(inputs.Nothing)
@answers(WholeModelCall)
def show_model_call(call_id: UUID) -> Response:
    """Return one model call with exactly what would be sent."""
    return present.one(queries.get(gate.scope(current.actor(), Action.REVIEW), call_id))


@routes.post("/model-calls/<uuid:call_id>/review")
@accepts(inputs.ReviewModelCall)
@answers(WholeModelCall, fails=(423, 502))
def review_model_call(call_id: UUID, given: inputs.ReviewModelCall) -> Response:
    """Approve or refuse a model call, and return it as it is now; an approved one has been sent then."""
    return present.one(model_calls.review(current.actor(), call_id, now=current.now(), **given.model_dump()))
