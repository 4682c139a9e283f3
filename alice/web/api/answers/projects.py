"""What is answered about projects and the updates that scans propose for them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from alice.domain.vocab import Domain, Sensitivity, UpdateStatus
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import Quote

NamedStatus = Literal["candidate", "accepted", "rejected"]


class Project(Answer):
    """A project that evidence speaks of, or that the owner added."""

    id: UUID = means("Its id.")
    name: str = means("What it is called.", examples=["Garden"])
    status: NamedStatus = means("Where it stands.")
    state: str | None = means("How far it is, as the owner accepted it.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    created_at: datetime = means("When it was first seen.")
    last_seen_at: datetime = means("When it was last spoken of.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)


class AddedProject(Project):
    """A project that was added, or the one of that name that was known."""

    duplicate: bool = means("Whether it was known already.")


ADDED = {201: "It is added.", 200: "One of that name is known, and accepted now."}


class Update(Answer):
    """A new state that a scan proposed for a project."""

    id: UUID = means("Its id.")
    project_id: UUID = means("The project.")
    artifact_id: UUID | None = means("The report that proposed it.")
    current_state: str | None = means("The state of the project when it was proposed.")
    suggested_state: str = means("The state that is proposed.")
    accepted_state: str | None = means("The state that was accepted, as it was or edited.")
    status: UpdateStatus = means("Where it stands.")
    confidence: float = means("How sure the scan is, from 0 to 1.", ge=0, le=1)
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    proposed_by: str = means("Who proposed it.")
    created_at: datetime = means("When it was proposed.")
    decided_at: datetime | None = means("When it was decided on.")
    reason: str | None = means("Why, in the words of whoever decided.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)
    added: list[str] = means("The lines that it adds to the state.")
    dropped: list[str] = means("The lines that it drops from the state.")


class WholeUpdate(Update):
    """A proposed update with the words it rests on."""

    evidence: list[Quote] = means("The words it rests on, the newest first.")


class WholeProject(Project):
    """A project with what was proposed for it."""

    updates: list[Update] = means("The updates that were proposed for it, the newest first.")
