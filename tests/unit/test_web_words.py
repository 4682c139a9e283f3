"""How times and words are said to people, and which names the door answers to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import given
from hypothesis import strategies as st

from alice import config
from alice.web import door, filters

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday


@pytest.fixture(scope="module")
def app() -> Flask:
    made = Flask("words")
    made.extensions["alice_settings"] = config.load({"ALICE_TIMEZONE": "Europe/Madrid"})
    return made


def said(app: Flask, name: str, value: Any) -> Any:
    with app.app_context():
        g.now = NOON
        return getattr(filters, name)(value)


AGO = {
    timedelta(seconds=30): "now",
    timedelta(minutes=2): "2m",
    timedelta(hours=3): "3h",
    timedelta(hours=23, minutes=59): "23h",
    timedelta(days=1): "yesterday",
    timedelta(days=4): "Sat",
    timedelta(days=20): "12 Feb",
    timedelta(days=200): "16 Aug 2025",
    timedelta(hours=-2): "today",
    timedelta(days=-3): "7 Mar",
}


@pytest.mark.parametrize("age", AGO, ids=str)
def test_how_long_ago(app: Flask, age: timedelta) -> None:
    assert said(app, "ago", NOON - age) == AGO[age]


@given(st.integers(-(10**6), 10**6))
def test_no_duration_is_ever_negative(app: Flask, minutes: int) -> None:
    assert "-" not in said(app, "ago", NOON - timedelta(minutes=minutes))


DUE = {date(2026, 3, 4): "due today", date(2026, 3, 5): "due tomorrow", date(2026, 3, 6): "due Fri",
       date(2026, 3, 14): "due 14 Mar", date(2027, 1, 2): "due 2 Jan 2027", date(2026, 3, 3): "was due 3 Mar",
       date(2025, 12, 31): "was due 31 Dec 2025"}  # fmt: skip


@pytest.mark.parametrize("day", DUE, ids=str)
def test_when_something_is_due(app: Flask, day: date) -> None:
    assert said(app, "due", day) == DUE[day]
    assert said(app, "is_past", day) == DUE[day].startswith("was")


def test_times_are_those_of_the_owners_clock(app: Flask) -> None:
    assert said(app, "moment", NOON) == "Wed 4 Mar 2026, 13:00"
    assert said(app, "moment", date(2026, 3, 4)) == "Wed 4 Mar 2026"
    assert said(app, "clock_time", NOON) == "13:00"
    assert said(app, "due", date(2026, 3, 4)) == "due today"


def test_a_note_that_knows_its_day_alone_gets_no_time_of_day(app: Flask) -> None:
    assert said(app, "occurred", datetime(2026, 3, 3, 23, 0, tzinfo=UTC)) == "Wed 4 Mar 2026"
    assert said(app, "occurred", NOON) == "Wed 4 Mar 2026, 13:00"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "0 days old"),
        (1, "1 day old"),
        (20, "20 days old"),
        (35, "5 weeks old"),
        (204, "6 months old"),
        (800, "2 years old"),
    ],
)
def test_an_age_is_told_in_the_unit_that_fits(app: Flask, days: int, words: str) -> None:
    assert said(app, "age", days) == words


SOON = {timedelta(hours=2): "15:00", timedelta(hours=18): "tomorrow 07:00", timedelta(days=2): "Fri 13:00",
        timedelta(days=30): "3 Apr 14:00", timedelta(0): "now", timedelta(hours=-1): "now"}  # fmt: skip


@pytest.mark.parametrize("away", SOON, ids=str)
def test_how_soon(app: Flask, away: timedelta) -> None:
    assert said(app, "soon", NOON + away) == SOON[away]


def test_words_and_numbers(app: Flask) -> None:
    assert said(app, "words", "needs_review") == "Needs review"
    assert said(app, "number", 8812) == "8\u202f812"
    assert said(app, "short_id", None) == "none"


def names(**environ: str) -> frozenset[str]:
    return door.names(config.load({"ALICE_TIMEZONE": "UTC", **environ}))


def test_the_door_answers_to_loopback_names_with_its_port_alone() -> None:
    assert names() == {"127.0.0.1:8420", "localhost:8420", "alice.localhost:8420"}
    assert names(ALICE_PORT="9000") == {"127.0.0.1:9000", "localhost:9000", "alice.localhost:9000"}
    assert names(ALICE_PORT="80") >= {"127.0.0.1", "localhost:80"}


def test_the_sixth_version_is_a_name_only_where_it_is_listened_on() -> None:
    assert "[::1]:8420" in names(ALICE_HOST="::1")
    assert "[::1]:8420" not in names()


def test_a_name_the_owner_lists_may_stand_behind_a_proxy() -> None:
    listed = names(ALICE_TRUSTED_HOSTS="Alice.Example, notes.example:8443")
    assert listed >= {"alice.example", "alice.example:8420", "notes.example:8443"}
    assert "notes.example" not in listed
