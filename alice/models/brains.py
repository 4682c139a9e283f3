"""What the owner told Alice about the brain as a whole."""

from __future__ import annotations

from peewee import IntegerField, TextField
from playhouse.postgres_ext import ArrayField

from alice.models.base import DateTimeTZField, Table


class Brain(Table):
    """One row for each brain: the names under which evidence speaks of its owner."""

    owner_names = ArrayField(TextField, default=list, index=False)
    created_at = DateTimeTZField()
    version = IntegerField(default=1)
