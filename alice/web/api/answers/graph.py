"""What is answered about ties between pieces of evidence and claims."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alice.domain.vocab import Domain, EdgeStatus, Sensitivity
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import Quote


class Edge(Answer):
    """A tie between two things that a report proposed."""

    id: UUID = means("Its id.")
    from_id: UUID = means("The one end.")
    to_id: UUID = means("The other end.")
    from_kind: str = means("What the one end is: memory, open_loop or passage.", examples=["passage"])
    to_kind: str = means("What the other end is.", examples=["memory"])
    relation: str = means("How they are tied.")
    status: EdgeStatus = means("Where it stands.")
    explanation: str = means("By what they are tied: reference, people or words.")
    shared: list[str] = means("What they share.")
    confidence: float = means("How sure the report is, from 0 to 1.", ge=0, le=1)
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    project_id: UUID | None = means("The project that it belongs to.")
    artifact_id: UUID | None = means("The report that proposed it.")
    proposed_by: str = means("Who proposed it.")
    created_at: datetime = means("When it was proposed.")
    decided_at: datetime | None = means("When it was decided on.")
    reason: str | None = means("Why, in the words of whoever decided.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)


class WholeEdge(Edge):
    """A tie with the words of both ends."""

    evidence: list[Quote] = means("The words of both ends, the newest first.")
