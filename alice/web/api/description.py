"""The API about itself: its OpenAPI document."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app

from alice import inputs
from alice.web.api import openapi, present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.system import Document
from alice.web.inputs import accepts


@routes.get("/openapi.json")
@accepts(inputs.Nothing)
@answers(Document)
def describe_api() -> Response:
    """Return what every address takes and answers, as an OpenAPI 3.1 document."""
    return present.one(described())


def described() -> dict[str, Any]:
    """Return the document of this application, which is made once."""
    kept: dict[str, Any] | None = current_app.extensions.get("alice_openapi")
    if kept is None:
        kept = current_app.extensions["alice_openapi"] = openapi.document(current_app)
    return kept
