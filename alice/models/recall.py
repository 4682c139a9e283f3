"""The index of recall. It is derived from chunks: nothing here is audited, and all of it can be made anew."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BigIntegerField, CompositeKey, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import ArrayField, TSVectorField

from alice.models.base import Table


class RecallDocument(Table):
    """A source in the index, under a number of its own; `kind` says what `subject_id` is."""

    id = None  # type: ignore[assignment]
    number = BigAutoField()
    kind = TextField(default="source")
    subject_id = UUIDField()
    language = TextField()
    passages = IntegerField()
    length = IntegerField()


class RecallPassage(Table):
    """The words of one passage. `place` is the document's number and the slot in it, see domain.ranking."""

    id = None  # type: ignore[assignment]
    user_id = None  # type: ignore[assignment]
    place = BigIntegerField(primary_key=True)
    length = IntegerField()
    words = TSVectorField()


class RecallChange(Table):
    """What one write added to the statistics or took from them, until it is folded into terms and totals."""

    id = AutoField()  # type: ignore[assignment]
    language = TextField()
    documents = IntegerField()
    passages = IntegerField()
    length = BigIntegerField()
    terms = ArrayField(TextField, index=False)
    counts = ArrayField(IntegerField, index=False)


class RecallTerm(Table):
    """How many passages of a brain hold a term."""

    id = None  # type: ignore[assignment]
    term = TextField()
    passages = IntegerField()

    class Meta:
        primary_key = CompositeKey("user_id", "term")


class RecallTotal(Table):
    """How much of a brain is in the index, for each language."""

    id = None  # type: ignore[assignment]
    language = TextField()
    documents = IntegerField()
    passages = IntegerField()
    length = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("user_id", "language")
