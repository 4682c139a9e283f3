"""Projects and people that evidence speaks of."""

from __future__ import annotations

from peewee import IntegerField, TextField

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
