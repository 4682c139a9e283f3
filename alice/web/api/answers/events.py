"""What is answered about the append-only log: its events, and whether it holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from alice.web.api.answers import Answer, means


class Event(Answer):
    """One thing that happened. It carries ids, states and salted digests, and never captured text."""

    id: UUID = means("Its id.")
    seq: int = means("Its place in the log, from 1 on.", ge=1)
    event_type: str = means("What happened.", examples=["source.captured"])
    actor: str = means("Who did it.", examples=["owner"])
    subject_kind: str = means("To what kind of thing.", examples=["source"])
    subject_id: str = means("To which one.")
    trace_id: str = means("What the log of the program calls the request or run.")
    recorded_at: datetime = means("When.")
    payload: dict[str, Any] = means("What else belongs to it; docs/events.md names it for each type.")
    integrity_hash: str = means("The digest of it and of the event before it.", examples=["0" * 64])


class Anchors(Answer):
    """What was noted outside of the database about how far the log has come."""

    count: int = means("How often it was noted.", ge=0)
    newest_seq: int | None = means("The newest event that was noted.")
    newest_at: datetime | None = means("When that was.")


class Verification(Answer):
    """Whether every event of the log is as it was written."""

    status: Literal["ok", "broken"] = means("Whether the log holds.")
    checked: int = means("How many events were read.", ge=0)
    last_seq: int = means("The newest event that fits.", ge=0)
    last_hash: str = means("Its digest.")
    first_bad_seq: int | None = means("The first event that does not fit, or that may not.")
    first_bad_event_id: UUID | None = means("Its id, where it is there.")
    problem: str | None = means("What is wrong with it.")
    message: str = means("The same as a sentence.")
    anchors: Anchors = means("What was noted outside of the database.")
