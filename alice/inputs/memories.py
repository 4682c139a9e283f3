"""What decisions on memories, and on what was decided, may be given: one type for each action."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from alice.domain.vocab import Domain, MemoryStatus, MemoryType, Sensitivity
from alice.inputs import SOME, Answer, Day, Given, Line, Moment, Paging, Partial, Query, Reason
from alice.inputs.connectors import said
from alice.inputs.reviews import Review

MOST_AT_ONCE = 500
DecidedKind = Literal[
    "memory", "open_loop", "source", "artifact", "project", "person", "project_update", "graph_edge"
]  # fmt: skip


class ListMemories(Paging):
    """Which memories are wanted. With `as_of` or `query` nothing but `limit` goes along."""

    status: MemoryStatus | None = Field(None, description="Where they stand; else all that were not forgotten.")
    memory_type: MemoryType | None = Field(None, description="What kind of thing they hold.")
    domain: Domain | None = Field(None, description="The part of life they belong to.")
    project_id: UUID | None = Field(None, description="The project they belong to.")
    flag: Line | None = Field(None, description="What to be careful about, such as instruction_like.")
    backlog: Answer | None = Field(None, description="Whether they came in with an import as history.")
    waiting: Answer | None = Field(None, description="Whether they need a decision now.")
    as_of: Day | None = Field(None, description="The day at whose end they waited or were held, in the words of then.")
    query: Query | None = Field(None, description="Words to look for; what holds most of them comes first.")


class MemoryAction(StrEnum):
    """What can be decided about a memory."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    SNOOZE = "snooze"
    MERGE = "merge"
    SUPERSEDE = "supersede"
    EXPIRE = "expire"
    REOPEN = "reopen"
    UNDO = "undo"


class ManyAction(StrEnum):
    """What can be decided about many memories at once."""

    ACCEPT = "accept"
    REJECT = "reject"
    SNOOZE = "snooze"
    MERGE = "merge"
    EXPIRE = "expire"
    REOPEN = "reopen"


Text = Annotated[Reason, Field(json_schema_extra=dict(SOME)), AfterValidator(said)]


class EditMemory(Partial):
    """What to change about a memory; what is not said stays, and a project of null takes it out of its project."""

    text: Text = Field("", description="What is held, in one sentence.")
    memory_type: MemoryType = Field(MemoryType.SEMANTIC, description="What kind of thing it holds.")
    domain: Domain = Field(Domain.UNKNOWN, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is.")
    project_id: UUID | None = Field(None, description="The project it belongs to.")


class ReviewMemory(Review):
    """A decision on a memory."""

    action: MemoryAction = Field(description="What is decided; undo takes the newest decision back.")
    edit: EditMemory | None = Field(None, description="With edit: what to change. A candidate is accepted with it.")
    into: UUID | None = Field(None, description="With merge: the memory that says the same; it gets the words.")
    by: UUID | None = Field(None, description="With supersede: what holds now; a candidate is accepted with it.")
    until: Moment | None = Field(None, description="With snooze: until when; else a week.")
    revealed: Answer = Field(False, description="Whether you have seen what the text hides; see `unseen`.")


class ReviewMemories(Given):
    """A decision on many memories at once; each gets one of its own, and all are undone together."""

    ids: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE, description="Which memories.")
    action: ManyAction = Field(description="What is decided.")
    preview: Answer = Field(False, description="Whether only to say what would happen to each.")
    reason: Reason | None = Field(None, description="Why; it is kept.")
    into: UUID | None = Field(None, description="With merge: the memory that says the same; it gets the words.")
    until: Moment | None = Field(None, description="With snooze: until when; else a week.")
    revealed: Answer = Field(False, description="Whether you have seen what the texts hide; see `unseen`.")


class ListRevisions(Paging):
    """Which revisions are wanted."""


class ListDecisions(Paging):
    """Which decisions are wanted."""

    subject_kind: DecidedKind | None = Field(None, description="On what kind of thing.")
    subject_id: UUID | None = Field(None, description="On which one.")
    since: Moment | None = Field(None, description="Taken then or later.")


class UndoDecision(Given):
    """Takes a decision back, with everything that was decided in the same act."""

    reason: Reason | None = Field(None, description="Why; it is kept.")
