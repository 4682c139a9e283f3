"""Projects and people that evidence speaks of."""

from __future__ import annotations

from peewee import FloatField, ForeignKeyField, IntegerField, TextField, UUIDField

from alice.models.base import DateTimeTZField, Table


class Project(Table):
    """A project; a candidate until a person says otherwise."""

    name = TextField()
    key = TextField()
    status = TextField(default="candidate")
    state = TextField(null=True)
    domain = TextField(default="project")
    sensitivity = TextField(default="unknown")
    created_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    version = IntegerField(default=1)


class Person(Table):
    """Somebody whom evidence names; a candidate until a person says otherwise."""

    name = TextField()
    handle = TextField(null=True)
    key = TextField()
    status = TextField(default="candidate")
    domain = TextField(default="unknown")
    sensitivity = TextField(default="unknown")
    created_at = DateTimeTZField()
    last_seen_at = DateTimeTZField()
    version = IntegerField(default=1)


class ProjectUpdate(Table):
    """A new state that a scan proposed for a project; a candidate until a person says otherwise.

    `basis` is a digest of the places of the words behind it; the words themselves are in provenance, under its id.
    """

    project = ForeignKeyField(Project)
    current_state = TextField(null=True)
    suggested_state = TextField()
    accepted_state = TextField(null=True)
    status = TextField(default="candidate")
    confidence = FloatField()
    basis = TextField()
    domain = TextField()
    sensitivity = TextField()
    artifact_id = UUIDField(null=True)
    proposed_by = TextField()
    created_at = DateTimeTZField()
    decided_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    version = IntegerField(default=1)
