"""The OpenAPI 3.1 document, made of what every view says that it takes and answers. Nothing in it is written twice."""

from __future__ import annotations

from typing import Any

from flask import Flask

from alice import __version__
from alice.inputs.agents import Acting
from alice.web.api.openapi import failures, headers, operations
from alice.web.api.openapi.examples import example
from alice.web.api.openapi.operations import CLIPS, WORDS, Operation, Part, takes_nothing
from alice.web.api.openapi.schemas import Schema, Schemas

JSON = "application/json"
ABOUT = (
    "Everything that Alice's console does, for programs and agents. Lists come in parts: hand `next` back as `cursor`."
    " A change may name the `version` that was looked at; another one is a conflict that carries the fresh row. What is"
    " kept twice is kept once. Times are ISO 8601, in UTC; ids are UUIDs. Under another name than Alice's own every"
    " address answers 421."
)
SECURITY = {
    "bearer": {
        "type": "http", "scheme": "bearer",
        "description": "The operator token, which is the owner's, or the key of an agent. Never in an address. Headers"
        " narrow what it allows, on every address.",
    },
    "capture_token": {
        "type": "apiKey", "in": "header", "name": "X-Alice-Capture-Token",
        "description": "A token that hands in clips and does nothing else.",
    },
}  # fmt: skip


def document(app: Flask) -> dict[str, Any]:
    """Return the document for the operations of `app` that say what they take and answer."""
    listed = [one for one in operations.operations(app) if one.answers]
    answered = [one.answers.kind for one in listed if one.answers and one.answers.kind is not None]
    schemas = Schemas([Acting, *(one.takes for one in listed if one.takes)], [*answered, failures.Failure])
    paths: dict[str, Any] = {}
    failed, acting = failures.responses(), headers.parameters(schemas)
    for one in listed:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Alice", "version": __version__, "description": ABOUT},
        "servers": [{"url": app.extensions["alice_settings"].public_api_url}],
        "security": [{"bearer": []}],
        "tags": [{"name": name} for name in dict.fromkeys(one.tag for one in listed)],
        "paths": paths,
        "components": {
            "schemas": schemas.named_in([paths, failed, acting]),
            "responses": failed,
            "parameters": acting,
            "securitySchemes": SECURITY,
        },
    }


def _operation(one: Operation, schemas: Schemas) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": one.endpoint.removeprefix("api."),
        "tags": [one.tag],
        "summary": one.says.partition("\n")[0],
        "parameters": [
            *map(_part, one.parts),
            *(_query(one, schemas) if one.reads else ()),
            *(() if one.open else headers.REFERENCES),
        ],
        "responses": _responses(one, schemas),
    }
    if one.open:
        told["security"] = []
    elif one.endpoint == CLIPS:
        told["security"] = [{"capture_token": []}, {"bearer": []}]
    return told | ({} if one.reads or takes_nothing(one) else {"requestBody": _body(one, schemas)})


def _part(part: Part) -> dict[str, Any]:
    schema: Schema = {"type": "string", "format": "uuid"}
    if part.kind != "uuid":
        schema = {"type": "string", "enum": list(WORDS[part.name])}
    meaning = f"The id of the {part.noun}." if part.kind == "uuid" else f"Which {part.noun.split()[0]} it is."
    return {"name": part.name, "in": "path", "required": True, "description": meaning, "schema": schema}


def _query(one: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    if takes_nothing(one):
        return []
    needed = schemas.required(one.takes)
    return [
        {"name": name, "in": "query", "required": name in needed, "description": schema["description"],
         "schema": {key: value for key, value in schema.items() if key != "description"}}
        for name, schema in schemas.fields(one.takes).items()
    ]  # fmt: skip


def _body(one: Operation, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.of(one.takes)
    made = example(schema, schemas.components, whole=False)
    return {"required": bool(schemas.required(one.takes)), "content": {JSON: {"schema": schema, "example": made}}}


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    assert one.answers is not None
    good = {str(status): _answer(one, said, schemas) for status, said in one.answers.statuses.items()}
    return good | {str(status): failures.reference(status) for status in one.statuses()}


def _answer(one: Operation, said: str, schemas: Schemas) -> dict[str, Any]:
    assert one.answers is not None
    told: dict[str, Any] = {"description": said or one.says.partition("\n")[0]}
    if one.answers.kind is None:
        return told
    schema = schemas.of(one.answers.kind)
    return told | {"content": {one.answers.media: {"schema": schema, "example": example(schema, schemas.components)}}}
