"""What the actions on connectors may be given, beside `alice.inputs`. No sentence here repeats a value that was given:
what was typed into the wrong field may be the secret itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema

from alice.domain.connectors import LONGEST_POLL, OPTIONS_SHAPE, SHORTEST_POLL, ItemStatus, SyncMode
from alice.domain.secret_references import PATTERN
from alice.domain.vocab import Connector, Domain, Sensitivity
from alice.inputs import SOME, Given, Line, Paging, Version
from alice.inputs.parsing import is_blank, spelled

MOST_WORD, MOST_PROJECTS = 200, 50


def one_of(words: type[StrEnum]) -> Callable[[Any], Any]:
    """Return the check that a value is one of `words`, which tells these and not what was given."""
    listed = [word.value for word in words]

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in listed:
            raise ValueError(f"must be one of {', '.join(listed)}.")
        return words(value)

    return check


def _reference(value: Any, info: ValidationInfo) -> Any:
    said = value is None or spelled(value, info) or (isinstance(value, str) and re.fullmatch(PATTERN, value))
    if not said:
        raise ValueError("must name a secret as text: env:NAME, keyring:NAME or file:NAME; null removes it.")
    return value


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not SHORTEST_POLL <= value <= LONGEST_POLL:
        raise ValueError(f"must be a whole number of seconds from {SHORTEST_POLL} to {LONGEST_POLL:,}.")
    return value


def _answer(value: Any, info: ValidationInfo) -> bool:
    said = {"true": True, "false": False}.get(value) if spelled(value, info) else value
    if not isinstance(said, bool):
        raise ValueError("must be true or false.")
    return said


def _options(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError('must be an object, such as {"chats": ["me"]}; an option that is null is taken out.')
    return value


def _identifier(value: Any) -> UUID:
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise ValueError("must be an id, such as 01890a5d-ac96-774b-bcce-b302099a8057.") from None


def projects(value: Any) -> Any:
    """Check that a value is a list of ids, and not too long; what stands in it is checked one by one."""
    if not isinstance(value, list | tuple) or len(value) > MOST_PROJECTS:
        raise ValueError(f"must be a list of at most {MOST_PROJECTS} ids of projects.")
    return value


def said(text: str) -> str:
    """Check that a text says something."""
    if is_blank(text):
        raise ValueError("is empty; write something, or leave it out.")
    return text


def _short(text: str) -> str:
    if len(text) > MOST_WORD:
        raise ValueError(f"is too long: at most {MOST_WORD} characters are taken.")
    return text


Seconds = Annotated[int, Field(ge=SHORTEST_POLL, le=LONGEST_POLL), BeforeValidator(_seconds)]
_REFERENCE = WithJsonSchema({"type": ["string", "null"], "pattern": PATTERN})
Identifier = Annotated[UUID, BeforeValidator(_identifier)]
Place = Annotated[Domain, BeforeValidator(one_of(Domain))]
Privacy = Annotated[Sensitivity, BeforeValidator(one_of(Sensitivity))]
Word = Annotated[Line, Field(json_schema_extra={"maxLength": MOST_WORD, **SOME}), AfterValidator(said),
                 AfterValidator(_short)]  # fmt: skip


class ShowConnectors(Given):
    """Which connectors are asked about."""

    name: Line | None = Field(None, description="Only this one, with hyphen or underscore; else all.")


class ConfigureConnector(Given):
    """What to change about a connector; what is not said stays."""

    enabled: Annotated[bool, BeforeValidator(_answer)] | None = Field(None, description="Whether it works at all.")
    default_domain: Place | None = Field(None, description="The part of life that what it brings belongs to.")
    default_sensitivity: Privacy | None = Field(None, description="How private what it brings is.")
    sync_mode: Annotated[SyncMode, BeforeValidator(one_of(SyncMode))] | None = Field(
        None, description="manual or poll for what fetches, push for what is handed things."
    )
    poll_interval_seconds: Seconds | None = Field(None, description="How often it looks, when it polls.")
    secret_ref: Annotated[str | None, BeforeValidator(_reference), _REFERENCE] = Field(
        None, description="The name of a secret, as env:NAME, keyring:NAME or file:NAME, never its value; null: none."
    )
    options: Annotated[dict[str, Any], BeforeValidator(_options), WithJsonSchema(OPTIONS_SHAPE)] | None = Field(
        None, description="Its own options: folders, chats, api_id …; one that is null is taken out."
    )
    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")

    def changes(self) -> dict[str, Any]:
        """Return what was said, and nothing that was not; null says something of a secret alone."""
        told = self.model_dump(exclude_unset=True, exclude={"version"})
        return {name: value for name, value in told.items() if value is not None or name == "secret_ref"}


class ListQuarantine(Paging):
    """Which items that could not be taken are wanted."""

    connector: Annotated[Connector, BeforeValidator(one_of(Connector))] | None = Field(
        None, description="Of which connector."
    )
    status: Annotated[ItemStatus, BeforeValidator(one_of(ItemStatus))] | None = Field(
        None, description="Where they stand."
    )


class ItemAction(StrEnum):
    """What can be decided about an item that could not be taken."""

    RETRY = "retry"
    DISMISS = "dismiss"


class ReviewItem(Given):
    """A decision on an item that could not be taken."""

    action: Annotated[ItemAction, BeforeValidator(one_of(ItemAction))] = Field(
        description="Try it again at the next sync, or leave it for good."
    )
    version: Version | None = Field(None, description="The version that was looked at; another one is a conflict.")
