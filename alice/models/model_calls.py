"""Model calls that wait for the owner, and the passages in them."""

from __future__ import annotations

from peewee import ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.artifacts import Artifact
from alice.models.base import DateTimeTZField, Table
from alice.models.projects import Project
from alice.models.sources import Chunk, Source


class ModelCall(Table):
    """A request to a model outside this machine; `request` is what would be sent, to the byte."""

    workflow_type = TextField()
    status = TextField(default="waiting")
    endpoint = TextField()
    endpoint_host = TextField()
    options = BinaryJSONField(index=False)
    routing = BinaryJSONField(index=False)
    request = TextField()
    prompt_hash = TextField()
    input_context_hash = TextField()
    title = TextField()
    timezone = TextField()
    domain = TextField()
    sensitivity = TextField()
    project = ForeignKeyField(Project, null=True)
    covers_from = DateTimeTZField(null=True)
    covers_to = DateTimeTZField()
    source_artifact = ForeignKeyField(Artifact, null=True, backref="+")
    artifact = ForeignKeyField(Artifact, null=True, backref="+")
    scheduler_run_id = UUIDField(null=True)
    created_at = DateTimeTZField()
    decided_at = DateTimeTZField(null=True)
    reason = TextField(null=True)
    version = IntegerField(default=1)


class ModelCallPassage(Table):
    """The words behind one number of a request."""

    model_call = ForeignKeyField(ModelCall)
    number = IntegerField()
    source = ForeignKeyField(Source)
    chunk = ForeignKeyField(Chunk)
    start = IntegerField()
    end = IntegerField()
