"""The console and API of one brain, with people at them: signed in, with a key, and strangers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from alice import clock, config
from alice.config import Settings
from alice.domain.policy import Actor
from alice.services.access import sessions, tokens
from alice.web.factory import create_app
from tests.support import contracts
from tests.support.stories import brief, numbers

__all__ = ["brief", "numbers"]  # fixtures of the story

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
        """Ask for something; `base_url` names another address. Every JSON answer is held to what its view states."""
        answer = super().open(*args, **{"base_url": ADDRESS, "buffered": True, **kwargs})
        contracts.check(self.application, answer)
        return answer


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
