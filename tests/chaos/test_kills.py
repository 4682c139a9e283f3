"""SIGKILL at random points, over several daemons: whatever dies, each slot ends with exactly one artifact."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.chaos import fields, reports
from tests.support.daemons import Daemon

FORMS = [
    pytest.param((25, 2, 3, 2), id="short"),
    pytest.param((200, 8, 8, 3), id="long", marks=pytest.mark.long),
]


@pytest.mark.parametrize("form", FORMS)
def test_kills_at_random_points_lose_nothing_and_double_nothing(
    db: str, form: tuple[int, int, int, int], tmp_path: Path
) -> None:
    kills, brains, hours, count = form
    field = fields.sow(db, brains=brains, hours=hours, slow=0.1)
    fallen: dict[str, int] = {"daemon": 0, "fork server": 0, "worker": 0}
    with fields.crew(tmp_path, db, count) as daemons:
        outcome = fields.reap(field, daemons, brains * 6 * hours, lambda: _kill(daemons, kills, fallen), patience=300)
    reports.write(
        f"{kills} kills over {count} daemons",
        {"baseline": outcome.baseline, "recovered": outcome.recovered, "lost": outcome.lost,
         "doubled": outcome.doubled, "seconds": outcome.seconds, "killed": fallen},
    )  # fmt: skip
    assert sum(fallen.values()) == kills
    assert (outcome.lost, outcome.doubled) == (0, 0), outcome


def _kill(daemons: list[Daemon], kills: int, fallen: dict[str, int]) -> None:
    dice = random.Random(kills)
    while sum(fallen.values()) < kills:
        time.sleep(dice.uniform(0.0, 0.25))
        daemon = dice.choice(daemons)
        family = daemon.family()
        # Workers more often than what they hang on, or nothing would ever run.
        victim = dice.choice([*family, *family[2:], *family[2:]])
        server = daemon.status().get("fork_server_pid")
        with contextlib.suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            fallen["daemon" if victim == daemon.pid else "fork server" if victim == server else "worker"] += 1
        fields.revive(daemons)
