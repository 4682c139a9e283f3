"""Decisions over the API: one body for all of them, the fresh row back, and what happened when somebody was first."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

API = "/v0/vnext"


@pytest.fixture
def ids(program: FlaskClient, brief: dict[str, Any]) -> dict[str, str]:
    """Something of each kind that can be decided on."""
    lists = {"sources": "sources", "open-loops": "open-loops", "artifacts": "artifacts"}
    found = {kind: program.get(f"{API}/{path}").json["items"][0]["id"] for kind, path in lists.items()}
    return found | {"projects": program.post(f"{API}/projects", json={"name": "Kitchen"}).json["id"]}


@pytest.mark.parametrize(
    ("kind", "action", "status"),
    [("sources", "review", "reviewed"), ("open-loops", "accept", "open"), ("artifacts", "accept", "accepted"),
     ("projects", "reject", "rejected")],
)  # fmt: skip
def test_a_decision_answers_the_row_as_it_is_then_and_a_stale_one_what_happened(
    program: FlaskClient, ids: dict[str, str], kind: str, action: str, status: str
) -> None:
    address = f"{API}/{kind}/{ids[kind]}/review"
    seen = program.get(f"{API}/{kind}/{ids[kind]}").json["version"]
    done = program.post(address, json={"action": action, "reason": "As it is.", "version": seen})
    assert (done.status_code, done.json["status"], done.json["version"]) == (200, status, seen + 1)
    stale = program.post(address, json={"action": action, "version": seen})
    assert (stale.status_code, stale.json["error"]["current"]["status"]) == (409, status)
    wrong = program.post(address, json={"action": "burn"})
    assert wrong.status_code == 422
    assert wrong.json["error"]["fields"]["action"].startswith("must be one of ")


def test_what_is_edited_is_named_field_by_field(program: FlaskClient, ids: dict[str, str]) -> None:
    address = f"{API}/open-loops/{ids['open-loops']}/review"
    done = program.post(address, json={"action": "edit", "edit": {"owner": "Mira", "due_on": None}})
    assert (done.json["owner"], done.json["due_on"], done.json["status"]) == ("Mira", None, "open")
    wrong = program.post(address, json={"action": "edit", "edit": {"owner": "x" * 301, "colour": "red"}})
    assert set(wrong.json["error"]["fields"]) == {"edit.owner", "edit.colour"}


def test_a_loop_and_a_project_of_ones_own_are_made_once(program: FlaskClient, db: str) -> None:
    for path, body in (("open-loops", {"text": "Call the plumber"}), ("projects", {"name": "Kitchen"})):
        first, again = (program.post(f"{API}/{path}", json=body) for _ in range(2))
        assert (first.status_code, first.json["duplicate"]) == (201, False)
        assert (again.status_code, again.json["duplicate"], again.json["id"]) == (200, True, first.json["id"])


def test_an_artifact_is_composed_promoted_rated_and_taken_out(program: FlaskClient, ids: dict[str, str]) -> None:
    made = program.post(f"{API}/artifacts/generate/open_loop_review", json={})
    assert (made.status_code, made.json["status"]) == (201, "needs_review")
    address = f"{API}/artifacts/{ids['artifacts']}"
    promoted = program.post(f"{address}/review", json={"action": "promote"})
    assert promoted.json["memory_ids"]
    rated = program.post(f"{address}/quality-ratings", json={"usefulness": 4, "verbosity": "right_sized"})
    assert rated.json["usefulness"] == 4
    assert program.get(f"{address}/quality-ratings").json["total"] == 1
    said = program.post(f"{address}/insight-feedback", json={"useful": True, "section": 0, "statement": 0})
    assert said.json["useful"] is True
    assert program.get(f"{address}/insight-feedback").json["items"] == [said.json]
    out = program.post(f"{address}/export", json={})
    assert out.json["filename"].endswith(".md")


def test_a_workflow_that_is_none_is_told_the_right_ones(program: FlaskClient, db: str) -> None:
    wrong = program.post(f"{API}/artifacts/generate/horoscope", json={})
    assert wrong.status_code == 422
    assert "daily_brief" in wrong.json["error"]["fields"]["workflow_type"]


@pytest.mark.parametrize("path", ["people", "graph-edges", "projects/update-candidates", "open-loops", "projects"])
def test_every_list_has_one_shape(program: FlaskClient, brief: dict[str, Any], path: str) -> None:
    told = program.get(f"{API}/{path}?limit=1").json
    assert set(told) == {"items", "count", "total", "next"}
    assert told["count"] == len(told["items"]) <= 1
    assert program.get(f"{API}/{path}?status=fine").status_code == 422


def test_people_are_decided_on(program: FlaskClient, db: str) -> None:
    program.post(f"{API}/sources", json={"text": "# Roof\n\n## Present\n\n* Ann Lee (@ann)\n"})
    [person, *_] = program.get(f"{API}/people").json["items"]
    shown = program.get(f"{API}/people/{person['id']}").json
    assert shown["evidence"]
    done = program.post(f"{API}/people/{person['id']}/review", json={"action": "accept", "version": person["version"]})
    assert done.json["status"] == "accepted"
