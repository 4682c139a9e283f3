"""Agents, their keys and what they did each day, and the charter that the owner wrote for them."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, DateField, ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, BinaryJSONField

from alice.models.base import DateTimeTZField, Table


class Agent(Table):
    """A program that the owner lets in, by a name that is its own within the brain."""

    name = TextField()
    agent_type = TextField(null=True)
    created_at = DateTimeTZField()
    version = IntegerField(default=1)


class AgentKey(Table):
    """A key of an agent: its hash, how it is told apart, and what it allows. The secret itself is nowhere."""

    agent = ForeignKeyField(Agent)
    prefix = TextField()
    key_hash = TextField()
    label = TextField()
    profile = TextField()
    grants = ArrayField(TextField, default=list, index=False)
    project_ids = ArrayField(UUIDField, null=True, index=False)
    requests_per_minute = IntegerField()
    created_at = DateTimeTZField()
    expires_at = DateTimeTZField(null=True)
    revoked_at = DateTimeTZField(null=True)
    rotated_from = ForeignKeyField("self", column_name="rotated_from", null=True)
    version = IntegerField(default=1)


class AgentKeyUse(Table):
    """When a key was used last, and how often in the minute that began at `minute_at`. State, and not history."""

    id = None  # type: ignore[assignment]
    key = ForeignKeyField(AgentKey, primary_key=True)
    last_used_at = DateTimeTZField()
    minute_at = DateTimeTZField()
    minute_count = IntegerField()


class AgentActivity(Table):
    """How often an agent did something on a UTC day, counted by the database as the log is written."""

    id = None  # type: ignore[assignment]
    agent = TextField()
    day = DateField()
    measure = TextField()
    count = BigIntegerField()
    first_at = DateTimeTZField()
    last_at = DateTimeTZField()

    class Meta:
        primary_key = CompositeKey("user_id", "agent", "day", "measure")


class Charter(Table):
    """The charter of a brain as it stands; `constraints` is what its front matter says."""

    content_markdown = TextField()
    constraints = BinaryJSONField(index=False)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()
    version = IntegerField(default=1)


class CharterRevision(Table):
    """A charter as it once stood, word for word."""

    version = IntegerField()
    content_markdown = TextField()
    saved_at = DateTimeTZField()
