"""What holds for every address of the API alike, tried at each of them: new ones are held to it as they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.domain.policy import Actor
from alice.web.api import openapi
from alice.web.api.openapi import operations
from alice.web.api.openapi.operations import Operation
from tests.support.brains import filled
from tests.support.routes import queries

# A change at something that has an id, which need not name the version that was looked at, and why.
UNVERSIONED = {
    "export_artifact": "changes nothing",
    "generate_artifact": "makes something new",
    "give_insight_feedback": "adds an opinion",
    "rate_artifact": "adds an opinion",
    "undo_decision": "a decision is taken back once, whoever asks",
    "forget_memory": "whatever it says by now, it is to go",
    "forget_source": "whatever it says by now, it is to go",
    "sync_connector": "fetches what is new",
    "run_now": "asks for one more run",
}
SHORT = {"connectors_health": "there are as many as there are connectors"}
# Lists whose only part is the whole, and why they stay short.
WHOLE = {
    "list_agents": "an owner has a few",
    "connectors_status": "there are as many as there are connectors",
    "list_ratings": "of one artifact",
    "list_feedback": "of one artifact, at most one for each statement",
}
WORDS = {"connector_name": "local_folder", "workflow_type": "daily_brief"}
# What is made once however often it is sent: the body, and the key of the answer that stays the same.
MADE_ONCE = {
    "capture_text": "source_id",
    "capture_clip": "source_id",
    "ingest_output": "source_id",
    "add_project": "id",
    "add_loop": "id",
    "propose_memory": "memory_id",
}


@pytest.fixture
def ours(db: str, alice: Actor) -> dict[str, str]:
    """The ids of one row of everything in Alice's brain."""
    return filled(db, alice.user_id)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return openapi.document(app)


def changes(app: Flask) -> list[Operation]:
    return [one for one in operations.operations(app) if not one.reads]


def name(one: Operation) -> str:
    return one.endpoint.removeprefix("api.")


def told(one: Operation, document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][one.path][one.method.lower()]
    return found


def body(one: Operation, document: dict[str, Any]) -> dict[str, Any]:
    content = told(one, document).get("requestBody", {}).get("content", {})
    made: dict[str, Any] = dict(content.get("application/json", {}).get("example", {}))
    return made


def send(client: FlaskClient, one: Operation, ids: dict[str, str], **how: Any) -> Any:
    return client.open(one.path.format(**(WORDS | ids)), method=one.method, **how)


def test_whoever_changes_a_row_may_say_which_version_they_saw(app: Flask) -> None:
    silent = {name(one) for one in changes(app) if one.parts and "version" not in one.fields}
    assert silent == set(UNVERSIONED), "give its input a `version`, or say in UNVERSIONED why it needs none"


def test_a_version_that_is_gone_is_a_conflict_with_the_fresh_row(
    app: Flask, program: FlaskClient, ours: dict[str, str], document: dict[str, Any]
) -> None:
    for one in changes(app):
        if one.parts and "version" in one.fields:
            answer = send(program, one, ours, json=body(one, document) | {"version": 99})
            assert answer.status_code == 409, f"{one}: {answer.text[:300]}"
            assert answer.json["error"]["code"] == "conflict", str(one)
            assert answer.json["error"]["current"]["version"] != 99, str(one)


def test_every_list_comes_in_parts_with_its_counts(document: dict[str, Any]) -> None:
    shapes = document["components"]["schemas"]
    for one in (methods["get"] for methods in document["paths"].values() if "get" in methods):
        schema = one["responses"]["200"].get("content", {}).get("application/json", {}).get("schema", {})
        keys = set(shapes[schema["$ref"].rpartition("/")[2]].get("properties", {})) if "$ref" in schema else set()
        asked = {field["name"] for field in queries(one)}
        if "items" in keys and one["operationId"] not in SHORT:
            assert {"count", "total", "next"} <= keys, one["operationId"]
            assert {"cursor", "limit"} <= asked or one["operationId"] in WHOLE, one["operationId"]


def enums(one: Operation, document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that take a word of a list, with the list."""
    shapes = document["components"]["schemas"]
    asked = [(field["name"], field["schema"]) for field in queries(told(one, document))]
    if content := told(one, document).get("requestBody"):
        schema = content["content"]["application/json"]["schema"]
        asked += shapes[schema["$ref"].rpartition("/")[2]]["properties"].items()
    for field, schema in asked:
        for kind in schema.get("anyOf", [schema]):
            found = shapes[kind["$ref"].rpartition("/")[2]] if "$ref" in kind else kind
            if found.get("enum"):
                yield field, [str(word) for word in found["enum"] if word is not None]


def test_a_wrong_word_is_told_the_right_ones(
    app: Flask, program: FlaskClient, ours: dict[str, str], document: dict[str, Any]
) -> None:
    tried = 0
    for one in operations.operations(app):
        for field, words in enums(one, document):
            given = {field: "poem"} if one.reads else body(one, document) | {field: "poem"}
            answer = send(program, one, ours, **({"query_string": given} if one.reads else {"json": given}))
            assert answer.status_code == 422, f"{one} {field}: {answer.text[:300]}"
            said = answer.json["error"]["fields"][field]
            assert all(word in said for word in words), f"{one} {field}: {said}"
            tried += 1
    assert tried > 30


def test_a_text_that_is_too_long_is_told_how_long_it_may_be(
    app: Flask, program: FlaskClient, ours: dict[str, str], document: dict[str, Any]
) -> None:
    shapes, tried = document["components"]["schemas"], 0
    for one in changes(app):
        content = told(one, document).get("requestBody")
        if content is None:
            continue
        schema = shapes[content["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        for field, kind in schema["properties"].items():
            most = next((part["maxLength"] for part in kind.get("anyOf", [kind]) if "maxLength" in part), None)
            if most is not None and most < 100_000:
                answer = send(program, one, ours, json=body(one, document) | {field: "x" * (most + 1)})
                assert answer.status_code == 422, f"{one} {field}"
                assert field in answer.json["error"]["fields"], f"{one} {field}: {answer.text[:300]}"
                tried += 1
    assert tried > 20


def test_more_than_is_taken_at_once_is_refused_everywhere(
    app: Flask, program: FlaskClient, ours: dict[str, str]
) -> None:
    for one in changes(app):
        answer = send(program, one, ours, data=b"{" + b" " * 2_000_001, content_type="application/json")
        assert answer.status_code == 413, str(one)
        answer = send(program, one, ours, data="a=b", content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 415, str(one)


def test_what_is_sent_twice_is_made_once(app: Flask, program: FlaskClient, document: dict[str, Any]) -> None:
    makers = {name(one): one for one in changes(app) if one.answers and {200, 201} <= set(one.answers.statuses)}
    assert set(makers) == set(MADE_ONCE), "say in MADE_ONCE by which key a second time is seen"
    for operation, key in MADE_ONCE.items():
        maker = makers[operation]
        given = body(maker, document) | ({"agent_id": "openclaw"} if "agent_id" in maker.fields else {})
        first, second = (send(program, maker, {}, json=given) for _ in range(2))
        statuses = (first.status_code, second.status_code)
        assert statuses == (201, 200), f"{operation}: {first.text[:200]} {second.text[:200]}"
        assert first.json[key] == second.json[key], operation
