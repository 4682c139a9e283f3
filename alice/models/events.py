"""The event log and its heads."""

from __future__ import annotations

from peewee import BigIntegerField, TextField, UUIDField

from alice.models.base import DateTimeTZField, Table


class EventLog(Table):
    """One thing that happened, chained to the one before it by `integrity_hash`. Rows are only ever inserted."""

    seq = BigIntegerField()
    event_type = TextField()
    actor = TextField()
    subject_kind = TextField()
    subject_id = TextField()
    trace_id = TextField()
    recorded_at = DateTimeTZField()
    canonical = TextField()
    previous_hash = TextField()
    integrity_hash = TextField()


class EventHead(Table):
    """The newest event of each brain; its row lock makes `seq` order the order of commits."""

    id = None  # type: ignore[assignment]
    user_id = UUIDField(primary_key=True)
    seq = BigIntegerField()
    integrity_hash = TextField()
