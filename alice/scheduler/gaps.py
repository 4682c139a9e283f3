"""Notices that time went on without the daemon: the machine slept, the process was stopped, or the clock was set.

It compares three clocks before and after a wait, and decides nothing about what follows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alice import clock

RESUMED, FORWARD, BACK = "resumed after gap", "clock set forward", "clock set back"


@dataclass(frozen=True, slots=True)
class Reading:
    """Three clocks at one moment: the wall, seconds that stop while the machine sleeps, and seconds that do not."""

    wall: datetime
    awake: float
    elapsed: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Time that went by unnoticed, or a clock that was set; `seconds` is how much, negative for a clock set back."""

    kind: str
    seconds: float
    since: datetime
    until: datetime

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "kind": self.kind,
            "seconds": round(self.seconds, 3),
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
        }


def read() -> Reading:
    """Return what the clocks show; where there is no clock that counts sleep, the wall has to do."""
    awake = clock.monotonic()
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return Reading(clock.now(), awake, time.clock_gettime(boot) if boot is not None else awake)


def between(before: Reading, after: Reading, *, planned: float, tolerance: float) -> Gap | None:
    """Return the gap in a wait that was to take at most `planned` seconds; None when it took about as long.

    A jump of the wall against the clock that counts sleep is a clock that was set; anything longer than planned is
    time that this process slept through.
    """
    wall = (after.wall - before.wall).total_seconds()
    elapsed = after.elapsed - before.elapsed
    if wall - elapsed < -tolerance:
        return Gap(BACK, wall - elapsed, before.wall, after.wall)
    if elapsed - planned > tolerance:
        return Gap(RESUMED, elapsed - planned, before.wall, after.wall)
    if wall - elapsed > tolerance:
        blind = before.elapsed == before.awake and after.elapsed == after.awake  # no clock here counts sleep
        return Gap(RESUMED if blind else FORWARD, wall - elapsed, before.wall, after.wall)
    return None
