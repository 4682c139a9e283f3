"""One scan by a process of its own, as cron or a timer wants it: it runs what is due, waits for it, and ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.db import database, ready
from alice.errors import AliceError, DatabaseUnavailable, NotConfigured
from alice.runs import expiries, pidfiles, recoveries, scan, starts, status_files
from alice.runs.crews import Crew
from alice.runs.jobs import Setting, bound
from alice.runs.runtime_files import prove_writable
from alice.runs.status_files import DaemonStatus
from alice.scheduler.daemons import check, first_status, log_to
from alice.scheduler.loops import Options
from alice.scheduler.wakings import Signals

Report = dict[str, Any]


def once(settings: Settings, options: Options) -> Report:
    """Scan once, wait for what it started, and return what became of it; `failed_count` decides the exit code.

    Asked to stop, it starts no more and gives what runs the time it was promised. Raise as `daemons.foreground` does.
    """
    check(settings, options)
    prove_writable(options.files)
    signals = Signals()
    try:
        with pidfiles.held(options.files.pid) as identity:
            log_to(options)
            with _told(options, replace(first_status(options, identity), mode="once")) as report:
                report |= _scan(settings, options, signals)
                return report
    finally:
        signals.close()


@contextmanager
def _told(options: Options, status: DaemonStatus) -> Iterator[Report]:
    """Write the status file before the scan and after it, whatever became of it."""
    report: Report = {}
    _say(options, status)
    try:
        yield report
    except AliceError as error:
        away = {"status": "unreachable", "error": error.message} if isinstance(error, DatabaseUnavailable) else None
        status = replace(status, last_error=error.message, database=away)
        raise
    finally:
        _say(options, _ended(status, report, clock.now()))


def _say(options: Options, status: DaemonStatus) -> None:
    """Write the status file; a disk that is full does not undo the work."""
    with suppress(OSError):
        status_files.write(options.files.status, status)


def _ended(status: DaemonStatus, report: Report, now: datetime) -> DaemonStatus:
    status = replace(status, running=False, stopped_at=now, last_heartbeat_at=now)
    if not report:
        return status
    scanned = {name: report[name] for name in ("due_count", "failed_count", "reaped_count")}
    return replace(
        status, database={"status": "ok"}, last_due_scan_at=report["checked_at"], last_due_count=report["due_count"],
        last_due_scan={"checked_at": report["checked_at"].isoformat(), **scanned,
                       "runs": [run["id"] for run in report["runs"]]},
    )  # fmt: skip


def _scan(settings: Settings, options: Options, signals: Signals) -> Report:
    user_id = None if options.all_brains else settings.user_id
    ready.prepare(settings, max_connections=4)
    url, app_role = bound()
    setting = Setting(url, app_role, run_seconds=options.run_seconds, log_file=str(options.files.log),
                      modules=options.modules)  # fmt: skip
    with database.session():
        reaped = recoveries.recover(settings, user_id=user_id)
        now = clock.now()
        due = scan.due_count(now=now, user_id=user_id)
        crew = Crew(starts.Spawned, options.workers)
        begun = scan.work_off(crew, setting, user_id, limit=options.limit, until=math.inf,
                              stopping=lambda: bool(signals.asked))  # fmt: skip
        scan.let_go(crew, setting, user_id, grace_seconds=options.grace_seconds)
        runs = _runs(begun)
        with suppress(NotConfigured):  # without the key of seals nothing is put away
            expiries.expire(settings, now=now, user_id=user_id)
    failed = sum(run["status"] != "succeeded" for run in runs)
    return {"checked_at": now, "due_count": due, "failed_count": failed, "reaped_count": reaped, "runs": runs}


def _runs(ids: list[UUID]) -> list[dict[str, Any]]:
    return database.rows(
        "SELECT id::text, user_id::text, workflow_type, status, triggered_by, scheduled_for, started_at, finished_at,"
        " lateness_ms, attempt, artifact_id::text, error_message, trace_id, policy_decision, agent_identity,"
        " generation_mode FROM workflow_run WHERE id = ANY(%s) ORDER BY started_at, id",
        ids,
    )
