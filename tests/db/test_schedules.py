"""Workflows in a real database: set up, asked for, run on their slots by an injected clock, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alice import config
from alice.db import database, locks
from alice.domain.policy import Actor, owner
from alice.domain.vocab import WorkflowType
from alice.errors import Conflict, InvalidInput, NotConfigured
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.queries.ledger import events
from alice.runs import orphans, realignments, scan, standing
from alice.runs.jobs import lock_name
from alice.services import schedules
from tests.support import schedules as small

BRIEF = WorkflowType.DAILY_BRIEF
HOUR = timedelta(hours=1)
Run = Callable[[datetime], dict[str, Any]]


@pytest.fixture
def run(db: str, alice: Actor) -> Run:
    """Run what is due at a moment, in this process."""
    settings = config.load().changed(user_id=alice.user_id)
    return lambda now: scan.run_due(settings, now=now, start=small.Inline, limit=100)


def hourly(alice: Actor, now: datetime, **more: Any) -> dict[str, Any]:
    """Have the brief made at every full hour from `now` on."""
    return schedules.configure(alice, BRIEF, enabled=True, schedule={"every": 60}, timezone="UTC", now=now, **more)


def slots_of(alice: Actor) -> list[tuple[int, str]]:
    """Return hour and outcome of each slot, the oldest first."""
    found = queries.slots(gate.scope(alice), limit=0).items
    return [(slot["scheduled_for"].hour, slot["outcome"]) for slot in reversed(found)]


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, 4, hour, minute, second, tzinfo=UTC)


def test_a_brain_has_six_workflows_that_are_disabled(db: str, alice: Actor) -> None:
    schedules.ensure_rows(alice, zone="Europe/Madrid")
    schedules.ensure_rows(alice, zone="UTC")
    found = queries.workflows(gate.scope(alice))
    assert [row["workflow_type"] for row in found] == [kind.value for kind in WorkflowType]
    assert {row["timezone"] for row in found} == {"Europe/Madrid"}
    assert not any(row["enabled"] or row["next_run_at"] for row in found)


def test_it_shows_the_workflows_of_a_brain_that_has_no_rows_yet(db: str, bob: Actor) -> None:
    assert queries.workflow(gate.scope(bob), "daily_brief")["schedule"] == {"daily": "07:00"}


def test_enabling_puts_the_schedule_in_force(db: str, alice: Actor, now: datetime) -> None:
    told = schedules.configure(alice, "daily_brief", enabled=True, timezone="Europe/Madrid", now=now)
    assert told["next_run_at"] == datetime(2026, 3, 5, 6, tzinfo=UTC)
    assert told["schedule_text"] == "every day at 07:00, Europe/Madrid"
    again = schedules.configure(alice, "daily_brief", enabled=True, now=now)
    assert again["version"] == told["version"], "saying the same again changes nothing"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("timezone", {"timezone": "Europe/Atlantis"}),
        ("daily", {"schedule": {"daily": "25:00"}}),
        ("cron", {"schedule": {"cron": "0 0 30 2 *"}}),
        ("every", {"schedule": {"every": -5}}),
        ("missed", {"missed": "sometimes"}),
        ("model_options.temperature", {"model_options": {"temperature": 9}}),
        ("generation_mode", {"generation_mode": "magic"}),
    ],
)
def test_it_refuses_a_setting_that_cannot_be_and_changes_nothing(
    db: str, alice: Actor, now: datetime, field: str, wrong: dict[str, Any]
) -> None:
    before = hourly(alice, now)
    with pytest.raises(InvalidInput) as refused:
        schedules.configure(alice, BRIEF, enabled=False, now=now, **wrong)
    assert list(refused.value.fields) == [field]
    assert queries.workflow(gate.scope(alice), BRIEF) == before


def test_it_refuses_a_workflow_that_there_is_not(db: str, alice: Actor) -> None:
    with pytest.raises(InvalidInput, match="daily_brief"):
        schedules.configure(alice, "monthly_dream", enabled=True)


def test_a_change_to_an_older_version_is_a_conflict_that_shows_the_newer(db: str, alice: Actor, now: datetime) -> None:
    hourly(alice, now)
    with pytest.raises(Conflict) as refused:
        schedules.configure(alice, BRIEF, enabled=False, version=1, now=now)
    assert refused.value.extra["current"]["enabled"] is True


def test_a_slot_ends_with_one_artifact_and_the_next_slot(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    assert run(at(6, 59))["runs"] == []
    done = run(at(7, 0, 1))
    assert [(r["status"], r["attempt"]) for r in done["runs"]] == [("succeeded", 1)]
    assert done["runs"][0]["lateness_ms"] // 1000 == 1
    assert slots_of(alice) == [(7, "succeeded")]
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(8)
    assert run(at(7, 30))["due_count"] == 0
    assert artifacts() == 1
    assert events.verify(gate.scope(alice))["status"] == "ok"


def artifacts() -> int:
    return int(database.query("SELECT count(*) FROM artifact")[0][0])


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("latest", [(7, "missed"), (8, "missed"), (9, "succeeded")]),
        ("all", [(7, "succeeded"), (8, "succeeded"), (9, "succeeded")]),
        ("skip", [(7, "missed"), (8, "missed"), (9, "missed")]),
    ],
)
def test_slots_that_passed_while_nothing_ran_end_by_the_policy(
    run: Run, alice: Actor, policy: str, expected: list[tuple[int, str]]
) -> None:
    hourly(alice, at(6, 30), missed=policy)
    run(at(9, 30))
    assert slots_of(alice) == expected
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(10)


def test_a_slot_that_is_a_moment_late_is_not_missed_even_where_missed_ones_are_skipped(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30), missed="skip")
    run(at(7, 2))
    assert slots_of(alice) == [(7, "succeeded")]


def test_more_missed_slots_than_can_be_named_share_a_row(run: Run, alice: Actor) -> None:
    schedules.configure(alice, BRIEF, enabled=True, schedule={"every": 1}, missed="latest", now=at(0))
    run(at(20))
    found = queries.slots(gate.scope(alice), limit=0).items
    unnamed = found[-1]
    assert (unnamed["scheduled_for"], unnamed["outcome"]) == (at(0, 1), "missed")
    assert unnamed["until"] + timedelta(minutes=1) == found[-2]["scheduled_for"]
    assert (found[0]["scheduled_for"], found[0]["outcome"]) == (at(20), "succeeded")


def test_a_failure_is_tried_again_with_backoff_until_the_attempts_are_used_up(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    small.behave(alice.user_id, "fail")
    assert run(at(7))["failed_count"] == 1
    assert queries.workflow(gate.scope(alice), BRIEF)["retry_at"].replace(microsecond=0) == at(7, 0, 30)
    assert run(at(7, 0, 29))["runs"] == []
    retried = run(at(7, 0, 32))
    assert retried["runs"][0]["attempt"] == 2
    assert retried["runs"][0]["lateness_ms"] < 10_000, "a retry is late against the moment it was planned for"
    run(at(7, 1, 35))
    assert slots_of(alice) == [(7, "failed")]
    assert queries.failures(gate.scope(alice)).total == 3
    state = queries.workflow(gate.scope(alice), BRIEF)
    assert (state["next_run_at"], state["last_result"]) == (at(8), "failed")
    assert "told to fail" in state["last_error"]


def test_a_failure_that_heals_itself_ends_the_slot_well(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    small.behave(alice.user_id, "fail")
    run(at(7))
    small.behave(alice.user_id, "quick")
    run(at(7, 0, 32))
    assert slots_of(alice) == [(7, "succeeded")]
    assert artifacts() == 1


def test_a_clock_that_steps_back_runs_nothing_twice(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    for moment in (at(7), at(6, 30), at(7), at(7, 30), at(8), at(7), at(8)):
        run(moment)
    assert slots_of(alice) == [(7, "succeeded"), (8, "succeeded")]
    assert artifacts() == 2


def test_paused_is_checked_inside_the_claim_and_the_slot_is_recorded(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    schedules.pause(alice, BRIEF, now=at(6, 40))
    run(at(7))
    assert slots_of(alice) == [(7, "skipped")]
    assert artifacts() == 0


def test_resuming_records_what_passed_meanwhile_and_runs_none_of_it(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    schedules.pause(alice, now=at(6, 40))
    schedules.resume(alice, now=at(8, 30))
    run(at(8, 31))
    assert slots_of(alice) == [(7, "skipped"), (8, "skipped")]
    run(at(9))
    assert slots_of(alice)[-1] == (9, "succeeded")


def test_slots_decided_while_a_run_worked_are_passed_over_when_it_ends(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    compose = small.compose

    def interrupted(*args: Any) -> Any:
        schedules.pause(alice, BRIEF, now=at(7, 1))
        schedules.resume(alice, BRIEF, now=at(8, 30))
        return compose(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alice.runs.workflows._own", {BRIEF: small.workflows.Recipe(interrupted, small.publish)})
        run(at(7))
    run(at(8, 31))
    assert slots_of(alice) == [(7, "succeeded"), (8, "skipped")]
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(9)
    assert run(at(8, 40))["due_count"] == 0


def test_a_changed_schedule_leaves_no_slot_undecided(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    schedules.configure(alice, BRIEF, schedule={"daily": "12:00"}, now=at(8, 30))
    assert slots_of(alice) == [(7, "missed"), (8, "missed")]
    schedules.configure(alice, BRIEF, enabled=False, now=at(12, 30))
    assert slots_of(alice)[-1] == (12, "skipped")
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] is None


def test_a_request_is_run_at_once_and_moves_no_slot(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    asked = schedules.request_run(alice, BRIEF, now=at(6, 40))
    assert asked["status"] == "waiting"
    assert schedules.request_run(alice, BRIEF, now=at(6, 40))["id"] == asked["id"], "a second click asks for no second"
    run(at(6, 40))
    told = queries.requested(gate.scope(alice), asked["id"])
    assert told["status"] == "succeeded"
    assert told["artifact_id"]
    run_row = queries.runs(gate.scope(alice)).items[0]
    assert (run_row["triggered_by"], run_row["scheduled_for"]) == ("owner", None)
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(7)
    assert slots_of(alice) == []


def test_a_request_that_fails_is_told_and_not_repeated(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    small.behave(alice.user_id, "fail")
    asked = schedules.request_run(alice, BRIEF, now=at(6, 40))
    run(at(6, 40))
    told = queries.requested(gate.scope(alice), asked["id"])
    assert told["status"] == "failed"
    assert "told to fail" in told["error_message"]
    assert run(at(6, 50))["runs"] == []


def test_a_request_for_a_disabled_or_paused_workflow_names_the_command(db: str, alice: Actor, now: datetime) -> None:
    with pytest.raises(NotConfigured) as disabled:
        schedules.request_run(alice, BRIEF)
    assert disabled.value.hint == "`alicebot vnext scheduler configure daily_brief --enabled` enables it."
    hourly(alice, now)
    schedules.pause(alice)
    with pytest.raises(NotConfigured) as paused:
        schedules.request_run(alice, BRIEF)
    assert "resume daily_brief" in str(paused.value.hint)
    assert paused.value.http_status == 409


def test_a_request_whose_workflow_was_paused_meanwhile_is_refused_in_words(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    asked = schedules.request_run(alice, BRIEF, now=at(6, 40))
    schedules.pause(alice, BRIEF, now=at(6, 41))
    run(at(6, 42))
    told = queries.requested(gate.scope(alice), asked["id"])
    assert (told["status"], told["error_message"]) == ("failed", "Daily Brief is paused.")


def orphan(alice: Actor, run: Run, moment: datetime) -> None:
    """Leave a run behind that says running, as a worker does that was killed while it composed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alice.runs.worker._work", lambda *_: None)
        run(moment)


def test_a_lost_run_is_given_up_and_its_slot_tried_again_at_once(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    orphan(alice, run, at(7))
    assert queries.runs(gate.scope(alice)).items[0]["status"] == "running"
    again = run(at(7, 0, 5))
    assert (again["reaped_count"], [r["attempt"] for r in again["runs"]]) == (1, [2])
    assert slots_of(alice) == [(7, "succeeded")]
    assert artifacts() == 1


def test_a_run_whose_lock_is_held_is_left_alone(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    orphan(alice, run, at(7))
    with locks.held(*lock_name(alice.user_id, BRIEF)) as mine:
        assert mine
        assert orphans.reap(now=at(7, 1)) == 0


def test_a_slot_whose_workers_are_always_lost_is_given_up_in_the_end(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    for minute in range(30):
        orphan(alice, run, at(7, minute))
    run(at(7, 45))
    assert slots_of(alice) == [(7, "failed")]
    assert artifacts() == 0


def test_a_run_that_was_given_up_publishes_nothing_however_late_it_wakes(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    compose = small.compose

    def asleep(*args: Any) -> Any:
        database.query("SELECT 1")
        with gate.write(owner(alice.user_id), gate.Action.RUN_WORKFLOW) as unit:
            found = schedules.slots.locked(alice.user_id, BRIEF)
            assert found is not None
            orphans.bury(unit, found, now=at(7, 1))
        return compose(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alice.runs.workflows._own", {BRIEF: small.workflows.Recipe(asleep, small.publish)})
        run(at(7))
    assert artifacts() == 0
    assert run(at(7, 1, 1))["runs"][0]["status"] == "succeeded"
    assert artifacts() == 1


def test_a_workflow_that_stands_at_a_slot_without_a_run_is_looked_at_again(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    database.query("UPDATE workflow_state SET due_at = NULL")
    assert orphans.heal() == 1
    run(at(7))
    assert slots_of(alice) == [(7, "succeeded")]


def test_after_a_clock_that_ran_ahead_the_slots_it_left_out_are_run(run: Run, alice: Actor) -> None:
    hourly(alice, at(6, 30))
    run(at(7))
    schedules.configure(alice, BRIEF, schedule={"every": 30}, now=at(20, 10))  # the clock was half a day ahead
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(20, 30)
    assert realignments.realign(now=at(7, 10)) == 1
    assert queries.workflow(gate.scope(alice), BRIEF)["next_run_at"] == at(7, 30)
    assert realignments.realign(now=at(7, 10)) == 0


def test_the_status_has_the_keys_that_scripts_expect(db: str, alice: Actor) -> None:
    told = standing.status(gate.scope(alice), config.load())
    assert {"daemon", "workflows", "next_due_workflow", "recent_failures"} <= set(told)
    assert set(told["workflows"][0]) >= {
        "workflow_type", "enabled", "paused", "schedule", "timezone", "generation_mode", "model_options",
        "next_run_at", "last_run_at", "last_result", "last_error", "last_successful_run", "running_run",
    }  # fmt: skip
    assert told["daemon"]["running"] is False


def test_brains_take_turns(db: str, alice: Actor, bob: Actor) -> None:
    for kind in WorkflowType:
        schedules.configure(alice, kind, enabled=True, schedule={"every": 60}, now=at(5, 30))
    schedules.configure(bob, BRIEF, enabled=True, schedule={"every": 60}, now=at(6, 30))
    url, role = scan.bound()
    picked = scan.pick(scan.Setting(url, role), now=at(8), limit=2, busy=[])
    assert {job.user_id for job in picked} == {alice.user_id, bob.user_id}
    assert not set(picked) & set(scan.pick(scan.Setting(url, role), now=at(8), limit=9, busy=[])), "nobody takes twice"


def test_one_brain_never_runs_anothers(run: Run, alice: Actor, bob: Actor) -> None:
    hourly(bob, at(6, 30))
    assert run(at(9))["due_count"] == 0


def test_what_a_setting_has_to_mend_is_said_and_not_tried_again(run: Run, alice: Actor) -> None:
    def unable(*_: Any) -> Any:
        raise NotConfigured("There is nothing to write with.", "Set ALICE_MODEL.")

    hourly(alice, at(6, 30))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alice.runs.workflows._own", {BRIEF: small.workflows.Recipe(unable, small.publish)})
        run(at(7))
    slot = queries.slots(gate.scope(alice)).items[0]
    assert (slot["outcome"], slot["reason"]) == ("failed", "There is nothing to write with.")
