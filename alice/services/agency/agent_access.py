"""Who holds a key, and how often it may be used. What is wrong with a key that opens nothing is told to nobody."""

from __future__ import annotations

import hmac
from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain import agent_names
from alice.domain.policy import Actor
from alice.domain.vocab import Domain, Profile
from alice.errors import TooManyRequests
from alice.services.agency import agent_keys

MINUTE = 60.0


def holder(user_id: UUID, key: str, *, now: datetime) -> Actor | None:
    """Return the agent whose key this is, and count the use; None for a key that is unknown, expired or revoked.

    Raise TooManyRequests when the key was used as often as it may be in this minute. The count lies in the database,
    so that it holds for every thread and process that serves this brain.
    """
    row = _row(user_id, key) if agent_names.is_key(key) else None
    if row is None or row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now):
        return None
    _count(user_id, row, now)
    return Actor(
        "agent",
        row["name"],
        user_id,
        Profile(row["profile"]),
        frozenset(map(Domain, row["grants"])),
        None if row["project_ids"] is None else frozenset(row["project_ids"]),
        row["agent_id"],
        agent_type=row["agent_type"],
    )


def _row(user_id: UUID, key: str) -> dict[str, Any] | None:
    """Return the row of a key. The hashes are compared in a time that says nothing about them."""
    rows = database.rows(
        "SELECT k.id, k.agent_id, g.name, g.agent_type, k.key_hash, k.profile, k.grants, k.project_ids,"
        " k.requests_per_minute, k.expires_at, k.revoked_at FROM agent_key k JOIN agent g ON g.id = k.agent_id"
        " WHERE k.user_id = %s AND k.prefix = %s",
        user_id, key[: agent_names.SHOWN],
    )  # fmt: skip
    shown = agent_keys.hashed(key)
    same = [row for row in rows if hmac.compare_digest(row["key_hash"], shown)]
    return same[0] if same else None


# A minute begins with the first use after the last one ended. A clock that was set back does not lengthen it.
_OVER = "(u.minute_at > EXCLUDED.minute_at OR u.minute_at <= EXCLUDED.minute_at - interval '1 minute')"


def _count(user_id: UUID, row: dict[str, Any], now: datetime) -> None:
    [(began, count)] = database.query(
        "INSERT INTO agent_key_use AS u (key_id, user_id, last_used_at, minute_at, minute_count)"
        f" VALUES (%s, %s, %s, %s, 1) ON CONFLICT (key_id) DO UPDATE SET last_used_at = EXCLUDED.last_used_at,"
        f" minute_at = CASE WHEN {_OVER} THEN EXCLUDED.minute_at ELSE u.minute_at END,"
        f" minute_count = CASE WHEN {_OVER} THEN 1 ELSE LEAST(u.minute_count, %s) + 1 END"
        " RETURNING minute_at, minute_count",
        row["id"], user_id, now, now, row["requests_per_minute"],
    )  # fmt: skip
    if count > row["requests_per_minute"]:
        left = MINUTE - (now - began).total_seconds()
        said = f"This key may be used {row['requests_per_minute']} times a minute, and has been."
        raise TooManyRequests(said, after_seconds=max(1, ceil(left)))
