"""Candidates that nobody decides on: said beforehand, put away by the system alone, and brought back by a person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from alice import config, sealing
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Profile, WorkflowType
from alice.errors import InvalidInput, PolicyBlocked
from alice.ledger import gate
from alice.queries.ledger import decisions
from alice.queries.library import candidates as waits
from alice.queries.library import inbox
from alice.queries.library import memories as reads
from alice.runs import expiries
from alice.runs.runtime_files import runtime_files
from alice.scheduler import single_scans
from alice.scheduler.loops import Loop, Options
from alice.scheduler.wakings import Signals
from alice.services.composing import briefs
from alice.services.evidence import capture
from alice.services.reviewing import candidates, memories, undoing
from alice.services.reviewing.memories import Wish
from tests.support.decisions import claim

DAY = timedelta(days=1)


@pytest.fixture
def memory(db: str, alice: Actor, now: datetime) -> UUID:
    """A candidate that came to wait at noon."""
    return claim(alice, "The oars are in the shed.", now=now)


@pytest.fixture
def settings(db: str, alice: Actor) -> Settings:
    """Settings under which candidates wait for ninety days."""
    return config.load().changed(user_id=alice.user_id)


def expire(actor: Actor, now: datetime, days: int = 90) -> int:
    return candidates.expire(system("scheduler", actor.user_id), now=now, days=days)


def told(alice: Actor, now: datetime) -> dict[str, Any]:
    return waits.waiting(gate.scope(alice), now=now, days=90)


def status(alice: Actor, memory: UUID) -> str:
    return str(reads.get(gate.scope(alice), memory)["status"])


def test_what_waited_too_long_is_put_away_with_a_decision_of_the_system(
    memory: UUID, alice: Actor, now: datetime
) -> None:
    assert expire(alice, now + 90 * DAY - timedelta(seconds=1)) == 0
    assert expire(alice, now + 90 * DAY) == 1
    row = reads.get(gate.scope(alice), memory)
    assert (row["status"], row["reason"]) == ("archived", "Nobody decided on it within 90 days.")
    [one] = row["decisions"]
    assert (one["action"], one["decided_by"], one["undoable"]) == ("expire", "system:scheduler", True)
    [(actor,)] = database.query("SELECT actor FROM event_log WHERE event_type = 'memory.reviewed'")
    assert actor == "system:scheduler"
    assert expire(alice, now + 91 * DAY) == 0


def test_it_is_said_a_week_before(memory: UUID, alice: Actor, now: datetime) -> None:
    early, late = told(alice, now + 82 * DAY), told(alice, now + 83 * DAY)
    assert (early["expiring_count"], early["expires_next_at"]) == (0, None)
    assert (late["count"], late["expiring_count"], late["oldest_waiting_at"]) == (1, 1, now)
    assert late["expires_next_at"] == now + 90 * DAY
    [listed] = reads.page(gate.scope(alice), waiting=True, now=now).items
    assert listed["expires_at"] == now + 90 * DAY


def test_the_brief_counts_as_the_inbox_does(memory: UUID, alice: Actor, now: datetime) -> None:
    later = now + 84 * DAY
    claim(alice, "The ropes are new.", now=later)
    brief = briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=later, zone="UTC")
    said = str(brief["content_markdown"])
    assert "Two proposed memories wait for your decision" in said
    assert "One of the memories is put away within a week" in said
    assert inbox.waiting(gate.scope(alice), now=later)["memories"] == told(alice, later)["count"] == 2


def test_history_that_came_with_an_import_is_left_alone(db: str, alice: Actor, now: datetime) -> None:
    old = now - 400 * DAY
    capture.capture(alice, Item("Decision: the boat is sold.", occurred_at=old), zone="UTC", now=now)
    assert told(alice, now)["backlog_count"] == 1
    assert expire(alice, now + 400 * DAY) == 0


def test_what_is_asleep_waits_from_its_waking_on(memory: UUID, alice: Actor, now: datetime) -> None:
    memories.review(alice, memory, Wish("snooze", until=now + 80 * DAY), now=now)
    assert told(alice, now + DAY)["snoozed_count"] == 1
    assert expire(alice, now + 100 * DAY) == 0
    assert expire(alice, now + 170 * DAY) == 1


def test_what_was_brought_back_waits_anew(memory: UUID, alice: Actor, now: datetime) -> None:
    later = now + 90 * DAY
    expire(alice, later)
    undoing.undo_last(alice, "memory", memory, now=later + DAY)
    assert status(alice, memory) == "candidate"
    assert expire(alice, later + 2 * DAY) == 0
    assert expire(alice, later + 91 * DAY) == 1
    memories.review(alice, memory, Wish("reopen"), now=later + 92 * DAY)
    assert expire(alice, later + 93 * DAY) == 0


def test_what_is_told_again_waits_anew(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, Item("Decision: the boat is sold."), zone="UTC", now=now)
    again = now + 60 * DAY
    capture.capture(alice, Item("Once more.\n\nDecision: the boat is sold."), zone="UTC", now=again)
    assert expire(alice, now + 100 * DAY) == 0
    assert expire(alice, again + 90 * DAY) == 1


def test_what_was_decided_on_does_not_expire(memory: UUID, alice: Actor, now: datetime) -> None:
    memories.review(alice, memory, Wish("accept"), now=now)
    assert expire(alice, now + 900 * DAY) == 0


def test_it_goes_in_parts_and_misses_none(
    db: str, alice: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST_AT_ONCE", 2)
    for number in range(5):
        claim(alice, f"Oar {number} is long.", now=now)
    assert expire(alice, now + 90 * DAY) == 5
    acts = {one["act"] for one in decisions.page(gate.scope(alice)).items}
    assert len(acts) == 5


def test_each_brain_that_is_served_is_looked_after(
    settings: Settings, memory: UUID, alice: Actor, bob: Actor, now: datetime
) -> None:
    his = claim(bob, "The oars are mine.", now=now)
    assert expiries.expire(settings, now=now + 90 * DAY, user_id=alice.user_id) == 1
    assert status(bob, his) == "candidate"
    assert expiries.expire(settings, now=now + 90 * DAY) == 1
    assert status(bob, his) == "archived"


def test_the_daemon_puts_away_what_waited_and_lives_without_the_key(
    settings: Settings, memory: UUID, alice: Actor, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    daemon = SimpleNamespace(ear=object(), settings=settings.changed(candidate_days=1), user_id=alice.user_id)
    sealing.place(settings.home).parent.mkdir(parents=True, exist_ok=True)
    sealing.place(settings.home).write_text("no key")
    caplog.set_level(logging.INFO, "alice")  # a command that ran before may have told the log to be quiet
    Loop._expire(daemon)  # type: ignore[arg-type]
    assert "holds no key" in caplog.text
    assert status(alice, memory) == "candidate"
    sealing.place(settings.home).unlink()
    Loop._expire(daemon)  # type: ignore[arg-type]
    assert status(alice, memory) == "archived"


def test_a_single_scan_puts_away_what_waited(db: str, settings: Settings, memory: UUID, alice: Actor) -> None:
    told = settings.changed(database_url=db, candidate_days=1)
    signals = Signals()
    try:
        assert single_scans._scan(told, Options(runtime_files(told)), signals)["failed_count"] == 0
    finally:
        signals.close()
    with database.session():
        assert status(alice, memory) == "archived"


def test_no_agent_may_let_anything_expire(memory: UUID, alice: Actor, now: datetime) -> None:
    agent = Actor("agent", "openclaw", alice.user_id, Profile.ADMIN_AGENT)
    with pytest.raises(PolicyBlocked, match="admin_agent may not expire"):
        candidates.expire(agent, now=now + 90 * DAY, days=90)


@pytest.mark.parametrize("value", ["0", "-1", "soon", "36501"])
def test_the_days_have_to_be_a_number_of_days(value: str) -> None:
    with pytest.raises(InvalidInput, match="ALICE_CANDIDATE_DAYS: must be a number of days"):
        config.load({"ALICE_CANDIDATE_DAYS": value})
    assert config.load({"ALICE_CANDIDATE_DAYS": "30"}).candidate_days == 30
