"""What the owner told Alice about the brain as a whole."""

from __future__ import annotations

from peewee import BooleanField, IntegerField, TextField
from playhouse.postgres_ext import ArrayField

from alice.models.base import DateTimeTZField, Table


class Brain(Table):
    """One row for each brain: the names under which evidence speaks of its owner, and where copies of artifacts go."""

    owner_names = ArrayField(TextField, default=list, index=False)
    copies_folder = TextField(null=True)
    copies_calendar = BooleanField(default=False)
    created_at = DateTimeTZField()
    version = IntegerField(default=1)
