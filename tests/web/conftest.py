"""The console and API of one brain, with people at them: signed in, with a key, and strangers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from alice import clock, config
from alice.config import Settings
from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries import artifacts
from alice.services import briefs, capture, sessions, tokens
from alice.web.factory import create_app

HOST = "alice.localhost"
ADDRESS = f"http://{HOST}:8420"


@pytest.fixture
def settings(db: str, alice: Actor, tmp_path: Path) -> Settings:
    """The settings of Alice's brain, on the test's database and with a home of its own."""
    found = config.load()
    return found.changed(database_url=db, user_id=alice.user_id, local_folder_roots=(tmp_path,))


class Visitor(FlaskClient):
    """A client that asks for the address under which Alice is opened."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask for something; `base_url` names another address."""
        return super().open(*args, **{"base_url": ADDRESS, "buffered": True, **kwargs})


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The application."""
    made = create_app(settings)
    made.test_client_class = Visitor
    return made


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """A browser that nobody signed in with."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def browser(app: Flask, settings: Settings) -> FlaskClient:
    """A browser in which the owner is signed in, on our own pages."""
    client = app.test_client()
    client.set_cookie(f"alice_{settings.port}", sessions.begin(settings.home, now=clock.now()), domain=HOST)
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def htmx(browser: FlaskClient) -> FlaskClient:
    """The owner's browser, when HTMX asks."""
    browser.environ_base["HTTP_HX_REQUEST"] = "true"
    return browser


@pytest.fixture
def program(app: Flask, settings: Settings) -> FlaskClient:
    """A program that holds the operator token."""
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {tokens.operator(settings.home)}"
    return client


MINUTES = """# Kitchen rebuild, third meeting

2026-03-03

## Decisions

- Decision: we take the oak worktop, not the stone one.

## Next steps

- TODO: Mira sends the floor plan to Jonas by 2026-03-06.
- TODO: Jonas asks the plumber about the boiler.
"""


@pytest.fixture
def brief(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    """A Daily Brief over the minutes of one meeting, as `queries.artifacts.get` returns it."""
    capture.capture(alice, capture.Item(MINUTES), zone="UTC", now=now)
    made = briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    return artifacts.get(gate.scope(alice), made["id"])


@pytest.fixture
def numbers(brief: dict[str, Any]) -> list[int]:
    """The numbers of all citations of the brief."""
    said = [statement for section in brief["sections"] for statement in section["statements"]]
    return sorted({citation["number"] for statement in said for citation in statement["citations"]})
