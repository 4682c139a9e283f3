"""The JSON API: sources and artifacts as programs read them, and a text captured."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.services.evidence import capture

SOURCE = {"id", "connector", "external_id", "import_id", "title", "uri", "author", "content_hash", "char_count",
          "occurred_at", "captured_at", "status", "domain", "sensitivity", "project_id", "backlog", "reviewed_at",
          "version"}  # fmt: skip
CAPTURED = {"status", "source_id", "content_hash", "duplicate", "chunk_count", "candidate_memory_count",
            "open_loop_count"}  # fmt: skip


def test_a_text_is_captured_once(program: FlaskClient) -> None:
    body = {"text": "Tea at four.", "title": "Tea", "uri": "https://example.org/tea", "domain": "family",
            "sensitivity": "private", "occurred_at": "2026-03-01T16:00:00+01:00"}  # fmt: skip
    first, second = (program.post("/v0/vnext/sources", json=body) for _ in range(2))
    assert (first.status_code, set(first.json), first.json["status"]) == (201, CAPTURED, "imported")
    assert (second.status_code, second.json["duplicate"], second.json["status"]) == (200, True, "duplicate")
    assert second.json["source_id"] == first.json["source_id"]
    kept = program.get(f"/v0/vnext/sources/{first.json['source_id']}").json
    assert kept["content_text"] == "Tea at four."
    assert kept["occurred_at"] == "2026-03-01T15:00:00+00:00"
    assert (kept["title"], kept["uri"], kept["domain"], kept["sensitivity"]) == (
        "Tea", "https://example.org/tea", "family", "private",
    )  # fmt: skip
    assert kept["content_hash"].startswith("sha256:")


def test_a_secret_is_not_kept(program: FlaskClient) -> None:
    done = program.post("/v0/vnext/sources", json={"text": "The key is alice_op_" + "a" * 43 + " and no other."})
    assert "a" * 43 not in program.get(f"/v0/vnext/sources/{done.json['source_id']}").text


def test_sources_come_in_pages(program: FlaskClient, alice: Actor, now: datetime) -> None:
    for n in range(5):
        capture.capture(alice, capture.Item(f"Note {n}."), zone="UTC", now=now.replace(minute=n))
    titles, cursor = [], ""
    while cursor is not None:
        page = program.get(f"/v0/vnext/sources?limit=2&cursor={cursor}").json
        assert set(page) == {"items", "count", "total", "next"}
        assert (page["total"], page["count"]) == (5, len(page["items"]))
        assert all(set(item) >= SOURCE for item in page["items"])
        titles += [item["title"] for item in page["items"]]
        cursor = page["next"]
    assert titles == [f"Note {n}." for n in (4, 3, 2, 1, 0)]


def test_artifacts_come_with_their_words(program: FlaskClient, brief: dict[str, Any]) -> None:
    [listed] = program.get("/v0/vnext/artifacts?artifact_type=daily_brief").json["items"]
    assert (listed["id"], listed["status"]) == (str(brief["id"]), "needs_review")
    whole = program.get(f"/v0/vnext/artifacts/{brief['id']}").json
    assert set(whole) >= {"id", "artifact_type", "title", "content_markdown", "status", "domain", "sensitivity",
                          "generated_by", "created_at", "reviewed_at", "promoted_at", "prompt_hash", "model_info",
                          "metadata", "sections"}  # fmt: skip
    assert set(whole["metadata"]) >= {"generated_by", "workflow_type", "scheduler_run_id", "trace_id", "source_refs",
                                      "domain", "sensitivity", "review_status"}  # fmt: skip
    citations = [c for section in whole["sections"] for s in section["statements"] for c in s["citations"]]
    assert citations
    for citation in citations:
        [[text]] = database.query("SELECT content_text FROM source WHERE id = %s", citation["source_id"])
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_an_unknown_kind_of_artifact_is_told_the_known_ones(program: FlaskClient) -> None:
    told = program.get("/v0/vnext/artifacts?artifact_type=poem").json["error"]["fields"]["artifact_type"]
    assert "daily_brief" in told


def test_health_is_open_and_says_little(stranger: FlaskClient) -> None:
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "reachable"})


def test_a_wrong_cookie_does_not_matter_where_everybody_may_ask(stranger: FlaskClient) -> None:
    stranger.set_cookie("alice_8420", "x", domain="alice.localhost")
    assert stranger.get("/healthz").status_code == 200
