"""Receipts of what was forgotten, and the marks by which it is known should it come again."""

from __future__ import annotations

from peewee import ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.base import DateTimeTZField, Table


class Receipt(Table):
    """What went, what stays and why, and where it was looked for afterwards. It holds ids and counts, and no words."""

    subject_kind = TextField()
    subject_id = UUIDField()
    status = TextField(default="unchecked")
    gone = BinaryJSONField(index=False)
    stays = BinaryJSONField(index=False)
    looked = BinaryJSONField(default=list, index=False)
    beyond = BinaryJSONField(default=list, index=False)
    forgotten_by = TextField()
    forgotten_at = DateTimeTZField()
    checked_at = DateTimeTZField(null=True)
    event_id = UUIDField()
    version = IntegerField(default=1)


class ForgottenMark(Table):
    """A keyed digest of a text, of the name of an item or of a claim: it says *the same*, and never what it was."""

    receipt = ForeignKeyField(Receipt)
    kind = TextField()
    digest = TextField()
