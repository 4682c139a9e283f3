"""The seven cells: what is broken while daemons work, and that every slot still ends with exactly one artifact."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from alice.db import database, embedded
from alice.domain.policy import owner
from alice.domain.scheduling import schedules as words
from alice.domain.scheduling import timetable
from alice.services import schedules
from tests.chaos import fields, reports
from tests.chaos.fields import Field, Outcome
from tests.db.homes import a_home
from tests.support import clocks
from tests.support import schedules as small
from tests.support.daemons import slay, until

SHORT, LONG = (2, 3), (10, 8)  # brains, and slots of each of their six workflows
FORMS = [pytest.param(SHORT, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.long)]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home whose Postgres may be stopped and killed."""
    with a_home() as path:
        yield path


@pytest.fixture
def url(home: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own on the server of `home`."""
    base = embedded.ensure(home, durable=False)
    name = f"cell_{abs(hash(request.node.name)) % 10**9}"
    with psycopg.connect(base, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    assert "@/alice?" in base
    yield base.replace("@/alice?", f"@/{name}?")
    database.handle.close_all()
    with psycopg.connect(embedded.ensure(home, durable=False), autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name} WITH (FORCE)")


def kill_one_worker(field: Field, home: Path) -> None:
    until(lambda: any(slay(pid, field.url) for pid in field.working()[:1]))


def kill_repeatedly(field: Field, home: Path) -> None:
    dice = random.Random(7)
    for _ in range(12):
        time.sleep(dice.uniform(0.02, 0.3))
        for pid in field.working()[:1]:
            slay(pid, field.url)


def restart_postgres(field: Field, home: Path) -> None:
    for _ in range(2):
        until(field.working)
        embedded.stop(home)
        time.sleep(0.5)
        embedded.ensure(home, durable=False)
        time.sleep(0.5)


def terminate_backends(field: Field, home: Path) -> None:
    for _ in range(8):
        time.sleep(0.3)
        field.count(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND datname = current_database()"
        )


def exhaust_connections(field: Field, home: Path) -> None:
    until(field.working)
    taken: list[psycopg.Connection] = []
    try:
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                taken.append(psycopg.connect(field.url, connect_timeout=2))
            except psycopg.OperationalError:
                time.sleep(0.02)
    finally:
        assert len(taken) > 10, "the server had no room to take"
        for conn in taken:
            conn.close()


def harm_nothing(field: Field, home: Path) -> None:
    """The baseline."""


CELLS: dict[str, Callable[[Field, Path], None]] = {
    "nothing is harmed": harm_nothing,
    "kill one worker": kill_one_worker,
    "kill repeatedly": kill_repeatedly,
    "restart Postgres": restart_postgres,
    "terminate backends": terminate_backends,
    "exhaust connections": exhaust_connections,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_slot_ends_with_one_artifact(
    cell: str, form: tuple[int, int], home: Path, url: str, tmp_path: Path
) -> None:
    brains, hours = form
    field = fields.sow(url, brains=brains, hours=hours)
    with fields.crew(tmp_path, url) as daemons:
        outcome = fields.reap(field, daemons, brains * 6 * hours, lambda: CELLS[cell](field, home), patience=300)
    holds(cell, outcome)


def holds(cell: str, outcome: Outcome) -> None:
    reports.note(cell, outcome)
    assert (outcome.lost, outcome.doubled) == (0, 0), f"{cell}: {outcome}"


@pytest.fixture
def clock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "clock"
    clocks.put(file, 0)
    monkeypatch.setenv("TEST_CLOCK_FILE", str(file))
    return file


@pytest.mark.parametrize("form", FORMS)
def test_a_clock_that_jumps_doubles_nothing_and_loses_nothing(
    form: tuple[int, int], url: str, tmp_path: Path, clock_file: Path
) -> None:
    # As many hours as the clock is ever set back: before its schedule was in force a workflow has no slots.
    brains, hours = form[0], 4
    field = fields.sow(url, brains=brains, hours=hours, ahead=timedelta(hours=3))

    def jump() -> None:
        until(lambda: all(daemon.status().get("last_due_scan_at") for daemon in daemons))
        for hours in (2, -3, 1, 3, -1, 3):
            clocks.put(clock_file, hours * 3600)
            time.sleep(1.2)

    with fields.crew(tmp_path, url) as daemons:
        outcome = fields.reap(field, daemons, brains * 6 * (hours + 3), jump, patience=300)
    holds("jump the clock", outcome)


ZONE = ZoneInfo("Europe/Madrid")
PACE = [
    pytest.param((15, 600, 0.4), id="short"),
    pytest.param((150, 60, 0.3), id="long", marks=pytest.mark.long),
]  # steps, seconds of each, and how long the clock stands there
CROSSINGS = {
    "the hour that is missing": datetime(2027, 3, 28, 0, 50, tzinfo=UTC),
    "the hour that comes twice": datetime(2026, 10, 25, 0, 20, tzinfo=UTC),
}
RULES: list[dict[str, object]] = [
    {"daily": "02:30"}, {"weekly": "sunday@02:30"}, {"cron": "15,45 2 * * *"}, {"every": 30}, {"cron": "*/30 * * * *"},
]  # fmt: skip


@pytest.mark.parametrize("pace", PACE)
def test_crossing_daylight_saving_runs_each_slot_once(
    pace: tuple[int, int, float], url: str, tmp_path: Path, clock_file: Path
) -> None:
    moments = enumerate(CROSSINGS.values())
    outcomes = [_cross(url, tmp_path / str(n), clock_file, at=at, pace=pace) for n, at in moments]
    holds(
        "cross daylight saving",
        Outcome(
            sum(o.baseline for o in outcomes), sum(o.recovered for o in outcomes),
            sum(o.doubled for o in outcomes), sum(o.seconds for o in outcomes),
        ),
    )  # fmt: skip


def _cross(url: str, folder: Path, clock_file: Path, *, at: datetime, pace: tuple[int, int, float]) -> Outcome:
    """Walk two and a half hours over the change in steps; the clock ticks on between them."""
    steps, stride, rest = pace
    shift = (at - datetime.now(UTC)).total_seconds()
    clocks.put(clock_file, shift)
    field = fields.sow(url, brains=0, hours=1, ahead=timedelta(days=1000))
    number = 100 + round(at.timestamp()) % 100
    user = fields.brain(number)
    before = field.succeeded(), field.decided(), field.doubled()
    with database.session():
        for kind, rule in zip(fields.KINDS, RULES, strict=False):
            schedules.configure(owner(user), kind, enabled=True, schedule=rule, timezone=ZONE.key, missed="all", now=at)
    with database.session():
        small.behave(user, "quick")
    end = at + timedelta(hours=2, minutes=30)
    expected = sum(len(timetable.between(words.read(rule), ZONE, at, end)) for rule in RULES)

    def walk() -> None:
        until(lambda: daemons[0].status().get("last_due_scan_at"))
        for step in range(1, steps + 1):
            clocks.put(clock_file, shift + step * stride)
            time.sleep(rest)

    folder.mkdir()
    with fields.crew(folder, url, 1) as daemons:
        outcome = fields.reap(field, daemons, before[1] + expected, walk, patience=120)
    with database.session():
        for kind in fields.KINDS:
            schedules.configure(owner(user), kind, enabled=False, now=end + timedelta(hours=1))
    return Outcome(expected, outcome.recovered - before[0], outcome.doubled - before[2], outcome.seconds)
