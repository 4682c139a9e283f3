"""Lends the words of a merged claim to the one it went into, and takes them back when the merge is undone."""

from __future__ import annotations

from uuid import UUID

from alice import ids
from alice.db import database
from alice.ledger.unit import Unit


def lend(unit: Unit, kind: str, merged: UUID, into: UUID) -> None:
    """Let the words behind `merged` stand behind `into` as well; what stands there already stays as it is."""
    rows = database.query(
        'SELECT source_id, chunk_id, start, "end" FROM provenance WHERE user_id = %s AND subject_id = %s'
        ' ORDER BY source_id, start, "end"',
        unit.user_id, merged,
    )  # fmt: skip
    for source_id, chunk_id, start, end in rows:
        database.query(
            'INSERT INTO provenance (id, user_id, subject_kind, subject_id, source_id, chunk_id, start, "end", rule)'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
            ' ON CONFLICT (subject_id, source_id, start, "end") DO NOTHING',
            ids.new_id(), unit.user_id, kind, into, source_id, chunk_id, start, end, _rule(merged),
        )  # fmt: skip


def take_back(unit: Unit, merged: UUID, into: UUID) -> None:
    """Take away from `into` the words that `merged` lent it."""
    sql = "DELETE FROM provenance WHERE user_id = %s AND subject_id = %s AND rule = %s"
    database.query(sql, unit.user_id, into, _rule(merged))


def _rule(merged: UUID) -> str:
    return f"merged.{merged}"
