"""What agents did is counted from the log as it is written: by agent, by day, and never away from what the log says."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alice.db import database
from alice.domain.policy import Action, Actor, Subject, owner
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, PolicyOutcome, Profile, Sensitivity, WorkflowType
from alice.errors import InvalidInput, PolicyBlocked
from alice.ledger import gate
from alice.services import schedules
from alice.services.agency import agent_identities
from alice.services.composing import briefs
from tests.support import agents


def agent(user: Actor, name: str = "openclaw", profile: Profile = Profile.TRUSTED_LOCAL_AGENT, **more: Any) -> Actor:
    return Actor("agent", name, user.user_id, profile, **more)


def blocked(actor: Actor, action: Action, subject: Subject) -> None:
    with pytest.raises(PolicyBlocked):
        gate.allow(actor, action, subject)


def telemetry(actor: Actor, **more: Any) -> dict[str, Any]:
    return agent_identities.telemetry(actor, **more)


def test_a_brain_without_agents_has_counted_nothing(db: str, alice: Actor) -> None:
    told = telemetry(alice)
    assert told["agents"] == told["recent_decisions"] == []
    assert told["summary"] == {
        "policy_blocks_by_agent": {}, "policy_filters_by_agent": {}, "requires_review_by_agent": {},
        "restricted_domains_requested": {}, "workflows_triggered_by_agents": {}, "memory_proposals_by_agent": {},
        "artifact_generation_by_agent": {}, "total_policy_decisions": 0, "total_agent_events": 0,
    }  # fmt: skip


def test_each_thing_is_counted_for_who_did_it(db: str, alice: Actor, bob: Actor, now: datetime) -> None:
    claw, scout = agent(alice), agent(alice, "scout", Profile.READ_ONLY_AGENT)
    gate.scope(claw)
    gate.read(scout, domains=frozenset({Domain.HEALTH, Domain.PROFESSIONAL}))
    blocked(scout, Action.INGEST_OUTPUT, Subject(Domain.LEGAL))
    gate.scope(agent(bob))
    with gate.write(claw, Action.PROPOSE_MEMORY):
        pass
    schedules.configure(alice, WorkflowType.DAILY_BRIEF, enabled=True, timezone="UTC", now=now)
    schedules.request_run(claw, WorkflowType.DAILY_BRIEF, now=now)
    briefs.generate(WorkflowType.DAILY_BRIEF, claw, now=now, zone="UTC")
    told = telemetry(alice)["summary"]
    assert told["policy_blocks_by_agent"] == {"scout": 1}
    assert told["policy_filters_by_agent"]["scout"] == 1
    assert told["requires_review_by_agent"] == {"openclaw": 1}
    assert told["restricted_domains_requested"] == {"health": 1, "legal": 1}
    assert told["workflows_triggered_by_agents"] == {"openclaw": 1}
    assert told["artifact_generation_by_agent"] == {"openclaw": 1}
    assert telemetry(bob)["summary"]["total_agent_events"] == 1


def test_days_are_told_without_a_gap_and_the_newest_decisions_with_reasons(db: str, alice: Actor) -> None:
    gate.scope(agent(alice, agent_run_id="r1", asserted=True))
    told = telemetry(alice, days=7)
    [one] = told["agents"]
    days = [day["day"] for day in one["days"]]
    assert days == [told["until"] - timedelta(days=back) for back in range(6, -1, -1)]
    assert sum(day["events"] for day in one["days"]) == 1
    assert one["totals"]["allowed_with_filtering"] == 1
    [decision] = told["recent_decisions"]
    assert (decision["agent"], decision["asserted"], decision["agent_run_id"]) == ("openclaw", True, "r1")
    assert decision["reasons"] == ["trusted_local_agent sees part of the brain"]


def test_an_agent_is_shown_itself_alone(db: str, alice: Actor) -> None:
    claw, scout = agent(alice), agent(alice, "scout", Profile.READ_ONLY_AGENT)
    gate.scope(claw)
    told = telemetry(scout, agent="openclaw")
    assert [one["agent"] for one in told["agents"]] == ["scout"]
    assert "openclaw" not in json.dumps(told, default=str)
    agents.key(alice, "openclaw")
    assert [one["name"] for one in agent_identities.listed(scout)] == ["scout"]
    assert telemetry(alice, agent="openclaw")["agents"][0]["agent"] == "openclaw"


def test_agents_are_listed_whether_a_key_or_only_a_trace_tells_of_them(db: str, alice: Actor, bob: Actor) -> None:
    agents.key(alice, "hermes")
    gate.scope(agent(alice, "scout"))
    agents.key(bob, "mallory")
    hermes, scout = agent_identities.listed(alice)
    assert (hermes["name"], hermes["registered"], hermes["last_seen_at"]) == ("hermes", True, None)
    assert [key["permission_profile"] for key in hermes["keys"]] == ["trusted_local_agent"]
    assert (scout["name"], scout["registered"], scout["keys"]) == ("scout", False, [])
    assert scout["first_seen_at"] == scout["last_seen_at"] is not None


@pytest.mark.parametrize("days", [0, -1, 367])
def test_only_so_many_days_are_told(db: str, alice: Actor, days: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 366"):
        telemetry(alice, days=days)


def from_the_log(user: Actor) -> dict[str, Counter[str]]:
    """Count what the log says of each agent, the slow way."""
    counts: dict[str, Counter[str]] = {}
    rows = database.query(
        "SELECT actor, event_type, canonical FROM event_log WHERE user_id = %s AND actor LIKE 'agent:%%'", user.user_id
    )
    for actor, event_type, canonical in rows:
        count = counts.setdefault(actor.removeprefix("agent:"), Counter())
        count["events"] += 1
        if event_type == "policy.decided":
            decision = json.loads(canonical)["payload"]["decision"]
            count[decision["decision"]] += 1
            for domain in decision["requested_domains"]:
                count["restricted"] += domain in RESTRICTED_DOMAINS
    return counts


deeds = st.lists(
    st.tuples(
        st.sampled_from(["openclaw", "scout"]),
        st.sampled_from(list(Profile)),
        st.sampled_from([Action.READ, Action.PROPOSE_MEMORY, Action.INGEST_OUTPUT, Action.FORGET]),
        st.none() | st.sampled_from(list(Domain)),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(deeds)
def test_the_counts_say_what_the_log_says(db: str, alice: Actor, deeds: list[Any]) -> None:
    for name, profile, action, domain in deeds:
        actor = agent(alice, name, profile)
        try:
            if action is Action.READ:
                gate.read(actor, domains=frozenset({domain} if domain else ()))
            else:
                with gate.write(actor, action, Subject(domain, Sensitivity.PUBLIC if domain else None)):
                    pass
        except PolicyBlocked:
            continue
    told, log = telemetry(alice), from_the_log(alice)
    assert {one["agent"]: one["totals"]["events"] for one in told["agents"]} == {n: c["events"] for n, c in log.items()}
    for one in told["agents"]:
        for outcome in PolicyOutcome:
            assert one["totals"][outcome] == log[one["agent"]][outcome]
    assert sum(told["summary"]["restricted_domains_requested"].values()) == sum(c["restricted"] for c in log.values())


def test_it_reads_the_counts_and_not_the_log(db: str, alice: Actor) -> None:
    """A hundred thousand events of an agent are a few rows of counts."""
    with psycopg.connect(db) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute(
            "INSERT INTO event_log (id, user_id, seq, event_type, actor, subject_kind, subject_id, trace_id, canonical,"
            " previous_hash, integrity_hash) SELECT gen_random_uuid(), %s, n, 'source.captured', 'agent:openclaw',"
            " 'source', 'x', 't', '{}', '', '' FROM generate_series(-20000, -1) n",
            (alice.user_id,),
        )
        conn.execute("ANALYZE event_log")
    gate.scope(agent(owner(alice.user_id)))
    assert telemetry(alice)["summary"]["total_agent_events"] == 1
    plan = str(database.query(
        "EXPLAIN SELECT seq FROM event_log WHERE user_id = %s AND event_type = 'policy.decided'"
        " AND starts_with(actor, 'agent:') ORDER BY seq DESC LIMIT 20", alice.user_id,
    ))  # fmt: skip
    assert "Index" in plan
    assert "Seq Scan" not in plan
