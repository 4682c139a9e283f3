"""Lets candidates expire that waited too long: of one brain, or of all that a daemon serves."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alice.config import Settings
from alice.db import database
from alice.domain.policy import system
from alice.domain.vocab import MemoryStatus
from alice.services.reviewing import candidates


def expire(settings: Settings, *, now: datetime, user_id: UUID | None = None) -> int:
    """Archive what waited for the days of the settings, in the brain `user_id` or in every one; return how many."""
    with database.session():
        brains = [user_id] if user_id else _brains()
        return sum(
            candidates.expire(system("scheduler", brain), now=now, days=settings.candidate_days) for brain in brains
        )


def _brains() -> list[UUID]:
    sql = "SELECT DISTINCT user_id FROM memory WHERE status = %s AND NOT backlog ORDER BY user_id"
    return [row[0] for row in database.query(sql, MemoryStatus.CANDIDATE.value)]
