"""Traces over the JSON API and as a tree on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.services.reviewing import memories
from alice.services.reviewing.memories import Wish
from tests.support.routes import NOBODY

API = "/v0/vnext/traces"
NOUNS = ("sources", "artifacts", "memories", "open-loops")


def first(table: str) -> str:
    return str(database.query(f"SELECT id FROM {table} ORDER BY id LIMIT 1")[0][0])


@pytest.fixture
def subjects(brief: dict[str, Any], alice: Actor, now: datetime) -> dict[str, str]:
    """One of each kind, all from the minutes of the same meeting; the memory was decided on."""
    memory = first("memory")
    memories.review(alice, memory, Wish("accept"), now=now)
    return {"sources": first("source"), "artifacts": brief["id"], "memories": memory, "open-loops": first("open_loop")}


@pytest.mark.parametrize("noun", NOUNS)
def test_each_is_traced_and_holds(noun: str, subjects: dict[str, str], program: FlaskClient) -> None:
    answer = program.get(f"{API}/{noun}/{subjects[noun]}")
    assert (answer.status_code, answer.json["id"], answer.json["integrity"]) == (200, subjects[noun], "ok")
    assert answer.json["events"]["total"] >= (noun != "open-loops")


@pytest.mark.parametrize("noun", NOUNS)
def test_what_is_not_there_is_not_found(noun: str, db: str, program: FlaskClient) -> None:
    assert program.get(f"{API}/{noun}/{NOBODY}").status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_parts_are_bounded_and_told(noun: str, subjects: dict[str, str], program: FlaskClient) -> None:
    part = {"sources": "claims", "artifacts": "citations"}.get(noun, "evidence")
    whole = program.get(f"{API}/{noun}/{subjects[noun]}").json[part]
    one = program.get(f"{API}/{noun}/{subjects[noun]}?limit=1&skip=1").json[part]
    assert one["items"] == whole["items"][1:2]
    assert (one["total"], one["skipped"]) == (whole["total"], 1)
    wrong = program.get(f"{API}/{noun}/{subjects[noun]}?limit=501&skip=-1")
    assert (wrong.status_code, set(wrong.json["error"]["fields"])) == (422, {"limit", "skip"})


def test_a_forgotten_source_leads_to_its_receipt(subjects: dict[str, str], program: FlaskClient) -> None:
    receipt = program.delete(f"/v0/vnext/sources/{subjects['sources']}").json
    for noun in ("sources", "memories"):
        told = program.get(f"{API}/{noun}/{subjects[noun]}").json
        assert (told["receipt_id"], told["integrity"]) == (receipt["id"], "ok")
