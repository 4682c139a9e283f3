"""The daemon's loop between two waits: what it notices about the clocks while it was busy with a turn."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alice import config
from alice.runs import starts
from alice.runs.crews import Crew
from alice.runs.runtime_files import runtime_files
from alice.runs.status_files import DaemonStatus
from alice.scheduler import gaps
from alice.scheduler.gaps import Reading
from alice.scheduler.loops import Loop, Options
from alice.scheduler.wakings import Signals

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    """A loop that was asked to stop, so that it notices and does not wait; it read the clocks at noon."""
    settings = config.load({"ALICE_HOME": str(tmp_path), "ALICE_TIMEZONE": "UTC"})
    signals = Signals()
    signals.asked = 1
    crews = Crew(starts.Spawned, 1), Crew(starts.Spawned, 1)
    made = Loop(settings, Options(runtime_files(settings)), signals, DaemonStatus(), *crews)
    (tmp_path / "vnext-scheduler").mkdir()
    made.seen = Reading(NOON, 100.0, 5000.0)
    yield made
    signals.close()


def after(loop: Loop, patch: pytest.MonkeyPatch, *, wall: float, awake: float, elapsed: float) -> str | None:
    """Return what the loop notices when a turn took so many seconds by each clock."""
    patch.setattr(gaps, "read", lambda: Reading(NOON + timedelta(seconds=wall), 100 + awake, 5000 + elapsed))
    loop._wait()
    return loop.status.last_gap["kind"] if loop.status.last_gap else None


def test_a_turn_may_take_as_long_as_it_takes(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert after(loop, monkeypatch, wall=40, awake=40, elapsed=40) is None


def test_a_clock_that_is_set_during_a_turn_is_noticed(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert after(loop, monkeypatch, wall=-3600, awake=1, elapsed=1) == gaps.BACK
    assert loop.wanted
    assert after(loop, monkeypatch, wall=3600, awake=2, elapsed=2) == gaps.FORWARD


def test_a_machine_that_slept_during_a_turn_is_noticed(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert after(loop, monkeypatch, wall=3600, awake=1, elapsed=3600) == gaps.RESUMED


def test_being_stopped_in_ones_tracks_during_a_turn_is_noticed(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    os.kill(os.getpid(), signal.SIGCONT)
    assert after(loop, monkeypatch, wall=60, awake=60, elapsed=60) == gaps.RESUMED
    assert after(loop, monkeypatch, wall=120, awake=120, elapsed=120) == gaps.RESUMED, "it is still the last one"
    assert loop.status.last_gap is not None
    assert loop.status.last_gap["until"] == "2026-03-04T12:01:00+00:00", "the second turn was only long"


def test_trouble_with_one_chore_stops_neither_the_scan_nor_the_others(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def fails(_: Loop) -> None:
        raise ValueError("nobody meant this")

    monkeypatch.setattr(Loop, "_rotate", fails)
    monkeypatch.setattr(Loop, "_expire", lambda _: done.append("expire"))
    loop.wanted, loop.again_at = False, float("inf")
    loop._arrange()
    for job in loop.plan.jobs:
        job.next_run = datetime(2026, 3, 4)  # noqa: DTZ001 - `schedule` goes by the local wall clock
    loop._turn()
    assert (loop.wanted, done, loop.stumbled) == (True, ["expire"], False)
