"""Which pages may talk to Alice from a browser: the listed origins, at one address, and nobody by guessing."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import Any

import pytest

from alice.config import Settings
from alice.services.access import tokens

pytestmark = pytest.mark.xdist_group("served")
CLIPS = "/v0/vnext/connectors/browser-clipper/capture"


def ask(settings: Settings, method: str, path: str, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.port}{path}",
        method=method,
        headers={"Authorization": f"Bearer {tokens.operator(settings.home)}", **named},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read().decode()


def cors(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower().startswith("access-control")}


def preflight(settings: Settings, origin: str, path: str = CLIPS) -> dict[str, str]:
    asked = {"Access_Control_Request_Method": "POST", "Access_Control_Request_Headers": "content-type"}
    return cors(ask(settings, "OPTIONS", path, Origin=origin, **asked)[1])


def test_the_listed_origins_are_answered_to_the_letter_and_no_other(served: Settings, db: str) -> None:
    port = served.port
    assert set(served.allowed_origins) == {
        f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "alice.localhost")
    }
    for origin in served.allowed_origins:
        told = preflight(served, origin)
        assert (told["Access-Control-Allow-Origin"], told["Access-Control-Allow-Methods"]) == (origin, "POST")
        assert "Access-Control-Allow-Credentials" not in told
    for origin in ("https://evil.example", "null", f"https://localhost:{port}", f"http://localhost:{port}.evil.example",
                   f"http://localhost:{port + 1}"):  # fmt: skip
        assert preflight(served, origin) == {}
        assert cors(ask(served, "GET", "/v0/vnext/sources", Origin=origin)[1]) == {}
    assert preflight(served, f"http://localhost:{port}", "/v0/vnext/sources") == {}


def test_the_page_names_the_address_of_the_api(served: Settings, db: str) -> None:
    status, _, page = ask(served, "GET", "/vnext?mode=live")
    [named] = re.findall(r'<meta name="alice-api-base" content="([^"]*)">', page)
    assert (status, named) == (200, served.public_api_url)
    assert named in served.allowed_origins
