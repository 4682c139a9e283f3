"""Keeps the words of merged memories behind what they were merged into: all of them, and none of any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from uuid import UUID

from alice.db import database
from alice.ledger.unit import Unit
from alice.services.reviewing import lending

LONGEST_CHAIN = 10_000


def renew(unit: Unit, into: UUID) -> None:
    """Let exactly the words of what is merged into `into` stand behind it, and so on, to what it was merged into."""
    for at in _succession(unit, into):
        database.query(
            "DELETE FROM provenance WHERE user_id = %s AND subject_id = %s AND starts_with(rule, 'merged.')",
            unit.user_id, at,
        )  # fmt: skip
        for lender in _merged(unit, "superseded_by = %s", at):
            lending.lend(unit, "memory", lender, at)


def seen_again(unit: Unit, memory_ids: Iterable[UUID]) -> None:
    """Let new words of memories that were merged stand behind what they were merged into as well.

    It waits for nobody: what is being decided on at this moment is not noted as seen.
    """
    for lender in _merged(unit, "id = ANY(%s)", list(memory_ids)):
        chain = list(_succession(unit, lender))
        for one, into in pairwise(chain):
            lending.lend(unit, "memory", one, into)
        database.query(
            "UPDATE memory SET last_seen_at = GREATEST(last_seen_at, (SELECT last_seen_at FROM memory WHERE id = %s))"
            " WHERE id IN (SELECT id FROM memory WHERE id = ANY(%s) FOR NO KEY UPDATE SKIP LOCKED)",
            lender, chain[1:],
        )  # fmt: skip


def _succession(unit: Unit, memory_id: UUID) -> Iterator[UUID]:
    """Yield a memory, what it was merged into, and so on."""
    at: UUID | None = memory_id
    for _ in range(LONGEST_CHAIN):
        if at is None:
            return
        yield at
        at = next(iter(_merged(unit, "id = %s", at, "superseded_by")), None)


def _merged(unit: Unit, where: str, value: object, column: str = "id") -> list[UUID]:
    """Return a column of the merged memories of which `where` holds."""
    sql = f"SELECT {column} FROM memory WHERE user_id = %s AND merged AND superseded_by IS NOT NULL AND {where}"
    return [row[0] for row in database.query(f"{sql} ORDER BY 1", unit.user_id, value)]
