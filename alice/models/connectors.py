"""The connectors: how they are set, how they fare, what they have seen, and what they could not take."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.base import DateTimeTZField, Table
from alice.models.sources import Source


class ConnectorItem(Table):
    """One item of a connector's root, as it was when it was last looked at.

    `problem` says why it was not taken, `reason` in one word. State and not history: it leaves no events.
    """

    connector = TextField()
    root = TextField()
    external_id = TextField()
    size = BigIntegerField()
    mtime_ns = BigIntegerField()
    content_hash = TextField(null=True)
    source = ForeignKeyField(Source, null=True)
    problem = TextField(null=True)
    reason = TextField(null=True)
    seen_at = DateTimeTZField()


class ConnectorSetting(Table):
    """How a connector is set. `secret_ref` and the options name secrets and never hold one."""

    connector_name = TextField()
    enabled = BooleanField(default=False)
    default_domain = TextField(default="unknown")
    default_sensitivity = TextField(default="unknown")
    sync_mode = TextField(default="manual")
    poll_interval_seconds = IntegerField(default=300)
    secret_ref = TextField(null=True)
    options = BinaryJSONField(default=dict, index=False)
    created_at = DateTimeTZField()
    updated_at = DateTimeTZField()
    version = IntegerField(default=1)


class ConnectorState(Table):
    """How a connector fares: where it is, how it went the last time, and what it has counted."""

    connector_name = TextField()
    cursor = BinaryJSONField(default=dict, index=False)
    not_before = DateTimeTZField(null=True)
    last_sync_at = DateTimeTZField(null=True)
    last_success_at = DateTimeTZField(null=True)
    last_failure_at = DateTimeTZField(null=True)
    last_error = TextField(null=True)
    last_error_code = TextField(null=True)
    failures_in_a_row = IntegerField(default=0)
    items_seen = BigIntegerField(default=0)
    items_captured = BigIntegerField(default=0)
    items_deduped = BigIntegerField(default=0)
    items_rejected = BigIntegerField(default=0)
    items_failed = BigIntegerField(default=0)
    processing_ms = BigIntegerField(default=0)
    processed = BigIntegerField(default=0)
    last_captured_source = ForeignKeyField(Source, null=True)
    last_captured_at = DateTimeTZField(null=True)


class ConnectorQuarantine(Table):
    """An item that could not be taken: waiting for another try, quarantined after the last, or dismissed."""

    connector_name = TextField()
    stream = TextField()
    external_id = TextField()
    status = TextField(default="waiting")
    reason = TextField()
    reason_code = TextField()
    attempts = IntegerField(default=1)
    first_failed_at = DateTimeTZField()
    last_failed_at = DateTimeTZField()
    next_attempt_at = DateTimeTZField(null=True)
    version = IntegerField(default=1)
