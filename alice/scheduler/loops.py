"""The daemon's loop: it scans, starts workers, listens, and waits for whatever comes first. It holds no file but reads
and writes through those it is handed; a lost database makes it wait and say so, never end.
"""

from __future__ import annotations

import logging
import random
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import schedule
from psycopg.types.json import Jsonb

from alice import clock, ids
from alice.config import Settings
from alice.db import database, ready
from alice.errors import AliceError, DatabaseUnavailable, NotConfigured
from alice.runs import expiries, log_files, orphans, polls, realignments, recoveries, scan, starts, status_files
from alice.runs.crews import Crew
from alice.runs.jobs import RUN_SECONDS, Setting, bound
from alice.runs.outcomes import Ending
from alice.runs.runtime_files import RuntimeFiles
from alice.runs.status_files import DaemonStatus
from alice.scheduler import gaps, wakings
from alice.services import anchors

log = logging.getLogger("alice.scheduler")
SLOWEST_RECONNECT = 10.0
LONGEST_WAIT = 3600.0
NOT_AT_ONCE = 1.0
A_MOMENT = 0.2
POLL_SECONDS = 10
ANCHOR_SECONDS = 900
EXPIRE_SECONDS = 3600
FORGOTTEN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Options:
    """How a daemon runs. Times are in seconds; `modules` are imported in each worker before anything else."""

    files: RuntimeFiles
    interval_seconds: float = 60.0
    limit: int = 10
    workers: int = 2
    run_seconds: float = RUN_SECONDS
    grace_seconds: float = 30.0
    all_brains: bool = False
    mode: str = "foreground"
    modules: tuple[str, ...] = ()


@dataclass(slots=True)
class Loop:
    """One daemon at work. `run` returns when it was asked to stop."""

    settings: Settings
    options: Options
    signals: wakings.Signals
    status: DaemonStatus
    crew: Crew
    pollers: Crew
    id: UUID = field(default_factory=ids.new_id)
    plan: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    ear: wakings.Ear | None = None
    setting: Setting | None = None
    next_due: datetime | None = None
    wanted: bool = True
    again_at: float = 0.0
    tries: int = 0
    hungry: bool = False
    stumbled: bool = False
    seen: gaps.Reading = field(default_factory=gaps.read)
    unsaid: dict[UUID, Ending] = field(default_factory=dict)

    @property
    def user_id(self) -> UUID | None:
        """Return the brain that is served, or None when all are."""
        return None if self.options.all_brains else self.settings.user_id

    def run(self) -> None:
        """Work until asked to stop, then let workers finish, and say that it has ended."""
        self._arrange()
        try:
            while not self.signals.asked:
                self._turn()
                self._wait()
        finally:
            self._finish()

    def _arrange(self) -> None:
        """Lay down what is done again and again; `schedule` says when each is due."""
        chores = ((self.options.interval_seconds, self._want), (60, self._rotate), (POLL_SECONDS, self._poll),
                  (ANCHOR_SECONDS, self._anchor), (EXPIRE_SECONDS, self._expire))  # fmt: skip
        for seconds, chore in chores:
            self.plan.every(seconds).seconds.do(self._do, chore)

    def _do(self, chore: Callable[[], None]) -> None:
        """Do something; trouble in it is told, and stops neither the scan nor what else is planned."""
        try:
            chore()
        except (*database.LOST, psycopg.Error, DatabaseUnavailable):
            raise
        except Exception:
            log.exception("%s went wrong; it is tried again when it is due", chore.__name__.lstrip("_"))

    def _poll(self) -> None:
        """Start the syncs of connectors that are due, each in a process of its own."""
        if self.ear is None or self.setting is None:
            return
        busy = {poll.workflow_type for poll in self.pollers.jobs}
        for poll in polls.due(self.settings, self.setting, now=clock.now(), busy=busy)[: self.pollers.free]:
            self.pollers.take(poll)

    def _anchor(self) -> None:
        """Note outside of the database how far the log has come; a disk that is full does not stop the work."""
        if self.ear is None:
            return
        try:
            for said in anchors.note(self.settings, self.user_id):
                log.error("%s", said)
        except NotConfigured as error:
            log.warning("%s", error.message)

    def _expire(self) -> None:
        """Put away what nobody decided on; without the key of seals it waits on."""
        if self.ear is None:
            return
        try:
            if count := expiries.expire(self.settings, now=clock.now(), user_id=self.user_id):
                log.info("%d candidates had waited too long for a decision", count)
        except NotConfigured as error:
            log.warning("%s", error.message)

    def _want(self) -> None:
        self.wanted = True

    def _rotate(self) -> None:
        if log_files.rotate(self.options.files.log) and self.options.mode == "background":
            log_files.redirect_output(self.options.files.log)

    def _turn(self) -> None:
        """Do what is to be done now. The loop lives on whatever happens in it."""
        try:
            self._rearm()
            self.plan.run_pending()
            self._gather()
            if self.ear is None and clock.monotonic() >= self.again_at:
                self._connect()
            if self.ear is not None:
                self._listen()
                self._record()
                if self.wanted:
                    self._scan()
        except (*database.LOST, psycopg.Error, DatabaseUnavailable) as error:
            self._lost(error)
        except Exception as error:
            log.exception("a turn of the scheduler failed")
            self.wanted, self.stumbled = False, True
            self._say(last_error=f"{type(error).__name__}: {error}"[:500])

    def _rearm(self) -> None:
        """Keep `schedule`, which goes by the local wall clock, from waiting for a clock that was set back."""
        wall = clock.now().astimezone().replace(tzinfo=None)
        for job in self.plan.jobs:
            period = timedelta(seconds=job.interval)
            if job.next_run - wall > period:
                job.next_run = wall + period

    def _connect(self) -> None:
        """Reach the database, see to what an end without warning has left, and listen."""
        ready.prepare(self.settings, max_connections=4)
        url, app_role = bound()
        self.setting = Setting(
            url, app_role, run_seconds=self.options.run_seconds, log_file=str(self.options.files.log),
            modules=self.options.modules,
        )  # fmt: skip
        ear = wakings.Ear(url)
        try:
            with database.session():
                recoveries.recover(self.settings, user_id=self.user_id, why=self.unsaid)
        except BaseException:
            ear.close()
            raise
        if self.tries:
            log.info("the database answers again, after %s", self._since())
        self.ear, self.tries, self.wanted = ear, 0, True
        self._say(database={"status": "ok"}, last_error=None)
        self._anchor()
        self._do(self._expire)

    def _lost(self, error: BaseException) -> None:
        """Go on without the database: say since when, and try again, ever more slowly and never in step with others."""
        self._hang_up()
        self.tries += 1
        slowest = min(SLOWEST_RECONNECT, self.options.interval_seconds)
        pause = min(slowest, 0.25 * 2 ** min(self.tries, 10)) * random.uniform(0.5, 1.0)
        self.again_at = clock.monotonic() + pause
        told = error if isinstance(error, AliceError) else database.unreachable(error)
        since = self._since() or clock.now().isoformat()
        if self.tries == 1:
            log.warning("%s", told.message)
        self._say(
            database={"status": "unreachable", "since": since, "tries": self.tries, "error": told.message},
            last_error=f"{told.message} (since {since})",
        )

    def _since(self) -> str | None:
        return (self.status.database or {}).get("since")

    def _listen(self) -> None:
        assert self.ear is not None
        heard = self.ear.heard()
        if heard and (self.options.all_brains or str(self.user_id) in heard):
            self.wanted = True

    def _gather(self) -> None:
        """See which workers have ended, with or without a database, and end those that took too long."""
        for ended in self.pollers.ended():
            log.info("the poll of %s ended with code %d", ended.job.workflow_type, ended.code)
        for ended in self.crew.ended():
            self.wanted = True
            if ended.ending:
                log.warning("%s: %s", ended.job.workflow_type, ended.ending.message)
                self.unsaid[ended.job.run_id] = ended.ending

    def _record(self) -> None:
        """Record why workers ended that could not; a lock is free a moment after its holder has died."""
        if not self.unsaid:
            return
        with database.session():
            if orphans.reap(now=clock.now(), user_id=self.user_id, why=self.unsaid):
                self.wanted = True
            rows = database.query(
                "SELECT id FROM workflow_run WHERE id = ANY(%s) AND status = 'running'", list(self.unsaid)
            )
        left = {row[0] for row in rows}
        self.unsaid = {run_id: ending for run_id, ending in self.unsaid.items() if run_id in left}

    def _scan(self) -> None:
        """Give what is due to workers, then see to orphans and say how it stands."""
        assert self.setting is not None
        self.wanted = False
        with database.session():
            now = clock.now()
            room = min(self.crew.free, self.options.limit)
            jobs = scan.pick(self.setting, now=now, limit=room, busy=self.crew.busy(), user_id=self.user_id)
            for job in jobs:
                self.crew.take(job)
            reaped = orphans.reap(now=now, user_id=self.user_id, why=self.unsaid)
            due = scan.due_count(now=now, user_id=self.user_id)
            self.wanted = bool(reaped) or (bool(due) and len(jobs) == room and self.crew.free > 0)
            self.hungry = bool(due) and not jobs
            found = scan.next_due_at(user_id=self.user_id)
            self.next_due = found[0] if found else None
            self._say(
                last_due_scan_at=now, last_due_count=due + len(jobs),
                last_due_scan={"checked_at": now.isoformat(), "due_count": due + len(jobs), "reaped_count": reaped,
                               "runs": [str(job.run_id) for job in jobs]},
                next_due_at=self.next_due, next_due_workflow=found[1] if found else None,
            )  # fmt: skip
            self._beat(now)

    def _beat(self, now: datetime) -> None:
        """Leave word in the database, where other hosts and the console see it."""
        details = {"interval_seconds": self.options.interval_seconds, "workers": self.options.workers,
                   "mode": self.options.mode, "last_gap": self.status.last_gap}  # fmt: skip
        database.query(
            "INSERT INTO daemon_heartbeat (id, user_id, host, pid, started_at, seen_at, details)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at, details = EXCLUDED.details",
            self.id, self.user_id, socket.gethostname(), self.status.pid, self.status.started_at, now, Jsonb(details),
        )  # fmt: skip
        database.query("DELETE FROM daemon_heartbeat WHERE seen_at < %s", now - FORGOTTEN)

    def _say(self, **news: Any) -> None:
        """Write the status file; a disk that is full does not stop the work."""
        self.status = replace(
            self.status,
            last_heartbeat_at=clock.now(),
            running_workflows=[
                {"workflow_type": str(job.workflow_type), "user_id": str(job.user_id), "run_id": str(job.run_id)}
                for job in self.crew.jobs
            ],
            fork_server_pid=starts.fork_server_pid(),
            **news,
        )
        try:
            status_files.write(self.options.files.status, self.status, durable=not self.status.running)
        except OSError as error:
            log.warning("the status file cannot be written: %s", error)

    def _wait(self) -> None:
        """Sleep until something is to be done, and notice when it was longer than that."""
        now = gaps.read()
        self._notice(now, planned=0.0 if self.signals.continued() else now.awake - self.seen.awake)
        if self.signals.asked or (self.wanted and self.ear is not None):
            return
        timeout = max(self._patience(), NOT_AT_ONCE if self.stumbled else 0.0)
        self.stumbled = False
        fds = [self.signals.fd, *self.crew.sentinels(), *self.pollers.sentinels()]
        wakings.wait([*fds, *([self.ear.fd] if self.ear else [])], timeout)
        self.signals.drain()
        if self.next_due is not None and self.next_due <= clock.now() and not self.hungry:
            self.wanted = True
        self._notice(gaps.read(), planned=timeout)
        self.signals.continued()

    def _notice(self, now: gaps.Reading, *, planned: float) -> None:
        """See whether time went on without the daemon since the clocks were read last."""
        before, self.seen = self.seen, now
        tolerance = max(1.0, min(5.0, 2 * self.options.interval_seconds))
        if gap := gaps.between(before, now, planned=planned, tolerance=tolerance):
            self._resume(gap)

    def _patience(self) -> float:
        """Return for how long there is nothing to do, in seconds."""
        idle = self.plan.idle_seconds
        waits = [LONGEST_WAIT, idle if idle is not None else LONGEST_WAIT]
        waits += [limit for crew in (self.crew, self.pollers) if (limit := crew.next_limit()) is not None]
        if self.ear is None:
            waits.append(self.again_at - clock.monotonic())
        elif self.unsaid:
            waits.append(A_MOMENT)
        elif self.next_due is not None and self.crew.free:
            left = (self.next_due - clock.now()).total_seconds()
            waits.append(max(NOT_AT_ONCE, left) if self.hungry else left)
            if self.hungry:
                self.hungry = False
        return max(0.0, min(waits))

    def _resume(self, gap: gaps.Gap) -> None:
        """Record that time went on without the daemon; the scan that follows decides about what was missed."""
        log.warning("%s: %.1f s, until %s", gap.kind, gap.seconds, gap.until.isoformat())
        self.wanted = True
        self._say(last_gap=gap.plain())
        if gap.kind != gaps.BACK or self.ear is None:
            return
        try:
            with database.session():
                realignments.realign(now=clock.now(), user_id=self.user_id)
        except (*database.LOST, psycopg.Error, DatabaseUnavailable) as error:
            self._lost(error)

    def _finish(self) -> None:
        """Start nothing more; give those that work the time they were promised, then end and record them."""
        deadline = clock.monotonic() + self.options.grace_seconds
        self.pollers.release()  # a sync goes on where it was, whenever it is
        self._await_workers(deadline)
        self.crew.release()
        self._await_workers(deadline + 3)
        self.crew.kill()
        self.pollers.kill()
        self._await_workers(deadline + 6)
        self._say(running=False, stopped_at=clock.now(), next_due_at=None, next_due_workflow=None)
        if self.ear is not None:
            self._leave()
        self._hang_up()

    def _leave(self) -> None:
        try:
            with database.session():
                database.query("DELETE FROM daemon_heartbeat WHERE id = %s", self.id)
        except (*database.LOST, psycopg.Error, DatabaseUnavailable):
            log.info("the database does not answer; the heartbeat stays and grows old")

    def _hang_up(self) -> None:
        if self.ear is not None:
            self.ear.close()
            self.ear = None
        if not database.handle.deferred:
            database.handle.close_all()

    def _await_workers(self, until: float) -> None:
        """Wait for workers to end, and record it, as long as there is a database to do so."""
        while (self.crew.members or self.unsaid) and (left := until - clock.monotonic()) > 0 and self.signals.asked < 2:
            wakings.wait(self.crew.sentinels(), min(left, A_MOMENT))
            self._gather()
            try:
                if self.ear is not None:
                    self._record()
            except (*database.LOST, psycopg.Error, DatabaseUnavailable):
                log.warning("the database does not answer; a run is left for the next start to record")
                self._hang_up()
            if self.ear is None:
                self.unsaid = {}
