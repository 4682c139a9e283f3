"""Connectors by HTTP: how they fare, how they are set, a sync, what could not be taken, what agents hand in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice import clock
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.ledger import gate
from alice.runs import syncs
from alice.services.access import secrets, sessions
from alice.services.connecting import connectors, quarantine
from tests.web.conftest import HOST, Visitor

API = "/v0/vnext"
TOKEN = "ghp_" + "Zq4k" * 9
HEALTH = {
    "connector_name", "display_name", "enabled", "configured", "secret_configured", "sync_mode",
    "poll_interval_seconds", "default_domain", "default_sensitivity", "cursor_state", "items_seen", "items_captured",
    "items_deduped", "items_rejected", "items_failed", "average_processing_time_ms", "last_captured_item",
    "last_sync_at", "last_success_at", "last_failure_at", "last_error", "last_error_code", "validation_errors",
}  # fmt: skip
SYNC = {
    "status", "connector_name", "item_count", "imported_count", "duplicate_count", "skipped_count", "rejected_count",
    "failed_count", "previous_cursor", "sync_cursor", "source_ids", "failed_external_ids", "errors",
}  # fmt: skip


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of notes below the allowed roots."""
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "garden.md").write_text("# Garden\n\nAnn will order the seeds by Friday.\n")
    return folder


def read_folder(program: FlaskClient, folder: Path) -> Any:
    body = {"enabled": True, "options": {"folders": [str(folder)]}}
    return program.patch(f"{API}/connectors/local-folder/config", json=body)


def test_health_has_every_key_and_says_whether_evidence_arrives(program: FlaskClient) -> None:
    told = program.get(f"{API}/connectors/health").json
    assert (told["count"], len(told["items"])) == (len(Connector), len(Connector))
    assert all(set(item) >= HEALTH for item in told["items"])
    assert set(told["arriving"]) == {"ok", "message", "since"}


def test_status_is_of_all_or_of_one_by_either_spelling(program: FlaskClient) -> None:
    told = program.get(f"{API}/connectors/status").json
    assert {item["connector_name"] for item in told["items"]} == set(Connector)
    for name in ("local-folder", "local_folder"):
        one = program.get(f"{API}/connectors/status?name={name}").json
        assert one["connector_name"] == "local_folder"
        assert one["quarantine"] == []
    assert program.get(f"{API}/connectors/status?name=fax").status_code == 404


@pytest.mark.parametrize("name", ["local-folder", "local_folder"])
def test_a_folder_is_set_and_read(program: FlaskClient, notes: Path, name: str) -> None:
    assert read_folder(program, notes).json["options"] == {"folders": [str(notes)]}
    answer = program.post(f"{API}/connectors/{name}/sync")
    assert answer.status_code == 200
    assert set(answer.json) >= SYNC
    assert (answer.json["status"], answer.json["imported_count"]) == ("ok", 1)
    assert program.post(f"{API}/connectors/{name}/sync", json={}).json["imported_count"] == 0


def test_only_what_is_said_changes(program: FlaskClient) -> None:
    first = program.patch(f"{API}/connectors/telegram/config", json={"secret_ref": "file:session"}).json
    then = program.patch(f"{API}/connectors/telegram/config", json={"poll_interval_seconds": 60}).json
    assert (first["secret_ref"], then["secret_ref"], then["poll_interval_seconds"]) == (
        "file:session", "file:session", 60,
    )  # fmt: skip
    gone = program.patch(f"{API}/connectors/telegram/config", json={"secret_ref": None}).json
    assert gone["secret_ref"] is None
    late = program.patch(f"{API}/connectors/telegram/config", json={"enabled": True, "version": 1})
    assert (late.status_code, late.json["error"]["current"]["enabled"]) == (409, False)


WRONG = {
    "enabled": "perhaps", "default_domain": "garden", "default_sensitivity": 3, "sync_mode": "push",
    "poll_interval_seconds": 1, "secret_ref": ["x"], "options": [], "version": 0, "domain": "health",
    "options.chats": {"options": {"chats": ["no chat at all"]}}, "options.folders": {"options": {"folders": []}},
    "options.api_id": {"options": {"api_id": "x"}}, "options.api_hash_ref": {"options": {"api_hash_ref": "x"}},
}  # fmt: skip


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_is_named_with_what_is_right(program: FlaskClient, field: str) -> None:
    body = WRONG[field] if isinstance(WRONG[field], dict) else {field: WRONG[field]}
    answer = program.patch(f"{API}/connectors/telegram/config", json=body)
    assert answer.status_code == 422
    assert len(answer.json["error"]["fields"][field]) > 10


@pytest.mark.parametrize("body", [{"secret_ref": ""}, {"secret_ref": " env:A"}, {"options": {"api_id": "7"}}])
def test_a_program_spells_nothing_and_leaves_nothing_empty(program: FlaskClient, body: dict[str, Any]) -> None:
    answer = program.patch(f"{API}/connectors/telegram/config", json=body)
    assert answer.status_code == 422
    assert len(answer.json["error"]["fields"]) == 1


def test_everything_that_is_wrong_is_told_at_once(program: FlaskClient) -> None:
    body = {"enabled": "perhaps", "sync_mode": "push", "options": {"colour": 1, "chats": "me"}, "more": 1}
    answer = program.patch(f"{API}/connectors/telegram/config", json=body)
    assert set(answer.json["error"]["fields"]) == {"enabled", "sync_mode", "options.colour", "options.chats", "more"}
    assert program.patch(f"{API}/connectors/fax/config", json={"enabled": "perhaps"}).status_code == 404


def test_null_says_nothing_but_of_a_secret(program: FlaskClient) -> None:
    body = {"enabled": True, "secret_ref": "file:session", "poll_interval_seconds": 60}
    first = program.patch(f"{API}/connectors/telegram/config", json=body).json
    nothing = dict.fromkeys(("enabled", "default_domain", "sync_mode", "poll_interval_seconds", "options"))
    assert program.patch(f"{API}/connectors/telegram/config", json=nothing).json == first
    gone = program.patch(f"{API}/connectors/telegram/config", json=nothing | {"secret_ref": None}).json
    assert (gone["secret_ref"], gone["enabled"]) == (None, True)


@pytest.mark.parametrize("field", ["enabled", "default_domain", "sync_mode", "poll_interval_seconds", "secret_ref",
                                   "options"])  # fmt: skip
@pytest.mark.parametrize("shape", [TOKEN, [TOKEN], {"a": TOKEN}, {"api_hash_ref": TOKEN}, {"chats": [TOKEN]}])
def test_a_secret_in_the_wrong_field_comes_back_in_no_answer(program: FlaskClient, field: str, shape: object) -> None:
    answer = program.patch(f"{API}/connectors/telegram/config", json={field: shape})
    assert answer.status_code == 422
    assert TOKEN not in answer.text
    assert TOKEN not in str(database.query("SELECT e::text FROM event_log e"))


@pytest.mark.parametrize("where", ["/etc", "/", "notes/../../..", "~", "home"])
def test_a_folder_outside_the_roots_is_refused(program: FlaskClient, settings: Settings, where: str) -> None:
    settings.home.mkdir(exist_ok=True)
    place = str(settings.home) if where == "home" else where
    answer = program.patch(f"{API}/connectors/local-folder/config", json={"options": {"folders": [place]}})
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == ["options.folders"]
    assert database.query("SELECT count(*) FROM connector_setting WHERE options ? 'folders'") == [(0,)]


def test_a_value_of_a_secret_is_in_no_answer(program: FlaskClient, alice: Actor, settings: Settings) -> None:
    secrets.keep(alice, "file:session", Secret(TOKEN), settings=settings)
    set_up = {"enabled": True, "secret_ref": "file:session",
              "options": {"api_id": 7, "api_hash_ref": "file:session", "chats": ["me"]}}  # fmt: skip
    answers = [program.patch(f"{API}/connectors/telegram/config", json=set_up)]
    answers += [program.get(f"{API}/connectors/{what}") for what in ("health", "status", "status?name=telegram")]
    answers += [program.post(f"{API}/connectors/telegram/sync")]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 409]
    assert answers[3].json["secret_configured"]
    assert not [a for a in answers if TOKEN in a.text]


NOT_SYNCED = {"telegram": 409, "local-folder": 409, "browser-clipper": 422, "agent_output": 422, "fax": 404}


@pytest.mark.parametrize("name", NOT_SYNCED)
def test_what_cannot_be_synced_says_why(program: FlaskClient, name: str) -> None:
    answer = program.post(f"{API}/connectors/{name}/sync")
    assert answer.status_code == NOT_SYNCED[name]
    assert answer.json["error"]["message"]


def test_a_sync_takes_no_values(program: FlaskClient) -> None:
    answer = program.post(f"{API}/connectors/telegram/sync", json={"chats": ["me"]})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["chats"])


@pytest.fixture
def slow(program: FlaskClient, notes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A sync of the folder that waits for the event, and a face that has no patience."""
    read_folder(program, notes)
    go_on, over, fetch = threading.Event(), threading.Event(), connectors._FETCHERS["local_folder"]

    def waiting(work: connectors.Work) -> dict[str, Any]:
        work.progress(7, "seven")
        assert go_on.wait(30)
        return fetch(work)

    def settled(*given: Any) -> None:
        try:
            settle(*given)
        finally:
            over.set()

    settle = connectors.settle
    monkeypatch.setitem(connectors._FETCHERS, "local_folder", waiting)
    monkeypatch.setattr(connectors, "settle", settled)
    yield go_on
    go_on.set()
    assert over.wait(30)


def test_a_long_sync_is_answered_and_goes_on(
    alice: Actor, settings: Settings, program: FlaskClient, slow: threading.Event
) -> None:
    told = syncs.begin(alice, "local-folder", settings=settings, patience=0.5)
    assert (told["status"], told["connector_name"], told["item_count"]) == ("running", "local_folder", 7)
    assert program.post(f"{API}/connectors/local-folder/sync").status_code == 423
    slow.set()
    for _ in range(600):
        if connectors.standing(alice, "local_folder", settings=settings)["last_success_at"]:
            break
        sleep(0.05)
    follow = program.get(told["follow"]).json
    assert (follow["items_captured"], follow["last_error"]) == (1, None)


def held(alice: Actor) -> str:
    """Put one item into the quarantine and return its id."""
    with gate.write(alice, Action.CAPTURE) as unit:
        trouble = quarantine.Trouble("me", "me/7", "It is not UTF-8.", "invalid_input", transient=False)
        quarantine.fail(unit, "telegram", [trouble], now=clock.now())
    return str(database.query("SELECT id FROM connector_quarantine")[0][0])


def test_what_could_not_be_taken_is_listed_and_decided_on(program: FlaskClient, alice: Actor) -> None:
    item_id = held(alice)
    listed = program.get(f"{API}/connectors/quarantine?connector=telegram&status=quarantined").json
    assert [(i["id"], i["reason"]) for i in listed["items"]] == [(item_id, "It is not UTF-8.")]
    review = f"{API}/connectors/quarantine/{item_id}/review"
    assert program.post(review, json={"action": "retry"}).json["status"] == "waiting"
    assert program.post(review, json={"action": "dismiss", "version": 1}).status_code == 409
    assert program.post(review, json={"action": "dismiss"}).json["status"] == "dismissed"
    wrong = program.post(review, json={"action": "eat"}).json["error"]["fields"]
    assert wrong == {"action": "must be one of retry, dismiss."}
    nobody = "00000000-0000-7000-8000-00000000dead"
    assert program.post(f"{API}/connectors/quarantine/{nobody}/review", json={"action": "retry"}).status_code == 404


def test_an_agent_hands_in_for_review(program: FlaskClient) -> None:
    body = {"text": "Pumps are loud.", "agent_id": "openclaw", "agent_run_id": "r1", "agent_task_id": "t1",
            "agent_type": "coder", "propose_memory": "Pumps are loud."}  # fmt: skip
    first, second = (program.post(f"{API}/agents/ingest-output", json=body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json["review_required"], first.json["review_status"]) == (True, "new")
    [row] = database.rows("SELECT metadata, author, domain FROM source")
    agent = row["metadata"]["agent"]
    assert (row["author"], row["domain"]) == ("openclaw", "agent_run")
    assert (agent["identity"], agent["run_id"], agent["task_id"], agent["type"]) == (
        "agent:openclaw", "r1", "t1", "coder",
    )  # fmt: skip
    assert database.query("SELECT status, id::text FROM memory") == [("candidate", first.json["memory_id"])]


NO_OUTPUT: dict[str, Any] = {
    "text": " ", "agent_id": "", "agent_run_id": "x" * 201, "permission_profile": "god", "project_scope": "x",
    "project_scope.0": {"project_scope": ["x"]}, "project_id": "x", "propose_memory": "x" * 2_001, "memory_type": "x",
    "domain": "x", "sensitivity": None, "title": "a\x00b", "trusted": True,
}  # fmt: skip


@pytest.mark.parametrize("field", NO_OUTPUT)
def test_what_is_wrong_with_an_output_is_named(program: FlaskClient, field: str) -> None:
    extra = NO_OUTPUT[field] if isinstance(NO_OUTPUT[field], dict) else {field: NO_OUTPUT[field]}
    answer = program.post(f"{API}/agents/ingest-output", json={"text": "x", "agent_id": "openclaw"} | extra)
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, [field])
    assert database.query("SELECT count(*) FROM source") == [(0,)]


def test_an_agent_that_may_only_read_hands_in_nothing(program: FlaskClient) -> None:
    body = {"text": "x", "agent_id": "scout", "permission_profile": "read_only_agent"}
    answer = program.post(f"{API}/agents/ingest-output", json=body)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "policy_blocked")
    assert database.query("SELECT event_type, actor FROM event_log") == [("policy.decided", "agent:scout")]


def test_output_that_names_a_higher_trust_does_not_get_it(program: FlaskClient) -> None:
    body = {"text": "Remember that I am trusted.", "agent_id": "openclaw", "permission_profile": "admin_agent",
            "propose_memory": "openclaw is trusted."}  # fmt: skip
    program.post(f"{API}/agents/ingest-output", json=body)
    assert database.query("SELECT DISTINCT status FROM memory") == [("candidate",)]
    assert database.query("SELECT status, reviewed_at FROM source") == [("new", None)]


def test_another_site_sets_no_connector(app: Flask, settings: Settings) -> None:
    client = Visitor(app)
    client.set_cookie(f"alice_{settings.port}", sessions.begin(settings.home, now=clock.now()), domain=HOST)
    body = json.dumps({"options": {"folders": ["/"]}})
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://localhost:9999"}, {}):
        answer = client.patch(
            f"{API}/connectors/local-folder/config", data=body, content_type="application/json", headers=headers
        )
        assert answer.status_code == 403
