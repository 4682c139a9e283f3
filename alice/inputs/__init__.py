"""What an action may be given: one validated type each, the same for a form, a JSON body and a command line.

Every sentence names the field, what was wrong with it and what is allowed. It must not know where the values came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from alice.domain.llm.model_options import SHAPE as MODEL_SHAPE
from alice.domain.recall.packs import LEAST_TOKENS, LONGEST_QUERY, MOST_TOKENS, TOKENS
from alice.domain.scheduling.schedules import SHAPE as SCHEDULE_SHAPE
from alice.domain.vocab import (
    ArtifactStatus,
    Domain,
    GenerationMode,
    MissedPolicy,
    ModelCallStatus,
    RunStatus,
    Sensitivity,
    SlotOutcome,
    SourceStatus,
    WayIn,
    WorkflowType,
)
from alice.inputs.parsing import HALF, SOMETHING, Given, is_blank, shown, spelled
from alice.inputs.parsing import Partial as Partial
from alice.inputs.parsing import parse as parse
from alice.inputs.parsing import within as within
from alice.inputs.parsing import word as word

MOST_TEXT = 1_000_000
FIRST_YEAR, LAST_YEAR = 1000, 2999


def _storable(text: str) -> str:
    """Refuse what Postgres cannot store."""
    if "\0" in text:
        raise ValueError("holds a NUL character, which cannot be stored; remove it.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError(HALF)
    return text


def _some(text: str) -> str:
    if is_blank(text):
        raise ValueError("is empty; write something.")
    return text


def _time(value: Any) -> datetime:
    """Read ISO 8601 and nothing else: a bare number may be seconds, milliseconds or a year."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    except (TypeError, ValueError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(f"must be a time with its zone, such as 2026-03-04T12:00:00Z, not {shown(value)}.")
    return _within(moment, value).astimezone(UTC)


When = TypeVar("When", bound=date)


def _within(when: When, value: Any) -> When:
    """Refuse the ends of the calendar: a zone, a week or a lifetime more, and there is no such day."""
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(f"must be within the years {FIRST_YEAR} to {LAST_YEAR}, not {shown(value)}.")
    return when


def _number(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, bool) or (isinstance(value, str) and not spelled(value, info)):
        raise ValueError(f"must be a whole number, not {shown(value)}.")
    return value


def _answer(value: Any, info: ValidationInfo) -> bool:
    """Read true or false; a form and a command line spell them as words."""
    said = {"true": True, "false": False}.get(value) if spelled(value, info) else value
    if not isinstance(said, bool):
        raise ValueError(f"must be true or false, not {shown(value)}.")
    return said


SOME: Mapping[str, Any] = {"pattern": SOMETHING}  # what is not empty, as a JSON Schema
_YEARS = Field(json_schema_extra={"pattern": "^[12]"})  # those from FIRST_YEAR to LAST_YEAR
Line = Annotated[str, Field(max_length=300), AfterValidator(_storable), AfterValidator(str.strip)]
Sentence = Annotated[str, Field(max_length=500, json_schema_extra=SOME), AfterValidator(_storable),
                     AfterValidator(_some)]  # fmt: skip
Title = Annotated[Line, Field(json_schema_extra=SOME), AfterValidator(_some)]
Address = Annotated[str, Field(max_length=2_000), AfterValidator(_storable)]
Reason = Annotated[str, Field(max_length=2_000), AfterValidator(_storable)]
Cursor = Annotated[Address, Field(json_schema_extra={"format": "cursor"})]
Link = Annotated[str, Field(max_length=8_000), AfterValidator(_storable)]
Passage = Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_storable)]
Body = Annotated[str, Field(max_length=MOST_TEXT, json_schema_extra=SOME), AfterValidator(_storable),
                 AfterValidator(_some)]  # fmt: skip
Moment = Annotated[datetime, _YEARS, BeforeValidator(_time)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(_number)]
Offset = Annotated[int, Field(ge=0, le=2**31 - 1), BeforeValidator(_number)]
Sequence = Annotated[int, Field(ge=0, le=2**63 - 1), BeforeValidator(_number)]
HowMany = Annotated[int, BeforeValidator(_number)]
Mark = Annotated[int, Field(ge=1, le=5), BeforeValidator(_number)]
Days = Annotated[int, Field(ge=1, le=3_650), BeforeValidator(_number)]
Answer = Annotated[bool, BeforeValidator(_answer)]


class Nothing(Given):
    """An action that takes no values."""


class CaptureText(Given):
    """A text to keep, with what is known about it."""

    text: Body = Field(description="The words, at most a million characters.", examples=["Tea with Ada at four."])
    title: Line | None = Field(None, description="What to call it; else its first line.")
    uri: Address | None = Field(None, description="Where it is from.")
    occurred_at: Moment | None = Field(None, description="When it was said; else what the text says, or now.")
    domain: Domain = Field(Domain.UNKNOWN, description="The part of life it belongs to.")
    sensitivity: Sensitivity = Field(Sensitivity.UNKNOWN, description="How private it is; unknown counts as private.")


class Paging(Given):
    """Which part of a list is wanted."""

    limit: HowMany = Field(50, ge=1, le=500, description="How many at most.")
    cursor: Cursor | None = Field(None, description="The `next` of the page before.")


class ListSources(Paging):
    """Which sources are wanted."""

    connector: WayIn | None = Field(None, description="How they came in; manual: by hand.")
    status: SourceStatus | None = Field(None, description="Where they stand.")
    domain: Domain | None = Field(None, description="The part of life they belong to.")


class ListArtifacts(Paging):
    """Which artifacts are wanted."""

    artifact_type: WorkflowType | None = Field(None, description="The workflow that composed them.")
    status: ArtifactStatus | None = Field(None, description="Where they stand.")


class ListRuns(Paging):
    """Which runs are wanted."""

    workflow_type: WorkflowType | None = Field(None, description="Of which workflow.")
    status: RunStatus | None = Field(None, description="Where they stand.")


class Span(Given):
    """Words of a source to show, as code points of its text."""

    start: Offset | None = Field(None, description="Where they begin.")
    end: Offset | None = Field(None, description="Where they end.")
    passage: Offset = Field(0, description="The passage to begin with, when no words are named.")


class After(Given):
    """What is known already."""

    after: Sequence = Field(0, description="The newest event that was seen.")


class ListEvents(Paging):
    """Which events are wanted."""

    event_type: Line | None = Field(None, description="What happened, such as source.captured.")
    actor: Line | None = Field(None, description="Who did it, such as owner or agent:openclaw.")
    subject_kind: Line | None = Field(None, description="To what kind of thing.")
    subject_id: Line | None = Field(None, description="To which one.")
    after: Sequence | None = Field(None, description="Only events with a `seq` above this one.")
    since: Moment | None = Field(None, description="From this moment on.")
    until: Moment | None = Field(None, description="Before this moment.")


class ReadFolder(Given):
    """A folder of notes to read."""

    path: Annotated[Address, AfterValidator(_some)] = Field(description="The folder, such as ~/notes.")


class ListModelCalls(Paging):
    """Which model calls are wanted."""

    status: ModelCallStatus = Field(ModelCallStatus.WAITING, description="Where they stand.")


class ModelCallAction(StrEnum):
    """What can be decided about a model call."""

    APPROVE = "approve"
    REFUSE = "refuse"


class ReviewModelCall(Given):
    """A decision on a model call."""

    action: ModelCallAction = Field(description="What is decided; approving sends exactly what was shown.")
    reason: Reason | None = Field(None, description="Why; it is kept.")
    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")


class ListFailures(Paging):
    """Which failed runs are wanted."""


class ListSlots(Paging):
    """Which slots are wanted."""

    workflow_type: WorkflowType | None = Field(None, description="Of which workflow.")
    outcome: SlotOutcome | None = Field(None, description="How they ended.")


class PauseWorkflows(Given):
    """Which workflow to pause or resume."""

    workflow_type: WorkflowType | None = Field(None, description="The workflow; else all of them.")


Zone = Annotated[Line, Field(json_schema_extra={"format": "iana-zone"})]


class ConfigureWorkflow(Given):
    """What to change about a workflow; what is not said stays."""

    enabled: Answer | None = Field(None, description="Whether it runs at all.")
    schedule: Annotated[dict[str, Any], WithJsonSchema(SCHEDULE_SHAPE)] | None = Field(
        None, description="When it runs: its kind and what that kind needs."
    )
    timezone: Zone | None = Field(None, description="The IANA zone of its times.", examples=["Europe/Madrid"])
    missed: MissedPolicy | None = Field(None, description="What happens to slots that passed while nothing ran.")
    generation_mode: GenerationMode | None = Field(None, description="Whether rules write, or a model.")
    model_options: Annotated[dict[str, Any], WithJsonSchema(MODEL_SHAPE)] | None = Field(
        None, description="Which model, and how it may be asked."
    )
    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")


class CaptureClip(Given):
    """What was taken from a web page; some words are needed, of the page or about it."""

    url: Link = Field(
        description="The address of the page, as the browser shows it.", examples=["https://example.org/tea"]
    )
    title: Reason | None = Field(None, description="What to call it; else what the page says.")
    selected_text: Passage | None = Field(
        None, description="The words that were selected.", examples=["Tea keeps for two years."]
    )
    page_text: Passage | None = Field(None, description="The words of the page; HTML is read as in `html`.")
    html: Passage | None = Field(None, description="The page itself; its readable part is kept.")
    user_note: Passage | None = Field(None, description="What you say about it.")
    captured_at: Moment | None = Field(None, description="When it was clipped; else now.")
    domain: Domain | None = Field(None, description="The part of life it belongs to; else as the connector is set.")
    sensitivity: Sensitivity | None = Field(None, description="How private it is; else as the connector is set.")


class RunDue(Given):
    """A scan for what is due."""

    limit: HowMany = Field(10, ge=1, le=100, description="How many workflows at most.")


def _domains(value: Any, info: ValidationInfo) -> Any:
    """Take one domain for a list of one, as a form and a command line send it; none for an empty one."""
    return [value] if spelled(value, info) else value


def _day(value: Any) -> date:
    try:
        whole = isinstance(value, date) and not isinstance(value, datetime)
        day = value if whole else date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"must be a day, such as 2026-03-04, not {shown(value)}.") from None
    return _within(day, value)


Query = Annotated[str, Field(max_length=LONGEST_QUERY, json_schema_extra=SOME), AfterValidator(_storable),
                  AfterValidator(_some)]  # fmt: skip
Day = Annotated[date, _YEARS, BeforeValidator(_day)]


class BuildContextPack(Given):
    """A question to answer with what is held about it."""

    query: Query = Field(
        description="What you want to know, in a sentence or a few words.", examples=["What did we decide about tea?"]
    )
    domains: Annotated[list[Domain], BeforeValidator(_domains)] = Field(
        [], max_length=len(Domain), description="Only these parts of life; else all that you may see."
    )
    project: Line | None = Field(None, description="Only this project, by name or id.")
    max_tokens: HowMany = Field(
        TOKENS, ge=LEAST_TOKENS, le=MOST_TOKENS, description="How long `text` may be at most, in tokens of 4 bytes."
    )
    as_of: Day | None = Field(None, description="The day at whose end it was held; else now.")


class Ask(Given):
    """What the Ask page is asked; without `q` it shows how to ask."""

    q: Annotated[str, Field(max_length=LONGEST_QUERY), AfterValidator(_storable)] = Field(
        "", description="What you want to know."
    )
    domain: Domain | None = Field(None, description="Only this part of life.")
    as_of: Day | None = Field(None, description="The day at whose end it was held; else now.")
