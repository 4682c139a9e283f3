"""Open loops: ticked where they are shown, undone from the toast, and never decided twice in silence."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.db import database
from tests.web.conftest import ADDRESS


@pytest.fixture
def loop(brief: dict[str, Any]) -> str:
    """The id of a loop that the brief tells of."""
    said = [s for section in brief["sections"] for s in section["statements"]]
    return str(next(s["loop"]["id"] for s in said if s.get("loop")))


def status(loop: str) -> str:
    return str(database.query("SELECT status FROM open_loop WHERE id = %s", loop)[0][0])


def test_ticking_closes_the_loop_and_goes_back_to_the_page(browser: FlaskClient, loop: str) -> None:
    came = {"Referer": f"{ADDRESS}/vnext/artifacts?status=needs_review"}
    answer = browser.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"}, headers=came)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vnext/artifacts?status=needs_review")
    assert status(loop) == "closed"


@pytest.mark.parametrize("came", ["https://evil.example/vnext", f"{ADDRESS}/static/x", f"{ADDRESS}//evil.example", ""])
def test_going_back_never_leads_elsewhere(browser: FlaskClient, loop: str, came: str) -> None:
    answer = browser.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"}, headers={"Referer": came})
    assert answer.headers["Location"] == "/vnext"


def test_htmx_gets_the_row_as_it_is_now_and_a_way_to_undo(htmx: FlaskClient, loop: str) -> None:
    done = htmx.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"})
    assert done.status_code == 200
    assert done.text.lstrip().startswith(f'<form class="decision" id="loop-{loop}"')
    assert 'aria-pressed="true"' in done.text
    assert "Closed." in done.text
    assert 'name="action" value="reopen"' in done.text
    undone = htmx.post(f"/vnext/open-loops/{loop}/review", data={"action": "reopen"}, headers={"HX-Target": "toasts"})
    assert undone.text.lstrip().startswith('<div id="toasts"')
    assert 'hx-swap-oob="true"' in undone.text
    assert 'aria-pressed="false"' in undone.text
    assert status(loop) == "open"


def test_whoever_is_second_sees_what_the_first_one_did(htmx: FlaskClient, loop: str) -> None:
    htmx.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"})
    second = htmx.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"})
    assert second.status_code == 409
    assert f'id="loop-{loop}"' in second.text
    assert "This loop is closed" in second.text


def test_without_htmx_the_second_one_is_told_on_a_page(browser: FlaskClient, loop: str) -> None:
    browser.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"})
    second = browser.post(f"/vnext/open-loops/{loop}/review", data={"action": "close"})
    assert second.status_code == 409
    assert "This loop is closed" in second.text


def test_the_api_decides_with_the_same_words(program: FlaskClient, loop: str) -> None:
    address = f"/v0/vnext/open-loops/{loop}/review"
    done = program.post(address, json={"action": "close", "reason": "It was sent.", "version": 1})
    assert (done.status_code, done.json["status"], done.json["reason"]) == (200, "closed", "It was sent.")
    stale = program.post(address, json={"action": "reopen", "version": 1})
    assert (stale.status_code, stale.json["error"]["current"]["version"]) == (409, 2)
    wrong = program.post(address, json={"action": "finish"})
    assert "accept, edit, reject, close, reopen, snooze or merge" in wrong.json["error"]["fields"]["action"]


def test_an_unknown_loop_is_not_found(program: FlaskClient) -> None:
    nobody = "00000000-0000-7000-8000-00000000dead"
    assert program.post(f"/v0/vnext/open-loops/{nobody}/review", json={"action": "close"}).status_code == 404
