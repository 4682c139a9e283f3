"""Artifacts as JSON: as they are listed and whole, what is decided on them, and what the owner thinks of them."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.domain.vocab import WorkflowType
from alice.inputs import reviews as review_inputs
from alice.queries.library import artifacts, ratings
from alice.queries.page import Page
from alice.services.composing import copies, model_briefs
from alice.services.reviewing import artifacts as reviews
from alice.services.reviewing import ratings as opinions
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.artifacts import (
    Artifact,
    ExportedArtifact,
    Feedback,
    Rating,
    ReviewedArtifact,
    WholeArtifact,
)
from alice.web.inputs import accepts


@routes.get("/artifacts")
@accepts(inputs.ListArtifacts)
@answers(page_of(Artifact))
def list_artifacts(given: inputs.ListArtifacts) -> Response:
    """List artifacts without their sections, the newest first."""
    return present.page(artifacts.page(current.scope(), **given.model_dump()))


@routes.get("/artifacts/<uuid:artifact_id>")
@accepts(inputs.Nothing)
@answers(WholeArtifact)
def show_artifact(artifact_id: UUID) -> Response:
    """Return one artifact with its statements, each with the words that it cites."""
    return present.one(artifacts.get(current.scope(), artifact_id))


@routes.post("/artifacts/generate/<workflow_type>")
@accepts(review_inputs.GenerateArtifact)
@answers(WholeArtifact, {201: "It is composed, and waits for review."}, fails=(409, 423))
def generate_artifact(workflow_type: str, given: review_inputs.GenerateArtifact) -> Response:
    """Compose an artifact now; this is no slot of a schedule and needs no daemon."""
    kind, zone = inputs.word(WorkflowType, "workflow_type", workflow_type), current.settings().timezone
    mode = given.generation_mode
    made = model_briefs.compose_now(kind, current.actor(), mode=mode, zone=zone, now=current.now())
    return present.one(made, 201)


@routes.post("/artifacts/<uuid:artifact_id>/review")
@accepts(review_inputs.ReviewArtifact)
@answers(ReviewedArtifact, fails=(409,))
def review_artifact(artifact_id: UUID, given: review_inputs.ReviewArtifact) -> Response:
    """Decide on an artifact, or make candidates of its statements; return it as it is now."""
    return present.one(reviews.review(current.actor(), artifact_id, now=current.now(), **given.call()))


@routes.get("/artifacts/<uuid:artifact_id>/quality-ratings")
@accepts(inputs.Nothing)
@answers(page_of(Rating))
def list_ratings(artifact_id: UUID) -> Response:
    """List what was thought of an artifact, the newest first."""
    found = artifacts.find(current.scope(), artifact_id)
    return present.page(Page.whole(ratings.of(current.scope(), found.id)))


@routes.post("/artifacts/<uuid:artifact_id>/quality-ratings")
@accepts(review_inputs.RateArtifact)
@answers(Rating)
def rate_artifact(artifact_id: UUID, given: review_inputs.RateArtifact) -> Response:
    """Say what you think of an artifact; it replaces what you thought before."""
    return present.one(opinions.rate(current.actor(), artifact_id, given.model_dump(), now=current.now()))


@routes.get("/artifacts/<uuid:artifact_id>/insight-feedback")
@accepts(inputs.Nothing)
@answers(page_of(Feedback))
def list_feedback(artifact_id: UUID) -> Response:
    """List which statements of an artifact helped and which did not, in the order of reading."""
    found = artifacts.find(current.scope(), artifact_id)
    return present.page(Page.whole(ratings.feedback(current.scope(), found.id)))


@routes.post("/artifacts/<uuid:artifact_id>/insight-feedback")
@accepts(review_inputs.GiveInsightFeedback)
@answers(Feedback)
def give_insight_feedback(artifact_id: UUID, given: review_inputs.GiveInsightFeedback) -> Response:
    """Say whether a statement helped, or the artifact as a whole; it replaces what you said before."""
    return present.one(opinions.give_feedback(current.actor(), artifact_id, now=current.now(), **given.model_dump()))


@routes.post("/artifacts/<uuid:artifact_id>/export")
@accepts(inputs.Nothing)
@answers(ExportedArtifact)
def export_artifact(artifact_id: UUID) -> Response:
    """Return an artifact as a Markdown file, and note in the log that it was taken out."""
    return present.one(copies.export(current.actor(), artifact_id))
