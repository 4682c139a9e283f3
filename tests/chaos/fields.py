"""A field of slots for the chaos tests: brains with workflows whose slots have passed, and the count of what became
of each. What is broken while they run, the tests decide.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from alice import clock
from alice.db import database, migrate
from alice.domain.policy import owner
from alice.domain.vocab import WorkflowType
from alice.services import schedules
from tests.support import schedules as small
from tests.support.daemons import Daemon, running

KINDS = list(WorkflowType)


def brain(number: int) -> UUID:
    """Return the owner of the brain of that number."""
    return UUID(int=0xC0FFEE << 64 | number)


@dataclass(frozen=True, slots=True)
class Field:
    """Brains in one database. Slots after `until` come while the test goes on, when it passes a full hour."""

    url: str
    brains: int
    until: datetime

    def count(self, sql: str, *values: Any) -> int:
        """Return one number from the database; connections may be refused for a while."""
        for _ in range(200):
            try:
                with psycopg.connect(self.url, autocommit=True, connect_timeout=5) as conn:
                    row = conn.execute(sql, values or None).fetchone()
                    return int(row[0]) if row else 0
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("the database did not come back")

    def decided(self) -> int:
        return self.count("SELECT count(*) FROM workflow_slot WHERE until IS NULL AND scheduled_for <= %s", self.until)

    def succeeded(self) -> int:
        return self.count(
            "SELECT count(*) FROM workflow_slot WHERE outcome = 'succeeded' AND scheduled_for <= %s", self.until
        )

    def working(self) -> list[int]:
        """Return the process numbers of the workers that have a run."""
        with psycopg.connect(self.url, autocommit=True) as conn:
            rows = conn.execute("SELECT worker FROM workflow_run WHERE status = 'running'").fetchall()
        return [int(worker.rpartition(":")[2]) for (worker,) in rows]

    def doubled(self) -> int:
        """Return how many artifacts there are beyond one for each slot that succeeded."""
        return self.count("SELECT count(*) FROM artifact") - self.count(
            "SELECT count(DISTINCT artifact_id) FROM workflow_slot WHERE outcome = 'succeeded'"
        )


def sow(url: str, *, brains: int, hours: int, slow: float = 0.05, ahead: timedelta = timedelta(0)) -> Field:
    """Set up brains whose six workflows have missed `hours` slots each, all of which are to be run."""
    migrate.apply(url)
    database.bind(url)
    moment = clock.now()
    began = moment.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours - 1, minutes=30)
    with database.session():
        for number in range(brains):
            actor = owner(brain(number))
            small.behave(actor.user_id, f"slow:{slow}")
            for kind in KINDS:
                schedules.configure(
                    actor, kind, enabled=True, schedule={"every": 60}, timezone="UTC", missed="all", now=began
                )
    return Field(url, brains, moment + ahead)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a field: slots that were to end, those that ended well, and artifacts too many."""

    baseline: int
    recovered: int
    doubled: int
    seconds: float

    @property
    def lost(self) -> int:
        return self.baseline - self.recovered


def reap(
    field: Field, daemons: list[Daemon], expected: int, harm: Callable[[], None], *, patience: float = 90
) -> Outcome:
    """Let daemons work the field while `harm` does what it does, wait until every slot has ended, and count."""
    begin = time.monotonic()
    with running(*daemons):
        harm()
        deadline = time.monotonic() + patience
        while field.decided() < expected and time.monotonic() < deadline:
            revive(daemons)
            time.sleep(0.1)
        for daemon in daemons:
            daemon.stop()
    return Outcome(expected, field.succeeded(), field.doubled(), round(time.monotonic() - begin, 1))


def revive(daemons: list[Daemon]) -> None:
    """Start again what was killed, as a supervisor does."""
    for daemon in daemons:
        if daemon.process is not None and daemon.process.poll() is not None:
            daemon.start()


@contextmanager
def crew(folder: Path, url: str, count: int = 2, **options: Any) -> Iterator[list[Daemon]]:
    """Yield daemons that serve every brain, each with a home of its own; they are started by whoever needs them."""
    common = {"all_brains": True, "interval_seconds": 1.0, "workers": 2, "grace_seconds": 10.0} | options
    yield [Daemon(folder / f"daemon{number}", url, **common) for number in range(count)]
