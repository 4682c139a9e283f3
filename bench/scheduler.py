"""Measures the scheduler: how late slots and requests start, what a scan costs, what an idle daemon takes.

    python -m bench.scheduler [--slots 500] [--requests 100] [--brains 1000] [--idle-seconds 60]

Works in a scratch database on the configured server, with a daemon of its own, and prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from alice import clock, config
from alice.db import database
from alice.domain.policy import owner
from alice.domain.vocab import WorkflowType
from alice.runs import scan
from alice.runs.jobs import Setting
from alice.services import schedules
from bench.scratch import scratch_brain

BRIEF = WorkflowType.DAILY_BRIEF
STEP = 0.2


def main() -> None:
    """Run every measurement and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--slots", type=int, default=500)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--brains", type=int, default=1000)
    parser.add_argument("--idle-seconds", type=float, default=60)
    given = parser.parse_args()
    told: dict[str, Any] = {"machine": f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"}
    with scratch_brain() as url, daemon(url) as pid:
        told["idle"] = idle(pid, given.idle_seconds)
        told["slots"] = lateness(given.slots)
        told["run_now"] = run_now(given.requests)
    with scratch_brain() as url:
        told["scan"] = scan_cost(url, given.brains)
    print(json.dumps(told, indent=2))


@contextmanager
def daemon(url: str) -> Iterator[int]:
    """Start a daemon that serves every brain of the database, and yield its process number."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ALICE_HOME": home, "ALICE_DATABASE_URL": url}
        command = [
            sys.executable,
            "-m",
            "alice.cli",
            "vnext",
            "scheduler",
            "daemon",
            "start",
            "--foreground",
            "--all-brains",
        ]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status = Path(home) / "vnext-scheduler" / "scheduler-status.json"
        try:
            while not (status.exists() and json.loads(status.read_text())["last_due_scan_at"]):
                time.sleep(0.05)
            yield process.pid
        finally:
            process.terminate()
            process.wait(60)


def idle(pid: int, seconds: float) -> dict[str, Any]:
    """Return memory (PSS, MB) and processor share of a daemon with nothing to do, its fork server told apart."""
    time.sleep(2)
    family = {"daemon": pid} | {_name(child): child for child in _children(pid)}
    before = {name: _ticks(one) for name, one in family.items()}
    time.sleep(seconds)
    ticks = os.sysconf("SC_CLK_TCK")
    return {
        name: {
            "pss_mb": round(_pss(one) / 1024, 1),
            "cpu_percent": round(100 * (_ticks(one) - before[name]) / ticks / seconds, 3),
        }
        for name, one in family.items()
    }


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _name(pid: int) -> str:
    command = Path(f"/proc/{pid}/cmdline").read_bytes()
    return "fork server" if b"forkserver" in command else "resource tracker"


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _brain(number: int) -> UUID:
    return UUID(int=0xBE7C << 64 | number)


def lateness(slots: int) -> dict[str, Any]:
    """Return how late slots start that lie STEP seconds apart, in milliseconds."""
    ahead, step = timedelta(seconds=5), timedelta(seconds=STEP)
    kinds = list(WorkflowType)
    for number in range(slots // len(kinds) + 1):
        for kind in kinds:
            schedules.configure(owner(_brain(number)), kind, enabled=True, schedule={"every": 1440}, timezone="UTC")
    start = clock.now() + ahead
    ids = [
        row[0] for row in database.query("SELECT workflow_id FROM workflow_state ORDER BY workflow_id LIMIT %s", slots)
    ]
    for number, workflow in enumerate(ids):
        moment = start + number * step
        database.query("UPDATE workflow_state SET next_run_at = %s, due_at = %s WHERE workflow_id = %s",
                       moment, moment, workflow)  # fmt: skip
    database.query("SELECT pg_notify('alice_schedule', %s)", str(_brain(0)))
    _await(lambda: _count("scheduled_for IS NOT NULL") >= slots, slots * STEP + 120)
    return _figures("scheduled_for IS NOT NULL")


def _count(condition: str) -> int:
    return int(database.query(f"SELECT count(*) FROM workflow_run WHERE attempt = 1 AND {condition}")[0][0])


def _figures(condition: str) -> dict[str, Any]:
    rows = database.query(f"SELECT lateness_ms FROM workflow_run WHERE attempt = 1 AND {condition}")
    found = sorted(row[0] for row in rows)
    return {
        "count": len(found),
        "p50_ms": statistics.median(found),
        "p99_ms": found[min(len(found) - 1, round(len(found) * 0.99))],
        "max_ms": found[-1],
    }


def _await(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("the daemon did not do its work in time")
        time.sleep(0.1)


def run_now(requests: int) -> dict[str, Any]:
    """Return how long after the click a run starts, in milliseconds, one request after the other."""
    actor = owner(_brain(0))
    for number in range(requests):
        schedules.request_run(actor, BRIEF)
        _await(lambda done=number + 1: _count("request_id IS NOT NULL AND status <> 'running'") >= done, 30)
    return _figures("request_id IS NOT NULL")


def scan_cost(url: str, brains: int) -> dict[str, Any]:
    """Return what a scan costs with few and many brains, nothing or ten due, and whether the plan uses the index."""
    told: dict[str, Any] = {}
    for count in (10, brains):
        _sow(url, count)
        for due in (0, 10):
            told[f"{count} brains x 6, {due} due"] = {"ms": _time_scan(due)}
    now = clock.now()
    plan = "\n".join(
        row[0] for row in database.query("EXPLAIN " + scan.PICK, now, None, None, [], scan.COUNTED, 10, now)
    )
    told["index_used"] = "workflow_state_due" in plan
    told["plan"] = plan.splitlines()
    return told


def _sow(url: str, brains: int) -> None:
    """Fill the tables by SQL; the guards are told to look away for this one connection."""
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("TRUNCATE workflow, workflow_state, workflow_run, workflow_slot, workflow_request CASCADE")
        for number in range(brains):
            for kind in WorkflowType:
                conn.execute(
                    "WITH made AS (INSERT INTO workflow (id, user_id, workflow_type, enabled, schedule, timezone)"
                    " VALUES (gen_random_uuid(), %s, %s, true, '{\"daily\": \"07:00\"}', 'UTC') RETURNING *)"
                    " INSERT INTO workflow_state (workflow_id, user_id, workflow_type, next_run_at, due_at)"
                    " SELECT id, user_id, workflow_type, now() + interval '1 day', now() + interval '1 day' FROM made",
                    (_brain(number), kind.value),
                )
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("ANALYZE workflow_state")


def _time_scan(due: int) -> float:
    """Return the median of fifty scans, in milliseconds, each picking what is due."""
    setting = Setting("", False)
    spent = []
    for _ in range(50):
        now = clock.now()
        _make_due(due, now)
        begin = time.perf_counter()
        scan.pick(setting, now=now, limit=10, busy=[])
        scan.due_count(now=now)
        scan.next_due_at()
        spent.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(spent), 2)


def _make_due(due: int, now: datetime) -> None:
    database.query(
        "UPDATE workflow_state SET due_at = %s WHERE due_at < %s", now + timedelta(days=1), now + timedelta(hours=1)
    )
    database.query(
        "UPDATE workflow_state SET due_at = %s WHERE workflow_id IN (SELECT workflow_id FROM workflow_state LIMIT %s)",
        now, due,
    )  # fmt: skip


if __name__ == "__main__":
    config.load()
    main()
