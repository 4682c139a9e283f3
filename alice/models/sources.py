"""Evidence: imports, sources, and the chunks they are cut into."""

from __future__ import annotations

from peewee import BlobField, BooleanField, ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.base import DateTimeTZField, Table


class ImportBatch(Table):
    """One import of a folder or an export, so that it can be taken back whole."""

    connector = TextField()
    root = TextField()
    started_at = DateTimeTZField()
    finished_at = DateTimeTZField(null=True)
    counts = BinaryJSONField(default=dict, index=False)


class Source(Table):
    """What came in, word for word. Offsets everywhere count code points of `content_text`.

    A text never changes: an edited note is a further source, whose `revision_of` is the text before it. The text that
    stands now is `current`; `gone_at` is when its original was found to be missing.
    """

    connector = TextField()
    external_id = TextField(null=True)
    import_batch = ForeignKeyField(ImportBatch, column_name="import_id", null=True)
    title = TextField()
    uri = TextField(null=True)
    author = TextField(null=True)
    content_text = TextField()
    content_hash = TextField()
    char_count = IntegerField()
    occurred_at = DateTimeTZField()
    captured_at = DateTimeTZField()
    status = TextField(default="new")
    domain = TextField(default="unknown")
    sensitivity = TextField(default="unknown")
    project_id = UUIDField(null=True)
    backlog = BooleanField(default=False)
    metadata = BinaryJSONField(default=dict, index=False)
    salt = BlobField()
    reviewed_at = DateTimeTZField(null=True)
    version = IntegerField(default=1)
    revision = IntegerField(default=1)
    revision_of = ForeignKeyField("self", column_name="revision_of", null=True)
    current = BooleanField(default=True)
    gone_at = DateTimeTZField(null=True)


class Chunk(Table):
    """A passage of a source: `text` is `content_text[start:end]`."""

    source = ForeignKeyField(Source)
    ordinal = IntegerField()
    start = IntegerField()
    end = IntegerField()
    heading = TextField(null=True)
    text = TextField()
    text_hash = TextField()
