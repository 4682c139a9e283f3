"""Artifacts as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.queries import artifacts
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.artifacts import Artifact, WholeArtifact
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
