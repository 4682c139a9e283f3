"""Memories to decide on: captured, proposed out of hand, or written past Alice as a superuser can."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from alice import ids
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.preparation import Item
from alice.ledger import gate
from alice.ledger.events import MemoryProposed
from alice.services.evidence import capture
from alice.services.reviewing import memories
from alice.services.reviewing.memories import Wish

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def tell(actor: Actor, text: str, *, now: datetime = NOON, **item: Any) -> UUID:
    """Capture `text`, which says one thing, and return the memory that was drawn from it."""
    source_id = capture.capture(actor, Item(text, **item), zone="UTC", now=now).source_id
    sql = "SELECT subject_id FROM provenance WHERE source_id = %s AND subject_kind = 'memory'"
    [(memory_id,)] = database.query(sql, source_id)
    return UUID(str(memory_id))


def claim(actor: Actor, text: str, *, now: datetime = NOON, **more: Any) -> UUID:
    """Propose exactly `text`, with no words behind it, and return the memory."""
    columns = {"id": ids.new_id(), "user_id": actor.user_id, "memory_type": "semantic", "text": text, "key": text,
               "confidence": 0.5, "rule": "by_hand", "proposed_by": "owner", "occurred_at": now, "created_at": now,
               "last_seen_at": now, **more}  # fmt: skip
    with gate.write(actor, Action.PROPOSE_MEMORY) as unit:
        names = ", ".join(columns)
        marks = ", ".join(["%s"] * len(columns))
        database.query(f"INSERT INTO memory ({names}) VALUES ({marks})", *columns.values())
        unit.record(MemoryProposed(str(columns["id"]), "owner", False))
    return UUID(str(columns["id"]))


def accept_all(actor: Actor, text: str, *, now: datetime = NOON) -> list[UUID]:
    """Accept every candidate whose text holds `text`, whatever its case."""
    sql = "SELECT id FROM memory WHERE user_id = %s AND status = 'candidate' AND text ILIKE %s ORDER BY id"
    found = [row[0] for row in database.query(sql, actor.user_id, f"%{text}%")]
    assert found
    for memory_id in found:
        memories.review(actor, memory_id, Wish("accept"), now=now)
    return found


def past_alice(url: str, sql: str, *values: Any) -> None:
    """Write as a superuser who tells the guards to look away."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(sql, values)
