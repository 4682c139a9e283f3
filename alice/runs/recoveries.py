"""What whoever begins to serve the schedules sees to first: rows, runs that were lost, slots that nobody looks at."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.domain.policy import system
from alice.runs import orphans, realignments
from alice.runs.outcomes import Ending
from alice.services import schedules


def recover(settings: Settings, *, user_id: UUID | None, why: Mapping[UUID, Ending] = orphans.NOBODY) -> int:
    """Give one brain its rows, or look at all brains, and set right what an end without warning left behind.

    Return how many runs were given up; `why` explains those known.
    """
    if user_id is not None:
        schedules.ensure_rows(system("scheduler", user_id), zone=settings.timezone)
    now = clock.now()
    reaped = orphans.reap(now=now, user_id=user_id, why=why)
    orphans.heal(user_id=user_id)
    realignments.realign(now=now, user_id=user_id)
    return reaped
