"""Sends the API what its document allows and what it forbids, with schemathesis, and tells every check that failed."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.routing import Rule
from werkzeug.serving import WSGIRequestHandler, make_server

from alice.db import database
from tests.support.contracts import strict

PHASES = ("examples", "coverage", "fuzzing", "stateful")
# What a document can only call by name: a few of each that are right.
FORMATS = {
    "cron": ["0 7 * * 1-5", "*/15 * * * *", "30 18 1 * *"],
    "iana-zone": ["Europe/Madrid", "UTC", "America/New_York"],
    "http-address": ["http://127.0.0.1:11434/v1", "https://models.example/v1"],
}
for name, values in FORMATS.items():
    schemathesis.openapi.format(name, st.sampled_from(values))


# What is right here hangs on more than its shape: on other fields, on what the brain holds, on what is set up.
DEPENDS = {
    "what is edited is said with the action that edits, and has to be there": (
        "add_loop", "give_insight_feedback", "review_artifact", "review_loop", "review_memory", "review_memories",
        "review_person", "review_project", "review_source", "review_update",
    ),
    "something has to be said": ("rate_artifact", "capture_clip", "build_context_pack", "list_memories"),
    "who acts, or what it rests on, has to be said": ("ingest_output", "propose_memory"),
    "a moment has to be to come": ("create_key",),
    "each connector has options of its own, and some fetch nothing": ("configure_connector", "sync_connector"),
    "a schedule is one of several, and a model is set up before it is asked": ("configure_workflow",),
    "a text has a form of its own": ("save_charter",),
}  # fmt: skip
# What hangs on more may be refused for that; a quick machine asks more often than any key may in a minute.
ACCEPTED = ["2xx", "401", "403", "404", "409", "422", "423", "429"]
# What is forbidden may be refused in any of these ways; 413 when it is longer than any body may be.
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]


@dataclass(slots=True)
class Fuzz:
    """One run against an application that is served at `address`, as whoever holds `key`."""

    app: Flask
    address: str
    key: str = field(repr=False)
    examples: int = 10
    seconds: int = 100
    seed: int = 1
    phases: tuple[str, ...] = PHASES
    headers: bool = False  # whether requests also say who acts
    asked: dict[str, int] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Ask everything, and keep how often each operation was asked and what each failed check said."""
        for event in from_schema(self._schema()).execute():
            self._heard(event)

    def _schema(self) -> Any:
        depends = {"positive_data_acceptance": {"expected-statuses": ACCEPTED}}
        refused = {"negative_data_rejection": {"expected-statuses": REFUSED}}
        whoever = depends | refused if self.headers else refused  # who may act as whom is no matter of shape
        config = SchemathesisConfig.from_dict({
            "seed": self.seed, "max-time": self.seconds, "continue-on-failure": True,
            "phases": {name: {"enabled": name in self.phases} for name in PHASES},
            "generation": {"max-examples": self.examples, "deterministic": True, "allow-x00": False, "no-shrink": True},
            "checks": whoever,
            "operations": [{"include-operation-id": list(chain(*DEPENDS.values())), "checks": depends | refused}],
        })  # fmt: skip
        schema = schemathesis.openapi.from_dict(told(self.app, headers=self.headers), config=config)
        schema.config.update(base_url=self.address, headers={"Authorization": f"Bearer {self.key}"})
        return schema

    def _heard(self, event: Any) -> None:
        if isinstance(event, events.NonFatalError):
            self.faults[f"{event.label} {event.value!r}"] = str(event.info)
        if isinstance(event, events.ScenarioFinished):
            label = event.label or str(event.phase)
            self.asked[label] = self.asked.get(label, 0) + len(event.recorder.cases)
            for fault, said in _failed(event.recorder):
                self.faults.setdefault(f"{label} · {fault}", said)


def told(app: Flask, *, headers: bool = False) -> dict[str, Any]:
    """Return the document of `app`, in which a list begins at its beginning: no shape says what a cursor is.

    Without `headers` nobody is held to less than the key allows: nearly everything would be refused for that alone.
    """
    document = copy.deepcopy(strict(app))
    for one in (one for path in document["paths"].values() for one in path.values()):
        one["parameters"] = [_begun(field) for field in one["parameters"] if headers or "$ref" not in field]
    return document


def _begun(parameter: dict[str, Any]) -> dict[str, Any]:
    return parameter | ({"schema": {"const": ""}} if parameter.get("name") == "cursor" else {})


def _failed(recorder: Any) -> Iterator[tuple[str, str]]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, asked = check.failure_info.failure, recorder.cases[case_id].value
                yield f"{check.name}: {failure.title}", f"{failure.message}\n{asked.as_curl_command()}"


LISTED = {"source_id": "sources", "artifact_id": "artifacts"}


def broken(client: FlaskClient) -> list[str]:
    """Return the pages that break over what was taken: each one, and those of the newest of what has a page."""
    rules = [rule for rule in client.application.url_map.iter_rules() if "GET" in (rule.methods or ())]
    pages = [page for rule in rules if rule.rule.startswith("/vnext") for page in _pages(client, rule)]
    assert len(pages) > 10
    return [page for page in pages if client.get(page).status_code >= 500]


def _pages(client: FlaskClient, rule: Rule) -> list[str]:
    if not rule.arguments:
        return [rule.rule]
    [name, *more] = rule.arguments
    if more or name not in LISTED:
        return []
    items = client.get(f"/v0/vnext/{LISTED[name]}?limit=100").get_json()["items"]
    return [rule.rule.replace(f"<uuid:{name}>", item["id"]) for item in items]


class Watch:
    """A WSGI application around another one that sees whether a question writes anything."""

    def __init__(self, inside: Any) -> None:
        self._inside = inside
        self.wrote: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer one request."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._inside(environ, start_response)
        before = written()
        answer = list(self._inside(environ, start_response))
        if written() != before:
            self.wrote.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        return answer


def written() -> int:
    """Return how many events all brains have together: whatever changes an audited row adds one."""
    with database.session():
        return int(database.query("SELECT coalesce(sum(seq), 0)::bigint FROM event_head")[0][0])


@contextmanager
def serving(application: Any, port: int) -> Iterator[None]:
    """Serve a WSGI application on loopback, one request at a time, from a thread of its own."""
    server = make_server("127.0.0.1", port, application, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing about single requests."""
