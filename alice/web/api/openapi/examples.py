"""Makes an example of a schema: of the examples that its fields name, else of the shape itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alice.web.api.openapi.schemas import Schema

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
_FORMATS = {"uuid": ID, "date-time": "2026-03-04T12:00:00+00:00", "date": "2026-03-04"}
_KINDS: dict[str, Any] = {"boolean": True, "number": 0.5, "null": None, "string": "…"}


def example(schema: Schema, components: Mapping[str, Schema], *, whole: bool = True) -> Any:
    """Return a value that fits `schema`; where not `whole`, only the fields that are needed or name an example."""
    if "$ref" in schema:
        return example(components[schema["$ref"].rpartition("/")[2]], components, whole=whole)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], components, whole=whole)
    return _of_kind(schema, components, whole)


def _of_kind(schema: Schema, components: Mapping[str, Schema], whole: bool) -> Any:
    kind = schema.get("type", "object")
    if kind == "object":
        return _object(schema, components, whole)
    if kind == "array":
        return [example(schema["items"], components, whole=whole)] if "items" in schema else []
    if kind == "integer":
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return _FORMATS.get(schema.get("format", ""), _KINDS[kind])


def _object(schema: Schema, components: Mapping[str, Schema], whole: bool) -> dict[str, Any]:
    needed = schema.get("required", ())
    return {
        name: example(one, components, whole=whole)
        for name, one in schema.get("properties", {}).items()
        if whole or name in needed or one.get("examples")
    }
