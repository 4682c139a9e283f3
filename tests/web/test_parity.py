"""One function, several faces: every action with its console, API and command-line address, or a dash with a reason."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from typing import Any

import click
import pytest
from flask import Flask

from tests.support.routes import routes

LATER = "- the page of schedules is not drawn yet"
INBOX = "- the page of the inbox is not drawn yet"
UNDRAWN = "- the page of connectors is not drawn yet"
UNLISTED = "- the pages of the library are not all drawn yet"
SELF = "- of the console itself"
PAGE = "- a page"
AGENTS = "- agents have no console"
ACTIVITY = "- the page of agents is not drawn yet"
CHARTER = "- the page of settings is not drawn yet"


@dataclass(frozen=True)
class Action:
    """What can be done or asked, and where: `METHOD /path`, the words of a command, or a dash with the reason."""

    name: str
    console: str
    api: str
    cli: str


ACTIONS = [
    Action("keep a text", "POST /vnext/sources", "POST /v0/vnext/sources", "vnext sources capture-text"),
    Action("list sources", "GET /vnext/sources", "GET /v0/vnext/sources", "vnext sources list"),
    Action("show a source", "GET /vnext/sources/{id}", "GET /v0/vnext/sources/{id}", "vnext sources show"),
    Action("read a folder", "POST /vnext/connectors/local-folder/paths",
           "- set with the connector's folders, then synced", "vnext connectors local-folder add-path"),
    Action("whether evidence arrives", UNDRAWN, "GET /v0/vnext/connectors/health", "vnext connectors health"),
    Action("how connectors stand", UNDRAWN, "GET /v0/vnext/connectors/status", "vnext connectors status"),
    Action("set a connector", UNDRAWN, "PATCH /v0/vnext/connectors/{connector_name}/config",
           "vnext connectors configure"),
    Action("sync a connector", UNDRAWN, "POST /v0/vnext/connectors/{connector_name}/sync", "vnext connectors sync"),
    Action("list what could not be taken", UNDRAWN, "GET /v0/vnext/connectors/quarantine",
           "vnext connectors quarantine list"),
    Action("decide on what could not be taken", UNDRAWN, "POST /v0/vnext/connectors/quarantine/{item_id}/review",
           "vnext connectors quarantine retry"),
    Action("hand in what an agent made", AGENTS, "POST /v0/vnext/agents/ingest-output",
           "vnext agents ingest-output"),
    Action("propose a memory", AGENTS, "POST /v0/vnext/memory-proposals", "vnext agents propose-memory"),
    Action("list agents", ACTIVITY, "GET /v0/vnext/agents", "vnext agents list"),
    Action("see what agents did", ACTIVITY, "GET /v0/vnext/agents/policy-telemetry", "vnext agents policy-telemetry"),
    Action("list keys of agents", ACTIVITY, "GET /v0/vnext/agents/keys", "vnext agents keys list"),
    Action("make a key for an agent", ACTIVITY, "POST /v0/vnext/agents/keys", "vnext agents keys create"),
    Action("take a key back", ACTIVITY, "POST /v0/vnext/agents/keys/{id}/revoke", "vnext agents keys revoke"),
    Action("replace a key", ACTIVITY, "POST /v0/vnext/agents/keys/{id}/rotate", "vnext agents keys rotate"),
    Action("read the charter", CHARTER, "GET /v0/vnext/settings/charter", "charter show"),
    Action("write the charter", CHARTER, "PUT /v0/vnext/settings/charter", "charter edit"),
    Action("list artifacts", "GET /vnext/artifacts", "GET /v0/vnext/artifacts", "vnext artifacts list"),
    Action("show an artifact", "GET /vnext/artifacts/{id}", "GET /v0/vnext/artifacts/{id}", "vnext artifacts show"),
    Action("ask", "GET /vnext/ask", "POST /v0/vnext/context-packs", "vnext context-pack"),
    Action("keep a clip", "POST /vnext/clip", "POST /v0/vnext/connectors/browser-clipper/capture",
           "vnext connectors browser-clipper capture"),
    Action("look at a clip", "POST /vnext/clip/look", SELF, SELF),
    Action("be brought a clip", "GET /vnext/clip", PAGE, "vnext connectors browser-clipper bookmarklet"),
    Action("show the evidence of a numeral", "GET /vnext/artifacts/{id}/evidence/{number}",
           "- every citation stands in GET /artifacts/{id}", "- every citation stands in artifacts show"),
    Action("decide on a loop", "POST /vnext/open-loops/{id}/review", "POST /v0/vnext/open-loops/{id}/review",
           "vnext open-loops close"),
    Action("see what forgetting a source takes", INBOX, "GET /v0/vnext/sources/{id}/forget-preview",
           "vnext sources forget"),
    Action("forget a source", INBOX, "DELETE /v0/vnext/sources/{id}", "vnext sources forget"),
    Action("see what forgetting a memory takes", INBOX, "GET /v0/vnext/memories/{id}/forget-preview",
           "vnext memories forget"),
    Action("forget a memory", INBOX, "DELETE /v0/vnext/memories/{id}", "vnext memories forget"),
    Action("trace a source", UNLISTED, "GET /v0/vnext/traces/sources/{id}", "vnext traces source"),
    Action("trace an artifact", UNLISTED, "GET /v0/vnext/traces/artifacts/{id}", "vnext traces artifact"),
    Action("trace a memory", UNLISTED, "GET /v0/vnext/traces/memories/{id}", "vnext traces memory"),
    Action("trace an open loop", UNLISTED, "GET /v0/vnext/traces/open-loops/{id}", "vnext traces open-loop"),
    Action("list receipts", UNLISTED, "GET /v0/vnext/receipts", "vnext receipts list"),
    Action("show a receipt", UNLISTED, "GET /v0/vnext/receipts/{id}", "vnext receipts show"),
    Action("decide on a source", INBOX, "POST /v0/vnext/sources/{id}/review", "vnext sources review"),
    Action("list open loops", UNLISTED, "GET /v0/vnext/open-loops", "vnext open-loops list"),
    Action("show an open loop", UNLISTED, "GET /v0/vnext/open-loops/{id}", "vnext open-loops show"),
    Action("add an open loop", UNLISTED, "POST /v0/vnext/open-loops", "vnext open-loops add"),
    Action("compose an artifact", UNLISTED, "POST /v0/vnext/artifacts/generate/{workflow_type}",
           "vnext artifacts generate"),
    Action("decide on an artifact", INBOX, "POST /v0/vnext/artifacts/{id}/review", "vnext artifacts review"),
    Action("rate an artifact", UNLISTED, "POST /v0/vnext/artifacts/{id}/quality-ratings", "vnext artifacts rate"),
    Action("show the ratings of an artifact", UNLISTED, "GET /v0/vnext/artifacts/{id}/quality-ratings",
           "- artifacts rate shows the owner's"),
    Action("say whether a statement helped", UNLISTED, "POST /v0/vnext/artifacts/{id}/insight-feedback",
           "vnext artifacts insight"),
    Action("show which statements helped", UNLISTED, "GET /v0/vnext/artifacts/{id}/insight-feedback",
           "- artifacts insight shows what was said"),
    Action("write an artifact out", UNLISTED, "POST /v0/vnext/artifacts/{id}/export", "vnext artifacts export"),
    Action("list memories", INBOX, "GET /v0/vnext/memories", "vnext memories list"),
    Action("show a memory", INBOX, "GET /v0/vnext/memories/{id}", "vnext memories show"),
    Action("list how a memory's words changed", INBOX, "GET /v0/vnext/memories/{id}/revisions",
           "vnext memories revisions"),
    Action("decide on a memory", INBOX, "POST /v0/vnext/memories/{id}/review", "vnext memories edit"),
    Action("decide on many memories", INBOX, "POST /v0/vnext/memories/review", "vnext memories accept"),
    Action("tell what was held on a day", INBOX, "GET /v0/vnext/memories", "vnext memories as-of"),
    Action("list decisions", UNLISTED, "GET /v0/vnext/decisions", "vnext decisions list"),
    Action("take a decision back", UNLISTED, "POST /v0/vnext/decisions/{decision_id}/undo", "vnext decisions undo"),
    Action("list projects", UNLISTED, "GET /v0/vnext/projects", "vnext projects list"),
    Action("show a project", UNLISTED, "GET /v0/vnext/projects/{id}", "vnext projects show"),
    Action("add a project", UNLISTED, "POST /v0/vnext/projects", "vnext projects add"),
    Action("decide on a project", UNLISTED, "POST /v0/vnext/projects/{id}/review", "vnext projects review"),
    Action("list updates of projects", INBOX, "GET /v0/vnext/projects/update-candidates", "vnext projects updates"),
    Action("show an update of a project", INBOX, "GET /v0/vnext/projects/update-candidates/{id}",
           "- projects updates lists them whole"),
    Action("decide on an update", INBOX, "POST /v0/vnext/projects/update-candidates/{id}/review",
           "vnext projects review-update"),
    Action("list people", UNLISTED, "GET /v0/vnext/people", "vnext people list"),
    Action("show a person", UNLISTED, "GET /v0/vnext/people/{id}", "vnext people show"),
    Action("decide on a person", UNLISTED, "POST /v0/vnext/people/{id}/review", "vnext people review"),
    Action("list connections", UNLISTED, "GET /v0/vnext/graph-edges", "vnext connections list"),
    Action("show a connection", UNLISTED, "GET /v0/vnext/graph-edges/{id}", "vnext connections show"),
    Action("decide on a connection", INBOX, "POST /v0/vnext/graph-edges/{id}/review", "vnext connections review"),
    Action("list model calls", INBOX, "GET /v0/vnext/model-calls", "vnext model-calls list"),
    Action("show a model call", INBOX, "GET /v0/vnext/model-calls/{id}", "vnext model-calls show"),
    Action("decide on a model call", INBOX, "POST /v0/vnext/model-calls/{id}/review", "vnext model-calls approve"),
    Action("compare both modes", INBOX, "- it stores nothing, and may take minutes", "vnext artifacts compare"),
    Action("read the log", "- the page of the timeline is not drawn yet", "GET /v0/vnext/events", "vnext events list"),
    Action("check the log", "- the page of the timeline is not drawn yet", "GET /v0/vnext/events/verify",
           "vnext events verify"),
    Action("read what the API is", "GET /vnext/api", "GET /v0/vnext/openapi.json", "- docs/api.md says it"),
    Action("how the scheduler stands", LATER, "GET /v0/vnext/scheduler/status", "vnext scheduler status"),
    Action("list runs", LATER, "GET /v0/vnext/scheduler/runs", "vnext scheduler runs"),
    Action("run what is due", LATER, "POST /v0/vnext/scheduler/run-due", "vnext scheduler run-due"),
    Action("list failures", LATER, "GET /v0/vnext/scheduler/failures", "vnext scheduler failures"),
    Action("list slots", LATER, "GET /v0/vnext/scheduler/slots", "vnext scheduler slots"),
    Action("pause workflows", LATER, "POST /v0/vnext/scheduler/pause", "vnext scheduler pause"),
    Action("resume workflows", LATER, "POST /v0/vnext/scheduler/resume", "vnext scheduler resume"),
    Action("set a workflow", LATER, "PATCH /v0/vnext/scheduler/workflows/{workflow_type}",
           "vnext scheduler configure"),
    Action("ask for a run", LATER, "POST /v0/vnext/scheduler/workflows/{workflow_type}/run-now",
           "vnext scheduler run-now"),
    Action("whether it answers", "- the page itself", "GET /healthz", "status"),
    Action("see what is new", "GET /vnext", "- artifacts, sources and loops have their own lists", "- the same"),
    Action("hear what changed", "GET /vnext/pulse", SELF, SELF),
    Action("sign in by link", "GET /vnext/sign-in", "- programs send a key", "open"),
    Action("sign in by token", "POST /vnext/sign-in", "- programs send a key", "- whoever types is the owner"),
    Action("sign out", "POST /vnext/sign-out", "- programs send a key", "- whoever types is the owner"),
    Action("look at every component", "GET /vnext/patterns", PAGE, PAGE),
    Action("go to Home", "GET /", PAGE, PAGE),
    Action("fetch a file", "GET /static/{of}/{filename}", PAGE, PAGE),
]  # fmt: skip


def addresses(app: Flask) -> dict[str, Any]:
    """Return every `METHOD /path` of the application with the view behind it; ids of any noun are spelled {id}."""
    found = {}
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for converter in ("<uuid:", "<int:", "<path:", "<"):
            path = path.replace(converter, "{")
        path = path.replace(">", "}")
        for noun in (
            "key",
            "source",
            "artifact",
            "loop",
            "workflow",
            "memory",
            "call",
            "project",
            "update",
            "person",
            "edge",
            "receipt",
        ):
            path = path.replace(f"{{{noun}_id}}", "{id}")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {path}"] = app.view_functions[rule.endpoint]
    return found


def command(words: str) -> click.Command | None:
    from alice.cli.root import cli

    found: click.Command | None = cli
    for word in words.split():
        found = found.get_command(click.Context(found), word) if isinstance(found, click.Group) else None
    return found


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_every_face_is_there_or_says_why_not(app: Flask, action: Action) -> None:
    known = addresses(app)
    for face in (action.console, action.api):
        assert face in known or face.startswith("- "), face
    assert action.cli.startswith("- ") or command(action.cli) is not None, action.cli
    assert all(len(face) > 5 for face in (action.console, action.api) if face.startswith("- "))


def test_every_address_belongs_to_an_action(app: Flask) -> None:
    told = {face for action in ACTIONS for face in (action.console, action.api)}
    assert set(addresses(app)) - told == set()


def test_a_change_takes_the_same_values_on_every_face(app: Flask) -> None:
    known = addresses(app)
    for action in ACTIONS:
        views = [known[face] for face in (action.console, action.api) if face in known]
        kinds = {getattr(view, "accepts", None) for view in views}
        if len(views) == 2 and action.console.startswith("POST"):
            assert len(kinds) == 1, action.name
            assert None not in kinds, action.name


def test_every_address_of_the_api_says_what_it_takes(app: Flask) -> None:
    silent = [a for a, view in addresses(app).items() if "/v0/" in a and not hasattr(view, "accepts")]
    assert silent == []


def test_a_face_is_short_and_does_nothing_itself(app: Flask) -> None:
    for address, view in addresses(app).items():
        function = inspect.unwrap(view)
        [node] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
        assert isinstance(node, ast.FunctionDef)
        lines = (node.end_lineno or 0) - node.lineno + 1
        assert lines <= 15, f"{address}: {lines} lines"
        tries = [n for n in ast.walk(node) if isinstance(n, ast.Try)]
        assert not tries, f"{address} catches errors itself"


def test_every_route_is_one_of_three_kinds(app: Flask) -> None:
    for route in routes(app):
        assert route.path.startswith(("/vnext", "/v0/vnext/", "/static/")) or route.path in ("/", "/healthz"), str(
            route
        )
