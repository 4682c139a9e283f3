"""Holds every JSON answer to what its view says that it answers: no key is missing, of another kind, or untold."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from alice.web.api import openapi

UNHELD = "answers_are_unheld"
_documents: dict[frozenset[str], dict[str, Any]] = {}


def strict(app: Flask) -> dict[str, Any]:
    """Return the document of `app`, in which no answer has keys that are not told."""
    routes = frozenset(app.view_functions)
    if routes not in _documents:
        told = openapi.document(app)
        for schema in told["components"]["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)
        _documents[routes] = told
    return _documents[routes]


def check(app: Flask, answer: TestResponse) -> None:
    """Raise AssertionError when a JSON answer is not one that its view states."""
    asked = answer.request
    told = _operation(app, asked.path, asked.method)
    if told is None or answer.status_code == 421 or app.extensions.get(UNHELD):
        return
    where = f"{asked.method} {asked.path} answered {answer.status_code}"
    assert str(answer.status_code) in told["responses"], f"{where}, which it does not say; see fails=(…) of @answers"
    response = told["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = strict(app)["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content = response.get("content", {}).get(answer.mimetype)
    assert content is not None or not answer.data, f"{where} as {answer.mimetype}, which it does not say"
    if content and answer.is_json:
        wrong = next(iter(_validator(app, content["schema"]).iter_errors(answer.json)), None)
        assert wrong is None, f"{where}: {'/'.join(map(str, wrong.instance_path))}: {wrong.message}"


def unheld(app: Flask) -> None:
    """Let answers of `app` be what they are, for tests that break something which no view can know of."""
    app.extensions[UNHELD] = True


def _operation(app: Flask, path: str, method: str) -> dict[str, Any] | None:
    if not path.startswith("/v0/") or method in ("HEAD", "OPTIONS"):
        return None
    try:
        endpoint, _ = app.url_map.bind("alice.localhost").match(path, method)
    except HTTPException:
        return None
    return _by_name(app).get(endpoint.removeprefix("api."))


def _by_name(app: Flask) -> dict[str, Any]:
    return {one["operationId"]: one for path in strict(app)["paths"].values() for one in path.values()}


_validators: dict[str, Any] = {}


def _validator(app: Flask, schema: dict[str, Any]) -> Any:
    """Return the validator for a schema; those of the same document are made once."""
    told = strict(app)
    key = f"{id(told)} {schema}"
    if key not in _validators:
        whole = {**schema, "components": {"schemas": told["components"]["schemas"]}}
        _validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return _validators[key]
