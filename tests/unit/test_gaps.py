"""Time that went on without the daemon: told apart from a clock that was set, and from an ordinary wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.scheduler import gaps
from alice.scheduler.gaps import BACK, FORWARD, RESUMED, Reading

START = Reading(datetime(2026, 3, 4, 12, tzinfo=UTC), 1000.0, 5000.0)


def after(*, wall: float, awake: float, elapsed: float) -> Reading:
    return Reading(START.wall + timedelta(seconds=wall), START.awake + awake, START.elapsed + elapsed)


@pytest.mark.parametrize(
    ("case", "reading", "kind"),
    [
        ("an ordinary wait", after(wall=60, awake=60, elapsed=60), None),
        ("woken early", after(wall=3, awake=3, elapsed=3), None),
        ("a busy machine", after(wall=61, awake=61, elapsed=61), None),
        ("a laptop that slept", after(wall=8000, awake=60, elapsed=8000), RESUMED),
        ("a process that was stopped", after(wall=90, awake=90, elapsed=90), RESUMED),
        ("a clock set forward", after(wall=3660, awake=60, elapsed=60), FORWARD),
        ("a clock set back", after(wall=-3540, awake=60, elapsed=60), BACK),
        ("asleep, and then set back", after(wall=100, awake=60, elapsed=8000), BACK),
    ],
)
def test_it_tells_what_happened(case: str, reading: Reading, kind: str | None) -> None:
    gap = gaps.between(START, reading, planned=60, tolerance=5)
    assert (gap.kind if gap else None) == kind, case


def test_where_no_clock_counts_sleep_a_jump_of_the_wall_is_taken_for_sleep() -> None:
    blind = Reading(START.wall, 1000.0, 1000.0)
    later = Reading(START.wall + timedelta(hours=8), 1060.0, 1060.0)
    found = gaps.between(blind, later, planned=60, tolerance=5)
    assert found is not None
    assert found.kind == RESUMED


@given(st.floats(0, 60), st.floats(-1, 1))
def test_a_wait_no_longer_than_planned_is_never_a_gap(waited: float, drift: float) -> None:
    reading = after(wall=waited + drift, awake=waited, elapsed=waited)
    assert gaps.between(START, reading, planned=60, tolerance=2) is None
