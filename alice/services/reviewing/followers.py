"""Lets the claims drawn from a source follow what a person says about it: how private, which part of life, project."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.vocab import RESTRICTED_DOMAINS, Sensitivity
from alice.ledger.unit import Unit
from alice.services.reviewing import decisions, loops, memories
from alice.services.reviewing.decisions import Kind, Verdict

FOLLOW = "follow"
KINDS = (memories.KIND, loops.KIND)


def follow(unit: Unit, before: Any, after: Any, verdict: Verdict) -> None:
    """Change what was drawn from a source as the source changed, by decisions of the same act.

    What was as private as the source stays so; what has other words behind it is only ever made more private.
    """
    if all(getattr(before, name) == getattr(after, name) for name in ("domain", "sensitivity", "project_id")):
        return
    for kind in KINDS:
        for row in _drawn(unit, kind, after.id):
            alone = not _elsewhere(kind, row.id, after.id)
            changes = _changes(row, before, after, alone=alone)
            if changes:
                told = Verdict(FOLLOW, changes, verdict.now, None, act=verdict.act)
                decisions.take(unit, kind, row, told)


def _drawn(unit: Unit, kind: Kind, source_id: UUID) -> list[Any]:
    rows = database.query(
        "SELECT DISTINCT subject_id FROM provenance WHERE user_id = %s AND source_id = %s AND subject_kind = %s",
        unit.user_id, source_id, kind.name,
    )  # fmt: skip
    wanted = [row[0] for row in rows]
    return [row for row in decisions.hold(unit, kind, wanted).values() if row.status != "forgotten"]


def _elsewhere(kind: Kind, subject_id: UUID, source_id: UUID) -> bool:
    sql = "SELECT 1 FROM provenance WHERE subject_kind = %s AND subject_id = %s AND source_id <> %s LIMIT 1"
    return bool(database.query(sql, kind.name, subject_id, source_id))


def _changes(row: Any, before: Any, after: Any, *, alone: bool) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    old, new, own = (Sensitivity(one.sensitivity) for one in (before, after, row))
    if new.rank > own.rank or (alone and own == old and new != own):
        changes["sensitivity"] = new.value
    if after.domain != row.domain and ((alone and row.domain == before.domain) or after.domain in RESTRICTED_DOMAINS):
        changes["domain"] = after.domain
    if alone and row.project_id == before.project_id and after.project_id != row.project_id:
        changes["project_id"] = after.project_id
    return changes
