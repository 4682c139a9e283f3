"""Telemetry of agents: what they did and what the policy answered, by agent and by day.

It reads the counts that the database keeps as the log is written, and never the log, but for the newest decisions.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.vocab import PolicyOutcome

DAYS, MOST_DAYS, RECENT = 30, 366, 20
OUTCOMES = tuple(outcome.value for outcome in PolicyOutcome)
MEASURES = (*OUTCOMES, "memory_proposals", "artifacts", "workflows", "outputs", "events")
_BY_AGENT = {
    "policy_blocks_by_agent": "blocked",
    "policy_filters_by_agent": "allowed_with_filtering",
    "requires_review_by_agent": "requires_review",
    "workflows_triggered_by_agents": "workflows",
    "memory_proposals_by_agent": "memory_proposals",
    "artifact_generation_by_agent": "artifacts",
}
Counts = dict[str, dict[date, dict[str, int]]]


def telemetry(scope: Scope, *, now: datetime, days: int = DAYS, only: str | None = None) -> dict[str, Any]:
    """Return the summary of contract.md section 6 over the last `days` UTC days, the last being today, each agent's
    counts day by day, and the newest decisions with their reasons. `only` leaves every other agent out.
    """
    today = now.date()
    first = today - timedelta(days=days - 1)
    counts = _counts(scope, first, only)
    span = [first + timedelta(days=n) for n in range(days)]
    return {
        "since": first,
        "until": today,
        "summary": _summary(counts),
        "agents": [_agent(name, by_day, span) for name, by_day in counts.items()],
        "recent_decisions": _recent(scope, only),
    }


def _counts(scope: Scope, first: date, only: str | None) -> Counts:
    rows = database.query(
        "SELECT agent, day, measure, count FROM agent_activity WHERE user_id = %s AND day >= %s"
        " AND (%s::text IS NULL OR agent = %s) ORDER BY agent, day, measure",
        scope.user_id, first, only, only,
    )  # fmt: skip
    counts: Counts = {}
    for agent, day, measure, count in rows:
        counts.setdefault(agent, {}).setdefault(day, {})[measure] = count
    return counts


def _summary(counts: Counts) -> dict[str, Any]:
    totals = {agent: _total(by_day) for agent, by_day in counts.items()}
    told: dict[str, Any] = {
        name: {agent: total[measure] for agent, total in totals.items() if total.get(measure)}
        for name, measure in _BY_AGENT.items()
    }
    restricted: dict[str, int] = {}
    for total in totals.values():
        for measure, count in total.items():
            if measure.startswith("domain:"):
                domain = measure.removeprefix("domain:")
                restricted[domain] = restricted.get(domain, 0) + count
    return told | {
        "restricted_domains_requested": dict(sorted(restricted.items())),
        "total_policy_decisions": sum(total.get(outcome, 0) for total in totals.values() for outcome in OUTCOMES),
        "total_agent_events": sum(total.get("events", 0) for total in totals.values()),
    }


def _total(by_day: dict[date, dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for measures in by_day.values():
        for measure, count in measures.items():
            total[measure] = total.get(measure, 0) + count
    return total


def _agent(name: str, by_day: dict[date, dict[str, int]], span: list[date]) -> dict[str, Any]:
    days = [{"day": day} | {measure: by_day.get(day, {}).get(measure, 0) for measure in MEASURES} for day in span]
    total = _total(by_day)
    return {"agent": name, "totals": {measure: total.get(measure, 0) for measure in MEASURES}, "days": days}


def _recent(scope: Scope, only: str | None) -> list[dict[str, Any]]:
    rows = database.rows(
        "SELECT id::text AS event_id, seq, substr(actor, 7) AS agent, trace_id, recorded_at, canonical FROM event_log"
        " WHERE user_id = %s AND event_type = 'policy.decided' AND starts_with(actor, 'agent:')"
        " AND (%s::text IS NULL OR actor = 'agent:' || %s) ORDER BY seq DESC LIMIT %s",
        scope.user_id, only, only, RECENT,
    )  # fmt: skip
    told = []
    for row in rows:
        payload = json.loads(row.pop("canonical"))["payload"]
        told.append(row | payload.pop("decision") | payload)
    return told
