"""Capture: evidence in, word for word, with the candidates drawn from it. It never decides what is true."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.db import database
from alice.domain import policy
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import Item, Prepared, prepare
from alice.ledger import gate
from alice.ledger.events import ClaimsReinforced, SourceCaptured, SourceSeenAgain
from alice.ledger.unit import Unit
from alice.queries import brains
from alice.services.evidence import forgotten, indexing, storage
from alice.services.evidence.storage import Stored

__all__ = ["Captured", "Item", "capture", "capture_many", "write_prepared"]


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of one item: imported, or a duplicate of a source that was there.

    `forgotten_at` is when the owner had the same words forgotten, which they take in again now.
    """

    source_id: UUID
    content_hash: str
    duplicate: bool
    chunk_count: int = 0
    candidate_memory_count: int = 0
    open_loop_count: int = 0
    forgotten_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it in the keys of contract.md section 6."""
        again = {"forgotten_at": self.forgotten_at} if self.forgotten_at else {}
        return again | {
            "status": "duplicate" if self.duplicate else "imported",
            "source_id": str(self.source_id),
            "content_hash": self.content_hash,
            "duplicate": self.duplicate,
            "chunk_count": self.chunk_count,
            "candidate_memory_count": self.candidate_memory_count,
            "open_loop_count": self.open_loop_count,
        }


def capture(actor: Actor, item: Item, *, zone: str, now: datetime | None = None) -> Captured:
    """Store `item` and propose what it says; the same content again stores nothing and says so."""
    moment = now or clock.now()
    ready = prepare(item, zone=zone, now=moment, owner_names=owner_names(actor))
    with gate.write(actor, Action.CAPTURE, Subject(item.domain, item.sensitivity, item.project_id)) as unit:
        return write_prepared(unit, [ready], now=moment)[0]


def capture_many(
    actor: Actor,
    items: Sequence[Item],
    *,
    zone: str,
    now: datetime | None = None,
    also: Callable[[Unit, list[Captured]], None] | None = None,
) -> list[Captured]:
    """Store `items` in one transaction, all or none, in their order; `also` may write beside them."""
    moment = now or clock.now()
    names = owner_names(actor)
    ready = [prepare(item, zone=zone, now=moment, owner_names=names) for item in items]
    with gate.write(actor, Action.CAPTURE) as unit:
        done = write_prepared(unit, ready, now=moment)
        if also:
            also(unit, done)
        return done


def owner_names(actor: Actor) -> tuple[str, ...]:
    """Return the names under which evidence speaks of the brain's owner."""
    with database.session():
        return brains.owner_names(policy.visible(actor))


def write_prepared(
    unit: Unit, ready: Sequence[Prepared], *, now: datetime, import_id: UUID | None = None
) -> list[Captured]:
    """Write prepared items inside `unit`, record an event for each, and return what became of each.

    Raise Conflict for an agent that brings what was forgotten; what connectors bring is kept away before.
    """
    forgotten.turn(unit)
    forgotten.refuse(unit, [p.content_hash for p in ready])
    known = _known(unit, [p.content_hash for p in ready])
    fresh = {p.content_hash: p for p in ready if p.content_hash not in known}
    written = storage.store(unit, list(fresh.values()), now=now, import_id=import_id)
    known |= _known(unit, [h for h in fresh if h not in written])
    indexing.add_new(unit, {stored.source_id: stored.prepared.words for stored in written.values()})
    again = forgotten.texts(unit.user_id, list(written))
    done = [_told(unit, p, written.pop(p.content_hash, None), known) for p in ready]
    return [one if one.duplicate else replace(one, forgotten_at=again.get(one.content_hash)) for one in done]


def _known(unit: Unit, hashes: list[str]) -> dict[str, UUID]:
    if not hashes:
        return {}
    sql = "SELECT content_hash, id FROM source WHERE user_id = %s AND content_hash = ANY(%s) AND status <> 'forgotten'"
    return dict(database.query(sql, unit.user_id, hashes))


def _told(unit: Unit, ready: Prepared, stored: Stored | None, known: dict[str, UUID]) -> Captured:
    """Record what happened to one item. What the first of two equal items stored, the second finds known."""
    if stored is None:
        source_id = known[ready.content_hash]
        unit.record(SourceSeenAgain(str(source_id), ready.item.connector))
        return Captured(source_id, ready.content_hash, True)
    known[ready.content_hash] = stored.source_id
    counts = (len(stored.chunk_ids), len(stored.memories), len(stored.loops))
    subject = str(stored.source_id)
    unit.record(SourceCaptured(subject, ready.item.connector, stored.digest, *counts, ready.redactions, ready.backlog))
    if stored.known_memories or stored.known_loops:
        unit.record(ClaimsReinforced(subject, _texts(stored.known_memories), _texts(stored.known_loops)))
    return Captured(stored.source_id, ready.content_hash, False, *counts)


def _texts(identifiers: set[UUID]) -> list[str]:
    return sorted(map(str, identifiers))
