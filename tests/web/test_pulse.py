"""The pulse: silent while nothing happens, and naming what changed when something did."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice import clock
from alice.config import Settings
from alice.domain.policy import Actor
from alice.ledger import events, gate
from alice.queries.ledger import timeline
from alice.services.evidence import capture
from alice.services.forgetting import acts
from alice.services.reviewing import memories
from alice.services.reviewing.memories import Wish
from alice.web.console.pulse import CARES
from tests.support.decisions import claim


def test_nothing_new_is_an_empty_answer(browser: FlaskClient, brief: dict[str, Any], alice: Actor) -> None:
    seq = timeline.newest(gate.scope(alice))
    answer = browser.get(f"/vnext/pulse?after={seq}")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "HX-Trigger" not in answer.headers


def test_it_names_what_changed_and_how_often(browser: FlaskClient, brief: dict[str, Any], alice: Actor) -> None:
    answer = browser.get("/vnext/pulse?after=0")
    told = json.loads(answer.headers["HX-Trigger"])
    assert told["alice:captures"] == {"count": 1}
    assert told["alice:brief"] == {"count": 1}
    assert told["alice:waiting"]["count"] >= 2
    assert f"after={timeline.newest(gate.scope(alice))}" in answer.text


def test_a_page_begins_where_the_log_stands(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    first = re.search(r"/vnext/pulse\?after=(\d+)", browser.get("/vnext").text)
    assert first is not None
    assert browser.get(first[0]).status_code == 204
    capture.capture(alice, capture.Item("Tea at four."), zone="UTC", now=now)
    assert browser.get(first[0]).status_code == 200


def test_another_brain_is_not_heard(browser: FlaskClient, bob: Actor, now: datetime) -> None:
    capture.capture(bob, capture.Item("Tea at five."), zone="UTC", now=now)
    assert browser.get("/vnext/pulse?after=0").status_code == 204


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "1.5"])
def test_a_place_in_the_log_that_is_none_is_refused(browser: FlaskClient, after: str) -> None:
    assert browser.get(f"/vnext/pulse?after={after}").status_code == 422


def test_a_log_that_began_anew_is_heard_again(browser: FlaskClient, brief: dict[str, Any]) -> None:
    assert browser.get("/vnext/pulse?after=999999").status_code == 200


def test_the_pulse_does_not_keep_a_session_alive(browser: FlaskClient, settings: Settings) -> None:
    [file] = (settings.home / "sessions").iterdir()
    import os

    old = (clock.now() - timedelta(hours=5)).timestamp()
    os.utime(file, (old, old))
    browser.get("/vnext/pulse?after=0")
    assert file.stat().st_mtime == pytest.approx(old)
    browser.get("/vnext/sources")
    assert file.stat().st_mtime > old + 60


def test_it_hears_of_events_that_there_are(db: str) -> None:
    assert set(CARES) <= set(events.REGISTRY)


def test_whatever_changes_what_waits_is_named(browser: FlaskClient, alice: Actor, now: datetime) -> None:
    def told() -> set[str]:
        nonlocal seq
        answer = browser.get(f"/vnext/pulse?after={seq}")
        seq = timeline.newest(gate.scope(alice))
        return set(json.loads(answer.headers.get("HX-Trigger", "{}")))

    seq = timeline.newest(gate.scope(alice))
    memory = claim(alice, "The oars are in the shed.", now=now)
    assert told() == {"alice:waiting"}, "proposed"
    memories.review(alice, memory, Wish("accept"), now=now)
    assert told() == {"alice:waiting"}, "accepted"
    done = capture.capture(alice, capture.Item("Decision: the boat is sold."), zone="UTC", now=now)
    assert told() == {"alice:captures", "alice:waiting"}, "captured"
    acts.source(alice, done.source_id)
    assert told() == {"alice:captures", "alice:waiting"}, "forgotten"
