"""Knows what was forgotten when it comes again, by keyed marks, and keeps it away. It holds no words.

A mark is an HMAC under the key beside the database: it says *the same*, and nobody can guess from it what it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice import ids, sealing
from alice.db import database, locks
from alice.errors import Conflict
from alice.ledger.events import SourceKeptAway
from alice.ledger.unit import Unit
from alice.models import ForgottenMark

CONTENT, ITEM, CLAIM = "content", "item", "claim"
Mark = tuple[str, str]  # kind, digest


def turn(unit: Unit, *, alone: bool = False) -> None:
    """Let nothing be forgotten while `unit` stores, or nothing be stored while it forgets."""
    locks.in_unit("forgetting", str(unit.user_id), shared=not alone)


def content(content_hash: str) -> Mark:
    """Return the mark of a text."""
    return CONTENT, sealing.digest(f"forgotten text\n{content_hash}")


def item(connector: str, root: str, external_id: str) -> Mark:
    """Return the mark of an item of a connector; `root` is its folder, and empty for streams."""
    return ITEM, sealing.digest(f"forgotten item\n{connector}\n{root}\n{external_id}")


def claim(key: str) -> Mark:
    """Return the mark of a claim by the key under which it is stored."""
    return CLAIM, sealing.digest(f"forgotten claim\n{key}")


def note(unit: Unit, receipt_id: UUID, marks: Iterable[Mark]) -> None:
    """Keep marks, so that what they are of is known when it comes again."""
    rows = [
        {"id": ids.new_id(), "user_id": unit.user_id, "receipt": receipt_id, "kind": kind, "digest": digest}
        for kind, digest in dict.fromkeys(marks)
    ]
    if rows:
        place = (ForgottenMark.user_id, ForgottenMark.kind, ForgottenMark.digest)
        kept = ForgottenMark.insert_many(rows)
        kept.on_conflict(conflict_target=place, preserve=(ForgottenMark.receipt,)).execute()


def items(user_id: UUID) -> frozenset[Mark]:
    """Return the marks of all items that were forgotten."""
    sql = "SELECT kind, digest FROM forgotten_mark WHERE user_id = %s AND kind = %s"
    return frozenset(database.query(sql, user_id, ITEM))


def texts(user_id: UUID, hashes: Sequence[str]) -> dict[str, datetime]:
    """Return when texts were forgotten, by their content hashes."""
    by_digest = {content(one)[1]: one for one in hashes}
    return {by_digest[digest]: at for digest, (_, _, at) in _known(user_id, CONTENT, list(by_digest)).items()}


def claims(user_id: UUID, keys: Iterable[str]) -> frozenset[str]:
    """Return which of the claims were forgotten, by their keys."""
    by_digest = {claim(one)[1]: one for one in keys}
    return frozenset(by_digest[digest] for digest in _known(user_id, CLAIM, list(by_digest)))


Found = dict[str, tuple[UUID, UUID, datetime]]


def _known(user_id: UUID, kind: str, digests: list[str]) -> Found:
    """Return by digest the receipt, what it is of, and when it was forgotten."""
    if not digests:
        return {}
    rows = database.query(
        "SELECT m.digest, r.id, r.subject_id, r.forgotten_at"
        " FROM forgotten_mark m JOIN receipt r ON r.id = m.receipt_id"
        " WHERE m.user_id = %s AND m.kind = %s AND m.digest = ANY(%s)",
        user_id, kind, digests,
    )  # fmt: skip
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def refuse(unit: Unit, hashes: Sequence[str]) -> None:
    """Raise Conflict when an agent hands in what the owner had forgotten: only the owner takes it in again."""
    if unit.actor.kind == "agent" and texts(unit.user_id, hashes):
        raise Conflict("The owner had these words forgotten; only they can take them in again.")


def refuse_claim(unit: Unit, key: str) -> None:
    """Raise Conflict when an agent proposes a memory that the owner had forgotten, by its key."""
    if unit.actor.kind == "agent" and claims(unit.user_id, [key]):
        raise Conflict("The owner had this forgotten; only they can take it in again.")


def gone(source_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Return which of the sources were forgotten."""
    sql = "SELECT id FROM source WHERE id = ANY(%s) AND status = 'forgotten'"
    return frozenset(row[0] for row in database.query(sql, list(source_ids)))


@dataclass(frozen=True, slots=True)
class Came:
    """An item that a connector brings: its mark, its words, and whether a source lives under its name already."""

    mark: Mark
    content_hash: str
    lives: bool = False


def keep_away(unit: Unit, connector: str, came: Sequence[Came]) -> frozenset[int]:
    """Return which of what `connector` brought was forgotten, as places in `came`.

    A name that nothing lives under is marked too, so that it need not be read again.
    """
    named = _known(unit.user_id, ITEM, [one.mark[1] for one in came])
    said = _known(unit.user_id, CONTENT, [content(one.content_hash)[1] for one in came])
    away = set()
    for place, one in enumerate(came):
        found = named.get(one.mark[1]) or said.get(content(one.content_hash)[1])
        if found:
            away.add(place)
            note(unit, found[0], () if one.lives else [one.mark])
            unit.record(SourceKeptAway(str(found[1]), connector))
    return frozenset(away)
