"""Sources as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.inputs import reviews as review_inputs
from alice.queries.library import sources
from alice.services.evidence import capture
from alice.services.reviewing import sources as reviews
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.sources import KEPT, Captured, Source, WholeSource
from alice.web.inputs import accepts


@routes.get("/sources")
@accepts(inputs.ListSources)
@answers(page_of(Source))
def list_sources(given: inputs.ListSources) -> Response:
    """List sources without their text, the newest capture first."""
    return present.page(sources.page(current.scope(), **given.model_dump()))


@routes.get("/sources/<uuid:source_id>")
@accepts(inputs.Nothing)
@answers(WholeSource)
def show_source(source_id: UUID) -> Response:
    """Return one source with its text."""
    return present.one(sources.get(current.scope(), source_id))


@routes.post("/sources")
@accepts(inputs.CaptureText)
@answers(Captured, KEPT)
def capture_text(given: inputs.CaptureText) -> Response:
    """Keep a text: 201 when it is new, 200 when the same words are kept already."""
    done = capture.capture(current.actor(), capture.Item(**given.model_dump()), zone=current.settings().timezone)
    return present.one(done.as_dict(), 200 if done.duplicate else 201)


@routes.post("/sources/<uuid:source_id>/review")
@accepts(review_inputs.ReviewSource)
@answers(Source, fails=(409,))
def review_source(source_id: UUID, given: review_inputs.ReviewSource) -> Response:
    """Decide on a source: looked at, put away, brought back, or what it is about; return it as it is now."""
    return present.one(reviews.review(current.actor(), source_id, now=current.now(), **given.call()))
