"""Every operation of the API as its view states it: method, path, what it takes, what it answers, how it may fail."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from alice.domain.vocab import Connector, WorkflowType
from alice.inputs import Given, Nothing
from alice.web.api.answers import Told

PREFIX, HEALTH = "/v0/", "/healthz"
CLIPS = "api.capture_clip"
# What a word in an address may be. Ids need no line: `<uuid:source_id>` says it all.
WORDS: dict[str, tuple[str, ...]] = {
    "connector_name": tuple(dict.fromkeys(way for one in Connector for way in (one.value, one.replace("_", "-")))),
    "workflow_type": tuple(WorkflowType),
}
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an address that is filled in: `kind` is Flask's converter, None for a word."""

    name: str
    kind: str | None

    @property
    def noun(self) -> str:
        """Return what an id is of."""
        return self.name.removesuffix("_id").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address. `takes` and `answers` are None where the view does not say so."""

    method: str
    path: str
    endpoint: str
    module: str
    parts: tuple[Part, ...]
    says: str
    takes: type[Given] | None
    answers: Told | None
    open: bool

    @property
    def reads(self) -> bool:
        """Tell whether it takes a query and not a body."""
        return self.method == "GET"

    @property
    def fields(self) -> dict[str, Any]:
        """Return the fields that it takes."""
        return dict(self.takes.model_fields) if self.takes else {}

    @property
    def tag(self) -> str:
        """Return the noun that it belongs to: the first of its address."""
        return self.path.removeprefix(f"{PREFIX}vnext").split("/")[1].removesuffix(".json")

    def statuses(self) -> list[int]:
        """Return every status with which it may fail, rising."""
        told = set(self.answers.fails) if self.answers else set()
        if self.open:
            return sorted(told)
        told |= {401, 403, 422, 429, 503}
        told |= {404} if self.parts else set()
        if self.reads:
            return sorted(told)
        return sorted(told | {413, 415} | ({409} if "version" in self.fields else set()))

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def operations(app: Flask) -> list[Operation]:
    """Return the operations of `app` in the order of their addresses."""
    return sorted(_found(app), key=lambda one: (one.path, one.method))


def _found(app: Flask) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith((PREFIX, HEALTH)):
            continue
        view = app.view_functions[rule.endpoint]
        parts = tuple(Part(found["name"], found["kind"]) for found in _PART.finditer(rule.rule))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Operation(
                method,
                _PART.sub(r"{\g<name>}", rule.rule),
                rule.endpoint,
                view.__module__,
                parts,
                inspect.getdoc(view) or "",
                getattr(view, "accepts", None),
                getattr(view, "answers", None),
                bool(getattr(view, "open_to_everyone", False)),
            )


def undeclared(app: Flask) -> list[str]:
    """Return what is missing for the document to be whole: a sentence for each, which says what to do."""
    return [sentence for one in operations(app) for sentence in _missing(one)]


def _missing(one: Operation) -> Iterator[str]:
    where = f"{one} ({one.endpoint.removeprefix('api.')} in {one.module})"
    if one.takes is None and not one.open:
        yield f"{where} does not say what it takes: put @accepts(inputs.Kind) above it, or @accepts(inputs.Nothing)."
    if one.answers is None:
        yield (
            f"{where} does not say what it answers: put @answers(Kind) above it, below @accepts, with Kind from"
            " alice/web/api/answers/; CONTRIBUTING.md, 'Add an endpoint', shows how."
        )
    for part in one.parts:
        if part.kind != "uuid" and part.name not in WORDS:
            yield f"{where}: say in WORDS of alice/web/api/openapi/operations.py which words {part.name} may be."
    for name, field in one.fields.items():
        if not field.description:
            yield f"{where}: the field {name} that it takes has no description; add one in its Field(…)."


def takes_nothing(one: Operation) -> bool:
    """Tell whether an operation takes no fields at all."""
    return one.takes is None or one.takes is Nothing
