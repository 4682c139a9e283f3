"""Daemons in trouble: without their fork server, two on one home at once, and with more to do than one scan starts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alice import clock
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.services import schedules
from tests.chaos.test_daemons import cli, daemon, ended, ready
from tests.support import schedules as small
from tests.support.daemons import Daemon, environment, slay, until

__all__ = ["daemon"]
BRIEF = WorkflowType.DAILY_BRIEF


def test_a_daemon_that_lost_its_fork_server_makes_another(daemon: Daemon, alice: Actor) -> None:
    ready(daemon.start())
    lost = until(lambda: daemon.status()["fork_server_pid"])
    assert slay(lost, daemon.url)
    schedules.request_run(alice, BRIEF)
    ended(alice, "succeeded")
    assert until(lambda: daemon.status()["fork_server_pid"]) != lost
    assert daemon.process is not None
    assert daemon.process.poll() is None


def test_a_run_outlives_the_fork_server_and_publishes_once(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "slow:3")
    ready(daemon.start())
    schedules.request_run(alice, BRIEF)
    ended(alice, "running")
    assert slay(daemon.status()["fork_server_pid"], daemon.url)
    ended(alice, "succeeded")
    (run,) = queries.runs(gate.scope(alice)).items
    assert run["attempt"] == 1, "its lock was held, so nobody gave it up"
    assert database.query("SELECT count(*) FROM artifact")[0][0] == 1


def test_what_one_scan_leaves_the_next_does_at_once(daemon: Daemon, alice: Actor) -> None:
    daemon.options |= {"limit": 1, "interval_seconds": 3600.0}
    moment = clock.now() - timedelta(seconds=1)
    for kind in WorkflowType:
        schedules.configure(alice, kind, enabled=True, schedule={"every": 1440}, timezone="UTC", missed="all")
    database.query("UPDATE workflow_state SET next_run_at = %s, due_at = %s", moment, moment)
    daemon.start()
    until(lambda: queries.slots(gate.scope(alice), outcome="succeeded").total == len(WorkflowType))


@pytest.fixture
def home(db: str, tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    cli(tmp_path / "home", db, "daemon", "stop")


def test_of_two_started_at_once_on_one_home_one_runs_and_the_other_names_it(db: str, home: Path) -> None:
    command = [sys.executable, "-m", "alice.cli", "vnext", "scheduler", "daemon", "start"]
    both = [
        subprocess.Popen(command, env=environment(home, db), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = {process.returncode: wrong for process in both for _, wrong in [process.communicate(timeout=120)]}
    assert sorted(said) == [0, 7]
    pid = (home / "vnext-scheduler" / "scheduler.pid").read_text().strip()
    assert f"process {pid}" in said[7]
    assert cli(home, db, "daemon", "status").returncode == 0
