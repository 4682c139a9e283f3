"""What an event is, and how a type of event is registered under its dotted name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar, dataclass_transform


@dataclass(frozen=True, slots=True)
class Event:
    """The base. `subject_id` is the row it is about; further fields become the payload."""

    name: ClassVar[str]
    subject_kind: ClassVar[str]
    subject_id: str

    def payload(self) -> dict[str, Any]:
        """Return the further fields as plain JSON values."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name != "subject_id"}


E = TypeVar("E", bound=Event)
REGISTRY: dict[str, type[Event]] = {}


@dataclass_transform(frozen_default=True)
def event(name: str, kind: str) -> Callable[[type[E]], type[E]]:
    """Register an event class under its dotted `name`, about rows of `kind`."""

    def register(cls: type[E]) -> type[E]:
        made: type[E] = dataclass(frozen=True, slots=True)(cls)
        made.name, made.subject_kind = name, kind
        REGISTRY[name] = made
        return made

    return register
