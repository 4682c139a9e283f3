"""Artifacts and their citations."""

from __future__ import annotations

from peewee import BooleanField, ForeignKeyField, IntegerField, SmallIntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.base import DateTimeTZField, Table
from alice.models.projects import Project
from alice.models.sources import Chunk, Source


class Artifact(Table):
    """What a workflow composed; it waits for review and never becomes memory by itself."""

    artifact_type = TextField()
    title = TextField()
    content_markdown = TextField()
    sections = BinaryJSONField(index=False)
    status = TextField(default="needs_review")
    domain = TextField()
    sensitivity = TextField()
    project = ForeignKeyField(Project, null=True)
    generated_by = TextField()
    generation_mode = TextField()
    scheduler_run_id = UUIDField(null=True)
    trace_id = TextField()
    input_context_hash = TextField()
    prompt_hash = TextField(null=True)
    model_info = BinaryJSONField(default=dict, index=False)
    routing = BinaryJSONField(default=dict, index=False)
    covers_from = DateTimeTZField(null=True)
    covers_to = DateTimeTZField()
    created_at = DateTimeTZField()
    reviewed_at = DateTimeTZField(null=True)
    promoted_at = DateTimeTZField(null=True)
    version = IntegerField(default=1)


class Citation(Table):
    """The words behind a statement, numbered through the artifact from 1."""

    artifact = ForeignKeyField(Artifact)
    number = IntegerField()
    source = ForeignKeyField(Source)
    chunk = ForeignKeyField(Chunk)
    start = IntegerField()
    end = IntegerField()


class ArtifactRating(Table):
    """What the owner thinks of an artifact, from 1 to 5; a later rating replaces an earlier one."""

    artifact = ForeignKeyField(Artifact)
    usefulness = SmallIntegerField(null=True)
    accuracy = SmallIntegerField(null=True)
    source_grounding = SmallIntegerField(null=True)
    novel_connections = SmallIntegerField(null=True)
    actionability = SmallIntegerField(null=True)
    hallucination_risk = SmallIntegerField(null=True)
    verbosity = TextField(null=True)
    missed_context = TextField(null=True)
    comments = TextField(null=True)
    rated_by = TextField()
    rated_at = DateTimeTZField()
    version = IntegerField(default=1)


class InsightFeedback(Table):
    """Whether one statement of an artifact helped, or with -1 the artifact as a whole."""

    artifact = ForeignKeyField(Artifact)
    section = IntegerField(default=-1)
    statement = IntegerField(default=-1)
    useful = BooleanField()
    note = TextField(null=True)
    given_by = TextField()
    given_at = DateTimeTZField()
    version = IntegerField(default=1)
