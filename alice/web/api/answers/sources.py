"""What is answered about evidence: sources as they are listed and sent, and what became of what was handed in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from alice.domain.vocab import Domain, Sensitivity, SourceStatus
from alice.web.api.answers import Answer, means


class Source(Answer):
    """Something that came in and is kept word for word, as lists show it."""

    id: UUID = means("Its id.")
    connector: str = means("How it came in.", examples=["manual"])
    external_id: str | None = means("What it is called where it came from.")
    import_id: UUID | None = means("The import that brought it.")
    title: str = means("What it is called.", examples=["Tea"])
    uri: str | None = means("Where it is from.")
    author: str | None = means("Who wrote it.")
    content_hash: str = means("The digest of its words.", examples=["sha256:" + "0" * 64])
    char_count: int = means("How long its text is, in code points.", ge=0)
    occurred_at: datetime = means("When it was said.")
    captured_at: datetime = means("When it came in.")
    status: SourceStatus = means("Where it stands.")
    domain: Domain = means("The part of life that it belongs to.")
    sensitivity: Sensitivity = means("How private it is.")
    project_id: UUID | None = means("The project that it is about.")
    backlog: bool = means("Whether it is history that came in with an import, and not news.")
    reviewed_at: datetime | None = means("When somebody looked at it.")
    revision: int = means("Which text of it this is, from 1.", ge=1)
    current: bool = means("Whether this is the text that stands now.")
    gone_at: datetime | None = means("When its original was found to be missing.")
    version: int = means("Counts its changes; send it along with a decision.", ge=1)


class WholeSource(Source):
    """A source with its text."""

    content_text: str = means("Its words, from which what looked like a secret was taken out.")
    metadata: dict[str, Any] = means("What else is known about it; what, depends on how it came in.")
    chunk_count: int = means("Into how many passages it is cut.", ge=0)


class CaptureStatus(StrEnum):
    """What became of something that was handed in."""

    IMPORTED = "imported"
    DUPLICATE = "duplicate"


class Captured(Answer):
    """What became of something that was handed in."""

    status: CaptureStatus = means("Whether it is new, or the same words are kept already.")
    source_id: UUID = means("The source that holds the words.")
    content_hash: str = means("The digest of the words.", examples=["sha256:" + "0" * 64])
    duplicate: bool = means("Whether the same words were kept already.")
    chunk_count: int = means("Into how many passages they were cut; 0 for a duplicate.", ge=0)
    candidate_memory_count: int = means("How many memories they propose.", ge=0)
    open_loop_count: int = means("How many open loops they propose.", ge=0)
    forgotten_at: datetime | None = means("When you had these words forgotten, which are kept again now.", always=False)


KEPT = {201: "It is kept.", 200: "The same words are kept already."}
