"""Says which things a person's decision really stands behind: the seal holds, and the words are as they were.

A row that was written past Alice, or whose words were, is trusted by nobody; doctor and traces tell of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from alice import sealing
from alice.db import database
from alice.domain.decisions import SEALED, vouched
from alice.domain.policy import Scope

DECISION = ("id", "subject_id", "version", "action", "evidence", "decided_by", "decided_at", "seal")


def held(scope: Scope, kind: str, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return those of `ids`, things of a `kind` of SEALED, that are as their newest decision left them."""
    if not ids:
        return frozenset()
    now, key = words(scope, kind, ids), sealing.key()
    return frozenset(row["subject_id"] for row in _newest(scope, kind, ids) if holds(kind, row, now, key))


def broken(scope: Scope, kind: str, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each of `ids` that a decision does not stand behind why not, in one sentence."""
    now, told = words(scope, kind, ids), {}
    rows = {row["subject_id"]: row for row in _newest(scope, kind, ids)}
    for one in ids:
        row = rows.get(one)
        if row is None:
            told[one] = "no decision stands behind it"
        elif not sealing.is_ours(row["seal"]):
            told[one] = "its decision was sealed with another key than this home's"
        elif not sealing.holds(row["seal"], _covered(kind, row)):
            told[one] = "it was changed past its decision"
        elif not _same(row, now):
            told[one] = "the words it rests on were changed"
    return told


def _newest(scope: Scope, kind: str, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return each thing's sealed columns, as r_…, beside its newest decision; one whose version moved on is left."""
    columns = ", ".join(f"r.{name} AS r_{name}" for name in SEALED[kind])
    decision = ", ".join(f"d.{name}" for name in DECISION)
    return database.rows(
        f"SELECT {decision}, {columns} FROM {kind} r JOIN decision d ON d.subject_id = r.id AND d.version ="
        " (SELECT max(o.version) FROM decision o WHERE o.subject_id = r.id)"
        " WHERE r.user_id = %s AND d.user_id = %s AND d.subject_kind = %s AND r.id = ANY(%s)",
        scope.user_id, scope.user_id, kind, list(ids),
    )  # fmt: skip


Words = dict[tuple[UUID, str, int, int], str]


def holds(kind: str, row: dict[str, Any], now: Words, key: bytes) -> bool:
    """Tell whether a decision stands behind `row`: its columns as r_…, beside those of the decision."""
    return sealing.holds(row["seal"], _covered(kind, row), by=key) and _same(row, now)


def _covered(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    return vouched(kind, {name: row[f"r_{name}"] for name in SEALED[kind]}, row)


def _same(row: dict[str, Any], now: Words) -> bool:
    """Tell whether the words that a decision rested on still read as they did; what was forgotten is gone rightly."""
    places = [((row["subject_id"], source, start, end), digest) for source, start, end, digest in row["evidence"]]
    return all(now[place] == digest for place, digest in places if place in now)


def words(scope: Scope, kind: str, ids: Sequence[UUID]) -> Words:
    """Return the keyed digest of the words behind each of `ids` as they read now, by their place."""
    rows = database.query(
        'SELECT p.subject_id, p.source_id::text, p.start, p."end",'
        ' substr(c.text, p.start - c.start + 1, p."end" - p.start)'
        " FROM provenance p JOIN chunk c ON c.id = p.chunk_id"
        " WHERE p.user_id = %s AND p.subject_kind = %s AND p.subject_id = ANY(%s)",
        scope.user_id, kind, list(ids),
    )  # fmt: skip
    key = sealing.key()
    return {(subject, source, start, end): sealing.digest(text, by=key) for subject, source, start, end, text in rows}
