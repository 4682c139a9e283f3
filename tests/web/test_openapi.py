"""The document of the API: every address says what it takes, answers and means, and the document says the same."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice import inputs
from alice.web import asserting
from alice.web.api import openapi
from alice.web.api.openapi import operations, reading
from alice.web.api.openapi.examples import example
from tests.support.contracts import strict

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    return openapi.document(app)


def each(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return every operation with its `METHOD /path`."""
    return [(f"{method.upper()} {path}", one) for path, found in document["paths"].items()
            for method, one in found.items()]  # fmt: skip


def parameters(document: dict[str, Any], one: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an operation takes in its address and in its headers."""
    there = document["components"]["parameters"]
    return [there[found["$ref"].rpartition("/")[2]] if "$ref" in found else found for found in one["parameters"]]


def test_every_view_of_the_api_says_what_it_takes_and_answers(app: Flask) -> None:
    missing = operations.undeclared(app)
    assert not missing, "\n".join(missing)


def test_every_address_of_the_api_is_in_the_document(app: Flask, document: dict[str, Any]) -> None:
    listed = {name for name, _ in each(document)}
    assert listed == {str(one) for one in operations.operations(app)}
    assert {"GET /healthz", "POST /v0/vnext/sources", "GET /v0/vnext/openapi.json"} <= listed


def test_the_document_is_served_to_whoever_holds_a_key(program: FlaskClient, stranger: FlaskClient, app: Flask) -> None:
    answer = program.get("/v0/vnext/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == json.loads(json.dumps(openapi.document(app)))
    assert stranger.get("/v0/vnext/openapi.json").status_code == 401


def test_it_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert set(document) == {"openapi", "info", "servers", "security", "tags", "paths", "components"}
    names = [one["operationId"] for _, one in each(document)]
    assert len(names) == len(set(names))
    told = {tag["name"] for tag in document["tags"]}
    for where, one in each(document):
        assert set(one["tags"]) <= told, where
        assert one["summary"].endswith("."), where
        assert ("requestBody" in one) <= where.startswith(("POST", "PUT", "PATCH", "DELETE")), where
        assert {p["name"] for p in parameters(document, one) if p["in"] == "path"} == {
            part[1:-1] for part in where.split("/") if part.startswith("{")
        }, where


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {found for one in value for found in references(one)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own | {found for one in value.values() for found in references(one)}


def test_every_reference_leads_somewhere_and_nothing_is_left_over(document: dict[str, Any]) -> None:
    there = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses", "parameters")
             for name in document["components"][kind]}  # fmt: skip
    assert references(document) == there - {"#/components/responses/Upstream"} | references(document["paths"])


def test_every_schema_is_one_and_has_a_plain_name(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        assert name.isidentifier(), name
        assert "__" not in name, f"two types are called alike: {name}"
        assert schema.get("description"), f"{name} does not say what it is"
        for key, one in schema.get("properties", {}).items():
            if "default" in one:
                whole = {**one, "components": {"schemas": document["components"]["schemas"]}}
                assert jsonschema_rs.is_valid(whole, one["default"]), f"{name}.{key}"
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_every_key_and_parameter_has_its_meaning(document: dict[str, Any]) -> None:
    told = [(f"{name}.{key}", one) for name, schema in document["components"]["schemas"].items()
            for key, one in schema.get("properties", {}).items()]  # fmt: skip
    told += [(f"{where} {one['name']}", one) for where, found in each(document)
             for one in parameters(document, found)]  # fmt: skip
    assert [name for name, one in told if not (one.get("description") or "$ref" in one)] == []


def test_every_text_and_number_that_is_taken_has_its_bounds(document: dict[str, Any]) -> None:
    unbound = []
    for where, one in each(document):
        taken = [(p["name"], p["schema"]) for p in parameters(document, one)]
        if body := one.get("requestBody"):
            name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            taken += document["components"]["schemas"][name]["properties"].items()
        for name, schema in taken:
            unbound += [f"{where} {name}" for kind in schema.get("anyOf", [schema]) if not bound(kind)]
    assert not unbound, "\n".join(unbound)


def bound(schema: dict[str, Any]) -> bool:
    """Tell whether there is an end to what a schema takes."""
    match schema.get("type"):
        case "string":
            return bool({"maxLength", "enum", "format", "const"} & set(schema))
        case "integer" | "number":
            return {"minimum", "maximum"} <= set(schema) or "enum" in schema
        case "array":
            return "maxItems" in schema
    return True


def test_every_operation_says_how_it_fails_in_one_shape(document: dict[str, Any]) -> None:
    for where, one in each(document):
        failures = {status: told for status, told in one["responses"].items() if int(status) >= 400}
        if where != "GET /healthz":
            assert {"401", "403", "422", "429", "503"} <= set(failures), where
            assert ("404" in failures) >= ("{" in where), where
            assert ({"413", "415"} <= set(failures)) == (not where.startswith("GET")), where
            for told in failures.values():
                assert set(told) == {"$ref"}, where
    for told in document["components"]["responses"].values():
        assert told["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Failure"}


def test_what_may_be_tried_again_says_when(document: dict[str, Any]) -> None:
    told = document["components"]["responses"].values()
    saying = {one["content"]["application/json"]["example"]["error"]["code"] for one in told
              if "Retry-After" in one.get("headers", {})}  # fmt: skip
    assert saying == {"too_many_requests", "upstream", "database_unavailable"}


def test_who_may_ask_is_said(document: dict[str, Any]) -> None:
    assert document["security"] == [{"bearer": []}]
    said = {where: one["security"] for where, one in each(document) if "security" in one}
    assert said == {
        "GET /healthz": [],
        "POST /v0/vnext/connectors/browser-clipper/capture": [{"capture_token": []}, {"bearer": []}],
    }


def test_the_headers_that_narrow_a_key_are_parameters_of_whatever_asks_for_one(document: dict[str, Any]) -> None:
    for where, one in each(document):
        found = {p["name"] for p in parameters(document, one) if p["in"] == "header"}
        assert found == (set() if where == "GET /healthz" else set(asserting.FIELDS)), where


def test_every_example_fits_its_schema(app: Flask) -> None:
    told = strict(app)
    components = {"schemas": told["components"]["schemas"]}
    for where, one in each(told):
        shown = [(status, answer) for status, answer in one["responses"].items() if "$ref" not in answer]
        for status, answer in [*shown, *told["components"]["responses"].items()]:
            for content in answer.get("content", {}).values():
                whole = {**content["schema"], "components": components}
                validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
                wrong = next(iter(validator.iter_errors(content["example"])), None)
                assert wrong is None, f"{where} {status}: {wrong and wrong.message}"


def test_every_example_of_what_is_taken_is_taken(app: Flask) -> None:
    told = openapi.document(app)
    for one in operations.operations(app):
        if not one.reads and not operations.takes_nothing(one):
            body = told["paths"][one.path][one.method.lower()]["requestBody"]["content"]["application/json"]
            assert one.takes is not None
            inputs.parse(one.takes, body["example"])


def test_an_example_is_made_of_the_shape_where_none_is_named() -> None:
    shape = {"type": "object", "required": ["a"], "properties": {
        "a": {"type": "integer", "minimum": 3}, "b": {"type": "string", "examples": ["x"]}, "c": {"type": "boolean"},
        "d": {"anyOf": [{"$ref": "#/components/schemas/D"}, {"type": "null"}]},
    }}  # fmt: skip
    named = {"D": {"type": "array", "items": {"enum": ["one", "two"]}}}
    assert example(shape, named, whole=False) == {"a": 3, "b": "x"}
    assert example(shape, named) == {"a": 3, "b": "x", "c": True, "d": ["one"]}


def test_what_is_not_said_is_told_with_what_to_do() -> None:
    silent = operations.Operation("GET", "/v0/vnext/widgets/{colour}", "api.widgets", "alice.web.api.widgets",
                                  (operations.Part("colour", None),), "", None, None, False)  # fmt: skip
    said = list(operations._missing(silent))
    assert len(said) == 3
    assert "@answers" in said[1]
    assert "CONTRIBUTING.md" in said[1]


def test_people_read_the_same_without_a_script_or_a_line_from_elsewhere(
    browser: FlaskClient, document: dict[str, Any]
) -> None:
    page = browser.get("/vnext/api")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for where, one in each(document):
        method, _, path = where.partition(" ")
        assert f'id="{one["operationId"]}"' in page.text, where
        assert f"<code>{path}</code>" in page.text, where
        assert f'data-method="{method}"' in page.text
    ids = re.findall(r'\bid="([^"]+)"', page.text)
    assert {name for name in ids if ids.count(name) > 1} == set()
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= set(ids) | {"main"}
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page.text)
    assert "`" not in re.sub(r"<pre.*?</pre>", "", page.text, flags=re.S)
    assert len(gzip.compress(page.data)) < 60_000


def test_the_rail_leads_to_it(browser: FlaskClient) -> None:
    assert 'href="/vnext/api"' in browser.get("/vnext").text


KINDS_SAID: list[tuple[dict[str, Any], str]] = [
    ({"type": "string", "format": "uuid"}, "id"),
    ({"type": "string", "maxLength": 2000}, "text, at most 2,000"),
    ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "time or null"),
    ({"type": "integer", "minimum": 1, "maximum": 500}, "whole number from 1 to 500"),
    ({"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, "whole number from 1"),
    ({"type": ["string", "null"]}, "text or null"),
    ({"type": "array", "items": {"enum": ["a", "b"]}, "maxItems": 3}, "list of a · b, at most 3"),
    ({"const": 1}, "1"),
    ({"$ref": "#/components/schemas/Few"}, "a · b"),
    ({"$ref": "#/components/schemas/Whole"}, "Whole"),
    ({}, "anything"),
]


@pytest.mark.parametrize(("schema", "words"), KINDS_SAID, ids=lambda value: value if isinstance(value, str) else "")
def test_a_kind_of_value_is_said_in_words(schema: dict[str, Any], words: str) -> None:
    named = {"Few": {"enum": ["a", "b"]}, "Whole": {"type": "object", "properties": {}}}
    assert reading.said(schema, named).text == words
