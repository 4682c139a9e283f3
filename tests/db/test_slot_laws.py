"""The law of slots, whatever happens in whatever order: each one ends, once, and has an artifact if it succeeded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alice import config, ids
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.domain.vocab import MissedPolicy, WorkflowType
from alice.ledger import gate
from alice.queries import schedules as queries
from alice.queries.ledger import events
from alice.runs import scan
from alice.services import schedules
from tests.support import schedules as small

BRIEF = WorkflowType.DAILY_BRIEF
START = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = st.tuples(
    st.sampled_from(["run", "run", "run", "pause", "resume", "fail", "heal", "orphan", "ask", "again"]),
    st.integers(-90, 240),
)


def run(actor: Actor, now: datetime) -> None:
    told = config.load().changed(user_id=actor.user_id)
    scan.run_due(told, now=now, start=small.Inline, limit=200)


def act(actor: Actor, word: str, now: datetime) -> None:
    """Do one thing that may happen to a workflow."""
    if word == "run":
        run(actor, now)
    elif word == "orphan":
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("alice.runs.worker._work", lambda *_: None)
            run(actor, now)
    elif word in ("fail", "heal"):
        small.behave(actor.user_id, "fail" if word == "fail" else "quick")
    elif word in ("pause", "resume"):
        getattr(schedules, word)(actor, BRIEF, now=now)
    elif word == "again":
        schedules.configure(actor, BRIEF, schedule={"cron": "0 * * * *"}, now=now)
        schedules.configure(actor, BRIEF, schedule={"every": 60}, now=now)
    elif not queries.workflow(gate.scope(actor), BRIEF)["paused"]:
        schedules.request_run(actor, BRIEF, now=now)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=8), missed=st.sampled_from(MissedPolicy))
def test_every_slot_ends_once_and_nothing_ends_in_silence(
    db: str, steps: list[tuple[str, int]], missed: MissedPolicy
) -> None:
    actor = owner(ids.new_id())
    schedules.configure(actor, BRIEF, enabled=True, schedule={"every": 60}, timezone="UTC", missed=missed, now=START)
    now = latest = START
    for word, minutes in steps:
        now = max(START, now + timedelta(minutes=minutes))
        latest = max(latest, now)
        act(actor, word, now)
    act(actor, "heal", latest)
    act(actor, "resume", latest)
    end = latest + 3 * HOUR
    for _ in range(200):  # time enough for every retry
        run(actor, end)
        if queries.workflow(gate.scope(actor), BRIEF)["next_run_at"] > end:
            break
        end += timedelta(seconds=40)
    _holds(actor, end)


def _holds(actor: Actor, end: datetime) -> None:
    found = queries.slots(gate.scope(actor), limit=0).items
    decided = [slot["scheduled_for"] for slot in found]
    assert len(set(decided)) == len(decided)
    first, expected = START.replace(minute=0) + HOUR, set()
    while first <= end:
        expected.add(first)
        first += HOUR
    assert expected <= set(decided), f"undecided: {sorted(expected - set(decided))}"
    count = "SELECT count(*) FROM artifact a JOIN workflow_run r ON r.artifact_id = a.id WHERE r.user_id = %s"
    slots = database.query(f"{count} AND r.scheduled_for IS NOT NULL", actor.user_id)[0][0]
    assert slots == sum(slot["outcome"] == "succeeded" for slot in found)
    assert database.query("SELECT count(*) FROM artifact WHERE user_id = %s", actor.user_id) == database.query(
        "SELECT count(*) FROM workflow_run WHERE user_id = %s AND status = 'succeeded'", actor.user_id
    )
    assert all(slot["reason"] for slot in found if slot["outcome"] != "succeeded")
    assert not database.query("SELECT 1 FROM workflow_run WHERE user_id = %s AND status = 'running'", actor.user_id), (
        "nothing says running for ever"
    )
    assert events.verify(gate.scope(actor))["status"] == "ok"
