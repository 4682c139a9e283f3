"""Clips by HTTP: the JSON endpoint with its token and origins, and the clip page with its look before it keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.services.access import capture_tokens
from alice.services.connecting import connector_settings
from alice.web.factory import create_app
from tests.support.routes import routes
from tests.web.conftest import ADDRESS, Visitor

PATH = "/v0/vnext/connectors/browser-clipper/capture"
CLIP = {
    "url": "https://news.example/tea?utm_source=mail",
    "title": "Tea",
    "page_text": "Tea at four.\n\nTODO: buy milk.",
}
LISTED = "http://localhost:8420"


def count(table: str) -> int:
    return int(database.query(f"SELECT count(*) FROM {table}")[0][0])


@pytest.fixture
def token(db: str, alice: Actor, settings: Settings) -> str:
    """The capture token, as its owner was shown it."""
    return capture_tokens.make(alice, home=settings.home)


@pytest.fixture
def extension(app: Flask, token: str) -> FlaskClient:
    """A program that holds nothing but the capture token."""
    client = app.test_client()
    client.environ_base["HTTP_X_ALICE_CAPTURE_TOKEN"] = token
    return client


def test_a_token_hands_in_a_clip(extension: FlaskClient) -> None:
    first = extension.post(PATH, json=CLIP)
    assert first.status_code == 201
    assert first.json.items() >= {"status": "imported", "duplicate": False, "open_loop_count": 1}.items()
    assert {"source_id", "candidate_memory_count", "chunk_count", "content_hash"} <= set(first.json)
    again = extension.post(PATH, json=CLIP | {"url": "https://news.example/tea"})
    assert (again.status_code, again.json["duplicate"], again.json["source_id"]) == (200, True, first.json["source_id"])
    assert database.query("SELECT DISTINCT actor FROM event_log WHERE event_type = 'source.captured'") == [
        ("system:browser_clipper",)
    ]


def test_the_operator_token_does_too(program: FlaskClient) -> None:
    assert program.post(PATH, json=CLIP).status_code == 201


def test_html_comes_out_readable(extension: FlaskClient, program: FlaskClient) -> None:
    story = "<p>The allotment club met in the boiler house, and everybody had brought tea and cake.</p>" * 8
    page = f"<title>Tea - Club</title><nav>Shop</nav><article><h1>Tea</h1>{story}</article><script>x()</script>"
    done = extension.post(PATH, json={"url": "https://club.example/", "html": page}).json
    kept = program.get(f"/v0/vnext/sources/{done['source_id']}").json
    assert kept["title"] == "Tea"
    assert "brought tea" in kept["content_text"]
    assert "x()" not in kept["content_text"]


WRONG = ["", "x", "alice_cap_" + "A" * 43, "é", "Bearer x"]


@pytest.mark.parametrize("shown", WRONG)
def test_a_wrong_token_is_refused_even_beside_a_good_cookie(browser: FlaskClient, token: str, shown: str) -> None:
    answer = browser.post(PATH, json=CLIP, headers={"X-Alice-Capture-Token": shown})
    assert answer.status_code == 401
    assert "browser-clipper token" in answer.json["error"]["hint"]
    assert count("source") == 0


def test_without_a_token_that_was_made_none_is_right(stranger: FlaskClient) -> None:
    headers = {"X-Alice-Capture-Token": "alice_cap_" + "A" * 43}
    assert stranger.post(PATH, json=CLIP, headers=headers).status_code == 401


def test_wrong_tokens_are_slowed_down(extension: FlaskClient, app: Flask) -> None:
    guesser = app.test_client()
    guesses = [guesser.post(PATH, json=CLIP, headers={"X-Alice-Capture-Token": f"x{n}"}) for n in range(12)]
    assert [answer.status_code for answer in guesses] == [401] * 10 + [429] * 2
    assert extension.post(PATH, json=CLIP).status_code == 201


def test_the_token_opens_nothing_else(app: Flask, extension: FlaskClient) -> None:
    for route in routes(app):
        if route.path != PATH and not getattr(app.view_functions[route.endpoint], "open_to_everyone", False):
            body: dict[str, Any] = {} if route.is_safe else ({"json": {}} if route.is_api else {"data": {"x": "1"}})
            answer = extension.open(route.path, method=route.method, **body)
            assert answer.status_code in (401, 403), str(route)


def test_a_new_token_voids_the_old_one(extension: FlaskClient, alice: Actor, settings: Settings) -> None:
    capture_tokens.make(alice, home=settings.home)
    assert extension.post(PATH, json=CLIP).status_code == 401


def test_a_clipper_that_is_switched_off_takes_nothing(extension: FlaskClient, alice: Actor, settings: Settings) -> None:
    connector_settings.configure(alice, "browser-clipper", {"enabled": False}, settings=settings)
    answer = extension.post(PATH, json=CLIP)
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "not_configured")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"url": "javascript:alert(1)"}, "url"),
    ({"url": "data:text/html,x"}, "url"),
    ({"url": 7}, "url"),
    ({"url": None}, "url"),
    ({"url": "https://example.org/" + "x" * 9_000}, "url"),
    ({"url": "https://example.org/\0"}, "url"),
    ({"page_text": ["words"]}, "page_text"),
    ({"page_text": "a\0b"}, "page_text"),
    ({"page_text": "x" * 1_000_001}, "page_text"),
    ({"page_text": ""}, "page_text"),
    ({"page_text": None}, "page_text"),
    ({"selected_text": {"a": 1}}, "selected_text"),
    ({"selected_text": "a\0b"}, "selected_text"),
    ({"user_note": True}, "user_note"),
    ({"title": 1.5}, "title"),
    ({"title": "a\0b"}, "title"),
    ({"html": 1}, "html"),
    ({"captured_at": "yesterday"}, "captured_at"),
    ({"captured_at": 1_700_000_000}, "captured_at"),
    ({"captured_at": "2026-03-04T12:00:00"}, "captured_at"),
    ({"domain": "astrology"}, "domain"),
    ({"sensitivity": "very"}, "sensitivity"),
    ({"token": "x"}, "token"),
]


@pytest.mark.parametrize(("fields", "name"), BAD, ids=lambda value: str(value)[:40])
def test_what_cannot_be_kept_is_refused_by_its_field(extension: FlaskClient, fields: Any, name: str) -> None:
    answer = extension.post(PATH, json=CLIP | fields)
    assert answer.status_code == 422, answer.text
    assert list(answer.json["error"]["fields"]) == [name]
    assert len(answer.text) < 1_000
    assert count("source") == 0


RAW = [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b'{"url": NaN}', b"[" * 100_000, b'{"url": "\\ud800"}', b"null"]


@pytest.mark.parametrize("body", RAW, ids=lambda body: repr(body[:12]))
def test_a_body_that_is_no_clip_is_refused(extension: FlaskClient, body: bytes) -> None:
    answer = extension.post(PATH, data=body, content_type="application/json")
    assert answer.status_code == 422, answer.text
    assert count("source") == 0


def test_a_body_of_two_megabytes_is_refused(extension: FlaskClient) -> None:
    answer = extension.post(PATH, json=CLIP | {"page_text": "x" * 2_000_000})
    assert answer.status_code == 413
    assert count("source") == 0


def preflight(client: FlaskClient, origin: str, path: str = PATH, method: str = "POST") -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": method,
             "Access-Control-Request-Headers": "content-type,x-alice-capture-token"}  # fmt: skip
    return client.options(path, headers=asked)


def cors(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers if name.startswith("Access-Control")}


def test_a_listed_origin_is_answered_exactly_preflight_included(app: Flask, extension: FlaskClient) -> None:
    asked = preflight(app.test_client(), LISTED)
    assert asked.status_code == 204
    told = cors(asked)
    assert told["Access-Control-Allow-Origin"] == LISTED
    assert told["Access-Control-Allow-Methods"] == "POST"
    assert told["Access-Control-Allow-Headers"].lower() == "content-type, x-alice-capture-token"
    assert "Access-Control-Allow-Credentials" not in told
    assert "Origin" in asked.headers["Vary"]
    done = extension.post(PATH, json=CLIP, headers={"Origin": LISTED, "Sec-Fetch-Site": "same-site"})
    assert (done.status_code, cors(done)) == (201, {"Access-Control-Allow-Origin": LISTED})


def test_a_listed_origin_reads_what_was_wrong(extension: FlaskClient) -> None:
    answer = extension.post(PATH, json={}, headers={"Origin": LISTED})
    assert (answer.status_code, cors(answer)) == (422, {"Access-Control-Allow-Origin": LISTED})


STRANGE = ["https://evil.example", "null", "*", "http://localhost:8421", "https://localhost:8420", "http://localhost",
           "http://localhost:8420.evil.example", "http://evil.example/http://localhost:8420", "http://LOCALHOST:8420",
           "http://127.0.0.1:84200", "http://alice.localhost:8420 ", "http://xlocalhost:8420"]  # fmt: skip


@pytest.mark.parametrize("origin", STRANGE)
def test_no_other_origin_is_answered_or_taken(extension: FlaskClient, origin: str) -> None:
    assert cors(preflight(extension, origin)) == {}
    answer = extension.post(PATH, json=CLIP, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, cors(answer)) == (403, {})
    assert count("source") == 0


def test_a_cookie_is_never_enough_from_another_origin(browser: FlaskClient) -> None:
    headers = {"Origin": LISTED, "Sec-Fetch-Site": "same-site"}
    assert browser.post(PATH, json=CLIP, headers=headers).status_code == 403
    assert count("source") == 0


def test_no_other_address_answers_a_listed_origin(app: Flask, browser: FlaskClient) -> None:
    for route in routes(app):
        if route.path != PATH:
            answer = preflight(browser, LISTED, route.path) if route.method == "OPTIONS" else browser.open(
                route.path, method=route.method, headers={"Origin": LISTED})  # fmt: skip
            assert cors(answer) == {}, str(route)


def test_another_method_is_not_offered(stranger: FlaskClient) -> None:
    assert "Access-Control-Allow-Methods" not in cors(preflight(stranger, LISTED, method="DELETE"))


@pytest.mark.parametrize(
    "listed", ["*", "null", "http://[::1]:8420", "http://a.example, http://b.example", "[a-z]://x"]
)
def test_the_list_is_taken_by_the_letter(settings: Settings, listed: str) -> None:
    client = Visitor(create_app(settings.changed(allowed_origins=tuple(listed.split(", ")))))
    answered = {origin for origin in ("https://evil.example", "null", "http://[::1]:8420", "http://a.example", "http://:",
                                      "http://b.example", "a://x") if cors(preflight(client, origin))}  # fmt: skip
    assert answered == {origin for origin in listed.split(", ") if origin.startswith("http://")}


def test_a_token_in_the_address_is_refused(stranger: FlaskClient, token: str) -> None:
    answer = stranger.post(f"{PATH}?capture={token}", json=CLIP)
    assert answer.status_code == 422
    assert token not in answer.text


# The clip page


def test_the_shell_is_open_and_holds_no_data(stranger: FlaskClient, browser: FlaskClient, program: FlaskClient) -> None:
    program.post(PATH, json=CLIP)
    theirs, ours = stranger.get("/vnext/clip"), browser.get("/vnext/clip")
    assert (theirs.status_code, ours.status_code) == (200, 200)
    assert "data-signed-in" not in theirs.text
    assert ours.text.replace(" data-signed-in", "") == theirs.text
    assert not [word for word in ("Tea", "news.example", "pulse") if word in ours.text]
    link = re.search(r'href="(javascript:[^"]+)"', theirs.text)
    assert link
    assert "alice.localhost:8420/vnext/clip" in link[1]
    assert "alice_" not in link[1]


def test_a_look_shows_what_would_be_kept_and_keeps_nothing(htmx: FlaskClient) -> None:
    seen = htmx.post("/vnext/clip/look", data=CLIP | {"user_note": "Mine.", "domain": "family"})
    assert seen.status_code == 200
    assert "Tea at four." in seen.text
    assert "https://news.example/tea<" in seen.text
    assert '<option value="family" selected>' in seen.text
    assert 'aria-disabled="true"' in seen.text
    assert (count("source"), count("event_log")) == (0, 0)


def test_what_is_shown_is_what_is_kept(htmx: FlaskClient, program: FlaskClient) -> None:
    chosen = "Chosen words, and ghp_" + "a" * 36
    clip = {"url": "https://news.example/x", "selected_text": chosen, "html": "<title>X</title>"}
    shown = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", htmx.post("/vnext/clip/look", data=clip).text, re.DOTALL)
    done = htmx.post("/vnext/clip", data=clip | {"title": "My title", "sensitivity": "confidential"})
    assert (done.status_code, done.headers["HX-Trigger"]) == (200, "alice:clipped")
    [kept] = program.get("/v0/vnext/sources").json["items"]
    kept = program.get(f"/v0/vnext/sources/{kept['id']}").json
    assert shown
    assert shown[1] == kept["content_text"] == "Chosen words, and [redacted github token]"
    assert (kept["title"], kept["sensitivity"]) == ("My title", "confidential")


def test_a_clip_sent_without_scripts_leads_to_its_source(browser: FlaskClient) -> None:
    done = browser.post("/vnext/clip", data=CLIP)
    assert done.status_code == 303
    assert browser.get(done.headers["Location"]).status_code == 200


def test_what_cannot_be_kept_is_said_in_the_form(htmx: FlaskClient) -> None:
    for path in ("/vnext/clip/look", "/vnext/clip"):
        answer = htmx.post(path, data=CLIP | {"url": "javascript:alert(1)"})
        assert answer.status_code == 422
        assert "must begin with http://" in answer.text
        assert "data-save" not in answer.text
    again = htmx.post("/vnext/clip", data=CLIP | {"user_note": "a\0b"})
    assert again.status_code == 422
    assert "NUL" in again.text
    assert "data-save" in again.text
    assert count("source") == 0


def test_another_page_cannot_send_the_form(browser: FlaskClient) -> None:
    for path in ("/vnext/clip/look", "/vnext/clip"):
        sent = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert browser.post(path, data=CLIP, headers=sent).status_code == 403
        sent = {"Origin": f"{ADDRESS}0", "Sec-Fetch-Site": "same-site"}
        assert browser.post(path, data=CLIP, headers=sent).status_code == 403
    assert count("source") == 0


def test_an_empty_brain_offers_the_bookmarklet(browser: FlaskClient) -> None:
    page = browser.get("/vnext").text
    assert 'id="way-bookmarklet"' in page
    assert 'href="javascript:' in page


# What the smokes check


def test_the_live_console_names_the_address_that_takes_clips(extension: FlaskClient, browser: FlaskClient) -> None:
    page = browser.get("/vnext?mode=live")
    base = re.search(r'<meta name="alice-api-base" content="([^"]+)">', page.text)
    assert base
    assert base[1] == ADDRESS
    answer = extension.post(PATH, json=CLIP, base_url=base[1], headers={"Origin": LISTED})
    assert answer.status_code == 201


def test_no_token_ever_comes_to_rest(extension: FlaskClient, token: str, settings: Settings) -> None:
    told = dict.fromkeys(("title", "page_text", "selected_text", "user_note"), f"My {token} is safe.")
    told |= {"url": f"https://news.example/{token}?capture_token={token}"}
    answer = extension.post(PATH, json=told)
    assert answer.status_code == 201
    assert token not in answer.text
    refused = extension.post(PATH, json=told | {"url": f"ftp://{token}", token: token})
    assert refused.status_code == 422
    for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        stored = database.query(f'SELECT coalesce(string_agg(t::text, $$ $$), $$$$) FROM "{table}" t')[0][0]
        assert token not in stored, table
    files = [file for file in settings.home.rglob("*") if file.is_file()]
    assert files
    assert not [file for file in files if token.encode() in file.read_bytes()]


def test_an_extension_is_listed_by_its_own_origin(settings: Settings, token: str) -> None:
    origin = "chrome-extension://abcdefghijklmnop"
    client = Visitor(create_app(settings.changed(allowed_origins=(origin,))))
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site", "X-Alice-Capture-Token": token}
    answer = client.post(PATH, json=CLIP, headers=headers)
    assert (answer.status_code, cors(answer)) == (201, {"Access-Control-Allow-Origin": origin})
    assert client.post(PATH, json=CLIP, headers=headers | {"Origin": LISTED}).status_code == 403
