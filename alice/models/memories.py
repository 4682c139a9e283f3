"""Memories, and the words that each claim was drawn from."""

from __future__ import annotations

from peewee import BooleanField, FloatField, ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField

from alice.models.base import DateTimeTZField, Table
from alice.models.projects import Project
from alice.models.sources import Chunk, Source


class Memory(Table):
    """A claim that may be remembered. `status` leaves candidate by a person's decision alone."""

    memory_type = TextField()
    text = TextField()
    key = TextField()
    subject = TextField(null=True)
    status = TextField(default="candidate")
    domain = TextField(default="unknown")
    sensitivity = TextField(default="unknown")
    project = ForeignKeyField(Project, null=True)
    confidence = FloatField()
    rule = TextField()
    proposed_by = TextField()
    flags = ArrayField(TextField, default=list, index=False)
    backlog = BooleanField(default=False)
    occurred_at = DateTimeTZField()
    created_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    decided_at = DateTimeTZField(null=True)
    superseded_by = ForeignKeyField("self", column_name="superseded_by", null=True)
    merged = BooleanField(default=False)
    snoozed_until = DateTimeTZField(null=True)
    reason = TextField(null=True)
    version = IntegerField(default=1)


class Provenance(Table):
    """Where a claim comes from: the span `start`..`end` of a source. Subjects: memory, open_loop, person, project."""

    subject_kind = TextField()
    subject_id = UUIDField()
    source = ForeignKeyField(Source)
    chunk = ForeignKeyField(Chunk)
    start = IntegerField()
    end = IntegerField()
    rule = TextField()
