"""Open loops: what somebody has to do, answer or wait for."""

from __future__ import annotations

from peewee import BooleanField, DateField, FloatField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField

from alice.models.base import DateTimeTZField, Table
from alice.models.projects import Project


class OpenLoop(Table):
    """A task, promise, question, wait, follow-up or blocker, with who has to act and by when."""

    loop_kind = TextField()
    text = TextField()
    key = TextField()
    subject = TextField(null=True)
    owner = TextField(null=True)
    waiting_for = TextField(null=True)
    due_on = DateField(null=True)
    due_text = TextField(null=True)
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
    snoozed_until = DateTimeTZField(null=True)
    closed_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    merged_into = ForeignKeyField("self", column_name="merged_into", null=True)
    version = IntegerField(default=1)
