"""How a connector fares: its cursor, its counters, when it last worked. State and not history: it leaves no events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import ids
from alice.db import database
from alice.domain.redaction import redact
from alice.errors import AliceError


@dataclass(slots=True)
class Tally:
    """What a part of a sync saw and did; `seconds` is how long the taken items needed together."""

    seen: int = 0
    captured: int = 0
    deduped: int = 0
    rejected: int = 0
    failed: int = 0
    seconds: float = 0.0
    last_source_id: UUID | None = None


_COUNT = """
INSERT INTO connector_state (id, user_id, connector_name, items_seen, items_captured, items_deduped, items_rejected,
    items_failed, processing_ms, processed, last_captured_source_id, last_captured_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, connector_name) DO UPDATE SET
    items_seen = connector_state.items_seen + EXCLUDED.items_seen,
    items_captured = connector_state.items_captured + EXCLUDED.items_captured,
    items_deduped = connector_state.items_deduped + EXCLUDED.items_deduped,
    items_rejected = connector_state.items_rejected + EXCLUDED.items_rejected,
    items_failed = connector_state.items_failed + EXCLUDED.items_failed,
    processing_ms = connector_state.processing_ms + EXCLUDED.processing_ms,
    processed = connector_state.processed + EXCLUDED.processed,
    last_captured_source_id = coalesce(EXCLUDED.last_captured_source_id, connector_state.last_captured_source_id),
    last_captured_at = coalesce(EXCLUDED.last_captured_at, connector_state.last_captured_at)
"""


def count(user_id: UUID, name: str, tally: Tally, *, now: datetime) -> None:
    """Add `tally` to the counters, in the caller's transaction where one is open."""
    last = (tally.last_source_id, now if tally.last_source_id else None)
    took = (round(tally.seconds * 1000), tally.captured + tally.deduped)
    counts = (tally.seen, tally.captured, tally.deduped, tally.rejected, tally.failed)
    database.query(_COUNT, ids.new_id(), user_id, name, *counts, *took, *last)


def keep_cursor(user_id: UUID, name: str, cursor: Mapping[str, Any], *, not_before: datetime | None = None) -> None:
    """Keep where the connector is, beside the items that it stored, and until when nothing may be asked."""
    _set(user_id, name, cursor=Jsonb(dict(cursor)), not_before=not_before)


def begun(user_id: UUID, name: str, *, now: datetime) -> None:
    """Note that somebody looks, so that a crash in the middle is not looked at again at once."""
    _set(user_id, name, last_sync_at=now)


def succeeded(user_id: UUID, name: str, *, now: datetime) -> None:
    """Note that a sync ended well."""
    _set(user_id, name, last_success_at=now, last_error=None, last_error_code=None, failures_in_a_row=0)


def limped(user_id: UUID, name: str, error: AliceError, *, now: datetime) -> None:
    """Note that a sync reached a part of what it reads, and why not the rest; it is looked at as often as before."""
    _set(user_id, name, last_success_at=now, failures_in_a_row=0, **_trouble(error, now))


def failed(user_id: UUID, name: str, error: AliceError, *, now: datetime) -> None:
    """Note that a sync failed, and the sentence why, from which what looks like a secret is taken out."""
    _set(user_id, name, **_trouble(error, now))
    more = "UPDATE connector_state SET failures_in_a_row = failures_in_a_row + 1"
    database.query(f"{more} WHERE user_id = %s AND connector_name = %s", user_id, name)


def _trouble(error: AliceError, now: datetime) -> dict[str, object]:
    said = redact(error.message).text[:500]
    return {"last_failure_at": now, "last_error": said, "last_error_code": error.code}


def cursor(user_id: UUID, name: str) -> dict[str, Any]:
    """Return where the connector is; empty when it has never been looked at."""
    sql = "SELECT cursor FROM connector_state WHERE user_id = %s AND connector_name = %s"
    found = database.query(sql, user_id, name)
    return dict(found[0][0]) if found else {}


def _set(user_id: UUID, name: str, **values: object) -> None:
    columns = ", ".join(values)
    updates = ", ".join(f"{column} = EXCLUDED.{column}" for column in values)
    database.query(
        f"INSERT INTO connector_state (id, user_id, connector_name, {columns})"
        f" VALUES (%s, %s, %s{', %s' * len(values)})"
        f" ON CONFLICT (user_id, connector_name) DO UPDATE SET {updates}",
        ids.new_id(), user_id, name, *values.values(),
    )  # fmt: skip
