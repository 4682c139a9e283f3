"""What the connectors have seen. State and not history: it leaves no events."""

from __future__ import annotations

from peewee import BigIntegerField, ForeignKeyField, TextField

from alice.models.base import DateTimeTZField, Table
from alice.models.sources import Source


class ConnectorItem(Table):
    """One item of a connector's root, as it was when it was last looked at; `problem` says why it was not taken."""

    connector = TextField()
    root = TextField()
    external_id = TextField()
    size = BigIntegerField()
    mtime_ns = BigIntegerField()
    content_hash = TextField(null=True)
    source = ForeignKeyField(Source, null=True)
    problem = TextField(null=True)
    seen_at = DateTimeTZField()
