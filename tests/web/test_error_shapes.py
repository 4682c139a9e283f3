"""Every error in one shape for each reader: JSON for programs, a part for HTMX, a page for people."""

from __future__ import annotations

import logging
import re
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from alice import errors
from alice.config import Settings
from alice.db import database
from alice.web.factory import create_app
from tests.support import contracts
from tests.web.conftest import Visitor

KEYS = {"code", "message", "hint", "fields", "trace_id"}
RAISED: dict[str, tuple[Exception, int]] = {
    "bad input": (errors.InvalidInput({"limit": "must be 1 or more."}), 422),
    "nobody": (errors.NotAuthenticated("Nobody."), 401),
    "not found": (errors.NotFound("source", "7"), 404),
    "conflict": (errors.Conflict("Somebody was first.", {"status": "closed"}), 409),
    "blocked": (errors.PolicyBlocked("This is not allowed.", {"decision": "blocked"}, "7"), 403),
    "not configured": (errors.NotConfigured("No model is set.", "Set ALICE_MODEL."), 409),
    "too large": (errors.TooLarge("Too much."), 413),
    "busy": (errors.Busy("It runs already."), 423),
    "too often": (errors.TooManyRequests("Too often.", after_seconds=7), 429),
    "upstream": (errors.Upstream("Telegram does not answer.", after_seconds=30), 502),
    "no database": (errors.DatabaseUnavailable("The database does not answer."), 503),
    "lost database": (OperationalError("server closed the connection unexpectedly"), 503),
    "lost interface": (InterfaceError("connection already closed"), 503),
    "lost driver": (psycopg.OperationalError("the connection is lost"), 503),
    "no connection left": (MaxConnectionsExceeded("Max connections exceeded"), 503),
    "nobody meant it": (ZeroDivisionError("secret detail"), 500),
    "nor this": (KeyError("secret detail"), 500),
}


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the list of sources raise whatever is given."""
    contracts.unheld(app)

    def let(error: Exception) -> None:
        def fail(*_args: object, **_named: object) -> None:
            raise error

        monkeypatch.setattr("alice.queries.library.sources.page", fail)

    return let


@pytest.mark.parametrize("case", RAISED)
def test_a_program_gets_json(program: FlaskClient, broken: Any, case: str) -> None:
    error, status = RAISED[case]
    broken(error)
    answer = program.get("/v0/vnext/sources")
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert set(answer.json) == {"error"}
    told = answer.json["error"]
    assert set(told) >= KEYS
    assert re.fullmatch(r"[0-9a-f]{16}", told["trace_id"])
    assert told["message"]
    assert "secret detail" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("case", RAISED)
def test_a_person_gets_a_page(browser: FlaskClient, broken: Any, case: str) -> None:
    error, status = RAISED[case]
    broken(error)
    answer = browser.get("/vnext/sources")
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert "<!doctype html>" in answer.text
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text
    assert ('class="rail"' in answer.text) == (status < 500 and status != 401)


@pytest.mark.parametrize("case", RAISED)
def test_htmx_gets_a_part_for_the_toasts(htmx: FlaskClient, broken: Any, case: str) -> None:
    error, status = RAISED[case]
    broken(error)
    answer = htmx.get("/vnext/sources")
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert "<html" not in answer.text
    assert 'class="problem"' in answer.text
    assert "secret detail" not in answer.text


def test_what_is_known_is_told(program: FlaskClient, broken: Any) -> None:
    broken(RAISED["conflict"][0])
    assert program.get("/v0/vnext/sources").json["error"]["current"] == {"status": "closed"}
    broken(RAISED["blocked"][0])
    assert program.get("/v0/vnext/sources").json["error"]["policy_decision"] == {"decision": "blocked"}
    broken(RAISED["too often"][0])
    assert program.get("/v0/vnext/sources").headers["Retry-After"] == "7"


def test_the_log_has_the_trace_that_the_answer_names(program: FlaskClient, broken: Any, caplog: Any) -> None:
    broken(ZeroDivisionError("secret detail"))
    with caplog.at_level(logging.ERROR, "alice.web"):
        program.get("/v0/vnext/sources?status=new")
    assert "secret detail" in caplog.text
    assert "status=new" not in caplog.messages[0]


@pytest.mark.parametrize("prefix", ["/v0/vnext", "/vnext"])
def test_addresses_and_methods_that_are_not_there(browser: FlaskClient, prefix: str) -> None:
    kind = "application/json" if prefix.startswith("/v0") else "text/html"
    for method, path, status in (
        ("GET", f"{prefix}/nowhere", 404),
        ("GET", f"{prefix}/sources/not-an-id", 404),
        ("DELETE", f"{prefix}/sources", 405),
    ):
        answer = browser.open(path, method=method)
        assert (answer.status_code, answer.mimetype) == (status, kind), path
        assert status != 405 or "GET" in answer.headers["Allow"]


BAD_BODIES = [b"{", b"[]", b'"x"', b"null", b"\xff", b"{'a': 1}", b'{"text": NaN}', b"[" * 100_000, b"{}",
              b'{"text": ' + b"9" * 5_000 + b"}", b'{"text": "\\ud800"}', b'{"text": "a\\u0000"}', b'{"text": ""}',
              b'{"\\ud800": 1, "text": "a"}', b'{"text": ["a"]}', b'{"text": "a", "more": 1}',
              b'{"text": "a", "domain": "kitchen"}', b'{"text": "a", "occurred_at": "soon"}',
              b'{"text": "a", "occurred_at": 1}', b'{"text": "a", "title": "\\u0000"}']  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda b: repr(b[:30]))
def test_a_body_that_cannot_be_used_names_its_field(program: FlaskClient, body: bytes) -> None:
    answer = program.post("/v0/vnext/sources", data=body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json["error"]["fields"]
    assert database.query("SELECT count(*) FROM source") == [(0,)]


def test_a_wrong_word_is_told_the_right_ones(program: FlaskClient) -> None:
    told = program.get("/v0/vnext/sources?status=old").json["error"]["fields"]
    assert told == {"status": "must be one of new, reviewed, archived or forgotten, not 'old'."}


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "cursor=x", "limit=1&limit=2", "colour=red",
                                   "cursor=%00", "status=%ff"])  # fmt: skip
def test_a_query_that_cannot_be_used_names_its_field(program: FlaskClient, query: str) -> None:
    answer = program.get(f"/v0/vnext/sources?{query}")
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == {query.partition("=")[0]}


def test_without_a_database_a_page_is_one_calm_sentence(settings: Settings, browser: FlaskClient, db: str) -> None:
    cookie = browser.get_cookie("alice_8420", domain="alice.localhost")
    assert cookie is not None
    elsewhere = create_app(settings.changed(database_url="postgresql:///nowhere?host=/nonexistent&password=hunter2"))
    elsewhere.test_client_class = Visitor
    client = elsewhere.test_client()
    client.set_cookie("alice_8420", cookie.value, domain="alice.localhost")
    for path in ("/vnext", "/vnext/sources", "/v0/vnext/sources", "/vnext/nowhere"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "The database does not answer" in answer.text
        assert "hunter2" not in answer.text
    assert client.get("/healthz").json == {"status": "down", "database": "unreachable"}
    assert client.get("/vnext/sign-in").status_code == 303
