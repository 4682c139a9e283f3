"""The headers that say who acts, as parameters: told once, and referred to by every operation that asks for a key."""

from __future__ import annotations

from typing import Any

from alice.inputs.agents import Acting
from alice.web import asserting
from alice.web.api.openapi.schemas import Schemas

REFERENCES = [{"$ref": f"#/components/parameters/{name}"} for name in asserting.FIELDS]


def parameters(schemas: Schemas) -> dict[str, Any]:
    """Return each header as a parameter, by its name. A list is written with commas between, as headers are."""
    fields = schemas.fields(Acting)
    return {name: _parameter(name, fields[field]) for name, field in asserting.FIELDS.items()}


def _parameter(name: str, field: dict[str, Any]) -> dict[str, Any]:
    schema = {key: value for key, value in field.items() if key not in ("description", "default")}
    return {"name": name, "in": "header", "required": False, "description": field["description"], "schema": schema}
