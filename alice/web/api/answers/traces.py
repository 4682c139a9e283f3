"""What is answered about traces: the whole chain behind a source, an artifact, a memory or a loop, both ways."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from pydantic import create_model

from alice.domain.vocab import ArtifactStatus, Domain, GenerationMode, Sensitivity, SourceStatus, WorkflowType
from alice.web.api.answers import Answer, Open, means
from alice.web.api.answers.artifacts import Artifact

HOLDS = "`ok`, or what is wrong: checked now, against digests, seals and the words themselves."


@cache
def part_of(item: type[Answer]) -> type[Answer]:
    """Return the type of a bounded list of `item` within a trace."""
    return create_model(
        f"PartOf{item.__name__}",
        __base__=Answer,
        __doc__=f"A part of a list. Each item: {item.__doc__}",
        items=(list[item], means("What is shown here.")),  # type: ignore[valid-type]
        count=(int, means("How many are here.", ge=0)),
        total=(int, means("How many there are in all that may be seen.", ge=0)),
        skipped=(int, means("How many come before these.", ge=0)),
    )


class TracedEvent(Answer):
    """An event of the log, without what it carries."""

    id: UUID = means("Its id.")
    seq: int = means("Its place in the log.", ge=1)
    event_type: str = means("What happened.", examples=["source.captured"])
    actor: str = means("Who did it.", examples=["owner"])
    recorded_at: datetime = means("When.")
    trace_id: str = means("What the log calls the request or run that it belongs to.")


class TracedDecision(Answer):
    """A decision on a thing, without what was before and after it."""

    id: UUID = means("Its id.")
    action: str = means("What was decided.", examples=["accept"])
    version: int = means("The version that it made.", ge=1)
    decided_by: str = means("Who decided.")
    decided_at: datetime = means("When.")
    undoes: UUID | None = means("The decision that it took back.")
    event_id: UUID = means("The event that tells of it.")
    reason: str | None = means("Why.")


class TracedSpan(Answer):
    """Words of a source, and the rule by which something was drawn from them."""

    source_id: UUID = means("The source.")
    chunk_id: UUID = means("The passage of it.")
    start: int = means("Where the words begin, in code points of the source's text.", ge=0)
    end: int = means("Where they end.", ge=0)
    quote: str = means("The words.")
    rule: str = means("The rule that drew from them.")
    integrity: str = means(HOLDS, examples=["ok"])


class SourcedSpan(TracedSpan):
    """Words with what is known of their source."""

    source_title: str = means("What the source is called.")
    connector: str = means("How it came in.")
    occurred_at: datetime = means("When it was said.")
    current: bool = means("Whether it is the text that stands now.")


class TracedClaim(Answer):
    """Something that was drawn from a source."""

    kind: Literal["memory", "open_loop", "person", "project"] = means("What it is.")
    id: UUID = means("Its id.")
    text: str = means("What it says, or the name.")
    status: str = means("Where it stands.", examples=["candidate"])
    integrity: str = means(HOLDS, examples=["ok"])
    spans: list[TracedSpan] = means("The words of this source that it was drawn from, at most 20.")
    decisions: list[TracedDecision] = means("What was decided on it, the newest first, at most 20.")


class TracedRun(Answer):
    """The run that composed an artifact."""

    id: UUID = means("Its id.")
    status: str = means("How it ended.")
    triggered_by: str = means("Who or what asked for it.")
    scheduled_for: datetime | None = means("The slot that it was for.")
    started_at: datetime = means("When it began.")
    finished_at: datetime | None = means("When it ended.")
    attempt: int = means("Which attempt it was.", ge=1)
    trace_id: str = means("What the log calls it.")


class TracedSlot(Answer):
    """The slot of a schedule that an artifact filled."""

    id: UUID = means("Its id.")
    scheduled_for: datetime = means("When it was due.")
    outcome: str = means("How it ended.", examples=["succeeded"])
    decided_at: datetime = means("When that was known.")


class Numeral(Answer):
    """A citation of an artifact, by its place."""

    number: int = means("The numeral under which it cites.", ge=1)
    chunk_id: UUID = means("The passage.")
    start: int = means("Where the words begin.", ge=0)
    end: int = means("Where they end.", ge=0)


class CitingArtifact(Answer):
    """An artifact that cites words."""

    id: UUID = means("Its id.")
    artifact_type: WorkflowType = means("The workflow that composed it.")
    title: str = means("Its headline.")
    status: ArtifactStatus = means("Where it stands.")
    generated_by: str = means("Who composed it.")
    generation_mode: GenerationMode = means("Whether rules wrote it, or a model.")
    created_at: datetime = means("When it was composed.")
    trace_id: str = means("What the log calls the run that composed it.")
    citations: list[Numeral] = means("Where it cites them.")
    run: TracedRun | None = means("The run that composed it.")
    slot: TracedSlot | None = means("The slot of its schedule that it filled.")


class Proposal(Answer):
    """A tie, or a new state of a project, that was proposed."""

    kind: Literal["graph_edge", "project_update"] = means("What it is.")
    id: UUID = means("Its id.")
    status: str = means("Where it stands.")
    what: str = means("The relation of a tie; `state` for a project.")
    created_at: datetime = means("When it was proposed.")


class TracedSource(Answer):
    """A source without its text."""

    id: UUID = means("Its id.")
    title: str = means("What it is called; nothing once it was forgotten.")
    connector: str = means("How it came in.")
    status: SourceStatus = means("Where it stands.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    occurred_at: datetime = means("When it was said.")
    captured_at: datetime = means("When it came in.")
    revision: int = means("Which text of it this is.", ge=1)
    current: bool = means("Whether this is the text that stands now.")
    content_hash: str = means("The digest of its words.")
    char_count: int = means("How long its text is.", ge=0)
    version: int = means("Counts its changes.", ge=1)


class SourceText(Answer):
    """One text that a source had."""

    id: UUID = means("Its id.")
    revision: int = means("Its number.", ge=1)
    current: bool = means("Whether it stands now.")
    status: SourceStatus = means("Where it stands.")
    captured_at: datetime = means("When it came in.")


class TracedPassage(Answer):
    """A passage of a source."""

    id: UUID = means("Its id.")
    ordinal: int = means("Its place, from 0.", ge=0)
    start: int = means("Where it begins.", ge=0)
    end: int = means("Where it ends.", ge=0)
    heading: str | None = means("The headings above it.")
    integrity: str = means(HOLDS, examples=["ok"])


class Unshown(Open):
    """How many of each kind the caller may not see."""

    events: int = means("Events.", ge=0)
    decisions: int = means("Decisions.", ge=0)


class _Trace(Answer):
    """What every trace has."""

    id: UUID = means("Its id.")
    integrity: str = means(HOLDS, examples=["ok"])
    proposals: part_of(Proposal) = means("Ties and states of projects that rest on it.")  # type: ignore[valid-type]
    decisions: list[TracedDecision] = means("What was decided on it, the newest first.")
    events: part_of(TracedEvent) = means("What the log tells of it, the oldest first.")  # type: ignore[valid-type]
    held_back: Unshown = means("How much more there is that the caller may not see.")


class SourceTrace(_Trace):
    """From a source to all that was made of it."""

    kind: Literal["source"] = means("What it is.")
    source: TracedSource = means("The source.")
    receipt_id: UUID | None = means("The receipt, once it was forgotten.")
    revisions: list[SourceText] = means("Every text that it had.")
    passages: part_of(TracedPassage) = means("Its passages; the integrity of the trace is that of all.")  # type: ignore[valid-type]
    claims: part_of(TracedClaim) = means("What was drawn from it, in the order of its words.")  # type: ignore[valid-type]
    artifacts: part_of(CitingArtifact) = means("What cites it, the newest first.")  # type: ignore[valid-type]


class CitedClaim(Answer):
    """A claim that was drawn from words that are cited."""

    kind: Literal["memory", "open_loop"] = means("What it is.")
    id: UUID = means("Its id.")
    text: str = means("What it says.")
    status: str = means("Where it stands.")


class Said(Answer):
    """A statement of an artifact, by its place."""

    section: str = means("The key of its section.")
    statement: int = means("Its place in that, from 0.", ge=0)


class TracedCitation(Numeral):
    """A citation with its words, its source, and what was drawn from them."""

    quote: str = means("The words.")
    source_id: UUID = means("The source.")
    source_title: str = means("What the source is called.")
    connector: str = means("How it came in.")
    occurred_at: datetime = means("When it was said.")
    current: bool = means("Whether it is the text that stands now.")
    integrity: str = means(HOLDS, examples=["ok"])
    statements: list[Said] = means("The statements that cite it; none when only the headline does.")
    claims: list[CitedClaim] = means("What was drawn from these words, at most 10 or so.")


class ToldLoop(Answer):
    """A loop that an artifact tells of, as it stands now."""

    id: UUID = means("Its id.")
    text: str = means("What it is.")
    status: str = means("Where it stands.")


class TracedCall(Answer):
    """A request to a model beside an artifact."""

    id: UUID = means("Its id.")
    status: str = means("Where it stands.")
    endpoint_host: str = means("Where it would go, or went.")
    created_at: datetime = means("When it was written.")
    decided_at: datetime | None = means("When it was decided on.")
    answered: bool | None = means("Whether this artifact is the answer to it.")


class ArtifactTrace(_Trace):
    """From an artifact to the words that it rests on."""

    kind: Literal["artifact"] = means("What it is.")
    artifact: Artifact = means("The artifact without its sections.")
    run: TracedRun | None = means("The run that composed it.")
    slot: TracedSlot | None = means("The slot of its schedule that it filled.")
    citations: part_of(TracedCitation) = means("What it cites, by number.")  # type: ignore[valid-type]
    loops: list[ToldLoop] = means("The loops that it tells of.")
    model_calls: list[TracedCall] = means("Requests to models beside it.")


class ClaimTrace(_Trace):
    """From a memory or an open loop to its words, and to whoever tells of it."""

    kind: Literal["memory", "open_loop"] = means("What it is.")
    claim: dict[str, Any] = means("It, as its own list shows it.")
    receipt_id: UUID | None = means("The receipt, once it was forgotten.")
    evidence: part_of(SourcedSpan) = means("The words behind it, the newest first.")  # type: ignore[valid-type]
    artifacts: part_of(CitingArtifact) = means("What cites these words, the newest first.")  # type: ignore[valid-type]
    supersedes: list[UUID] = means("The memories that gave way to it.", always=False)
