"""What an agent may not see is in no answer of any address: not in lists, not one by one, not in what was composed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.services.composing import briefs
from alice.services.evidence import capture
from tests.support import agents

CANARY = "heliotrope"
Ids = dict[str, list[str]]
NOTE = """# Meeting on the {word} ward

## Attendees

- {Word} Jones (@{word})
- Mira Bell

## Notes

- Decision: we take the {word} pump, not the small one.
- TODO: {Word} Jones sends the {word} plan to Mira by 2026-03-06.
- Project: {Word} Ward
- I prefer the {word} tea in the morning.
- What does the {word} doctor say about it?
"""
OPEN = "# Kitchen\n\n- Decision: we take the oak worktop.\n- TODO: Mira sends the plan to Jonas by 2026-03-06.\n"
LOWEST_HIGHEST_AND_HELD = (Profile.READ_ONLY_AGENT, Profile.ADMIN_AGENT, Profile.PROJECT_SCOPED_AGENT)


@pytest.fixture
def hidden(db: str, alice: Actor, now: datetime) -> Ids:
    """A brain in which some of everything is hidden from agents; return the ids of all of it."""
    garden, boat = (agents.project(alice, name, now=now) for name in ("garden", "boat"))
    for number, (domain, sensitivity, project) in enumerate((
        (Domain.HEALTH, Sensitivity.PUBLIC, garden), (Domain.LEGAL, Sensitivity.INTERNAL, None),
        (Domain.PROFESSIONAL, Sensitivity.SACRED, garden), (Domain.PROJECT, Sensitivity.REGULATED, boat),
    )):  # fmt: skip
        text = NOTE.format(word=f"{CANARY}{'abcd'[number]}", Word=f"Heliotrope{'abcd'[number]}")
        for days in (0, 9)[: 1 + number % 2]:
            item = Item(f"{text}\nSeen {days} days ago.\n", title=f"On {CANARY}", author=f"{CANARY} author",
                        uri=f"https://{CANARY}.example/", external_id=CANARY, domain=domain, sensitivity=sensitivity,
                        project_id=project, occurred_at=now - timedelta(days=days), brought=True)  # fmt: skip
            capture.capture(alice, item, zone="UTC", now=now)
    for project in (garden, boat, None):
        item = Item(f"{OPEN}\nFor {project}.\n", domain=Domain.PROFESSIONAL, sensitivity=Sensitivity.INTERNAL,
                    project_id=project, occurred_at=now, brought=True)  # fmt: skip
        capture.capture(alice, item, zone="UTC", now=now)
    for kind in WorkflowType:
        briefs.generate(kind, alice, now=now, zone="UTC")
    return identifiers()


# The tables behind the ids in addresses.
TABLES = {
    "source_id": "source", "artifact_id": "artifact", "memory_id": "memory", "loop_id": "open_loop",
    "project_id": "project", "update_id": "project_update", "person_id": "person", "edge_id": "graph_edge",
    "call_id": "model_call", "receipt_id": "receipt", "act": "decision", "decision_id": "decision",
}  # fmt: skip


def identifiers() -> Ids:
    """Return the ids of everything that an address can name, by table."""
    tables = sorted(set(TABLES.values()))
    return {table: [str(row[0]) for row in database.query(f'SELECT id FROM "{table}"')] for table in tables}


def addresses(app: Flask, found: Ids) -> list[str]:
    """Return the path of every GET of the API, spelled with every id that it could name."""
    paths = []
    adapter = app.url_map.bind("alice.localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or not rule.rule.startswith("/v0/"):
            continue
        if not rule.arguments:
            paths.append(f"{rule.rule}?limit=500" if "limit" in takes(app, rule.endpoint) else rule.rule)
        else:
            [name] = rule.arguments
            paths += [adapter.build(rule.endpoint, {name: one}) for one in found.get(TABLES[name], [])]
    return paths


def held(app: Flask, alice: Actor, profile: Profile) -> FlaskClient:
    """Return a client with a key without grants; a project-scoped one is held to the garden."""
    projects = ["garden"] if profile is Profile.PROJECT_SCOPED_AGENT else []
    client = app.test_client()
    key = agents.key(alice, profile=profile, projects=projects, requests_per_minute=6_000)
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    return client


def takes(app: Flask, endpoint: str) -> Any:
    return getattr(app.view_functions[endpoint], "accepts").model_fields  # noqa: B009 - set by a decorator


@pytest.mark.parametrize("profile", LOWEST_HIGHEST_AND_HELD)
def test_no_address_shows_an_agent_a_word_of_what_is_hidden(
    app: Flask, alice: Actor, hidden: Ids, profile: Profile
) -> None:
    client = held(app, alice, profile)
    leaks, answered = [], 0
    for path in addresses(app, hidden):
        answer = client.get(path)
        assert answer.status_code in (200, 403, 404), (path, answer.text)
        answered += answer.status_code == 200
        if CANARY in answer.text.lower():
            leaks.append((path, answer.text[max(answer.text.lower().index(CANARY) - 160, 0) :][:220]))
    assert leaks == []
    assert answered > 10


def test_what_the_owner_is_shown_has_the_words(program: FlaskClient, app: Flask, hidden: Ids) -> None:
    """The canary is where it should be: else the sweep above would show nothing."""
    showing = {path.split("?")[0] for path in addresses(app, {}) if CANARY in program.get(path).text.lower()}
    assert showing >= {f"/v0/vnext/{noun}" for noun in ("sources", "memories", "open-loops", "people", "projects")}


@pytest.mark.parametrize("profile", LOWEST_HIGHEST_AND_HELD)
def test_nor_does_what_it_asks_for_or_writes(app: Flask, alice: Actor, hidden: Ids, profile: Profile) -> None:
    client = held(app, alice, profile)
    asked: list[tuple[str, Any]] = [
        ("/context-packs", {"query": "which pump does Mira take, and what does Jones send?"}),
        *(("/context-packs", {"query": "pump", "project": name}) for name in ("garden", "boat", "Heliotropea Ward")),
        ("/memory-proposals", {"text": "We take the pump.", "sensitivity": "internal"}),
        *((f"/artifacts/generate/{kind}", {}) for kind in WorkflowType),
        *((f"/memories/{one}/review", {"action": "accept"}) for one in hidden["memory"]),
        *((f"/open-loops/{one}/review", {"action": "close"}) for one in hidden["open_loop"]),
    ]
    for path, body in asked:
        text = client.post(f"/v0/vnext{path}", json=body).text.lower()
        told = text.replace("heliotropea ward", "") if "project" in body else text
        assert CANARY not in told, (path, text[max(text.index(CANARY) - 160, 0) :][:300])


def test_ids_of_another_brain_are_like_ids_that_never_were(app: Flask, alice: Actor, bob: Actor, now: datetime) -> None:
    capture.capture(bob, Item(OPEN, domain=Domain.PROFESSIONAL, sensitivity=Sensitivity.PUBLIC), zone="UTC", now=now)
    briefs.generate(WorkflowType.DAILY_BRIEF, bob, now=now, zone="UTC")
    theirs = identifiers()
    client, everything = held(app, alice, Profile.TRUSTED_LOCAL_AGENT), {one for ids in theirs.values() for one in ids}
    nobody = str(UUID(int=0xDEAD))
    for path in addresses(app, theirs):
        one = next((one for one in everything if one in path), None)
        if one is None:
            continue
        answer, never = client.get(path), client.get(path.replace(one, nobody))
        assert answer.status_code == never.status_code, path
        said, other = (a.get_json().get("error", {}).get("message") for a in (answer, never))
        assert answer.status_code in (403, 404)
        assert str(said).replace(one, nobody) == str(other), path
