"""Turns what queries and services return into JSON answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify

from alice.queries.page import Page


def one(values: Mapping[str, Any], status: int = 200) -> Response:
    """Answer with one object. Answers are about a moment, and are not kept."""
    response = jsonify(dict(values))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def page(found: Page) -> Response:
    """Answer with a page of a list: items, count, total, next."""
    return one(found.as_dict())
