"""One scan by a process of its own: what its exit code says, what its status file says, and that it can be stopped."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from alice import clock, config
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.runs import pidfiles, standing
from alice.services import schedules
from tests.support import schedules as small
from tests.support.daemons import ROOT, environment, until

BRIEF = WorkflowType.DAILY_BRIEF
# The command line's own program, with the small workflows in its workers.
PROGRAM = (
    "import sys; from dataclasses import replace; from alice.cli import root;"
    "from alice.scheduler import single_scans as s; once = s.once;"
    "s.once = lambda settings, options: once(settings, replace(options, modules=('tests.support.schedules',)));"
    "sys.exit(root.code(['vnext', 'scheduler', 'daemon', 'start', '--once', *sys.argv[1:]]))"
)


@pytest.fixture
def due(db: str, alice: Actor) -> None:
    """Two workflows that are due."""
    moment = clock.now() - timedelta(seconds=1)
    for kind in (BRIEF, WorkflowType.OPEN_LOOP_REVIEW):
        schedules.configure(alice, kind, enabled=True, schedule={"every": 1440}, timezone="UTC")
    database.query("UPDATE workflow_state SET next_run_at = %s, due_at = %s WHERE due_at IS NOT NULL", moment, moment)


def start(home: Path, url: str, alice: Actor, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=environment(home, url) | {"ALICE_USER_ID": str(alice.user_id)},
    )  # fmt: skip


def told(home: Path, alice: Actor) -> dict[str, Any]:
    return standing.daemon(config.load().changed(home=home, user_id=alice.user_id))


@pytest.mark.usefixtures("due")
def test_it_ends_with_0_when_all_ran_and_its_status_tells_of_it(db: str, alice: Actor, tmp_path: Path) -> None:
    process = start(tmp_path / "home", db, alice)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 0, wrong
    report = json.loads(said)
    assert (report["due_count"], [run["status"] for run in report["runs"]]) == (2, ["succeeded"] * 2)
    status = told(tmp_path / "home", alice)
    assert (status["running"], status["mode"], status["last_due_count"], status["last_error"]) == (
        False, "once", 2, None,
    )  # fmt: skip
    assert status["started_at"] <= status["last_due_scan_at"] <= status["stopped_at"]
    assert status["last_due_scan"]["runs"] == [run["id"] for run in report["runs"]]


@pytest.mark.usefixtures("due")
def test_it_ends_with_1_when_a_run_failed(db: str, alice: Actor, tmp_path: Path) -> None:
    small.behave(alice.user_id, "fail")
    process = start(tmp_path / "home", db, alice)
    said, wrong = process.communicate(timeout=120)
    assert process.returncode == 1, wrong
    assert json.loads(said)["failed_count"] == 2


@pytest.mark.usefixtures("due")
def test_of_more_than_its_limit_it_runs_so_many_and_leaves_the_rest_due(db: str, alice: Actor, tmp_path: Path) -> None:
    process = start(tmp_path / "home", db, alice, "--limit", "1")
    said, _ = process.communicate(timeout=120)
    report = json.loads(said)
    assert (report["due_count"], len(report["runs"])) == (2, 1)
    assert len(queries.slots(gate.scope(alice)).items) == 1


@pytest.mark.usefixtures("due")
def test_asked_to_stop_it_ends_what_does_not_finish_and_records_it(db: str, alice: Actor, tmp_path: Path) -> None:
    small.behave(alice.user_id, "hang")
    process = start(tmp_path / "home", db, alice, "--grace-seconds", "0.5", "--workers", "1")
    until(lambda: database.query("SELECT 1 FROM workflow_run WHERE status = 'running'"))
    status = told(tmp_path / "home", alice)
    assert (status["running"], status["mode"], status["pid"]) == (True, "once", process.pid)
    assert pidfiles.send(tmp_path / "home" / "vnext-scheduler" / "scheduler.pid", signal.SIGTERM) == process.pid
    said, wrong = process.communicate(timeout=60)
    assert process.returncode == 1, wrong
    (run,) = json.loads(said)["runs"]
    assert "stopped" in run["error_message"], "no second one was begun, and the first is not lost in silence"
    assert told(tmp_path / "home", alice)["running"] is False


def test_without_a_database_it_says_so_and_so_does_its_status(alice: Actor, tmp_path: Path) -> None:
    process = start(tmp_path / "home", "postgresql://nobody@127.0.0.1:1/alice", alice)
    _, wrong = process.communicate(timeout=60)
    assert process.returncode == 8
    assert "The database does not answer" in wrong
    status = told(tmp_path / "home", alice)
    assert (status["running"], status["last_error"].startswith("The database does not answer")) == (False, True)
    assert status["database"]["status"] == "unreachable"
