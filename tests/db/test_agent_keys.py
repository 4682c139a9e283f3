"""Keys of agents: shown once, kept as a hash, good until they end, and good for what they say and nothing else."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from alice.db import database
from alice.domain import redaction
from alice.domain.policy import Actor, system
from alice.domain.vocab import Domain, Profile
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked, TooManyRequests
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services.agency import agent_access, agent_keys
from tests.support import agents

DAY = timedelta(days=1)


def holder(actor: Actor, key: str, now: datetime) -> Actor | None:
    return agent_access.holder(actor.user_id, key, now=now)


def test_a_key_is_shown_once_and_kept_nowhere(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, label="the laptop", now=now)
    everything = [
        str(database.query(f'SELECT t::text FROM "{table}" t'))
        for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    assert told["key"].startswith(told["prefix"])
    assert len(told["key"]) - len(told["prefix"]) == 37
    assert not any(told["key"] in rows for rows in everything)
    assert "key" not in agent_keys.listed(alice, now=now).items[0]
    log = str(database.query("SELECT canonical FROM event_log"))
    assert "agent_key.created" in log
    assert told["prefix"] not in log
    assert "the laptop" not in log


def test_a_key_has_a_shape_that_redaction_takes_out(db: str, alice: Actor) -> None:
    key = agents.key(alice)
    assert redaction.redact(f"it is {key}.").text == "it is [redacted alice key]."


def test_it_opens_what_it_says(db: str, alice: Actor, now: datetime) -> None:
    garden = agents.project(alice, "Garden", now=now)
    key = agents.key(alice, "Scout", Profile.PROJECT_SCOPED_AGENT, grants=frozenset({Domain.HEALTH}),
                     projects=["garden"], agent_type="researcher", now=now)  # fmt: skip
    actor = holder(alice, key, now)
    assert actor is not None
    assert (actor.kind, actor.name, actor.profile) == ("agent", "scout", Profile.PROJECT_SCOPED_AGENT)
    assert (actor.grants, actor.project_ids) == ({Domain.HEALTH}, {garden})
    assert (actor.agent_type, actor.asserted) == ("researcher", False)
    assert agent_keys.listed(alice, now=now).items[0]["last_used_at"] == now


def test_two_keys_of_one_agent_are_one_agent(db: str, alice: Actor, now: datetime) -> None:
    first, second = agents.made(alice, "openclaw"), agents.made(alice, "OpenClaw", Profile.READ_ONLY_AGENT)
    assert first["agent_id"] == second["agent_id"]
    assert database.query("SELECT count(*) FROM agent") == [(1,)]


def test_what_opens_nothing_is_nobody(db: str, alice: Actor, bob: Actor, now: datetime) -> None:
    key = agents.key(alice, now=now)
    turned = key[:-1] + ("A" if key[-1] != "A" else "B")
    for wrong in (turned, key[:-1], key + "A", key.upper(), "alice_agent_" + "A" * 43, "", "\x00", "é" * 55):
        assert holder(alice, wrong, now) is None
    assert holder(bob, key, now) is None
    assert holder(alice, key, now) is not None


def test_a_key_ends_at_the_moment_that_was_said(db: str, alice: Actor, now: datetime) -> None:
    key = agents.key(alice, expires_at=now + DAY, now=now)
    assert holder(alice, key, now + DAY - timedelta(microseconds=1)) is not None
    assert holder(alice, key, now + DAY) is None
    assert agent_keys.listed(alice, now=now + DAY).items[0]["status"] == "expired"
    assert agent_keys.listed(alice, active=True, now=now + DAY).items == []


def test_a_revoked_key_opens_nothing_and_is_revoked_once(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, now=now)
    gone = agent_keys.revoke(alice, told["prefix"], now=now)
    assert (gone["status"], gone["revoked_at"], gone["version"]) == ("revoked", now, 2)
    assert holder(alice, told["key"], now) is None
    with pytest.raises(Conflict) as caught:
        agent_keys.revoke(alice, told["id"], now=now)
    assert caught.value.extra["current"]["status"] == "revoked"


def test_a_rotated_key_gives_way_at_once_or_after_a_grace(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, expires_at=now + 10 * DAY, requests_per_minute=7, now=now)
    later = now + DAY
    fresh = agent_keys.rotate(alice, told["id"], grace=timedelta(hours=1), now=later)
    same = ("agent", "permission_profile", "grants", "project_scope", "requests_per_minute", "label")
    assert {name: fresh[name] for name in same} == {name: told[name] for name in same}
    assert (fresh["expires_at"], fresh["rotated_from"]) == (later + 10 * DAY, told["id"])
    assert holder(alice, told["key"], later + timedelta(minutes=59)) is not None
    assert holder(alice, told["key"], later + timedelta(hours=1)) is None
    third = agent_keys.rotate(alice, fresh["id"], now=later)
    assert holder(alice, fresh["key"], later) is None
    assert holder(alice, third["key"], later) is not None


def test_a_grace_does_not_lengthen_a_key(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, expires_at=now + timedelta(minutes=1), now=now)
    agent_keys.rotate(alice, told["id"], grace=timedelta(hours=1), now=now)
    assert holder(alice, told["key"], now + timedelta(minutes=1)) is None


def test_only_a_key_in_force_is_rotated_and_only_once(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, now=now)
    agent_keys.rotate(alice, told["id"], grace=timedelta(hours=1), now=now)
    with pytest.raises(Conflict, match="rotated before"):
        agent_keys.rotate(alice, told["id"], now=now)
    other = agents.made(alice, now=now)
    agent_keys.revoke(alice, other["id"], now=now)
    with pytest.raises(Conflict, match="is revoked"):
        agent_keys.rotate(alice, other["id"], now=now)
    with pytest.raises(InvalidInput) as caught:
        agent_keys.rotate(alice, told["id"], grace=timedelta(days=8), now=now)
    assert list(caught.value.fields) == ["grace_minutes"]


def test_of_two_who_rotate_at_once_one_is_told_so(db: str, alice: Actor, now: datetime) -> None:
    told, done = agents.made(alice, now=now), []

    def rotate() -> None:
        with database.session():
            try:
                done.append(agent_keys.rotate(alice, told["id"], now=now)["id"])
            except Conflict:
                done.append(None)

    threads = [threading.Thread(target=rotate) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert len([one for one in done if one]) == 1
    assert database.query("SELECT count(*) FROM agent_key") == [(2,)]


def test_a_key_that_changed_meanwhile_is_a_conflict(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, now=now)
    for change in (agent_keys.revoke, agent_keys.rotate):
        with pytest.raises(Conflict):
            change(alice, told["id"], version=7, now=now)  # type: ignore[operator]


BAD: dict[str, dict[str, Any]] = {
    "agent": {"agent": "Open Claw"},
    "label": {"label": "x" * 201},
    "grants": {"grants": frozenset({Domain.PROFESSIONAL})},
    "requests_per_minute": {"requests_per_minute": 0},
    "expires_at": {"expires_at": datetime(2020, 1, 1).astimezone()},
    "projects": {"projects": ["no such project"]},
    "agent_type": {"agent_type": "a\x00b"},
}


@pytest.mark.parametrize("field", BAD)
def test_bad_input_names_its_field_and_makes_nothing(db: str, alice: Actor, field: str) -> None:
    wanted = {"agent": "openclaw", "profile": Profile.READ_ONLY_AGENT} | BAD[field]
    with pytest.raises(InvalidInput) as caught:
        agent_keys.create(alice, agent_keys.Wanted(**wanted))
    assert list(caught.value.fields) == [field]
    assert database.query("SELECT count(*) FROM agent") == [(0,)]


def test_a_project_scoped_key_names_its_projects(db: str, alice: Actor) -> None:
    with pytest.raises(InvalidInput, match="must name at least one"):
        agents.made(alice, profile=Profile.PROJECT_SCOPED_AGENT)


def test_another_brain_s_projects_and_keys_are_unknown(db: str, alice: Actor, bob: Actor, now: datetime) -> None:
    theirs = agents.made(bob, now=now)
    agents.project(bob, "Boat", now=now)
    with pytest.raises(InvalidInput):
        agents.made(alice, projects=["Boat"])
    for unknown in (theirs["id"], theirs["prefix"], uuid4(), "alice_agent_", "", "\x00"):
        with pytest.raises(NotFound):
            agent_keys.revoke(alice, unknown, now=now)


@pytest.mark.parametrize("profile", Profile)
def test_no_agent_and_no_part_of_alice_makes_or_sees_keys(
    db: str, alice: Actor, now: datetime, profile: Profile
) -> None:
    told = agents.made(alice, now=now)
    for actor in (Actor("agent", "mallory", alice.user_id, profile), system("scheduler", alice.user_id)):
        for attempt in (
            lambda actor=actor: agents.made(actor, "mallory"),
            lambda actor=actor: agent_keys.listed(actor),
            lambda actor=actor: agent_keys.revoke(actor, told["id"]),
            lambda actor=actor: agent_keys.rotate(actor, told["id"]),
        ):
            with pytest.raises(PolicyBlocked):
                attempt()
    assert database.query("SELECT count(*) FROM agent_key") == [(1,)]


def test_a_key_is_good_for_so_many_uses_in_a_minute(db: str, alice: Actor, now: datetime) -> None:
    key, other = agents.key(alice, requests_per_minute=3, now=now), agents.key(alice, "scout", now=now)
    for second in range(3):
        assert holder(alice, key, now + timedelta(seconds=second))
    with pytest.raises(TooManyRequests) as caught:
        holder(alice, key, now + timedelta(seconds=20))
    assert caught.value.after_seconds == 40
    assert holder(alice, other, now + timedelta(seconds=20))
    assert holder(alice, key, now + timedelta(seconds=60))


def test_a_clock_that_was_set_back_does_not_lock_a_key_out(db: str, alice: Actor, now: datetime) -> None:
    key = agents.key(alice, requests_per_minute=1, now=now)
    assert holder(alice, key, now + DAY)
    assert holder(alice, key, now)


def test_the_count_holds_over_threads(db: str, alice: Actor, now: datetime) -> None:
    key, answers = agents.key(alice, requests_per_minute=10, now=now), []

    def use() -> None:
        with database.session():
            for _ in range(5):
                try:
                    answers.append(holder(alice, key, now) is not None)
                except TooManyRequests:
                    answers.append(False)

    threads = [threading.Thread(target=use) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), sum(answers)) == (25, 10)


def test_the_log_tells_of_every_change_and_its_chain_holds(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, now=now)
    agent_keys.revoke(alice, agent_keys.rotate(alice, told["id"], now=now)["id"], now=now)
    names = [row[0] for row in database.query("SELECT event_type FROM event_log ORDER BY seq")]
    assert names == ["agent.created", "agent_key.created", "agent_key.created", "agent_key.rotated",
                     "agent_key.revoked"]  # fmt: skip
    assert events.verify(gate.scope(alice))["status"] == "ok"


def test_a_key_written_past_alice_is_refused_by_the_database(db: str, alice: Actor, now: datetime) -> None:
    told = agents.made(alice, now=now)
    with pytest.raises(Exception, match="left no event"):
        database.query("UPDATE agent_key SET profile = 'admin_agent' WHERE id = %s", UUID(told["id"]))
