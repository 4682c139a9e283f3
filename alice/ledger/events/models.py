"""What happens to requests that a model elsewhere would be sent."""

from __future__ import annotations

from alice.ledger.events.base import Event, event


@event("model_call.proposed", "model_call")
class ModelCallProposed(Event):
    """A request to a model elsewhere was written and waits for the owner; nothing was sent."""

    workflow_type: str
    endpoint_host: str
    prompt_hash: str
    passages: int


@event("model_call.withdrawn", "model_call")
class ModelCallWithdrawn(Event):
    """A request that waited gave way to a newer one of the same workflow."""

    before: str


@event("model_call.reviewed", "model_call")
class ModelCallReviewed(Event):
    """The owner approved a request, which is sent then, or refused it, which takes its words away."""

    action: str
    before: str
    after: str


@event("model_call.ended", "model_call")
class ModelCallEnded(Event):
    """An approved request was answered with an artifact, or failed."""

    outcome: str
    artifact_id: str | None
