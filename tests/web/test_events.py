"""The log over the API: what happened, filtered and in parts, and whether it holds; for nobody but the owner."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Profile
from alice.services import anchors
from alice.services.agency import agent_keys


@pytest.fixture
def sources(program: FlaskClient) -> list[str]:
    """The ids of three sources, captured one after the other."""
    return [program.post("/v0/vnext/sources", json={"text": f"Note {n}."}).json["source_id"] for n in range(3)]


def asked(program: FlaskClient, **query: Any) -> list[Any]:
    return [one["subject_id"] for one in program.get("/v0/vnext/events", query_string=query).json["items"]]


def test_what_happened_is_told_the_newest_first(program: FlaskClient, sources: list[str]) -> None:
    page = program.get("/v0/vnext/events?event_type=source.captured").json
    assert [one["subject_id"] for one in page["items"]] == sources[::-1]
    assert (page["count"], page["total"], page["next"]) == (3, 3, None)
    assert page["items"][0]["payload"]["connector"] == "manual"
    assert "Note" not in str(page)


def test_it_is_found_by_what_is_asked(program: FlaskClient, sources: list[str]) -> None:
    first, second, third = sources
    assert asked(program, subject_id=second) == [second]
    assert asked(program, subject_kind="source", actor="owner") == [third, second, first]
    assert asked(program, actor="agent:openclaw") == []
    [seq] = [one["seq"] for one in program.get(f"/v0/vnext/events?subject_id={first}").json["items"]]
    assert first not in asked(program, after=seq)
    assert asked(program, since="2020-01-01T00:00:00Z", until="2020-01-02T00:00:00Z") == []


def test_it_comes_in_parts(program: FlaskClient, sources: list[str]) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/v0/vnext/events?event_type=source.captured&limit=2&cursor={cursor}").json
        found += [one["subject_id"] for one in page["items"]]
        cursor = page["next"]
    assert found == sources[::-1]


@pytest.mark.parametrize(("query", "field"), [("event_type=poem", "event_type"), ("subject_kind=tea", "subject_kind"),
                                              ("since=soon", "since"), ("after=-1", "after")])  # fmt: skip
def test_a_wrong_word_is_told_the_right_ones(program: FlaskClient, query: str, field: str) -> None:
    answer = program.get(f"/v0/vnext/events?{query}")
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {field}


def test_whether_it_holds_is_told_and_nothing_is_written(
    program: FlaskClient, sources: list[str], settings: Settings, alice: Actor, db: str
) -> None:
    told = program.get("/v0/vnext/events/verify").json
    assert (told["status"], told["first_bad_seq"], told["anchors"]["count"]) == ("ok", None, 0)
    assert not anchors.place(settings.home, alice.user_id).exists()
    anchors.note(settings, alice.user_id)
    with psycopg.connect(db) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM event_log")
        conn.execute("DELETE FROM event_head")
    told = program.get("/v0/vnext/events/verify").json
    assert (told["status"], told["first_bad_seq"], told["anchors"]["count"]) == ("broken", 1, 1)


@pytest.mark.parametrize("profile", Profile)
def test_no_agent_reads_the_log(app: Flask, program: FlaskClient, alice: Actor, profile: Profile) -> None:
    project = program.post("/v0/vnext/projects", json={"name": "Tea"}).json["id"]
    key = agent_keys.create(alice, agent_keys.Wanted("openclaw", profile, projects=[project]))["key"]
    agent = app.test_client()
    for path in ("/v0/vnext/events", "/v0/vnext/events/verify"):
        answer = agent.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 403
        assert answer.json["error"]["policy_decision"]["action"] == "read_events"
    [[refused]] = database.query("SELECT count(*) FROM event_log WHERE event_type = 'policy.decided'")
    assert refused >= 2


def test_anchors_that_cannot_be_read_are_said_to_be(program: FlaskClient, settings: Settings, alice: Actor) -> None:
    anchors.place(settings.home, alice.user_id).mkdir(parents=True)
    answer = program.get("/v0/vnext/events/verify")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "not_configured")
