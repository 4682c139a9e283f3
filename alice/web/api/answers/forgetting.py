"""What is answered about forgetting: what would go, and the receipt of what went."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from alice.web.api.answers import Answer, Open, means

IDS = "By what they are called, such as memories; those of nothing are left out."


class Counts(Open):
    """How many go of each kind, such as `memories`; `passages` and `decisions` are always told."""

    passages: int = means("Passages of sources.", ge=0)
    decisions: int = means("Decisions that lose what was before and after them.", ge=0)


class Going(Answer):
    """Something that goes, as it reads."""

    kind: Literal["memory", "open_loop", "person", "project"] = means("What it is.")
    id: UUID = means("Its id.")
    status: str = means("Where it stands.", examples=["candidate"])
    text: str = means("What it says.")


class Blotted(Answer):
    """An artifact that loses words."""

    id: UUID = means("Its id.")
    statements: int = means("How many statements go; its headline or foot alone may change too.", ge=0)
    emptied: bool = means("Whether nothing of it can stay.")


class Preview(Answer):
    """What would go, what would stay, and what is out of reach. Nothing was changed."""

    status: Literal["preview"] = means("That nothing was changed.")
    subject_kind: Literal["source", "memory"] = means("What would be forgotten.")
    subject_id: UUID = means("Its id.")
    counts: Counts = means("How many go.")
    goes: list[Going] = means("The first claims that go, at most 50.")
    artifacts: list[Blotted] = means("The first artifacts that lose words, at most 50.")
    stays: dict[str, list[UUID]] = means(f"What loses these words and stays, since other evidence says it. {IDS}")
    originals: list[str] = means("Where the originals lie, which Alice does not touch.")
    beyond: list[str] = means("What Alice cannot reach, one sentence each.")


class Place(Answer):
    """A place that was looked through."""

    place: str = means("A table and its column, or the place in words.", examples=["memory.text"])
    looked_at: int = means("How many rows or files were looked at.", ge=0)
    found: int = means("How many of them still hold it; 0 is what forgetting is for.", ge=0)
    others: int = means("How many hold the same words in their own right, such as another source.", ge=0)
    where: list[str] = means("Which of them, by id or file name, at most 20; only where some do.", always=False)


class Receipt(Answer):
    """What went, what stays, and where it was looked for after it had gone. It holds none of the words."""

    id: UUID = means("Its id.")
    subject_kind: Literal["source", "memory"] = means("What was forgotten.")
    subject_id: UUID = means("Its id, which the log still names.")
    status: Literal["unchecked", "complete", "incomplete"] = means(
        "Whether nothing was found afterwards; unchecked when a crash came before the search."
    )
    gone: dict[str, list[UUID]] = means(f"What went or lost words. {IDS}")
    counts: Counts = means("How many went.")
    stays: dict[str, list[UUID]] = means(f"What lost these words and stayed, since other evidence says it. {IDS}")
    looked: list[Place] = means("Everywhere it was looked for.")
    left: list[Place] = means("Those places where something is left.")
    beyond: list[str] = means("What Alice cannot reach, one sentence each.")
    forgotten_by: str = means("Who had it forgotten.", examples=["owner"])
    forgotten_at: datetime = means("When it went.")
    checked_at: datetime | None = means("When it was looked for.")
    event_id: UUID = means("The event that tells of it.")
    version: int = means("Counts its changes.", ge=1)
