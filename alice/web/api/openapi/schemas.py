"""JSON Schema for what is taken and answered: pydantic's, without what only repeats names or stands for *not said*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

_SCHEMAS = "#/components/schemas/"
REFERENCE = f"{_SCHEMAS}{{model}}"
Schema = dict[str, Any]


class Schemas:
    """The schemas of every type that is handed over, each once; `of` refers to one of them."""

    def __init__(self, taken: Iterable[Any], answered: Iterable[Any]) -> None:
        kinds: list[tuple[Any, JsonSchemaMode]] = [(kind, "validation") for kind in dict.fromkeys(taken)]
        kinds += [(kind, "serialization") for kind in dict.fromkeys(answered)]
        adapters = [(kind, mode, TypeAdapter(kind)) for kind, mode in kinds]
        found, whole = TypeAdapter.json_schemas(
            [(kind, mode, adapter) for kind, mode, adapter in adapters], ref_template=REFERENCE
        )
        self._found = {kind: _plain(schema) for (kind, _), schema in found.items()}
        self.components: dict[str, Schema] = {name: _plain(one) for name, one in sorted(whole["$defs"].items())}

    def named_in(self, told: Any) -> dict[str, Schema]:
        """Return the schemas that `told` refers to, by themselves or through others."""
        reached = reached_from(told, self.components)
        return {name: one for name, one in self.components.items() if name in reached}

    def of(self, kind: Any) -> Schema:
        """Return the schema of `kind`, or a reference to it."""
        return self._found[kind]

    def fields(self, kind: Any) -> dict[str, Schema]:
        """Return the schema of each field of an input, as a query spells it: what may be null is left out instead."""
        name = self.of(kind)["$ref"].rpartition("/")[2]
        return {field: _said(one) for field, one in self.components[name].get("properties", {}).items()}

    def required(self, kind: Any) -> list[str]:
        """Return the fields of an input that have to be given."""
        return list(self.components[self.of(kind)["$ref"].rpartition("/")[2]].get("required", ()))


def reached_from(told: Any, components: Mapping[str, Schema]) -> set[str]:
    """Return the names of the schemas to which `told` refers, by itself or through others."""
    names, more = set[str](), names_in(told)
    while more:
        names |= more
        more = names_in([components[name] for name in more]) - names
    return names


def names_in(told: Any) -> set[str]:
    """Return the names of the schemas to which anything in `told` refers."""
    if isinstance(told, list):
        return {name for one in told for name in names_in(one)}
    if not isinstance(told, dict):
        return set()
    said = told.get("$ref")
    own = {said.rpartition("/")[2]} if isinstance(said, str) and said.startswith(_SCHEMAS) else set()
    return own | {name for one in told.values() for name in names_in(one)}


def _plain(schema: Any) -> Any:
    """Return a schema without the titles that pydantic makes of names, and without defaults that say nothing."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _plain(one) for name, one in value.items()} if key == "properties" else _plain(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
    }


def _said(schema: Schema) -> Schema:
    """Return the schema of a field that is left out where it has no value."""
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if len(kinds) == 1:
        return {**kinds[0], **rest}
    return {"anyOf": kinds, **rest} if kinds else rest
