"""What is answered about artifacts: as they are listed, and whole, with the words that every statement cites."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from alice.domain.vocab import (
    ArtifactStatus,
    Domain,
    GenerationMode,
    LoopStatus,
    Sensitivity,
    StatementKind,
    WorkflowType,
)
from alice.web.api.answers import Answer, means
from alice.web.api.answers.words import Quote


class Origin(Answer):
    """Where an artifact comes from, as it was when it was composed."""

    generated_by: str = means("Who composed it.", examples=["system:scheduler"])
    workflow_type: WorkflowType = means("The workflow that composed it.")
    scheduler_run_id: UUID | None = means("The run that composed it.")
    trace_id: str = means("What the log and the events call that run.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is: as the most private thing in it.")
    review_status: ArtifactStatus = means("Where it stands.")
    generation_mode: GenerationMode = means("Whether rules wrote it, or a model.")
    input_context_hash: str = means("The digest of everything that it was composed from.")
    routing: dict[str, Any] = means("Where a model call was allowed to go, and why.")
    source_refs: list[UUID] = means("The sources that it cites.")


class Artifact(Answer):
    """A brief or a report, as lists show it."""

    id: UUID = means("Its id.")
    artifact_type: WorkflowType = means("The workflow that composed it.")
    title: str = means("Its headline.")
    status: ArtifactStatus = means("Where it stands; it begins in needs_review.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    generated_by: str = means("Who composed it.", examples=["system:scheduler"])
    created_at: datetime = means("When it was composed.")
    reviewed_at: datetime | None = means("When somebody decided on it.")
    promoted_at: datetime | None = means("When statements of it were made candidates.")
    covers_from: datetime | None = means("The beginning of the time that it tells of.")
    covers_to: datetime = means("The end of the time that it tells of.")
    prompt_hash: str | None = means("The digest of what a model was asked; null where rules wrote it.")
    model_info: dict[str, Any] = means("Which model wrote it, or why none did; empty where none was to.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)
    metadata: Origin = means("Where it comes from.")


class Citation(Quote):
    """Words that a statement rests on, read from their source."""

    number: int = means("The numeral under which the artifact cites them.", ge=1)
    source_title: str = means("What the source is called.")


class LoopNote(Answer):
    """The open loop that a statement tells of: as it stood then, with its status as it is now."""

    id: UUID = means("Its id.")
    age_days: int = means("How old it was, in whole days.")
    owner: str | None = means("Whose it was.")
    waiting_for: str | None = means("What it waited for.")
    due_on: date | None = means("The day on which it was due.")
    status: LoopStatus | str = means("Where it stands now; `forgotten` when it is gone.", examples=["open"])


class Statement(Answer):
    """One sentence of an artifact."""

    kind: StatementKind = means("What it is; only a fact cites evidence as proof.")
    text: str = means("The sentence.")
    topic: str | None = means("What it is about, when the text begins with it.")
    citations: list[Citation] = means("The words that it rests on; forgotten ones are gone.")
    loop: LoopNote | None = means("The open loop that it tells of.", always=False)


class Section(Answer):
    """Statements under a title."""

    key: str = means("What programs call it; it never changes with the title.")
    title: str = means("What people call it.")
    statements: list[Statement] = means("What it says.")


class CitedSource(Answer):
    """A source that an artifact cites."""

    source_id: UUID = means("The source.")
    title: str = means("What it is called.")
    connector: str = means("How it came in.")
    occurred_at: datetime = means("When it was said.")
    numbers: list[int] = means("The numerals that cite it.")


class WholeArtifact(Artifact):
    """A brief or a report with everything that it says."""

    content_markdown: str = means("All of it as Markdown, as it was when it was composed.")
    sections: list[Section] = means("What it says, section by section.")
    sources: list[CitedSource] = means("The sources that it cites, in the order of their first numeral.")


class ReviewedArtifact(Artifact):
    """An artifact after a decision."""

    memory_ids: list[UUID] = means("With promote: the candidates that its statements became.", always=False)


class Rating(Answer):
    """What somebody thinks of an artifact; marks are from 1 to 5, and null where nothing was said."""

    artifact_id: UUID = means("The artifact.")
    usefulness: int | None = means("Whether it helped.", ge=1, le=5)
    accuracy: int | None = means("Whether it was right.", ge=1, le=5)
    source_grounding: int | None = means("Whether its sources bore it out.", ge=1, le=5)
    novel_connections: int | None = means("Whether it tied together what was not tied.", ge=1, le=5)
    actionability: int | None = means("Whether one could act upon it.", ge=1, le=5)
    hallucination_risk: int | None = means("How much of it seemed made up.", ge=1, le=5)
    verbosity: str | None = means("Its length: too_shallow, right_sized or too_verbose.", examples=["right_sized"])
    missed_context: str | None = means("What it should have known.")
    comments: str | None = means("Anything else.")
    rated_by: str = means("Who thinks so.", examples=["owner"])
    rated_at: datetime = means("When it was said.")
    version: int = means("How often it was said anew.", ge=1)


class Feedback(Answer):
    """Whether a statement of an artifact helped, or without a place the artifact as a whole."""

    artifact_id: UUID = means("The artifact.")
    section: int | None = means("The number of the section, from 0.", ge=0)
    statement: int | None = means("The number of the statement in it, from 0.", ge=0)
    useful: bool = means("Whether it helped.")
    note: str | None = means("Why.")
    given_by: str = means("Who says so.", examples=["owner"])
    given_at: datetime = means("When it was said.")


class ExportedArtifact(Answer):
    """An artifact as a file."""

    artifact_id: UUID = means("The artifact.")
    filename: str = means("What the file is called.", examples=["2026-03-04 daily-brief.md"])
    content_markdown: str = means("What stands in it; its front matter says that Alice wrote it.")
