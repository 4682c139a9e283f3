"""The append-only log as JSON, for the owner alone."""

from __future__ import annotations

from typing import Annotated

from flask import Response
from pydantic import Field

from alice import inputs
from alice.domain.actions import Action
from alice.inputs import Line
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services import anchors
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.events import Event, Verification
from alice.web.inputs import accepts


class ListEvents(inputs.ListEvents):
    """Which events are wanted; the document names every type and kind."""

    event_type: Annotated[Line, Field(json_schema_extra={"enum": [*events.TYPES]})] | None = Field(
        None, description="What happened."
    )
    subject_kind: Annotated[Line, Field(json_schema_extra={"enum": [*events.KINDS]})] | None = Field(
        None, description="To what kind of thing."
    )


@routes.get("/events")
@accepts(ListEvents)
@answers(page_of(Event))
def list_events(given: ListEvents) -> Response:
    """List what happened, the newest first; agents may not."""
    scope = gate.allow(current.actor(), Action.READ_EVENTS).scope
    return present.page(events.page(scope, **given.model_dump()))


@routes.get("/events/verify")
@accepts(inputs.Nothing)
@answers(Verification, fails=(409,))
def verify_events() -> Response:
    """Walk the whole log and say whether every event is as it was written; agents may not ask."""
    return present.one(anchors.verify(current.actor(), settings=current.settings()))
