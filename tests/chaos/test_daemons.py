"""The daemon as a process: woken early, hung, crashed, stopped in its tracks, without Postgres, and told to end."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alice import clock, config
from alice.db import database, embedded
from alice.domain.policy import Actor, owner
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.runs import pidfiles, standing
from alice.scheduler import service_units
from alice.services import anchors, schedules
from alice.services.connecting import connectors
from alice.services.folders import local_folders
from tests.chaos import fields, reports
from tests.db.homes import a_home
from tests.support import schedules as small
from tests.support.daemons import Daemon, descendants, environment, running, until
from tests.support.folders import two_notes

BRIEF = WorkflowType.DAILY_BRIEF


@pytest.fixture
def daemon(db: str, alice: Actor, tmp_path: Path) -> Iterator[Daemon]:
    """A daemon that looks once a minute by itself, not yet started; the brief runs only when asked."""
    schedules.configure(alice, BRIEF, enabled=True, schedule={"manual": True}, timezone="UTC")
    made = Daemon(tmp_path / "home", db, user_id=str(alice.user_id), interval_seconds=60.0, grace_seconds=20.0)
    yield made
    if made.process is not None:
        made.send(signal.SIGKILL)
        made.process.wait()


def ready(daemon: Daemon) -> dict[str, Any]:
    return until(lambda: (s := daemon.status()).get("last_due_scan_at") and s.get("pid") == daemon.pid and s)


def last_run(alice: Actor) -> dict[str, Any]:
    found = queries.runs(gate.scope(alice), limit=1).items
    return found[0] if found else {"status": None}


def soon(alice: Actor, seconds: float) -> None:
    """Let the brief have a slot in so many seconds, as its schedule might."""
    moment = clock.now() + timedelta(seconds=seconds)
    schedules.configure(alice, BRIEF, schedule={"every": 1440})
    database.query("UPDATE workflow_state SET next_run_at = %s, due_at = %s WHERE workflow_type = 'daily_brief'",
                   moment, moment)  # fmt: skip
    schedules.configure(alice, BRIEF, missed="latest" if seconds else "all")
    database.query("SELECT pg_notify('alice_schedule', %s)", str(alice.user_id))


def ended(alice: Actor, status: str) -> dict[str, Any]:
    return until(lambda: (run := last_run(alice))["status"] == status and run)


def test_a_request_wakes_it_at_once(daemon: Daemon, alice: Actor) -> None:
    ready(daemon.start())
    asked = schedules.request_run(alice, BRIEF)
    until(lambda: queries.requested(gate.scope(alice), asked["id"])["status"] == "succeeded", 30)


def test_it_notes_how_far_the_log_has_come_when_it_begins(daemon: Daemon, alice: Actor) -> None:
    ready(daemon.start())
    [noted] = until(lambda: anchors.read(daemon.home, alice.user_id))
    [hashed] = database.query("SELECT integrity_hash FROM event_log WHERE seq = %s", noted.seq)[0]
    assert hashed == noted.integrity_hash


def test_it_wakes_for_the_next_slot_and_not_only_every_minute(daemon: Daemon, alice: Actor) -> None:
    ready(daemon.start())
    soon(alice, 2)
    until(lambda: daemon.status()["next_due_workflow"] == "daily_brief", 30)
    assert ended(alice, "succeeded")["triggered_by"] == "schedule"


def test_a_run_that_hangs_is_ended_at_its_limit_and_tried_again_later(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "hang")
    daemon.options["run_seconds"] = 1.5
    ready(daemon.start())
    soon(alice, 0)
    assert "run limit of 1.5 s" in ended(alice, "failed")["error_message"]
    assert until(lambda: queries.workflow(gate.scope(alice), BRIEF)["retry_at"])


def test_a_run_that_crashes_fails_alone_and_is_tried_again_at_once(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "crash")
    ready(daemon.start())
    soon(alice, 0)
    assert "SIGSEGV" in ended(alice, "failed")["error_message"]
    small.behave(alice.user_id, "quick")
    ended(alice, "succeeded")
    assert daemon.process is not None
    assert daemon.process.poll() is None


def test_a_stop_lets_a_run_finish(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "slow:2")
    ready(daemon.start())
    schedules.request_run(alice, BRIEF)
    ended(alice, "running")
    assert daemon.stop() == 0
    assert last_run(alice)["status"] == "succeeded"
    assert daemon.status()["running"] is False
    assert daemon.status()["stopped_at"]


def test_a_stop_ends_and_records_what_does_not_finish_in_its_grace(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "hang")
    daemon.options["grace_seconds"] = 1.0
    ready(daemon.start())
    soon(alice, 0)
    ended(alice, "running")
    family = daemon.family()
    assert daemon.stop() == 0
    run = last_run(alice)
    assert (run["status"], run["lost"]) == ("failed", True)
    assert "stopped" in run["error_message"]
    until(lambda: not [pid for pid in family if Path(f"/proc/{pid}/status").exists()], 20)


def test_after_a_kill_the_next_start_gives_up_what_was_lost_and_runs_it_again(daemon: Daemon, alice: Actor) -> None:
    small.behave(alice.user_id, "hang")
    ready(daemon.start())
    soon(alice, 0)
    ended(alice, "running")
    left = daemon.family()
    daemon.kill()
    daemon.send(signal.SIGKILL, *left)
    told = standing.daemon(config.load().changed(home=daemon.home))
    assert told["running"] is False, "a pid file that was left behind is not believed"
    small.behave(alice.user_id, "quick")
    ready(daemon.start())
    assert ended(alice, "succeeded")["attempt"] == 2


def test_a_second_start_says_who_runs_and_changes_nothing(daemon: Daemon, db: str) -> None:
    ready(daemon.start())
    file = daemon.home / "vnext-scheduler" / "scheduler.pid"
    before = file.read_text()
    for words in (["--foreground"], [], ["--once"]):
        said = cli(daemon.home, db, "daemon", "start", *words)
        assert (said.returncode, f"process {daemon.pid}" in said.stderr) == (7, True), said.stderr
    assert file.read_text() == before
    assert daemon.process is not None
    assert daemon.process.poll() is None


def test_suspended_for_longer_than_two_polls_it_says_so_and_doubles_nothing(daemon: Daemon, alice: Actor) -> None:
    daemon.options["interval_seconds"] = 1.0
    small.behave(alice.user_id, "slow:1")
    ready(daemon.start())
    schedules.configure(alice, "open_loop_review", enabled=True, schedule={"every": 60}, timezone="UTC", missed="all")
    soon(alice, 0)
    ended(alice, "running")
    family = daemon.family()
    daemon.send(signal.SIGSTOP, *family)
    moment = clock.now() - timedelta(hours=3)
    database.query(
        "UPDATE workflow_state SET next_run_at = date_trunc('hour', %s::timestamptz), due_at = %s"
        " WHERE workflow_type = 'open_loop_review'",
        moment, moment,
    )  # fmt: skip
    time.sleep(4)
    daemon.send(signal.SIGCONT, *family)
    until(lambda: daemon.status()["last_gap"])
    assert daemon.status()["last_gap"]["kind"] == "resumed after gap"
    until(lambda: slots(alice) == {"daily_brief": ["succeeded"], "open_loop_review": ["succeeded"] * 4})
    assert database.query("SELECT count(*) FROM artifact")[0][0] == 5


def slots(alice: Actor) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for slot in queries.slots(gate.scope(alice), limit=0).items:
        told.setdefault(slot["workflow_type"], []).append(slot["outcome"])
    return told


def test_while_postgres_is_down_it_says_since_when_and_then_resumes_by_itself(tmp_path: Path) -> None:
    _outlive(tmp_path, seconds=4)


@pytest.mark.long
def test_two_minutes_without_postgres_change_nothing(tmp_path: Path) -> None:
    _outlive(tmp_path, seconds=120)


def _outlive(folder: Path, *, seconds: float) -> None:
    with a_home() as home:
        url = embedded.ensure(home, durable=False)
        field = fields.sow(url, brains=1, hours=1, slow=0)
        daemon = Daemon(folder / "daemon", url, all_brains=True, interval_seconds=5.0)
        with running(daemon):
            until(lambda: field.decided() == 6)
            embedded.stop(home)
            down = until(lambda: (found := daemon.status()["database"])["status"] == "unreachable" and found)
            time.sleep(seconds)
            again = daemon.status()["database"]
            assert again["since"] == down["since"], "it says since when, not when it looked last"
            assert again["tries"] > down["tries"]
            embedded.ensure(home, durable=False)
            begin = time.monotonic()
            until(lambda: daemon.status()["database"] == {"status": "ok"})
            resumed = time.monotonic() - begin
            database.bind(url)
            with database.session():
                asked = schedules.request_run(owner(fields.brain(0)), BRIEF)
            scope = gate.scope(owner(fields.brain(0)))
            with database.session():
                until(lambda: queries.requested(scope, asked["id"])["status"] == "succeeded")
            reports.write(
                f"Postgres stopped for {seconds:g} s",
                {"said_since": down["since"][:19], "resumed_by_itself_after_seconds": round(resumed, 1)},
            )
        database.handle.close_all()


def test_started_while_postgres_is_down_it_stays_up_and_begins_once_it_answers(tmp_path: Path) -> None:
    with a_home() as home:
        url = embedded.ensure(home, durable=False)
        field = fields.sow(url, brains=1, hours=1, slow=0)
        database.handle.close_all()
        embedded.stop(home)
        daemon = Daemon(tmp_path / "daemon", url, all_brains=True, interval_seconds=2.0)
        with running(daemon):
            until(lambda: (daemon.status().get("database") or {}).get("tries", 0) > 2)
            embedded.ensure(home, durable=False)
            until(lambda: field.decided() == 6)
            assert daemon.stop() == 0


def test_the_units_own_command_line_under_a_supervisor_comes_back_after_a_kill(
    db: str, alice: Actor, tmp_path: Path
) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    settings = config.load().changed(home=home, user_id=alice.user_id, database_url=db)
    machine = replace(service_units.machine(settings), venv=Path(sys.prefix))
    (unit,) = service_units.units(machine, service_units.SYSTEMD)
    command, variables, pause = _as_systemd_reads(unit.text)
    script = (
        "import subprocess, sys, time\n"
        "while subprocess.run(sys.argv[2:]).returncode:\n"
        "    time.sleep(float(sys.argv[1]))\n"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", script, str(pause), *command], start_new_session=True,
        env=environment(home, db) | variables, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        file = home / "vnext-scheduler" / "scheduler.pid"
        first = until(lambda: (found := pidfiles.inspect(file)).running and found.pid)
        os.kill(first, signal.SIGKILL)
        second = until(lambda: (f := pidfiles.inspect(file)).running and f.pid != first and f.pid, 30)
        os.kill(second, signal.SIGTERM)
        assert supervisor.wait(30) == 0, "a daemon that was asked to stop is not started again"
    finally:
        for pid in [supervisor.pid, *descendants(supervisor.pid)]:
            if supervisor.poll() is None or pid != supervisor.pid:
                os.kill(pid, signal.SIGKILL)
        supervisor.wait()


def _as_systemd_reads(text: str) -> tuple[list[str], dict[str, str], float]:
    """Return command line, environment and restart pause of a unit."""
    read = text.replace("%%", "%").splitlines()
    lines = [line.partition("=") for line in read if "=" in line and not line.startswith("#")]
    told = {name: value for name, _, value in lines if name != "Environment"}
    pairs = [shlex.split(value)[0].partition("=") for name, _, value in lines if name == "Environment"]
    assert told["Restart"] == "on-failure"
    return shlex.split(told["ExecStart"]), {name: value for name, _, value in pairs}, float(told["RestartSec"])


def cli(home: Path, url: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alice.cli", "vnext", "scheduler", *words], capture_output=True, text=True,
        check=False, env=environment(home, url), timeout=180,
    )  # fmt: skip


def test_two_scans_at_once_make_one_artifact_for_the_slot(db: str, alice: Actor, tmp_path: Path) -> None:
    schedules.configure(alice, BRIEF, enabled=True, schedule={"every": 1440}, timezone="UTC")
    moment = clock.now() - timedelta(seconds=1)
    database.query("UPDATE workflow_state SET next_run_at = %s, due_at = %s WHERE workflow_type = 'daily_brief'",
                   moment, moment)  # fmt: skip
    command = [sys.executable, "-m", "alice.cli", "vnext", "scheduler", "run-due"]
    both = [
        subprocess.Popen(command, env=environment(tmp_path / str(n), db) | {"ALICE_USER_ID": str(alice.user_id)},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for n in range(2)
    ]  # fmt: skip
    for process in both:
        _, wrong = process.communicate(timeout=60)
        assert process.returncode == 0, wrong
    assert database.query("SELECT count(*) FROM artifact")[0][0] == 1
    assert slots(alice) == {"daily_brief": ["succeeded"]}


def test_it_polls_connectors_in_processes_of_their_own(daemon: Daemon, alice: Actor, tmp_path: Path) -> None:
    notes = two_notes(tmp_path)
    settings = config.load().changed(local_folder_roots=(tmp_path,), user_id=alice.user_id)
    local_folders.add_path(alice, notes, settings=settings)
    connectors.configure(alice, "local_folder", {"sync_mode": "poll", "enabled": True}, settings=settings)
    daemon.options["interval_seconds"] = 5.0
    daemon.roots = str(tmp_path)
    ready(daemon.start())
    until(lambda: database.query("SELECT count(*) FROM source")[0][0] == 2, 60)


def test_started_detached_it_is_found_asked_and_stopped(db: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    started = cli(home, db, "daemon", "start", "--interval-seconds", "5")
    assert started.returncode == 0, started.stderr
    told = cli(home, db, "daemon", "status")
    assert (told.returncode, '"running": true' in told.stdout) == (0, True)
    with psycopg.connect(db, autocommit=True) as conn:
        until(lambda: conn.execute("SELECT count(*) FROM daemon_heartbeat").fetchone() == (1,))
    stopped = cli(home, db, "daemon", "stop")
    assert '"stopped": true' in stopped.stdout
    after = cli(home, db, "daemon", "status")
    assert (after.returncode, '"running": false' in after.stdout) == (3, True)
    with psycopg.connect(db) as conn:
        assert conn.execute("SELECT count(*) FROM daemon_heartbeat").fetchone() == (0,)
