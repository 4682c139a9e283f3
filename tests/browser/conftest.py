"""A real Chromium in front of a real gunicorn. Whatever leaves this machine, or offends the policy, fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from alice import clock
from alice.config import Settings
from alice.domain.policy import Actor
from alice.services.access import sessions
from tests.support.serving import served
from tests.support.stories import brief, numbers

__all__ = ["brief", "numbers", "served"]  # fixtures from elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                 if Path(p).exists()), None)  # fmt: skip
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update",
         "--disable-domain-reliability", "--disable-sync", "--no-first-run", "--no-pings"]  # fmt: skip
LOCAL = {"127.0.0.1", "localhost", "alice.localhost"}
LISTENER = """document.addEventListener('securitypolicyviolation',
  (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI));"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = "no Chromium on this machine" if CHROMIUM is None else None
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a file; each test has a context of its own.

    It ends with the file: as long as it lives its event loop runs in this thread, and nobody else may run one.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Window:
    """A browser window of the owner's, and what went wrong in it."""

    page: Page
    settings: Settings
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        self.page.goto(self.settings.console_url + path)
        return self.page

    def sign_in(self) -> Page:
        self.page.goto(sessions.sign_in_link(self.settings, now=clock.now()))
        return self.page

    def watch(self) -> None:
        self.page.add_init_script(LISTENER)
        self.page.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", self._said)

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).scheme in ("http", "https") and urlsplit(request.url).hostname not in LOCAL:
            self.complaints.append(f"left this machine: {request.url}")

    def _said(self, message: Any) -> None:
        # Chromium reports every answer of 400 and above as an error of its own.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.complaints.append(f"console: {message.text}")


@pytest.fixture
def window(db: str, chromium: Browser, served: Settings) -> Iterator[Window]:
    """A window on an empty brain; at the end nothing has complained and nothing has left."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    made = Window(context.new_page(), served)
    made.watch()
    yield made
    context.close()
    assert made.complaints == []


@pytest.fixture
def plain_window(db: str, chromium: Browser, served: Settings) -> Iterator[Window]:
    """The same in a browser that runs no scripts."""
    context = chromium.new_context(java_script_enabled=False)
    made = Window(context.new_page(), served)
    yield made
    context.close()
    assert made.complaints == []


@pytest.fixture
def owner(alice: Actor) -> Actor:
    """Whose brain it is."""
    return alice
