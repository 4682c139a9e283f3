"""Two brains in one database: whatever is asked with an id of the other one is answered as for one that never was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.services.access import tokens
from alice.web.api import openapi
from alice.web.api.openapi.examples import example
from alice.web.api.openapi.schemas import Schemas
from alice.web.factory import create_app
from tests.support.brains import TABLES, filled
from tests.support.routes import SAMPLES, queries
from tests.web.conftest import Visitor

# What stands in an address beside ids, by its name there. A word that is none of these fails the test until it is here.
OTHERS = {**SAMPLES, "connector_name": "local_folder", "workflow_type": "daily_brief"}
# Which rows an id inside a body or a query is of, where its name does not say it.
MEANT = {
    "ids": "memory_id",
    "project_scope": "project_id",
    "projects": "project_id",
    "subject_id": "source_id",
    "by": "memory_id",
}
INTO = {"review_loop": "loop_id", "review_memory": "memory_id", "review_memories": "memory_id"}
TRACE = re.compile(r"\b[0-9a-f]{16}\b")


@pytest.fixture
def theirs(db: str, bob: Actor) -> dict[str, str]:
    """The ids of Bob's rows."""
    return filled(db, bob.user_id)


@pytest.fixture
def ours(db: str, alice: Actor) -> dict[str, str]:
    """The ids of Alice's rows."""
    return filled(db, alice.user_id)


@pytest.fixture
def bobs_program(settings: Settings, bob: Actor) -> FlaskClient:
    """A program of Bob's, at an Alice of his own over the same database."""
    told = settings.changed(user_id=bob.user_id)
    made = create_app(told)
    made.test_client_class = Visitor
    client = made.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {tokens.operator(told.home)}"
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Yield every method at every address that has an id in it."""
    for rule in app.url_map.iter_rules():
        if any(name in TABLES for name in rule.arguments):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule


def ask(client: FlaskClient, app: Flask, method: str, rule: Rule, ids: dict[str, str]) -> TestResponse:
    values = {name: ids.get(name, OTHERS.get(name)) for name in rule.arguments}
    path = app.url_map.bind("alice.localhost").build(rule.endpoint, values, append_unknown=False)
    return client.open(path, method=method, **body(app, rule, path))


def body(app: Flask, rule: Rule, path: str) -> dict[str, Any]:
    """Return a body that the view takes, so that what refuses is what the id leads to."""
    kind = getattr(app.view_functions[rule.endpoint], "accepts", None)
    if kind is None:
        return {}
    schemas = Schemas([kind], [])
    made = example(schemas.of(kind), schemas.components, whole=False)
    return {"json": made} if path.startswith("/v0/") else {"data": made}


def same(answer: TestResponse, *ids: str) -> tuple[int, str]:
    """Return the status and the body of an answer without the ids and the trace."""
    text = answer.text
    for identifier in ids:
        text = text.replace(identifier, "…")
    return answer.status_code, TRACE.sub("trace", text)


def test_every_word_in_an_address_is_known_here(app: Flask) -> None:
    unknown = {name for rule in app.url_map.iter_rules() for name in rule.arguments} - set(TABLES) - set(OTHERS)
    assert not unknown, (
        f"{', '.join(sorted(unknown))}: name the table of an id in TABLES of tests/support/brains.py,"
        " or an example of another word in OTHERS here"
    )


@pytest.mark.parametrize("who", ["program", "browser"])
def test_an_id_of_the_other_brain_is_answered_as_one_that_never_was(
    app: Flask, theirs: dict[str, str], request: pytest.FixtureRequest, who: str
) -> None:
    client = request.getfixturevalue(who)
    before = database.query("SELECT count(*) FROM event_log")
    for method, rule in rules(app):
        named = [name for name in rule.arguments if name in TABLES]
        nobody = {name: str(uuid4()) for name in named}
        found, never = ask(client, app, method, rule, theirs), ask(client, app, method, rule, nobody)
        assert found.status_code == 404, f"{method} {rule.rule}: {found.text[:300]}"
        assert same(found, *theirs.values()) == same(never, *nobody.values()), f"{method} {rule.rule}"
    assert database.query("SELECT count(*) FROM event_log") == before


def test_its_own_brain_finds_every_one_of_them(bobs_program: FlaskClient, theirs: dict[str, str], db: str) -> None:
    app = bobs_program.application
    for method, rule in sorted(rules(app), key=lambda one: (one[0] == "DELETE", one[1].rule)):
        if rule.rule.startswith("/v0/"):
            answer = ask(bobs_program, app, method, rule, theirs)
            assert answer.status_code in (200, 201, 409, 422, 502), f"{method} {rule.rule}: {answer.text[:300]}"


def inner(app: Flask) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield every id that stands inside a query or a body: operation, method, path, and the way to it."""
    document = openapi.document(app)
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            for parameter in queries(one):
                for way in ways(parameter["schema"], document, [parameter["name"]]):
                    yield one["operationId"], method, path, way
            if "requestBody" in one:
                for way in ways(one["requestBody"]["content"]["application/json"]["schema"], document, []):
                    yield one["operationId"], method, path, way


def ways(schema: dict[str, Any], document: dict[str, Any], way: list[str]) -> Iterator[list[str]]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("format") == "uuid":
        yield way
    for part in schema.get("anyOf", ()):
        yield from ways(part, document, way)
    if "items" in schema:
        yield from ways(schema["items"], document, [*way, "[]"])
    for name, part in schema.get("properties", {}).items():
        yield from ways(part, document, [*way, name])


def noun(operation: str, way: list[str]) -> str:
    """Return the name in TABLES of the rows that an id inside a body or query is of."""
    name = next(part for part in reversed(way) if part != "[]")
    meant = INTO.get(operation, "") if name == "into" else MEANT.get(name, name)
    assert meant in TABLES, f"{operation} takes an id at {'.'.join(way)}: say in MEANT which rows it is of"
    return meant


def put(made: dict[str, Any], way: list[str], identifier: str) -> dict[str, Any]:
    """Return a body with an id at the end of a way."""
    first, rest = way[0], way[1:]
    if not rest:
        return {**made, first: identifier}
    if rest == ["[]"]:
        return {**made, first: [identifier]}
    return {**made, first: put(dict(made.get(first) or {}), rest, identifier)}


def test_an_id_of_the_other_brain_inside_a_question_is_as_one_that_never_was(
    app: Flask, program: FlaskClient, ours: dict[str, str], theirs: dict[str, str], request: pytest.FixtureRequest
) -> None:
    document = openapi.document(app)
    for operation, method, path, way in inner(app):
        one = document["paths"][path][method]
        where = path.format(**(OTHERS | ours))
        answers = []
        for identifier in (theirs[noun(operation, way)], str(uuid4())):
            if method == "get":
                answer = program.get(where, query_string={way[0]: identifier} | needed(one))
            else:
                made = one["requestBody"]["content"]["application/json"]["example"] | acting(one, way, document)
                answer = program.open(where, method=method, json=put(made, way, identifier))
            answers.append((same(answer, identifier, *ours.values()), answer.status_code))
        assert answers[0] == answers[1], f"{method} {path} with {'.'.join(way)}"
        assert answers[0][1] < 500


def needed(one: dict[str, Any]) -> dict[str, Any]:
    return {p["name"]: example(p["schema"], {}) for p in queries(one) if p["required"]}


def acting(one: dict[str, Any], way: list[str], document: dict[str, Any]) -> dict[str, Any]:
    """Return what has to be said beside an id for it to mean something: the action of a review, or who acts."""
    if way[0] == "edit":
        return {"action": "edit"}
    if way[0] == "into":
        return {"action": "merge"}
    shape = one["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return {"agent_id": "openclaw"} if "agent_id" in document["components"]["schemas"][shape]["properties"] else {}
