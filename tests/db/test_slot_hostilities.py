"""What goes wrong between the scan and the commit, and what is asked for too often or too late."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from alice import clock, config
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Profile, WorkflowType
from alice.errors import InvalidInput, PolicyBlocked
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.queries.ledger import events
from alice.runs import orphans, outcomes, realignments, scan, starts, worker
from alice.runs.jobs import Job
from alice.services import schedules
from tests.support import schedules as small
from tests.support.daemons import until

BRIEF = WorkflowType.DAILY_BRIEF
Run = Callable[[datetime], dict[str, Any]]


def at(hour: int, minute: int = 0, *, day: int = 4) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def run(db: str, alice: Actor) -> Run:
    """Run what is due at a moment, in this process."""
    settings = config.load().changed(user_id=alice.user_id)
    return lambda now: scan.run_due(settings, now=now, start=small.Inline, limit=100)


@pytest.fixture
def hourly(db: str, alice: Actor) -> None:
    """A brief at every full hour from seven on."""
    schedules.configure(alice, BRIEF, enabled=True, schedule={"every": 60}, timezone="UTC", now=at(6, 30))


def picked(alice: Actor, now: datetime) -> Job:
    """Return the job that a scan has just handed out."""
    url, role = scan.bound()
    setting = scan.Setting(url, role, shift=now - clock.now())
    (job,) = scan.pick(setting, now=now, limit=9, busy=[], user_id=alice.user_id)
    return job


def slots_of(alice: Actor) -> list[tuple[int, str, str | None]]:
    """Return hour, outcome and reason of each slot, the oldest first."""
    found = queries.slots(gate.scope(alice), limit=0).items
    return [(slot["scheduled_for"].hour, slot["outcome"], slot["reason"]) for slot in reversed(found)]


def artifacts() -> int:
    return int(database.query("SELECT count(*) FROM artifact")[0][0])


@pytest.mark.usefixtures("hourly")
def test_a_workflow_that_is_disabled_between_scan_and_claim_makes_nothing(alice: Actor) -> None:
    job = picked(alice, at(7))
    schedules.configure(alice, BRIEF, enabled=False, now=at(7))
    assert worker.perform(job) is worker.Code.NOTHING
    assert slots_of(alice) == [(7, "skipped", schedules.DISABLED)]
    assert artifacts() == 0


@pytest.mark.usefixtures("hourly")
def test_a_workflow_that_is_paused_between_scan_and_claim_makes_nothing(alice: Actor) -> None:
    job = picked(alice, at(7))
    schedules.pause(alice, BRIEF, now=at(7))
    assert worker.perform(job) is worker.Code.NOTHING
    assert slots_of(alice) == [(7, "skipped", schedules.PAUSED)]
    assert artifacts() == 0


@pytest.mark.usefixtures("hourly")
def test_two_workers_with_the_same_slot_make_one_artifact(alice: Actor, run: Run) -> None:
    job = picked(alice, at(7))
    run(at(7, 1))  # the offer has passed, and another daemon took it
    assert worker.perform(job) is worker.Code.NOTHING
    assert (slots_of(alice), artifacts()) == ([(7, "succeeded", None)], 1)


@pytest.mark.usefixtures("hourly")
@pytest.mark.parametrize("committed", [True, False])
def test_a_database_that_goes_away_at_the_commit_leaves_one_artifact(
    alice: Actor, run: Run, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    real, times = outcomes.publish, iter([True])

    def cut_off(*args: Any, **kwargs: Any) -> Any:
        fails = next(times, False)
        if fails and not committed:
            raise psycopg.OperationalError("the server closed the connection")
        made = real(*args, **kwargs)
        if fails:
            raise psycopg.OperationalError("the server closed the connection")
        return made

    monkeypatch.setattr(outcomes, "publish", cut_off)
    monkeypatch.setattr(worker, "PAUSES", (0.0, 0.0))
    monkeypatch.setattr(database.handle, "close_all", lambda: None)  # the test looks on by the same connection
    (made,) = run(at(7))["runs"]
    assert (made["status"], made["attempt"]) == ("succeeded", 1)
    assert (slots_of(alice), artifacts()) == ([(7, "succeeded", None)], 1)
    assert events.verify(gate.scope(alice))["status"] == "ok"


LOCKS = (
    "FROM pg_locks WHERE locktype = 'advisory' AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()) AND pid <> pg_backend_pid()"
)


def take_the_locks_away(url: str) -> None:
    """End whoever holds one, as a server does that is started anew, and a cable that is cut."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(f"SELECT pg_terminate_backend(pid) {LOCKS}")
        until(lambda: conn.execute(f"SELECT count(*) {LOCKS}").fetchone() == (0,))


@pytest.mark.usefixtures("hourly")
def test_a_run_whose_lock_was_lost_and_taken_over_publishes_nothing_when_it_wakes(
    alice: Actor, run: Run, db: str
) -> None:
    compose = small.compose

    def stopped_in_its_tracks(*args: Any) -> Any:
        take_the_locks_away(db)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("alice.runs.workflows._own", {BRIEF: small.workflows.Recipe(compose, small.publish)})
            assert run(at(7, 1))["reaped_count"] == 1
        return compose(*args)

    with pytest.MonkeyPatch.context() as patch:
        recipe = small.workflows.Recipe(stopped_in_its_tracks, small.publish)
        patch.setattr("alice.runs.workflows._own", {BRIEF: recipe})
        run(at(7))
    assert (slots_of(alice), artifacts()) == ([(7, "succeeded", None)], 1)
    found = queries.runs(gate.scope(alice)).items
    assert sorted((one["attempt"], one["status"]) for one in found) == [(1, "failed"), (2, "succeeded")]


@pytest.mark.usefixtures("hourly")
def test_a_run_that_many_ask_for_at_once_is_asked_for_once(alice: Actor, run: Run) -> None:
    def ask(_: int) -> str:
        with database.session():
            return str(schedules.request_run(alice, BRIEF, now=at(6, 40))["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert len(run(at(6, 41))["runs"]) == 1
    assert artifacts() == 1


def test_all_is_bounded_and_the_others_say_why(alice: Actor, run: Run) -> None:
    schedules.configure(alice, BRIEF, enabled=True, schedule={"every": 60}, timezone="UTC", missed="all", now=at(2, 30))
    run(at(14, 30))
    found = slots_of(alice)
    assert [hour for hour, outcome, _ in found if outcome == "succeeded"] == list(range(5, 15))
    assert [(hour, outcome) for hour, outcome, _ in found[:2]] == [(3, "missed"), (4, "missed")]
    assert all("more slots had passed" in str(reason) for _, _, reason in found[:2])
    assert artifacts() == 10


def test_nothing_older_than_the_catch_up_window_is_run(alice: Actor, run: Run) -> None:
    schedules.configure(
        alice, BRIEF, enabled=True, schedule={"daily": "07:00"}, timezone="UTC", missed="all", now=at(8, day=4)
    )
    run(at(12, day=14))
    found = queries.slots(gate.scope(alice), limit=0).items
    ended = {slot["scheduled_for"].day: slot["outcome"] for slot in found}
    assert ended == dict.fromkeys((5, 6, 7), "missed") | dict.fromkeys(range(8, 15), "succeeded")
    assert {slot["reason"] for slot in found if slot["outcome"] == "missed"} == {
        "it passed longer ago than the catch-up window"
    }


def test_the_last_run_moves_only_when_something_ran(alice: Actor, run: Run) -> None:
    schedules.configure(
        alice, BRIEF, enabled=True, schedule={"every": 60}, timezone="UTC", missed="skip", now=at(6, 30)
    )
    run(at(9, 30))
    assert [outcome for _, outcome, _ in slots_of(alice)] == ["missed"] * 3
    assert queries.workflow(gate.scope(alice), BRIEF)["last_run_at"] is None
    run(at(10))
    assert queries.workflow(gate.scope(alice), BRIEF)["last_run_at"] is not None


class Endless:
    """A worker that claims nothing and never ends."""

    def __init__(self, _: Job) -> None:
        self.pid = None

    def code(self) -> int | None:
        return None

    def kill(self) -> None:
        """It does not even notice."""

    stop = kill

    def sentinel(self) -> int | None:
        return None


@pytest.mark.usefixtures("hourly")
def test_asking_for_what_is_due_waits_no_longer_than_it_was_told(alice: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1000))
    monkeypatch.setattr(clock, "monotonic", lambda: float(next(ticks)))
    monkeypatch.setattr(scan, "STEP_SECONDS", 0.0)
    settings = config.load().changed(user_id=alice.user_id)
    told = scan.run_due(settings, now=at(7), start=Endless, wait=25)
    assert (told["due_count"], told["runs"]) == (1, [])
    assert next(ticks) < 100


def test_a_machine_that_has_no_process_left_leaves_the_slot_due(alice: Actor, hourly: None, run: Run) -> None:
    def refuses(_: Any) -> starts.Process:
        raise BlockingIOError("no process left")

    settings = config.load().changed(user_id=alice.user_id)
    with pytest.raises(OSError, match="no process left"):
        scan.run_due(settings, now=at(7), start=refuses)
    run(at(7, 1))
    assert slots_of(alice) == [(7, "succeeded", None)]


def test_a_run_that_an_agent_asked_for_tells_of_it(alice: Actor, hourly: None) -> None:
    hermes = Actor("agent", "hermes", alice.user_id, Profile.TRUSTED_LOCAL_AGENT)
    settings = config.load().changed(user_id=alice.user_id)
    schedules.request_run(hermes, BRIEF, now=at(6, 50))
    scan.run_due(settings, now=at(6, 50), start=small.Inline)
    scan.run_due(settings, now=at(7), start=small.Inline, actor=hermes)
    slot, asked = queries.runs(gate.scope(alice)).items
    assert (asked["triggered_by"], asked["agent_identity"]) == ("agent:hermes", "agent:hermes")
    assert asked["policy_decision"]["permission_profile"] == "trusted_local_agent"
    assert (slot["triggered_by"], slot["agent_identity"]) == ("run_due", "agent:hermes")
    for one in (slot, asked):
        assert (one["policy_decision"]["action"], one["policy_decision"]["decision"]) == ("run_workflow", "allowed")
        assert (len(one["trace_id"]), one["generation_mode"]) == (16, "deterministic")


def test_an_agent_that_may_not_run_workflows_starts_none(alice: Actor, hourly: None) -> None:
    scout = Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT)
    settings = config.load().changed(user_id=alice.user_id)
    with pytest.raises(PolicyBlocked):
        scan.run_due(settings, now=at(7), start=small.Inline, actor=scout)
    with pytest.raises(PolicyBlocked):
        schedules.request_run(scout, BRIEF, now=at(7))
    assert (artifacts(), slots_of(alice)) == (0, [])


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_that_cannot_be_is_refused(alice: Actor, hourly: None, limit: int) -> None:
    with pytest.raises(InvalidInput, match="limit"):
        scan.run_due(config.load().changed(user_id=alice.user_id), limit=limit)


@pytest.mark.usefixtures("hourly")
def test_a_worker_that_claims_nothing_leaves_its_job_due_a_moment_later(alice: Actor, run: Run) -> None:
    picked(alice, at(7))  # and the machine went down before it began
    assert scan.due_count(now=at(7), user_id=alice.user_id) == 0
    assert orphans.reap(now=at(7), user_id=alice.user_id) == 0
    run(at(7) + scan.OFFER)
    assert slots_of(alice) == [(7, "succeeded", None)]


@pytest.mark.usefixtures("hourly")
def test_what_was_offered_by_a_clock_that_ran_ahead_need_not_wait_for_it(alice: Actor, run: Run) -> None:
    asked = schedules.request_run(alice, BRIEF, now=at(6, 40))
    picked(alice, at(20))  # and the worker died before it began
    realignments.realign(now=at(6, 41))
    assert [one["request_id"] for one in run(at(6, 42))["runs"]] == [asked["id"]]
    picked(alice, at(20))
    realignments.realign(now=at(7, 1))
    run(at(7, 1))
    assert slots_of(alice) == [(7, "succeeded", None)]


@pytest.mark.usefixtures("hourly")
def test_a_retry_that_was_planned_by_a_clock_that_ran_ahead_is_made_now(alice: Actor, run: Run) -> None:
    small.behave(alice.user_id, "fail")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alice.runs.outcomes.timetable.retry_at", lambda *_, **__: at(20))
        run(at(7))
    small.behave(alice.user_id, "quick")
    assert run(at(7, 1))["runs"] == []
    realignments.realign(now=at(7, 1))
    run(at(7, 1))
    assert slots_of(alice) == [(7, "succeeded", None)]


@pytest.mark.usefixtures("hourly")
def test_an_ordinary_pause_before_another_try_is_kept(alice: Actor, run: Run) -> None:
    small.behave(alice.user_id, "fail")
    run(at(7))
    before = queries.workflow(gate.scope(alice), BRIEF)["retry_at"]
    realignments.realign(now=at(7))
    assert queries.workflow(gate.scope(alice), BRIEF)["retry_at"] == before is not None
