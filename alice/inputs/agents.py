"""What agents, and the owner about agents, may give, beside `alice.inputs`: who acts, proposals, keys, the charter."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from alice import inputs
from alice.domain.vocab import Domain, MemoryType, Profile, Sensitivity
from alice.errors import InvalidInput
from alice.inputs import SOME, Answer, Body, Days, Given, HowMany, Line, Moment, Offset, Paging, Reason, Version
from alice.inputs.connectors import MOST_PROJECTS, Identifier, Place, Privacy, Word, one_of, projects, said

NAME = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def _name(text: str) -> str:
    if not re.fullmatch(NAME, text):
        raise ValueError(
            "must be a name of at most 64 letters a to z, digits, dots, hyphens and underscores, such as openclaw."
        )
    return text


Name = Annotated[str, Field(json_schema_extra={"pattern": NAME, "maxLength": 64, "examples": ["openclaw"]}),
                 AfterValidator(_name)]  # fmt: skip
Kind = Annotated[MemoryType, BeforeValidator(one_of(MemoryType))]
AnyProfile = Annotated[Profile, BeforeValidator(one_of(Profile))]
Projects = Annotated[list[Identifier], Field(json_schema_extra={"maxItems": MOST_PROJECTS}), BeforeValidator(projects)]
Claim = Annotated[Reason, Field(json_schema_extra=dict(SOME)), AfterValidator(said)]


class Acting(Given):
    """Who acts. It narrows what the key allows, or, by the operator token, names the agent as which to act."""

    agent_id: Name | None = Field(None, description="Which agent it is, such as openclaw; else as the key says.")
    agent_type: Word | None = Field(None, description="What kind of agent it is.")
    agent_run_id: Word | None = Field(None, description="In which of its runs.")
    agent_task_id: Word | None = Field(None, description="For which task.")
    permission_profile: AnyProfile | None = Field(
        None, description="As what it acts, at most as its key says; by the operator token else trusted_local_agent."
    )
    project_scope: Projects = Field([], description="Only these projects.")

    def acting(self) -> dict[str, Any]:
        """Return who acts, by the names of the service."""
        return {
            "name": self.agent_id,
            "agent_type": self.agent_type,
            "run_id": self.agent_run_id,
            "task_id": self.agent_task_id,
            "profile": self.permission_profile,
            "projects": frozenset(self.project_scope),
        }

    def rest(self) -> dict[str, Any]:
        """Return what was given beside who acts."""
        return self.model_dump(exclude=set(Acting.model_fields))


class IngestOutput(Acting):
    """What an agent made, who it is, and what it would have remembered."""

    text: Body = Field(
        description="The words, at most a million characters.",
        examples=["Decision: we take the oak worktop, not the stone one."],
    )
    project_id: Identifier | None = Field(None, description="The project that it is about.")
    title: Line | None = Field(None, description="What to call it; else its first line.")
    external_id: Word | None = Field(None, description="The agent's own name for it.")
    domain: Place = Field(Domain.AGENT_RUN, description="The part of life it belongs to.")
    sensitivity: Privacy = Field(Sensitivity.UNKNOWN, description="How private it is; unknown counts as private.")
    propose_memory: Claim | None = Field(None, description="What it would have remembered; it becomes a candidate.")
    memory_type: Kind = Field(MemoryType.SEMANTIC, description="What kind of memory that would be.")

    def output(self) -> dict[str, Any]:
        """Return what was made, without who made it, by the names of the service."""
        made = self.rest()
        return made | {"proposal": made.pop("propose_memory")}


class ProposeMemory(Acting):
    """What an agent would have remembered, and the words that it rests on."""

    text: Claim = Field(description="The claim, in a sentence; at most 2,000 characters.")
    memory_type: Kind = Field(MemoryType.SEMANTIC, description="What kind of memory it would be.")
    domain: Place | None = Field(None, description="The part of life it belongs to; else as its source says.")
    sensitivity: Privacy | None = Field(None, description="How private it is; never less than its source.")
    project_id: Identifier | None = Field(None, description="The project that it is about.")
    source_id: Identifier | None = Field(
        None, description="The source that it rests on; else the claim itself is kept as the agent's output."
    )
    quote: Claim | None = Field(None, description="The words of the source, as they stand there.")
    start: Offset | None = Field(None, description="Where the words begin, in code points; instead of `quote`.")
    end: Offset | None = Field(None, description="Where they end.")


class BuildContextPack(Acting, inputs.BuildContextPack):
    """A question to answer with what is held about it, and who asks."""


class CreateKey(Given):
    """What a key is to allow, and whose it is."""

    agent: Name = Field(description="Whose key it is, such as openclaw; an agent of that name is made when needed.")
    permission_profile: AnyProfile = Field(description="What it allows at most.")
    agent_type: Word | None = Field(None, description="What kind of agent it is, when it is new.")
    label: Line = Field("", description="What to call the key, such as where it lies.")
    grants: Annotated[list[Place], Field(max_length=len(Domain))] = Field(
        [], description="The restricted domains that it reaches: family, health, spiritual, financial, legal, …"
    )
    projects: Annotated[list[Word], Field(max_length=50)] = Field(
        [], description="The projects that it is held to, by name or id; none: no project bounds it."
    )
    requests_per_minute: HowMany = Field(120, ge=1, le=6_000, description="How often it may be used in a minute.")
    expires_at: Moment | None = Field(None, description="When it ends; else it lasts until it is revoked.")
    expires_in_days: Days | None = Field(None, description="The same, in days from now.")

    def wanted(self, now: datetime) -> dict[str, Any]:
        """Return it by the names of the service; raise InvalidInput when its end is said twice."""
        if self.expires_at is not None and self.expires_in_days is not None:
            raise InvalidInput({"expires_in_days": "says the same as expires_at; give one of them."})
        days = self.expires_in_days
        return {
            **self.model_dump(exclude={"permission_profile", "expires_in_days", "expires_at", "grants"}),
            "profile": self.permission_profile,
            "grants": frozenset(self.grants),
            "expires_at": now + timedelta(days=days) if days is not None else self.expires_at,
        }


class ListKeys(Paging):
    """Which keys are wanted."""

    agent: Name | None = Field(None, description="Only of this agent.")
    active: Answer = Field(False, description="Only those that open something now.")


class RevokeKey(Given):
    """A key to take back."""

    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")


class RotateKey(Given):
    """A key to replace."""

    grace_minutes: HowMany = Field(0, ge=0, le=10_080, description="How long the old one goes on; 0: not at all.")
    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")


class ShowTelemetry(Given):
    """Over how long, and about whom."""

    days: HowMany = Field(30, ge=1, le=366, description="How many days back, today being one.")
    agent: Name | None = Field(None, description="Only about this agent.")


class ShowCharter(Given):
    """Which revision of the charter is wanted."""

    version: Offset | None = Field(None, description="The revision; else the one that stands.")


class SaveCharter(Given):
    """The charter as it is to stand."""

    content_markdown: Body = Field(description="Markdown, whose front matter holds the constraints.")
    version: Offset | None = Field(None, description="The version that was looked at; another one is a conflict.")
