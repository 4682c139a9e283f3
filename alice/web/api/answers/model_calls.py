"""What is answered about model calls that wait for the owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from alice.domain.vocab import Domain, ModelCallStatus, Sensitivity, WorkflowType
from alice.web.api.answers import Answer, means


class ModelCall(Answer):
    """A model call that nobody sends before the owner has looked at it, as lists show it."""

    id: UUID = means("Its id.")
    workflow_type: WorkflowType = means("The workflow that wants to ask.")
    status: ModelCallStatus = means("Where it stands.")
    endpoint: str = means("The address that it would go to.")
    endpoint_host: str = means("The host of that address.")
    options: dict[str, Any] = means("Which model, and how it would be asked.")
    routing: dict[str, Any] = means("Why it has to wait.")
    prompt_hash: str = means("The digest of what would be sent.")
    input_context_hash: str = means("The digest of everything that the artifact is composed from.")
    domain: Domain = means("The part of life that its words belong to.")
    sensitivity: Sensitivity = means("How private its words are.")
    created_at: datetime = means("When it was proposed.")
    decided_at: datetime | None = means("When it was decided on.")
    reason: str | None = means("Why, in the words of whoever decided, or what went wrong.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)
    project_id: UUID | None = means("The project that it is about.")
    source_artifact_id: UUID | None = means("The artifact that rules wrote meanwhile.")
    artifact_id: UUID | None = means("The artifact that the model wrote.")
    characters: int = means("How long `request` is.", ge=0)


class SentPassage(Answer):
    """Words of a source that a model call would send."""

    number: int = means("The number under which the request has them.", ge=1)
    source_id: UUID = means("The source.")
    source_title: str = means("What the source is called.")
    start: int = means("Where the words begin, in code points of the source's text.", ge=0)
    end: int = means("Where they end.", ge=0)
    quote: str = means("The words, as they stand in the source now.")
    sensitivity: Sensitivity = means("How private the source is.")


class WholeModelCall(ModelCall):
    """A model call with exactly what would be sent."""

    request: str = means("The body to the byte.")
    passages: list[SentPassage] = means("The words of sources in it.")
