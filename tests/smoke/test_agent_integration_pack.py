"""An agent from its first key to its last: identity, scoped context, review only, and nothing beyond its projects.

Everything but the two projects and the first notes goes over HTTP to the console as it is served every day.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from alice import clock
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Domain, Sensitivity
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services.access import tokens
from alice.services.evidence import capture
from tests.support import agents

pytestmark = pytest.mark.xdist_group("served")
AGENT = {"agent_id": "openclaw", "agent_type": "coding_agent", "agent_run_id": "run-7", "agent_task_id": "pumps"}


@dataclass(frozen=True)
class Caller:
    """Somebody with a key, at the served address."""

    settings: Settings
    key: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return the status and the JSON of one request."""
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()}}  # fmt: skip
        data = None if body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.settings.port}/v0/vnext{path}"
        request = urllib.request.Request(address, data=data, method=method, headers=sent)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())


@pytest.fixture
def owner(served: Settings, db: str) -> Caller:
    """The owner's own program."""
    return Caller(served, tokens.operator(served.home))


@pytest.fixture
def garden(db: str, alice: Actor) -> UUID:
    """The project that the agent is held to, with a note, beside notes that are none of its business."""
    now = clock.now()
    mine, other = agents.project(alice, "Garden", now=now), agents.project(alice, "Boat", now=now)
    for text, domain, sensitivity, project in (
        ("Decision: the garden pump is the small one.", Domain.PROJECT, Sensitivity.INTERNAL, mine),
        ("Decision: the boat pump is called heliotrope.", Domain.PROJECT, Sensitivity.INTERNAL, other),
        ("The pump of my heart is fine, says the heliotrope doctor.", Domain.HEALTH, Sensitivity.PRIVATE, mine),
        ("The pump was paid with heliotrope money.", Domain.PROJECT, Sensitivity.REGULATED, mine),
    ):
        item = capture.Item(text, domain=domain, sensitivity=sensitivity, project_id=project)
        capture.capture(alice, item, zone="UTC", now=now)
    return mine


@pytest.fixture
def openclaw(owner: Caller, garden: UUID) -> Caller:
    """The agent, with the key that the owner made for it."""
    wanted = {"agent": "openclaw", "agent_type": "coding_agent", "permission_profile": "project_scoped_agent",
              "projects": [str(garden)], "expires_in_days": 7}  # fmt: skip
    status, made = owner("POST", "/agents/keys", wanted)
    assert status == 201
    return Caller(owner.settings, made["key"])


def test_the_agent_is_who_its_key_says_and_sees_its_project_alone(
    owner: Caller, openclaw: Caller, garden: UUID
) -> None:
    _, agents_told = openclaw("GET", "/agents")
    assert [(one["name"], one["agent_type"]) for one in agents_told["items"]] == [("openclaw", "coding_agent")]
    status, pack = openclaw("POST", "/context-packs", {"query": "which pump", **AGENT, "project_scope": [str(garden)]})
    assert status == 200
    assert [found["quote"] for found in pack["supporting_evidence"]] == ["Decision: the garden pump is the small one."]
    assert "heliotrope" not in json.dumps(pack)
    decision = pack["policy_decision"]
    assert (decision["decision"], decision["permission_profile"]) == ("allowed_with_filtering", "project_scoped_agent")
    assert decision["effective_project_scope"] == [str(garden)]
    assert openclaw("GET", "/sources")[1]["total"] == 1
    assert openclaw("POST", "/context-packs", {"query": "pump", "agent_id": "hermes"})[0] == 422
    assert openclaw("GET", "/sources", X_Alice_Permission_Profile="admin_agent")[0] == 422


def test_what_it_hands_in_and_proposes_waits_for_a_person(
    owner: Caller, openclaw: Caller, garden: UUID, alice: Actor
) -> None:
    report = {"text": "I compared three pumps. The small one is loud.", "sensitivity": "internal",
              "propose_memory": "The small one is loud.", **AGENT}  # fmt: skip
    status, handed = openclaw("POST", "/agents/ingest-output", report)
    assert (status, handed["review_required"], handed["review_status"]) == (201, True, "new")
    status, proposed = openclaw("POST", "/memory-proposals", {"text": "Pumps are heavy.", **AGENT})
    assert (status, proposed["status"], proposed["policy_decision"]["decision"]) == (
        201,
        "candidate",
        "requires_review",
    )
    assert proposed["project_id"] == str(garden)

    for memory in (handed["memory_id"], proposed["memory_id"]):
        status, refused = openclaw("POST", f"/memories/{memory}/review", {"action": "accept"})
        assert (status, refused["error"]["code"]) == (403, "policy_blocked")
    mine = database.query("SELECT status, decided_at FROM memory WHERE proposed_by = 'agent:openclaw'")
    assert set(mine) == {("candidate", None)}
    undecided = "SELECT count(*) FROM memory WHERE status <> 'candidate'"
    assert database.query(undecided) == [(0,)]
    assert database.query("SELECT DISTINCT status FROM source WHERE connector = 'agent_output'") == [("new",)]

    status, accepted = owner("POST", f"/memories/{proposed['memory_id']}/review", {"action": "accept"})
    assert (status, accepted["status"]) == (200, "accepted")
    status, again = openclaw("POST", "/memory-proposals", {"text": "Pumps are heavy.", **AGENT})
    assert (status, again["known"], again["status"]) == (200, True, "accepted")


BEYOND: dict[str, tuple[str, str, Any]] = {
    "a restricted domain": ("POST", "/context-packs", {"query": "pump", "domains": ["health"]}),
    "a restricted domain of a list": ("GET", "/sources?domain=health", None),
    "a restricted domain to write": ("POST", "/memory-proposals", {"text": "x", "domain": "health"}),
    "what it may not read": ("POST", "/agents/ingest-output", {"text": "x", "sensitivity": "regulated"}),
    "a workflow of the owner": ("POST", "/scheduler/workflows/daily_brief/run-now", {}),
    "a setting": ("PATCH", "/connectors/local_folder/config", {"enabled": True}),
    "a key": ("POST", "/agents/keys", {"agent": "openclaw", "permission_profile": "admin_agent"}),
}


def test_what_lies_beyond_its_key_is_blocked_told_and_logged(owner: Caller, openclaw: Caller, alice: Actor) -> None:
    for name, (method, path, body) in BEYOND.items():
        status, told = openclaw(method, path, body)
        assert (status, told["error"]["code"]) == (403, "policy_blocked"), name
        assert told["error"]["policy_decision"]["reasons"], name
        [(actor, seq)] = database.query("SELECT actor, seq FROM event_log WHERE id = %s",
                                        UUID(told["error"]["event_id"]))  # fmt: skip
        assert actor == "agent:openclaw"
        assert seq > 0
    assert events.verify(gate.scope(alice))["status"] == "ok"


def test_its_activity_is_seen(owner: Caller, openclaw: Caller, garden: UUID) -> None:
    openclaw("POST", "/agents/ingest-output", {"text": "I looked.", "sensitivity": "internal", **AGENT})
    openclaw("POST", "/memory-proposals", {"text": "Pumps are heavy.", **AGENT})
    openclaw("POST", "/context-packs", {"query": "pump", "domains": ["health"]})
    openclaw("GET", "/sources")
    assert openclaw("POST", "/artifacts/generate/daily_brief", {})[0] == 201
    _, told = owner("GET", "/agents/policy-telemetry")
    assert told["summary"] == {
        "policy_blocks_by_agent": {"openclaw": 1},
        "policy_filters_by_agent": told["summary"]["policy_filters_by_agent"],
        "requires_review_by_agent": {"openclaw": 2},
        "restricted_domains_requested": {"health": 1},
        "workflows_triggered_by_agents": {},
        "memory_proposals_by_agent": {"openclaw": 1},
        "artifact_generation_by_agent": {"openclaw": 1},
        "total_policy_decisions": told["summary"]["total_policy_decisions"],
        "total_agent_events": told["summary"]["total_agent_events"],
    }
    assert told["summary"]["policy_filters_by_agent"]["openclaw"] >= 2
    assert told["summary"]["total_agent_events"] > told["summary"]["total_policy_decisions"] >= 6
    [activity] = told["agents"]
    assert (activity["agent"], activity["totals"]["outputs"], len(activity["days"])) == ("openclaw", 1, 30)
    blocked = [one for one in told["recent_decisions"] if one["decision"] == "blocked"]
    assert blocked[0]["reasons"] == ["domain health is not granted"]
    named = {(one["agent_run_id"], one["agent_task_id"]) for one in told["recent_decisions"]}
    assert ("run-7", "pumps") in named
    [seen] = owner("GET", "/agents")[1]["items"]
    assert seen["last_seen_at"] >= seen["first_seen_at"]
    assert datetime.fromisoformat(seen["keys"][0]["last_used_at"]) <= clock.now()


def test_a_key_that_was_taken_back_opens_nothing_more(owner: Caller, openclaw: Caller) -> None:
    [key] = owner("GET", "/agents/keys")[1]["items"]
    assert openclaw("GET", "/sources")[0] == 200
    status, fresh = owner("POST", f"/agents/keys/{key['id']}/rotate", {})
    assert status == 201
    assert openclaw("GET", "/sources")[0] == 401
    renewed = Caller(openclaw.settings, fresh["key"])
    assert renewed("GET", "/sources")[0] == 200
    assert owner("POST", f"/agents/keys/{fresh['id']}/revoke", {})[1]["status"] == "revoked"
    assert renewed("GET", "/sources")[0] == 401
    log = (openclaw.settings.home.parent / "gunicorn.log").read_text()
    assert openclaw.key not in log
    assert fresh["key"] not in log
