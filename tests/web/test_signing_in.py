"""Signing in: the one-time link, the token, the session that lasts and ends."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from alice import clock
from alice.config import Settings
from alice.services.access import sessions, tokens
from alice.web.factory import create_app
from tests.support import contracts

COOKIE = "alice_8420"


def link(settings: Settings, *, minutes_ago: float = 0) -> str:
    address = sessions.sign_in_link(settings, now=clock.now() - timedelta(minutes=minutes_ago))
    return address.removeprefix(settings.console_url)


def set_cookie(answer: Any) -> str:
    return str(answer.headers.get("Set-Cookie", ""))


def test_the_link_signs_in_once(stranger: FlaskClient, settings: Settings) -> None:
    address = link(settings)
    answer = stranger.get(address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext")
    assert stranger.get("/vnext").status_code == 200
    stranger.delete_cookie(COOKIE, domain="alice.localhost")
    again = stranger.get(address)
    assert again.status_code == 401
    assert "used already" in again.text
    assert not set_cookie(again)


def test_the_link_is_good_for_five_minutes(stranger: FlaskClient, settings: Settings) -> None:
    assert stranger.get(link(settings, minutes_ago=6)).status_code == 401
    assert stranger.get(link(settings, minutes_ago=4)).status_code == 303


def test_a_ticket_is_neither_a_session_nor_a_key(stranger: FlaskClient, settings: Settings) -> None:
    ticket = sessions.open_ticket(settings.home, now=clock.now())
    stranger.set_cookie(COOKIE, ticket, domain="alice.localhost")
    assert stranger.get("/vnext").status_code == 401
    answer = stranger.get("/v0/vnext/sources", headers={"Authorization": f"Bearer {ticket}"})
    assert answer.status_code == 401


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(stranger: FlaskClient, settings: Settings) -> None:
    told = set_cookie(stranger.get(link(settings)))
    assert told.startswith(f"{COOKIE}=alice_ss_")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"} <= {part.strip() for part in told.split(";")}
    assert "Domain" not in told


def test_the_token_signs_in(stranger: FlaskClient, settings: Settings) -> None:
    form = {"token": f" {tokens.operator(settings.home)}\n", "next": "/vnext/sources?status=new"}
    answer = stranger.post("/vnext/sign-in", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext/sources?status=new")
    assert stranger.get("/vnext/sources").status_code == 200


ELSEWHERE = ["https://evil.example", "//evil.example", "/vnext//evil.example", "/\\evil.example", "/vnextevil",
             "javascript:1", "/vnext/sign-out", "/vnext/sign-in?next=/vnext", "/v0/vnext/sources",
             "/vnext/\r\nSet-Cookie: a=b", ""]  # fmt: skip


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_signing_in_never_leads_elsewhere(stranger: FlaskClient, settings: Settings, wanted: str) -> None:
    answer = stranger.post("/vnext/sign-in", data={"token": tokens.operator(settings.home), "next": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext")


def test_a_wrong_token_is_told_so_and_slowed_down(stranger: FlaskClient, settings: Settings) -> None:
    answers = [stranger.post("/vnext/sign-in", data={"token": "x"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert "not the operator token" in answers[0].text
    assert stranger.get(link(settings)).status_code == 303


def test_the_page_that_was_wanted_comes_after_the_door(stranger: FlaskClient) -> None:
    asked = stranger.get("/vnext/sources?status=new")
    assert asked.status_code == 401
    assert 'name="next" value="/vnext/sources?status=new"' in asked.text


def test_a_session_outlives_a_restart(browser: FlaskClient, settings: Settings) -> None:
    cookie = browser.get_cookie(COOKIE, domain="alice.localhost")
    assert cookie is not None
    afresh = create_app(settings).test_client()
    afresh.set_cookie(COOKIE, cookie.value, domain="alice.localhost")
    assert afresh.get("/vnext", base_url="http://alice.localhost:8420").status_code == 200


def test_signing_out_ends_the_session_on_the_server(browser: FlaskClient) -> None:
    cookie = browser.get_cookie(COOKIE, domain="alice.localhost")
    assert cookie is not None
    answer = browser.post("/vnext/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext/sign-in")
    browser.set_cookie(COOKIE, cookie.value, domain="alice.localhost")
    assert browser.get("/vnext").status_code == 401


def test_a_session_lasts_thirty_days_and_seven_idle_ones(settings: Settings) -> None:
    start = clock.now()
    secret = sessions.begin(settings.home, now=start)
    for day in range(0, 30, 6):
        assert sessions.is_valid(settings.home, secret, now=start + timedelta(days=day))
    assert not sessions.is_valid(settings.home, secret, now=start + timedelta(days=30))
    idle = sessions.begin(settings.home, now=start)
    assert not sessions.is_valid(settings.home, idle, now=start + timedelta(days=7))
    assert not sessions.is_valid(settings.home, idle, now=start)


def test_a_page_left_open_is_no_use_of_the_session(settings: Settings) -> None:
    start = clock.now()
    secret = sessions.begin(settings.home, now=start)
    assert sessions.is_valid(settings.home, secret, now=start + timedelta(days=6), used=False)
    assert not sessions.is_valid(settings.home, secret, now=start + timedelta(days=8))


def test_of_two_who_bring_the_same_ticket_one_gets_in(settings: Settings) -> None:
    now = clock.now()
    ticket = sessions.open_ticket(settings.home, now=now)
    assert [sessions.redeem(settings.home, ticket, now=now) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("secret", ["", "x", "../operator.token", "/etc/passwd", "é", "alice_ss_\0", "a" * 100_000])
def test_a_made_up_secret_is_no_session(settings: Settings, secret: str) -> None:
    sessions.begin(settings.home, now=clock.now())
    assert not sessions.is_valid(settings.home, secret, now=clock.now())
    assert not sessions.redeem(settings.home, secret, now=clock.now())


def test_rotating_the_token_ends_every_session(browser: FlaskClient, settings: Settings) -> None:
    before = tokens.operator(settings.home)
    after = tokens.rotate(settings.home)
    assert before != after == tokens.operator(settings.home)
    assert not tokens.is_operator(settings.home, before)
    assert browser.get("/vnext").status_code == 401


def test_secrets_lie_in_files_of_the_owner_alone_and_never_in_clear(settings: Settings) -> None:
    secret = sessions.begin(settings.home, now=clock.now())
    ticket = sessions.open_ticket(settings.home, now=clock.now())
    tokens.operator(settings.home)
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert len(files) == 3
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    assert all(path.stat().st_mode & 0o777 == 0o700 for path in (settings.home, *settings.home.glob("*/")))
    told = "".join(path.read_text() + path.name for path in files)
    assert secret not in told
    assert ticket not in told


def test_a_home_that_cannot_be_written_is_one_clear_sentence(stranger: FlaskClient, settings: Settings) -> None:
    settings.home.parent.mkdir(exist_ok=True)
    settings.home.write_text("a file where a folder should be")
    answer = stranger.post("/vnext/sign-in", data={"token": "x"})
    assert answer.status_code == 409
    assert "cannot be written" in answer.text
    assert "Traceback" not in answer.text
    os.unlink(settings.home)


def test_a_damaged_token_file_is_no_way_in(app: Flask, stranger: FlaskClient, settings: Settings) -> None:
    contracts.unheld(app)
    tokens.operator(settings.home)
    for content in ("", "x", "alice_op_short"):
        tokens.place(settings.home).write_text(content)
        assert stranger.post("/vnext/sign-in", data={"token": content}).status_code in (401, 409, 429)
        answer = stranger.get("/v0/vnext/sources", headers={"Authorization": f"Bearer {content}"})
        assert answer.status_code in (401, 409, 429)
