"""The scheduler's JSON: how it stands, how workflows are set, and what ran."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice import clock
from alice.db import database

PREFIX = "/v0/vnext/scheduler"
WORKFLOW = {"workflow_type", "enabled", "paused", "schedule", "timezone", "generation_mode", "model_options",
            "next_run_at", "last_run_at", "last_result", "last_error", "last_successful_run",
            "running_run"}  # fmt: skip


def set_up(program: FlaskClient, **changes: Any) -> Any:
    body = {"enabled": True, "schedule": {"daily": "07:00"}, "timezone": "UTC", **changes}
    answer = program.patch(f"{PREFIX}/workflows/daily_brief", json=body)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_a_fresh_brain_has_six_workflows_and_none_of_them_runs(program: FlaskClient) -> None:
    told = program.get(f"{PREFIX}/status").json
    assert set(told) >= {"daemon", "workflows", "next_due_workflow", "recent_failures"}
    assert len(told["workflows"]) == 6
    assert all(set(one) >= WORKFLOW for one in told["workflows"])
    assert not any(one["enabled"] for one in told["workflows"])
    assert told["daemon"]["running"] is False
    assert told["next_due_workflow"] is None
    assert database.query("SELECT count(*) FROM event_log") == [(0,)]


def test_a_workflow_is_set_and_told_on_every_page(program: FlaskClient, browser: FlaskClient) -> None:
    told = set_up(program)
    assert (told["enabled"], told["timezone"]) == (True, "UTC")
    assert program.get(f"{PREFIX}/status").json["next_due_workflow"]["workflow_type"] == "daily_brief"
    page = browser.get("/vnext/sources").text
    assert "07:00 · scheduler down" in page


def test_a_stale_version_is_a_conflict_that_shows_the_workflow(program: FlaskClient) -> None:
    version = set_up(program)["version"]
    set_up(program, version=version, schedule={"daily": "08:00"})
    stale = program.patch(f"{PREFIX}/workflows/daily_brief", json={"enabled": False, "version": version})
    assert stale.status_code == 409
    assert stale.json["error"]["current"]["workflow_type"] == "daily_brief"


WRONG = [
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"enabled": "perhaps"}, "enabled"),
    ({"missed": "some"}, "missed"),
    ({"generation_mode": "magic"}, "generation_mode"),
    ({"schedule": "daily"}, "schedule"),
    ({"colour": "red"}, "colour"),
]


@pytest.mark.parametrize(("body", "field"), WRONG, ids=str)
def test_what_is_not_understood_is_refused_and_changes_nothing(program: FlaskClient, body: Any, field: str) -> None:
    answer = program.patch(f"{PREFIX}/workflows/daily_brief", json=body)
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]
    assert database.query("SELECT count(*) FROM workflow") == [(0,)]


NO_SCHEDULES = [{"daily": "25:00"}, {"cron": "0 0 31 2 *"}, {"every": -1}, {"every": True}, {"never": 1}, {},
                {"daily": ["07:00"]}, {"daily": "07:00", "manual": True}, {"cron": "\x00"},
                {"daily": "\ud800"}]  # fmt: skip


@pytest.mark.parametrize("schedule", NO_SCHEDULES, ids=ascii)
def test_a_schedule_that_cannot_be_is_refused(program: FlaskClient, schedule: Any) -> None:
    answer = program.patch(f"{PREFIX}/workflows/daily_brief", json={"schedule": schedule})
    assert answer.status_code == 422


def test_an_unknown_workflow_is_told_the_known_ones(program: FlaskClient) -> None:
    answer = program.patch(f"{PREFIX}/workflows/poetry", json={"enabled": True})
    assert answer.status_code in (404, 422)
    assert "daily_brief" in answer.text


def test_workflows_are_paused_and_resumed_one_or_all(program: FlaskClient) -> None:
    set_up(program)
    one = program.post(f"{PREFIX}/pause", json={"workflow_type": "daily_brief"}).json
    assert [(item["workflow_type"], item["paused"]) for item in one["items"]] == [("daily_brief", True)]
    everything = program.post(f"{PREFIX}/pause").json
    assert everything["count"] == 6
    assert all(item["paused"] for item in everything["items"])
    assert not any(item["paused"] for item in program.post(f"{PREFIX}/resume").json["items"])


def test_a_run_is_asked_for_and_one_that_may_not_be_says_why(program: FlaskClient) -> None:
    refused = program.post(f"{PREFIX}/workflows/daily_brief/run-now")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "not_configured")
    assert "enable" in refused.json["error"]["hint"]
    set_up(program)
    asked = program.post(f"{PREFIX}/workflows/daily_brief/run-now")
    assert (asked.status_code, asked.json["status"]) == (202, "waiting")


def test_what_is_due_is_run_by_asking(program: FlaskClient) -> None:
    """Runs the real worker process, as a daemon would."""
    program.post("/v0/vnext/sources", json={"text": "TODO: Mira calls Jonas tomorrow."})
    nothing = program.post(f"{PREFIX}/run-due").json
    assert (nothing["due_count"], nothing["runs"]) == (0, [])
    soon = (clock.now() - timedelta(minutes=1)).strftime("%H:%M")
    set_up(program, schedule={"daily": soon})
    program.post(f"{PREFIX}/workflows/daily_brief/run-now")
    done = program.post(f"{PREFIX}/run-due", json={"limit": 5}).json
    assert set(done) == {"checked_at", "due_count", "failed_count", "reaped_count", "runs"}
    assert [(run["workflow_type"], run["status"]) for run in done["runs"]] == [("daily_brief", "succeeded")]
    [run] = program.get(f"{PREFIX}/runs?status=succeeded").json["items"]
    [artifact] = program.get("/v0/vnext/artifacts").json["items"]
    assert run["artifact_id"] == artifact["id"]
    assert program.get(f"{PREFIX}/failures").json["count"] == 0
    assert program.get(f"{PREFIX}/slots?outcome=succeeded").status_code == 200


@pytest.mark.parametrize(
    "path", ["runs?status=lost", "runs?workflow_type=poetry", "slots?outcome=x", "failures?status=x"]
)
def test_a_filter_that_is_none_is_refused(program: FlaskClient, path: str) -> None:
    assert program.get(f"{PREFIX}/{path}").status_code == 422


def test_everything_that_is_wrong_with_a_workflow_is_told_at_once(program: FlaskClient) -> None:
    options = {"temperature": 9, "max_tokens": 0, "model": "llama"}
    body = {"schedule": {"daily": "25:00"}, "timezone": "Mars", "model_options": options}
    answer = program.patch("/v0/vnext/scheduler/workflows/daily_brief", json=body)
    assert answer.status_code == 422
    wrong = {"schedule.daily", "timezone", "model_options.temperature", "model_options.max_tokens"}
    assert set(answer.json["error"]["fields"]) == wrong
