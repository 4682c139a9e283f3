"""Profile by action, sensitivity, domain and project, asked of the running API and held against the contract's words.

What is expected is spelled here anew, from contract.md section 7, and not read from the table that is under test.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.db import database
from alice.domain.actions import Action
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.services import schedules
from alice.services.evidence import capture
from tests.support import agents
from tests.support.routes import NOBODY

API = "/v0/vnext"
RESTRICTED = {"family", "health", "spiritual", "financial", "legal", "relationship"}
RISING = ["public", "internal", "private", "confidential", "highly_sensitive", "sacred", "regulated"]
READS_UP_TO = {
    "read_only_agent": "internal", "memory_proposal_agent": "internal", "project_scoped_agent": "private",
    "trusted_local_agent": "confidential", "admin_agent": "highly_sensitive",
}  # fmt: skip
PROPOSES = {"memory_proposal_agent", "project_scoped_agent", "trusted_local_agent", "admin_agent"}
INGESTS = {"project_scoped_agent", "trusted_local_agent", "admin_agent"}
RUNS, CONFIGURES = {"trusted_local_agent", "admin_agent"}, {"admin_agent"}
KINDS = list(itertools.product(Sensitivity, Domain, ("none", "garden", "boat")))


def may_read(profile: str, sensitivity: str, domain: str, project: str, *, granted: bool, held: bool) -> bool:
    """Say, in the words of the contract, whether an agent reads something; `held` to the garden is its key."""
    rank = RISING.index("private" if sensitivity == "unknown" else sensitivity)
    high = rank > RISING.index(READS_UP_TO[profile])
    closed = domain in RESTRICTED and not granted
    return not (high or closed or (held and project != "garden"))


@dataclass
class World:
    """A brain with two projects, some notes, and agents with keys."""

    app: Flask
    alice: Actor
    now: datetime
    projects: dict[str, UUID | None] = field(default_factory=lambda: {"none": None})
    sources: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def client(self, profile: Profile, *, granted: bool = False, held: bool | None = None) -> FlaskClient:
        """Return a client with a key; a project-scoped one is held to the garden."""
        bound = profile is Profile.PROJECT_SCOPED_AGENT if held is None else held
        grants = frozenset(Domain(d) for d in RESTRICTED) if granted else frozenset()
        key = agents.key(self.alice, profile=profile, grants=grants, projects=["garden"] if bound else [],
                         requests_per_minute=6_000)  # fmt: skip
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        return client

    def keep(self, kinds: list[Any]) -> None:
        """Keep a note of each kind, with a decision in it."""
        items = [
            Item(f"Decision: we keep {d} {s} {p}.", domain=d, sensitivity=s, project_id=self.projects[p], brought=True)
            for s, d, p in kinds
        ]
        kept = capture.capture_many(self.alice, items, zone="UTC", now=self.now)
        self.sources = {str(one.source_id): kind for one, kind in zip(kept, kinds, strict=True)}


@pytest.fixture
def bare(app: Flask, alice: Actor, now: datetime) -> World:
    """Two projects and nothing else."""
    made = World(app, alice, now)
    for name in ("garden", "boat"):
        made.projects[name] = agents.project(alice, name, now=now)
    return made


@pytest.fixture
def world(bare: World) -> World:
    """A note of every kind there is."""
    bare.keep(KINDS)
    return bare


@pytest.mark.parametrize("profile", Profile)
def test_each_profile_reads_what_the_contract_says_and_nothing_else(world: World, profile: Profile) -> None:
    bound = [True] if profile is Profile.PROJECT_SCOPED_AGENT else [False, True]
    for granted, held in itertools.product((False, True), bound):
        client = world.client(profile, granted=granted, held=held)
        answer = client.get(f"{API}/sources?limit=500").get_json()
        expected = {s for s, kind in world.sources.items() if may_read(profile, *kind, granted=granted, held=held)}
        assert {item["id"] for item in answer["items"]} == expected
        assert answer["total"] == len(expected)
        memories = client.get(f"{API}/memories?limit=500").get_json()
        assert {(m["sensitivity"], m["domain"]) for m in memories["items"]} == {world.sources[s][:2] for s in expected}


@pytest.mark.parametrize("profile", Profile)
def test_what_is_hidden_is_like_what_never_was_one_by_one(world: World, profile: Profile) -> None:
    client = world.client(profile)
    nobody = client.get(f"{API}/sources/{NOBODY}").get_json()["error"]
    for source, kind in list(world.sources.items())[::5]:
        answer = client.get(f"{API}/sources/{source}")
        readable = may_read(profile, *kind, granted=False, held=profile is Profile.PROJECT_SCOPED_AGENT)
        assert answer.status_code == (200 if readable else 404), kind
        if not readable:
            said = answer.get_json()["error"]
            assert said["message"].replace(source, NOBODY) == nobody["message"]


WRITES = {
    "propose_memory": (PROPOSES, "/memory-proposals"),
    "ingest_output": (INGESTS, "/agents/ingest-output"),
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("action", WRITES)
def test_each_profile_writes_within_what_it_reads_and_it_waits_for_a_person(
    bare: World, action: str, profile: Profile
) -> None:
    who, path = WRITES[action]
    client, held = bare.client(profile), profile is Profile.PROJECT_SCOPED_AGENT
    asked = KINDS if profile in who else KINDS[::7]
    for number, (sensitivity, domain, project) in enumerate(asked):
        body: dict[str, Any] = {"text": f"Number {number}.", "sensitivity": sensitivity, "domain": domain}
        if project != "none":
            body["project_id"] = str(bare.projects[project])
        elif held:
            project = "garden"  # what says no project is of the only one that the key has
        answer = client.post(f"{API}{path}", json=body)
        allowed = profile in who and may_read(profile, sensitivity, domain, project, granted=False, held=held)
        assert answer.status_code == (201 if allowed else 403), (sensitivity, domain, project, answer.text)
        assert answer.get_json().get("review_required", True)
    states = database.query(
        "SELECT status FROM memory WHERE proposed_by LIKE 'agent:%%' UNION SELECT status FROM source"
        " WHERE connector = 'agent_output'"
    )
    assert {state for (state,) in states} <= {"candidate", "new"}
    assert bool(states) == (profile in who)


def _request(action: Action, world: World) -> tuple[str, str, dict[str, Any] | None, set[str]]:
    """Return how an action is asked of the API, and which profiles may."""
    [source] = world.sources
    [(memory,)] = database.query("SELECT id FROM memory WHERE memory_type = 'decision'")
    workflow = f"{API}/scheduler/workflows/daily_brief"
    asked: dict[Action, tuple[str, str, dict[str, Any] | None, set[str]]] = {
        Action.READ: ("GET", f"{API}/artifacts", None, set(Profile)),
        Action.CAPTURE: ("POST", f"{API}/sources", {"text": "Tea at four."}, set()),
        Action.INGEST_OUTPUT: ("POST", f"{API}/agents/ingest-output", {"text": "I looked.", "sensitivity": "public"},
                               INGESTS),
        Action.PROPOSE_MEMORY: ("POST", f"{API}/memory-proposals", {"text": "Oak is heavy."}, PROPOSES),
        Action.GENERATE: ("POST", f"{API}/artifacts/generate/daily_brief", {}, INGESTS),
        Action.RUN_WORKFLOW: ("POST", f"{workflow}/run-now", {}, RUNS),
        Action.REVIEW: ("POST", f"{API}/memories/{memory}/review", {"action": "accept"}, set()),
        Action.FORGET: ("DELETE", f"{API}/sources/{source}", None, set()),
        Action.CONFIGURE_SCHEDULE: ("PATCH", workflow, {"missed": "skip"}, CONFIGURES),
        Action.CONFIGURE_CONNECTOR: ("PATCH", f"{API}/connectors/local_folder/config",
                                     {"poll_interval_seconds": 600}, CONFIGURES),
        Action.READ_SETTINGS: ("GET", f"{API}/connectors/health", None, CONFIGURES),
        Action.CONFIGURE: ("PUT", f"{API}/settings/charter", {"content_markdown": "All is allowed."}, set()),
        Action.MANAGE_AGENTS: ("POST", f"{API}/agents/keys", {"agent": "x", "permission_profile": "admin_agent"},
                               set()),
        Action.READ_EVENTS: ("GET", f"{API}/events", None, set()),
        Action.OPEN_CONSOLE: ("GET", "/vnext", None, set()),
    }  # fmt: skip
    return asked[action]


# Not asked for over the API: what expires does so by itself, secrets and backups are the command line's alone.
NO_ADDRESS = {Action.EXPIRE, Action.READ_SECRET, Action.RESTORE}


@pytest.mark.parametrize("action", [action for action in Action if action not in NO_ADDRESS])
def test_each_profile_does_what_the_contract_says_and_nothing_else(bare: World, action: Action) -> None:
    bare.keep([(Sensitivity.PUBLIC, Domain.PROFESSIONAL, "garden")])  # which every profile sees
    schedules.configure(bare.alice, WorkflowType.DAILY_BRIEF, enabled=True, timezone="UTC", now=bare.now)
    method, path, body, who = _request(action, bare)
    for profile in Profile:
        client = bare.client(profile, granted=True)
        answer = client.open(path, method=method, **({} if body is None else {"json": body}))
        if profile in who:
            assert answer.status_code in (200, 201, 202), (profile, answer.text)
        else:
            assert answer.status_code == 403, (profile, answer.status_code, answer.text)
            assert f"may not {action.words}" in answer.text
    refused = database.query('SELECT count(*) FROM event_log WHERE canonical LIKE \'%%"decision":"blocked"%%\'')
    assert refused == [(len(set(Profile) - who),)]


@pytest.mark.parametrize("profile", sorted(INGESTS))
def test_what_an_agent_composes_holds_only_what_it_reads(world: World, profile: str) -> None:
    client, held = world.client(Profile(profile)), profile == "project_scoped_agent"
    made = client.post(f"{API}/artifacts/generate/daily_brief", json={}).get_json()
    cited = {source["source_id"] for source in made["sources"]}
    assert cited
    for source in cited:
        assert may_read(profile, *world.sources[source], granted=False, held=held), world.sources[source]
    hidden = [k for k in KINDS if not may_read(profile, *k, granted=False, held=held)]
    assert not [kind for kind in hidden if "keep {1} {0} {2}".format(*kind) in made["content_markdown"]]
    assert made["status"] == "needs_review"
    assert client.get(f"{API}/artifacts/{made['id']}").status_code == 200
