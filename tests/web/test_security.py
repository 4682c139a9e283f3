"""The threats of docs/security.md, each against every address there is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.domain.vocab import Profile
from alice.services.access import sessions, tokens
from alice.services.agency import agent_keys
from tests.support.routes import NOBODY, Route, routes
from tests.web.conftest import ADDRESS

OPEN = {"healthz", "static", "console.sign_in", "console.sign_in_with_token", "console.clip",
        "api.ask_before_clipping"}  # fmt: skip
STRANGE_HOSTS = ["evil.com", "evil.com:8420", "0.0.0.0:8420", "127.0.0.1.nip.io:8420", "alice.localhost.:8420",
                 "alice.localhost:8421", "alice.localhost", "127.0.0.1", "[::1]:8420", "[::ffff:127.0.0.1]:8420",
                 "2130706433:8420", "127.1:8420", "alice.localhost:8420,evil.com", "evil@alice.localhost:8420", "",
                 "xn--lice-0ra.localhost:8420", " alice.localhost:8420", "alice.localhost:8420 "]  # fmt: skip
KNOWN_HOSTS = ["127.0.0.1:8420", "localhost:8420", "alice.localhost:8420", "ALICE.localhost:8420"]


def events() -> int:
    return int(database.query("SELECT count(*) FROM event_log")[0][0])


def ask(client: FlaskClient, route: Route, **how: Any) -> Any:
    """Ask with a body of the right type, so that what refuses is what is under test."""
    body: dict[str, Any] = {} if route.is_safe else ({"json": {}} if route.is_api else {"data": {"x": "1"}})
    return client.open(route.path, method=route.method, **{**body, **how})


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_no_address_answers_under_a_name_that_is_not_ours(app: Flask, browser: FlaskClient, host: str) -> None:
    before = events()
    for route in routes(app):
        answer = ask(browser, route, headers={"Host": host})
        assert answer.status_code == 421, f"{route} under {host!r}"
    assert events() == before


def test_no_address_answers_to_an_absolute_target(app: Flask, browser: FlaskClient) -> None:
    for route in routes(app):
        overrides = {"RAW_URI": f"http://evil.com{route.path}", "REQUEST_URI": f"http://evil.com{route.path}"}
        assert ask(browser, route, environ_overrides=overrides).status_code == 421, str(route)


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_our_own_names_are_answered(stranger: FlaskClient, host: str) -> None:
    assert stranger.get("/healthz", headers={"Host": host}).status_code == 200


def test_nobody_gets_in_without_credentials(app: Flask, stranger: FlaskClient) -> None:
    before = events()
    for route in routes(app):
        answer = ask(stranger, route)
        if route.endpoint in OPEN:
            assert answer.status_code != 403, str(route)
            continue
        assert answer.status_code == 401, str(route)
        if route.method == "GET":
            assert ("not_authenticated" in answer.text) == route.is_api, str(route)
            assert ('action="/vnext/sign-in"' in answer.text) != route.is_api, str(route)
    assert events() == before


def test_an_address_that_does_not_exist_tells_strangers_nothing(stranger: FlaskClient) -> None:
    assert stranger.get("/vnext/nowhere").status_code == 401
    assert stranger.get("/v0/vnext/nowhere").status_code == 401


WRONG_KEYS = ["Bearer ", "Bearer x", "Bearer alice_op_" + "A" * 43, "Basic YWxpY2U6eA==", "bearer", "",
              "Bearer é", "Token x", "Bearer\tx"]  # fmt: skip


@pytest.mark.parametrize("shown", WRONG_KEYS)
def test_a_wrong_key_is_refused_even_beside_a_good_cookie(app: Flask, browser: FlaskClient, shown: str) -> None:
    for route in routes(app):
        if route.endpoint not in OPEN:
            answer = ask(browser, route, headers={"Authorization": shown})
            assert answer.status_code in (401, 429), str(route)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_operator_token_opens_the_api(stranger: FlaskClient, settings: Settings, scheme: str) -> None:
    key = tokens.operator(settings.home)
    answer = stranger.get("/v0/vnext/sources", headers={"Authorization": f"{scheme} {key}"})
    assert answer.status_code == 200


def test_wrong_keys_are_slowed_down_and_the_right_one_is_not(stranger: FlaskClient, program: FlaskClient) -> None:
    answers = [stranger.get("/v0/vnext/sources", headers={"Authorization": "Bearer x"}) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert program.get("/v0/vnext/sources").status_code == 200


def test_no_key_at_all_is_told_as_such_and_counts_as_none_that_was_tried(stranger: FlaskClient) -> None:
    answers = [stranger.get("/v0/vnext/sources", headers={"Authorization": "Bearer "}) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {401}
    assert "A key is missing." in answers[-1].text


@pytest.mark.parametrize("query", ["key=x", "token=x", "api_key=x", "Access_Token=x", "q=alice_op_" + "a" * 43])
def test_a_key_in_an_address_is_refused_everywhere(app: Flask, program: FlaskClient, query: str) -> None:
    for route in routes(app, safe=True):
        if route.method == "GET":
            answer = program.get(f"{route.path}?{query}")
            assert answer.status_code == 422, str(route)
            assert "a" * 43 not in answer.text, str(route)


OTHER_SITES = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:3000"},
    {"Origin": "http://alice.localhost:3000"},
    {"Origin": "http://alice.localhost"},
    {"Origin": "https://evil.example/http://alice.localhost:8420"},
    {"Origin": "ftp://alice.localhost:8420"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "same-site"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": ""},
]


@pytest.mark.parametrize("sent", OTHER_SITES, ids=str)
def test_no_other_site_changes_anything(app: Flask, browser: FlaskClient, settings: Settings, sent: Any) -> None:
    del browser.environ_base["HTTP_SEC_FETCH_SITE"]
    before = events(), len(list((settings.home / "sessions").iterdir()))
    for route in routes(app, safe=False):
        assert ask(browser, route, headers=sent).status_code == 403, str(route)
    assert (events(), len(list((settings.home / "sessions").iterdir()))) == before


@pytest.mark.parametrize("sent", [{"Origin": ADDRESS}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
                                  {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin", "Origin": ADDRESS}],
                         ids=str)  # fmt: skip
def test_our_own_pages_do(browser: FlaskClient, sent: dict[str, str]) -> None:
    del browser.environ_base["HTTP_SEC_FETCH_SITE"]
    assert browser.post("/vnext/sources", data={"text": "Tea at four."}, headers=sent).status_code == 303


def test_a_program_with_a_key_says_no_origin(program: FlaskClient) -> None:
    assert program.post("/v0/vnext/sources", json={"text": "Tea at four."}).status_code == 201


def test_a_page_elsewhere_cannot_use_a_key_either(program: FlaskClient) -> None:
    sent = {"Origin": "https://evil.example"}
    assert program.post("/v0/vnext/sources", json={"text": "Tea."}, headers=sent).status_code == 403


FOREIGN_BODIES = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain",
                  "text/plain;application/json", "application/xml", ""]  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN_BODIES)
def test_the_api_takes_json_and_nothing_that_a_form_could_send(app: Flask, program: FlaskClient, kind: str) -> None:
    for route in routes(app, safe=False):
        if route.is_api:
            answer = program.open(route.path, method=route.method, data='{"text": "x"}', content_type=kind)
            assert answer.status_code == 415, str(route)


def test_a_page_takes_forms_and_nothing_else(app: Flask, browser: FlaskClient) -> None:
    for route in routes(app, safe=False):
        if not route.is_api:
            answer = browser.open(route.path, method=route.method, json={"text": "x"})
            assert answer.status_code == 415, str(route)


def test_too_much_at_once_is_refused_before_it_is_read(app: Flask, browser: FlaskClient, program: FlaskClient) -> None:
    before = events()
    for route in routes(app, safe=False):
        client = program if route.is_api else browser
        kind = "application/json" if route.is_api else "application/x-www-form-urlencoded"
        answer = client.open(route.path, method=route.method, data=b"x" * 2_000_001, content_type=kind)
        assert answer.status_code == 413, str(route)
    assert events() == before


def test_a_body_without_a_length_is_measured_too(program: FlaskClient) -> None:
    from io import BytesIO

    body = BytesIO(b'{"text": "' + b"x" * 2_500_000 + b'"}')
    environ = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answer = program.post(
        "/v0/vnext/sources", input_stream=body, content_type="application/json", environ_overrides=environ
    )
    assert answer.status_code == 413, answer.text


def test_every_answer_carries_the_headers_and_none_of_cors(app: Flask, browser: FlaskClient) -> None:
    for route in routes(app):
        preflight = {"Access-Control-Request-Method": "POST"} if route.method == "OPTIONS" else {}
        answer = ask(browser, route, headers={"Origin": "https://evil.example", **preflight})
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], str(route)
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"], str(route)
        assert "unsafe" not in answer.headers["Content-Security-Policy"], str(route)
        assert answer.headers["X-Content-Type-Options"] == "nosniff", str(route)
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", str(route)
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", str(route)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], str(route)


def test_errors_and_unchanged_files_carry_the_headers_too(browser: FlaskClient, monkeypatch: Any) -> None:
    file = browser.get("/static/x/css/base.css")
    unchanged = browser.get("/static/x/css/base.css", headers={"If-None-Match": file.headers["ETag"]})
    missing = browser.get("/vnext/nowhere")
    monkeypatch.setattr("alice.queries.library.sources.page", lambda *_a, **_k: 1 / 0)
    broken = browser.get("/vnext/sources")
    strange = browser.get("/vnext", headers={"Host": "evil.com"})
    answers = [unchanged, missing, broken, strange]
    assert [answer.status_code for answer in answers] == [304, 404, 500, 421]
    assert all("frame-ancestors 'none'" in answer.headers["Content-Security-Policy"] for answer in answers)


def test_looking_changes_nothing(app: Flask, browser: FlaskClient, brief: dict[str, Any], numbers: list[int]) -> None:
    source = brief["sources"][0]["source_id"]
    real = [f"/vnext/artifacts/{brief['id']}", f"/vnext/sources/{source}", f"/v0/vnext/sources/{source}",
            f"/vnext/artifacts/{brief['id']}/evidence/{numbers[0]}", f"/v0/vnext/artifacts/{brief['id']}",
            "/vnext/pulse?after=0"]  # fmt: skip
    before = events()
    database.query("SET default_transaction_read_only = on")
    try:
        paths = [*real, *(route.path for route in routes(app, safe=True) if route.method == "GET")]
        found = {path: browser.get(path).status_code for path in paths}
    finally:
        database.query("SET default_transaction_read_only = off")
    assert {path: status for path, status in found.items() if status >= 500} == {}
    assert {found[path] for path in real} == {200}
    assert events() == before


def test_pages_are_not_kept_and_say_what_they_depend_on(app: Flask, browser: FlaskClient) -> None:
    for route in routes(app, safe=True):
        if route.method == "GET" and route.path.startswith("/vnext"):
            answer = browser.get(route.path)
            assert answer.headers["Cache-Control"] == "no-store", str(route)
            assert answer.status_code in (302, 303) or "HX-Request" in answer.headers["Vary"], str(route)


def test_the_other_brain_of_the_same_database_is_told_like_one_that_never_was(
    app: Flask, browser: FlaskClient, bob: Any, now: Any
) -> None:
    from alice.services.evidence import capture

    theirs = capture.capture(bob, capture.Item("Bob's tea is at five."), zone="UTC", now=now).source_id
    for prefix in ("/v0/vnext/sources/", "/vnext/sources/"):
        theirs_answer, nobodys_answer = browser.get(f"{prefix}{theirs}"), browser.get(f"{prefix}{NOBODY}")
        assert theirs_answer.status_code == nobodys_answer.status_code == 404
        assert "tea" not in theirs_answer.text


def test_a_session_of_another_home_is_nobody(
    stranger: FlaskClient, settings: Settings, tmp_path: Any, now: Any
) -> None:
    secret = sessions.begin(tmp_path / "other", now=now)
    stranger.set_cookie(f"alice_{settings.port}", secret, domain="alice.localhost")
    assert stranger.get("/vnext").status_code == 401


def test_a_program_without_a_key_is_asked_for_one(app: Flask) -> None:
    nobody = app.test_client()
    for route in routes(app, safe=False):
        if route.is_api and route.endpoint not in OPEN:
            assert ask(nobody, route).status_code == 401, str(route)


def test_every_key_that_is_shown_has_to_be_right(program: FlaskClient) -> None:
    answer = program.post("/v0/vnext/connectors/browser-clipper/capture", json={"url": "https://example.org"},
                          headers={"X-Alice-Capture-Token": "alice_clip_" + "A" * 43})  # fmt: skip
    assert answer.status_code == 401


def test_a_method_that_health_does_not_take_is_told_to_agents_too(app: Flask, db: str, alice: Actor) -> None:
    key = agent_keys.create(alice, agent_keys.Wanted("openclaw", Profile.READ_ONLY_AGENT))["key"]
    answer = app.test_client().open("/healthz", method="TRACE", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 405
