"""What a person decided, and what it changed."""

from __future__ import annotations

from peewee import ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.base import DateTimeTZField, Table


class Decision(Table):
    """One change of one row by a decision. `act` is shared by what was decided together; `undoes` names what it undid.

    `before` and `after` hold the columns that changed, `evidence` the words it rested on as [source, start, end,
    digest], and `seal` is keyed over the decision and what it left: see alice/sealing.py.
    """

    act = UUIDField()
    subject_kind = TextField()
    subject_id = UUIDField()
    action = TextField()
    version = IntegerField()
    before = BinaryJSONField(index=False)
    after = BinaryJSONField(index=False)
    reason = TextField(null=True)
    evidence = BinaryJSONField(default=list, index=False)
    decided_by = TextField()
    decided_at = DateTimeTZField()
    undoes = ForeignKeyField("self", column_name="undoes", null=True)
    event_id = UUIDField()
    seal = TextField()
