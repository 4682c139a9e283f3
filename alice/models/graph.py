"""The graph between pieces of evidence and claims."""

from __future__ import annotations

from peewee import FloatField, ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField

from alice.models.artifacts import Artifact
from alice.models.base import DateTimeTZField, Table
from alice.models.projects import Project


class GraphEdge(Table):
    """A tie between two ends (memory, open_loop, passage); a candidate until a person says otherwise.

    `explanation` says by what they are tied (reference, people, words), `shared` names it.
    """

    from_kind = TextField()
    from_id = UUIDField()
    to_kind = TextField()
    to_id = UUIDField()
    relation = TextField()
    status = TextField(default="candidate")
    explanation = TextField()
    shared = ArrayField(TextField, default=list, index=False)
    confidence = FloatField()
    domain = TextField()
    sensitivity = TextField()
    project = ForeignKeyField(Project, null=True)
    artifact = ForeignKeyField(Artifact, null=True)
    proposed_by = TextField()
    created_at = DateTimeTZField()
    decided_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    version = IntegerField(default=1)
