"""The document as people read it: every operation with what it takes and answers in words, and every shape once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from alice.web.api.openapi.schemas import Schema, reached_from

FEW = 8  # words that are listed where they are used; more of them have a place of their own
_FORMATS = {"uuid": "id", "date-time": "time", "date": "day", "cron": "cron expression", "iana-zone": "time zone",
            "http-address": "address", "cursor": "cursor"}  # fmt: skip
Components = Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Said:
    """A kind of value in words; `shape` names the shape that says more."""

    text: str
    shape: str | None = None


def said(schema: Schema, components: Components) -> Said:
    """Return what a schema takes, in words."""
    if "$ref" in schema:
        return _named(schema["$ref"].rpartition("/")[2], components)
    if "enum" in schema:
        return Said(_words(schema["enum"]))
    if "const" in schema:
        return Said(json.dumps(schema["const"]))
    if "anyOf" in schema:
        return _either([said(one, components) for one in schema["anyOf"]])
    if "items" in schema:
        inner = said(schema["items"], components)
        return Said(f"list of {inner.text}{_most(schema.get('maxItems'))}", inner.shape)
    kinds = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]
    return Said(" or ".join(_plain(kind, schema) for kind in kinds))


def _named(name: str, components: Components) -> Said:
    words = components[name].get("enum", ())
    return Said(_words(words)) if 0 < len(words) <= FEW else Said(name, name)


def _words(words: list[Any]) -> str:
    return " · ".join("null" if word is None else str(word) for word in words)


def _either(ways: list[Said]) -> Said:
    shape = next((way.shape for way in ways if way.shape), None)
    return Said(" or ".join(dict.fromkeys(way.text for way in ways)), shape)


def _plain(kind: str | None, schema: Schema) -> str:
    if kind == "string":
        return _FORMATS.get(schema.get("format", ""), f"text{_most(schema.get('maxLength'))}")
    if kind in ("integer", "number"):
        return f"{'whole number' if kind == 'integer' else 'number'}{_range(schema)}"
    return {"boolean": "true or false", "object": "object", "array": "list", None: "anything"}.get(kind, str(kind))


def _most(most: int | None) -> str:
    return f", at most {most:,}" if most is not None else ""


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if most is not None and most < 2**31 - 1:
        return f" from {least} to {most:,}"
    return f" from {least}" if least is not None else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A field, key or word: its name, what it holds, whether it has to be there, and what it means."""

    name: str
    kind: Said
    needed: bool
    meaning: str


def rows(schema: Schema, components: Components) -> list[Row]:
    """Return the fields of an object in their order."""
    needed = schema.get("required", ())
    return [
        Row(name, said(one, components), name in needed, one.get("description") or _meaning(one, components))
        for name, one in schema.get("properties", {}).items()
    ]


def _meaning(schema: Schema, components: Components) -> str:
    """Return what a key means that says nothing beside its type, since that says it."""
    return str(components[schema["$ref"].rpartition("/")[2]]["description"]) if "$ref" in schema else ""


def operations(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the operations in groups by their noun: title, and items with all that is told of each."""
    listed = [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]
    tag = {one["name"]: place for place, one in enumerate(document["tags"])}
    listed.sort(key=lambda found: tag[found[2]["tags"][0]])
    groups = groupby(listed, key=lambda found: found[2]["tags"][0])
    return [{"title": name, "items": [_operation(*found, document) for found in group]} for name, group in groups]


def _operation(path: str, method: str, one: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    components = document["components"]["schemas"]
    answers = {status: told for status, told in one["responses"].items() if "$ref" not in told}
    fails = {status: told["$ref"].rpartition("/")[2] for status, told in one["responses"].items() if "$ref" in told}
    return {
        "id": one["operationId"],
        "method": method.upper(),
        "path": path,
        "says": one["summary"],
        "takes": list(_taken(one, components)),
        "answers": [_answer(status, told, components) for status, told in answers.items()],
        "fails": fails,
        "example": one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example"),
    }


def _taken(one: Mapping[str, Any], components: Components) -> Iterator[Row]:
    yield from _parameters([field for field in one["parameters"] if "$ref" not in field], components)
    if body := one.get("requestBody"):
        schema = body["content"]["application/json"]["schema"]
        yield from rows(components[schema["$ref"].rpartition("/")[2]], components)


def _parameters(fields: Iterable[Mapping[str, Any]], components: Components) -> Iterator[Row]:
    for field in fields:
        yield Row(field["name"], said(field["schema"], components), field["required"], field["description"])


def headers(document: Mapping[str, Any]) -> list[Row]:
    """Return the headers that every operation takes which asks for a key."""
    return list(_parameters(document["components"]["parameters"].values(), document["components"]["schemas"]))


def _answer(status: str, told: Mapping[str, Any], components: Components) -> dict[str, Any]:
    for media, content in told.get("content", {}).items():
        return {"status": status, "says": told["description"], "kind": said(content["schema"], components),
                "media": media}  # fmt: skip
    return {"status": status, "says": told["description"], "kind": Said("nothing"), "media": ""}


def shapes(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every shape that is answered or taken: its name, its meaning, and its keys or words."""
    components = document["components"]["schemas"]
    bodies = [one.get("requestBody") for methods in document["paths"].values() for one in methods.values()]
    taken = reached_from(bodies, components)
    return [
        {"name": name, "says": schema.get("description", ""), "rows": rows(schema, components), "taken": name in taken,
         "words": [str(word) for word in schema.get("enum", ())]}
        for name, schema in components.items()
        if "properties" in schema or len(schema.get("enum", ())) > FEW
    ]  # fmt: skip


def failures(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each error status means, rising."""
    told = document["components"]["responses"]
    by_status = {
        status: one["$ref"].rpartition("/")[2]
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, one in operation["responses"].items()
        if "$ref" in one
    }
    return [{"status": status, "says": told[by_status[status]]["description"],
             "code": told[by_status[status]]["content"]["application/json"]["example"]["error"]["code"]}
            for status in sorted(by_status)]  # fmt: skip
