"""Days as people write them, told from the day they were said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.texts.dates import find_due

WEDNESDAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("send it by Friday", date(2026, 3, 6)),
        ("send it by wed", date(2026, 3, 11)),
        ("this Wednesday", WEDNESDAY),
        ("next Friday", date(2026, 3, 13)),
        ("on Monday at ten", date(2026, 3, 9)),
        ("today", WEDNESDAY),
        ("tonight", WEDNESDAY),
        ("tomorrow morning", date(2026, 3, 5)),
        ("EOD", WEDNESDAY),
        ("by end of day", WEDNESDAY),
        ("by EOW", date(2026, 3, 6)),
        ("at the end of the week", date(2026, 3, 6)),
        ("end of next week", date(2026, 3, 13)),
        ("this week", date(2026, 3, 6)),
        ("next week", date(2026, 3, 13)),
        ("by end of month", date(2026, 3, 31)),
        ("end of next month", date(2026, 4, 30)),
        ("by the end of the quarter", date(2026, 3, 31)),
        ("end of the year", date(2026, 12, 31)),
        ("in two weeks", date(2026, 3, 18)),
        ("within 10 days", date(2026, 3, 14)),
        ("in a couple of weeks", date(2026, 3, 18)),
        ("on 14 March", date(2026, 3, 14)),
        ("on March 14th", date(2026, 3, 14)),
        ("the 3rd of June", date(2026, 6, 3)),
        ("by 3 January", date(2027, 1, 3)),
        ("2026-05-01", date(2026, 5, 1)),
        ("01.05.2026", date(2026, 5, 1)),
        ("May 1, 2027", date(2027, 5, 1)),
        ("in April", date(2026, 4, 30)),
        ("by February", date(2027, 2, 28)),
        ("mid-April", date(2026, 4, 15)),
        ("early April", date(2026, 4, 10)),
    ],
)
def test_a_day_is_resolved_from_the_day_it_was_said(words: str, day: date) -> None:
    due = find_due(words, WEDNESDAY)
    assert due is not None
    assert due.on == day
    assert due.words in words


@pytest.mark.parametrize(
    "words",
    [
        "it may be late", "since Monday", "last week", "until the March release of 2024", "two weeks ago", "on 31 Feb",
        "version 2.10.20", "room 12", "we met on 3 March", "before 2020-01-01", "the Sunday's best", "3pm", "",
        "a plan for the 1st of October",
    ],
)  # fmt: skip
def test_what_is_past_or_no_day_is_no_due_date(words: str) -> None:
    assert find_due(words, WEDNESDAY) is None


def test_a_week_that_ends_today_or_is_over_ends_on_the_coming_day() -> None:
    assert find_due("this week", date(2026, 3, 6)).on == date(2026, 3, 6)  # type: ignore[union-attr]
    assert find_due("this week", date(2026, 3, 7)).on == date(2026, 3, 8)  # type: ignore[union-attr]


def test_the_end_of_a_leap_february_is_the_29th() -> None:
    assert find_due("by end of month", date(2028, 2, 10)).on == date(2028, 2, 29)  # type: ignore[union-attr]


@given(
    st.text(alphabet="by next in of end week month 1234567890-./ Friday march", max_size=60),
    st.dates(max_value=date(9000, 1, 1)),
)
def test_no_words_make_it_raise_or_look_back(words: str, said_on: date) -> None:
    due = find_due(words, said_on)
    assert due is None or (due.on >= said_on and due.words in words)
