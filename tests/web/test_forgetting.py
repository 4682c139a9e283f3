"""Forgetting over the JSON API: looked at before, done by DELETE, proved by a receipt, and refused to agents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.services.evidence import capture
from tests.support import agents
from tests.support.routes import NOBODY

API = "/v0/vnext"
TEXT = "# Clinic\n\nDecision: we keep the marmalade surgery secret from grandmother.\n"


@pytest.fixture
def source(db: str, alice: Actor, now: datetime) -> str:
    return str(capture.capture(alice, Item(TEXT), zone="UTC", now=now).source_id)


@pytest.fixture
def memory(source: str) -> str:
    return str(database.query("SELECT id FROM memory")[0][0])


def test_a_source_is_looked_at_then_forgotten_and_its_receipt_kept(source: str, program: FlaskClient) -> None:
    shown = program.get(f"{API}/sources/{source}/forget-preview").json
    assert (shown["status"], shown["counts"]["memories"], len(shown["goes"])) == ("preview", 1, 1)
    assert program.get(f"{API}/sources/{source}").status_code == 200
    done = program.delete(f"{API}/sources/{source}")
    assert (done.status_code, done.json["status"], done.json["left"]) == (200, "complete", [])
    assert program.get(f"{API}/sources/{source}").status_code == 404
    assert program.get(f"{API}/receipts/{done.json['id']}").json == done.json
    assert [one["id"] for one in program.get(f"{API}/receipts").json["items"]] == [done.json["id"]]


def test_a_memory_is_forgotten(memory: str, source: str, program: FlaskClient) -> None:
    shown = program.get(f"{API}/memories/{memory}/forget-preview").json
    assert shown["counts"]["memories"] == 1
    done = program.delete(f"{API}/memories/{memory}").json
    assert (done["subject_kind"], done["status"], done["gone"]["memories"]) == ("memory", "complete", [memory])
    assert program.get(f"{API}/sources/{source}").status_code == 200


def test_forgetting_twice_is_told_with_the_first_receipt(source: str, program: FlaskClient) -> None:
    first = program.delete(f"{API}/sources/{source}").json
    for method, path in (("delete", ""), ("get", "/forget-preview")):
        again = getattr(program, method)(f"{API}/sources/{source}{path}")
        assert (again.status_code, again.json["error"]["current"]["id"]) == (409, first["id"])


@pytest.mark.parametrize("noun", ["sources", "memories"])
def test_what_is_not_there_is_not_found(noun: str, program: FlaskClient, db: str) -> None:
    assert program.get(f"{API}/{noun}/{NOBODY}/forget-preview").status_code == 404
    assert program.delete(f"{API}/{noun}/{NOBODY}").status_code == 404
    assert program.get(f"{API}/receipts/{NOBODY}").status_code == 404


def test_words_that_were_forgotten_are_taken_in_again_by_hand_and_it_is_said(source: str, program: FlaskClient) -> None:
    program.delete(f"{API}/sources/{source}")
    body: dict[str, Any] = {"text": TEXT}
    again = program.post(f"{API}/sources", json=body)
    assert (again.status_code, again.json["status"]) == (201, "imported")
    assert again.json["forgotten_at"]
    assert "forgotten_at" not in program.post(f"{API}/sources", json={"text": "Something else."}).json


def test_an_agent_does_not_bring_back_what_was_forgotten(
    memory: str, source: str, program: FlaskClient, app: Flask, alice: Actor
) -> None:
    claim = {"text": program.get(f"{API}/memories/{memory}").json["text"], "memory_type": "decision"}
    assert [program.delete(f"{API}/{one}").status_code for one in (f"memories/{memory}", f"sources/{source}")] == [
        200
    ] * 2
    agent = {"Authorization": f"Bearer {agents.key(alice)}"}
    for address, body in (
        ("memory-proposals", claim), ("memory-proposals", {"text": TEXT}), ("agents/ingest-output", {"text": TEXT})
    ):  # fmt: skip
        answer = app.test_client().post(f"{API}/{address}", json={**body, "domain": "professional"}, headers=agent)
        assert answer.status_code == 409, answer.text
