"""The base of every table: the handle, and the brain a row belongs to. Tables only, no behaviour."""

from __future__ import annotations

from peewee import Model, UUIDField
from playhouse.postgres_ext import DateTimeTZField

from alice import ids
from alice.db.database import handle

__all__ = ["DateTimeTZField", "Table"]


class Table(Model):
    """A row of one brain, under a UUIDv7."""

    id = UUIDField(primary_key=True, default=ids.new_id)
    user_id = UUIDField()

    class Meta:
        database = handle
        legacy_table_names = False
