"""SIGKILL at random points, over several daemons: whatever dies, each slot ends with exactly one artifact."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.chaos import fields, reports
from tests.support.daemons import Daemon, descendants, slay

YOUTH_SECONDS = 2.0  # a daemon that is killed before it has come up hurts nobody
FORMS = [
    pytest.param((20, 4, 5, 2), id="short"),
    pytest.param((200, 14, 10, 3), id="long", marks=pytest.mark.long),
]


@pytest.mark.parametrize("form", FORMS)
def test_kills_at_random_points_lose_nothing_and_double_nothing(
    db: str, form: tuple[int, int, int, int], tmp_path: Path
) -> None:
    kills, brains, hours, count = form
    field = fields.sow(db, brains=brains, hours=hours, slow=0.05)
    fallen: dict[str, int] = {"daemon": 0, "fork server": 0, "worker": 0}
    with fields.crew(tmp_path, db, count) as daemons:
        outcome = fields.reap(field, daemons, brains * 6 * hours, lambda: _kill(daemons, kills, fallen), patience=300)
    reports.write(
        f"{kills} kills over {count} daemons",
        {"baseline": outcome.baseline, "recovered": outcome.recovered, "lost": outcome.lost,
         "doubled": outcome.doubled, "seconds": outcome.seconds, "killed": fallen},
    )  # fmt: skip
    assert sum(fallen.values()) == kills
    assert fallen["worker"] > kills / 2
    assert (outcome.lost, outcome.doubled) == (0, 0), outcome


def _kill(daemons: list[Daemon], kills: int, fallen: dict[str, int]) -> None:
    """Kill workers mostly, in whatever they do at that moment, and now and then what they hang on."""
    dice, give_up = random.Random(kills), time.monotonic() + 300
    born = dict.fromkeys(daemons, time.monotonic())
    while sum(fallen.values()) < kills and time.monotonic() < give_up:
        time.sleep(dice.uniform(0.0, 0.2))
        daemon = dice.choice(daemons)
        server = daemon.status().get("fork_server_pid")
        if server not in descendants(daemon.pid):
            server = None  # the file tells of one that has fallen
        workers = descendants(server) if server else []
        others = sum(fallen.values()) - fallen["worker"]
        if dice.random() < 0.8 or others > kills / 4:
            fallen["worker"] += bool(workers) and slay(dice.choice(workers), daemon.url)
        elif server and time.monotonic() - born[daemon] > YOUTH_SECONDS:
            kind, pid = dice.choice([("daemon", daemon.pid), ("fork server", server)])
            fallen[kind] += slay(pid, daemon.url)
            born[daemon] = time.monotonic()
        fields.revive(daemons)
