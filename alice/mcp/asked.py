"""What each tool may be given: the same checks as everywhere, in the few words that an agent needs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from alice.domain.vocab import Domain, LoopStatus, MemoryType, Sensitivity, WorkflowType
from alice.inputs import Body, BuildContextPack, Given, HowMany, Line, Query
from alice.inputs.agents import Claim, Kind
from alice.inputs.connectors import Place, Privacy

Domains = Annotated[list[Place], Field(max_length=len(Domain))]
Days = Annotated[int, Field(ge=1, le=365)]
Most = Annotated[HowMany, Field(ge=1, le=100)]


class Recall(Given):
    """A question, and how much is wanted."""

    query: Query = Field(description="What you look for, in a sentence or a few words; 'last week' counts.")
    domains: Domains = Field([], description="Only these parts of the owner's life; else all that you may read.")
    project: Line | None = Field(None, description="Only this project, by name or id.")
    limit: Most = Field(10, description="How many passages at most.")


class Pack(BuildContextPack):
    """A question to answer with what is held about it."""


class Capture(Given):
    """Something that you made and that is worth keeping."""

    text: Body = Field(description="The words, at most a million characters.")
    title: Line | None = Field(None, description="What to call it; else its first line.")
    external_id: Line | None = Field(None, description="Your own name for it; the same one again makes a revision.")
    project_id: UUID | None = Field(None, description="The id of the project that it is about.")
    domain: Place = Field(Domain.AGENT_RUN, description="The part of life it belongs to.")
    sensitivity: Privacy = Field(Sensitivity.UNKNOWN, description="How private it is; unknown counts as private.")


class Propose(Given):
    """One claim to remember, with the words it rests on when there are some."""

    text: Claim = Field(description="The claim, in one plain sentence.")
    memory_type: Kind = Field(MemoryType.SEMANTIC, description="What kind of memory it would be.")
    source_id: UUID | None = Field(None, description="The source that it rests on, as recall names it.")
    quote: Claim | None = Field(None, description="The words of that source, letter for letter.")
    project_id: UUID | None = Field(None, description="The id of the project that it is about.")
    domain: Place | None = Field(None, description="The part of life it belongs to; else as its source says.")
    sensitivity: Privacy | None = Field(None, description="How private it is; never less than its source.")


class OpenLoops(Given):
    """Which open loops are wanted."""

    status: LoopStatus | None = Field(None, description="Where they stand; else those that still need somebody.")
    owner: Line | None = Field(None, description="Who has to act, as the evidence names them.")
    limit: Most = Field(20, description="How many at most.")


class Recent(Given):
    """How far back to look."""

    days: Days = Field(7, description="How many days back.")
    limit: Most = Field(20, description="How many at most.")


class WhichArtifact(Given):
    """Which artifact is wanted: one by its id, or the newest of a workflow."""

    artifact_id: UUID | None = Field(None, description="The id of the artifact.")
    workflow_type: WorkflowType = Field(WorkflowType.DAILY_BRIEF, description="Else the newest one of this workflow.")


class Everything(Given):
    """A tool that takes nothing."""
