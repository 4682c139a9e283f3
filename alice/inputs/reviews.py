"""What decisions on sources, loops, artifacts, projects, people and connections may be given: one type for each."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from alice.domain.vocab import Domain, EdgeStatus, GenerationMode, LoopKind, LoopStatus, Sensitivity, UpdateStatus
from alice.inputs import (
    Answer,
    Day,
    Given,
    Line,
    Mark,
    Moment,
    Offset,
    Paging,
    Partial,
    Reason,
    Sentence,
    Title,
    Version,
)

_WHY = "Why; it is kept."
_SEEN = "The version that was looked at; another one is a conflict."
ProjectStatus = Literal["candidate", "accepted", "rejected"]


class Review(Given):
    """The base of a decision: why it is taken, and which version of the thing was looked at."""

    reason: Reason | None = Field(None, description=_WHY)
    version: Version | None = Field(None, description=_SEEN)

    def call(self) -> dict[str, Any]:
        """Return the arguments of the service: an edit holds only what was said in it."""
        edit: Any = getattr(self, "edit", None)
        told = self.model_dump(exclude={"edit"})
        return told | ({"edit": edit.model_dump(exclude_unset=True)} if edit is not None else {})


class LoopAction(StrEnum):
    """What can be decided about an open loop."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    CLOSE = "close"
    REOPEN = "reopen"
    SNOOZE = "snooze"
    MERGE = "merge"


class EditLoop(Partial):
    """What to change about an open loop; what is not said stays, and null takes away."""

    text: Sentence = Field("", description="What is to be done.")
    loop_kind: LoopKind = Field(LoopKind.TASK, description="What makes it open.")
    owner: Line | None = Field(None, description="Who has to act.")
    waiting_for: Line | None = Field(None, description="Who or what is waited for.")
    due_on: Day | None = Field(None, description="The day it is due.")
    domain: Domain = Field(Domain.UNKNOWN, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")
    project_id: UUID | None = Field(None, description="The project it belongs to.")


class ReviewLoop(Review):
    """A decision on an open loop."""

    action: LoopAction = Field(description="What is decided.")
    until: Moment | None = Field(None, description="How long to snooze; else a week.")
    edit: EditLoop | None = Field(None, description="With edit: what to change. A candidate is open from then on.")
    into: UUID | None = Field(None, description="With merge: the loop that this one says again.")


class AddLoop(EditLoop):
    """An open loop of your own."""

    text: Sentence = Field(description="What is to be done.")


class ListLoops(Paging):
    """Which open loops are wanted."""

    status: LoopStatus | None = Field(None, description="Where they stand; else those that still need somebody.")
    owner: Line | None = Field(None, description="Who has to act.")
    project_id: UUID | None = Field(None, description="The project they belong to.")


class SourceAction(StrEnum):
    """What can be decided about a source."""

    REVIEW = "review"
    EDIT = "edit"
    ARCHIVE = "archive"
    RESTORE = "restore"


class EditSource(Partial):
    """What to say about a source; what is not said stays, and a project of null takes it out of its project."""

    domain: Domain = Field(Domain.UNKNOWN, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")
    project_id: UUID | None = Field(None, description="The project it belongs to.")


class ReviewSource(Review):
    """A decision on a source."""

    action: SourceAction = Field(description="What is decided.")
    edit: EditSource | None = Field(None, description="What to say about it; claims drawn from it follow.")


class ArtifactAction(StrEnum):
    """What can be decided about an artifact."""

    ACCEPT = "accept"
    REJECT = "reject"
    ARCHIVE = "archive"
    REOPEN = "reopen"
    PROMOTE = "promote"


class StatementPlace(Given):
    """Which statement of an artifact is meant."""

    section: Offset = Field(description="The number of the section, from 0.")
    statement: Offset = Field(description="The number of the statement in it, from 0.")


class ReviewArtifact(Review):
    """A decision on an artifact."""

    action: ArtifactAction = Field(description="What is decided; promote makes candidates, never memories.")
    statements: list[StatementPlace] = Field(
        [], max_length=200, description="With promote: which statements; else every fact of it."
    )

    def call(self) -> dict[str, Any]:
        """Return the arguments of the service."""
        places = [(one.section, one.statement) for one in self.statements]
        return self.model_dump(exclude={"statements"}) | {"statements": places}


class GenerateArtifact(Given):
    """An artifact to compose now."""

    generation_mode: GenerationMode | None = Field(
        None, description="By rules or a model; else as the workflow is set."
    )


class RateArtifact(Given):
    """What you think of an artifact, from 1 to 5; at least one thing is said."""

    usefulness: Mark | None = Field(None, description="Did it help?", examples=[4])
    accuracy: Mark | None = Field(None, description="Was it right?")
    source_grounding: Mark | None = Field(None, description="Did its sources bear it out?")
    novel_connections: Mark | None = Field(None, description="Did it tie together what you had not?")
    actionability: Mark | None = Field(None, description="Could you act upon it?")
    hallucination_risk: Mark | None = Field(None, description="How much of it seemed made up?")
    verbosity: Literal["too_shallow", "right_sized", "too_verbose"] | None = Field(None, description="Its length.")
    missed_context: Reason | None = Field(None, description="What it should have known.")
    comments: Reason | None = Field(None, description="Anything else.")


class GiveInsightFeedback(Given):
    """Whether a statement of an artifact, or the artifact as a whole, helped."""

    useful: Answer = Field(description="Whether it helped.")
    section: Offset | None = Field(None, description="The number of the section, from 0; else the whole artifact.")
    statement: Offset | None = Field(None, description="The number of the statement in it, from 0.")
    note: Reason | None = Field(None, description="Why.")


class ListProjects(Paging):
    """Which projects are wanted."""

    status: ProjectStatus | None = Field(None, description="Where they stand; else those that were not rejected.")


class AddProject(Given):
    """A project of your own."""

    name: Title = Field(description="What it is called.")
    state: Reason | None = Field(None, description="Where it stands.")
    domain: Domain = Field(Domain.PROJECT, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")


class NamedAction(StrEnum):
    """What can be decided about a project or a person."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    REOPEN = "reopen"


class EditProject(Partial):
    """What to change about a project; what is not said stays."""

    name: Title = Field("", description="What it is called.")
    state: Reason | None = Field(None, description="Where it stands.")
    domain: Domain = Field(Domain.PROJECT, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")


class ReviewProject(Review):
    """A decision on a project."""

    action: NamedAction = Field(description="What is decided.")
    edit: EditProject | None = Field(None, description="With edit: what to change. A candidate is accepted with it.")


class EditPerson(Partial):
    """What to change about a person; what is not said stays."""

    name: Title = Field("", description="What they are called.")
    handle: Line | None = Field(None, description="How they sign.")
    domain: Domain = Field(Domain.UNKNOWN, description="The part of life they belong to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")


class ReviewPerson(Review):
    """A decision on a person."""

    action: NamedAction = Field(description="What is decided.")
    edit: EditPerson | None = Field(None, description="With edit: what to change. A candidate is accepted with it.")


class ListPeople(ListProjects):
    """Which people are wanted."""


class ListUpdates(Paging):
    """Which proposed updates of projects are wanted."""

    status: UpdateStatus | None = Field(None, description="Where they stand.")
    project_id: UUID | None = Field(None, description="Of which project.")


class UpdateAction(StrEnum):
    """What can be decided about a proposed update."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"


class ReviewUpdate(Given):
    """A decision on a proposed update of a project."""

    action: UpdateAction = Field(description="What is decided.")
    edit: str | None = Field(None, max_length=8_000, description="With edit: the state to keep.")
    reason: Reason | None = Field(None, description=_WHY)
    version: Version | None = Field(None, description=_SEEN)


class ListEdges(Paging):
    """Which connections are wanted."""

    status: EdgeStatus | None = Field(None, description="Where they stand.")


class EdgeAction(StrEnum):
    """What can be decided about a connection."""

    ACCEPT = "accept"
    REJECT = "reject"


class ReviewEdge(Review):
    """A decision on a connection."""

    action: EdgeAction = Field(description="What is decided.")
