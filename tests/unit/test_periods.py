"""Which time a question asks about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alice.domain.recall import periods
from alice.domain.recall.periods import Period

TODAY = date(2026, 3, 4)  # a Wednesday


def day(text: str) -> Period:
    return Period(date.fromisoformat(text), date.fromisoformat(text))


def span(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last))


WRITTEN = {
    "What did we decide on 3 May 2023?": day("2023-05-03"),
    "Who came on May 3rd, 2023 to dinner?": day("2023-05-03"),
    "the 12th of June, 2024": day("2024-06-12"),
    "notes of 2024-02-29": day("2024-02-29"),
    "What did Ann plant in May 2023?": span("2023-05-01", "2023-05-31"),
    "trips in 2024": span("2024-01-01", "2024-12-31"),
    "February of 2024": span("2024-02-01", "2024-02-29"),
}
TOLD = {
    "what did Ben say yesterday": day("2026-03-03"),
    "notes from today": day("2026-03-04"),
    "who called last week?": span("2026-02-23", "2026-03-01"),
    "what happened this week": span("2026-03-02", "2026-03-08"),
    "the budget of last month": span("2026-02-01", "2026-02-28"),
    "holidays last year": span("2025-01-01", "2025-12-31"),
    "the call three days ago": day("2026-03-01"),
    "we met 2 weeks ago": span("2026-02-15", "2026-02-21"),
    "what about last Friday": day("2026-02-27"),
    "and last Wednesday": day("2026-02-25"),
    "the storm in June": span("2025-06-01", "2025-06-30"),
    "dinner in February": span("2026-02-01", "2026-02-28"),
    "the party on 5 March": day("2025-03-05"),
}


@pytest.mark.parametrize("question", WRITTEN)
def test_it_reads_a_time_that_is_written_out(question: str) -> None:
    assert periods.asked(question) == periods.asked(question, TODAY) == WRITTEN[question]


@pytest.mark.parametrize("question", TOLD)
def test_it_reads_a_time_told_from_today_only_when_it_knows_the_day(question: str) -> None:
    assert periods.asked(question, TODAY) == TOLD[question]
    assert periods.asked(question) is None


UNCERTAIN = [
    "May I ask who may march?",
    "version 2023.1",
    "room 2024",
    "31 February 2023",
    "2024-13-01",
    "who left in 45 minutes",
    "a week of rain",
]


@pytest.mark.parametrize("question", UNCERTAIN)
def test_it_reads_no_time_where_none_is_certain(question: str) -> None:
    assert periods.asked(question, TODAY) is None


@given(st.text(max_size=60), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_any_text_is_read_or_left(text: str, today: date) -> None:
    found = periods.asked(text, today)
    assert found is None or found.first <= found.last


@given(st.integers(0, 999), st.sampled_from(["day", "week", "month", "year"]), st.dates(date(1990, 1, 1)))
def test_any_number_of_units_ago_lies_before_today(count: int, unit: str, today: date) -> None:
    found = periods.asked(f"{count} {unit}s ago", today)
    assert found is not None
    assert found.first <= today
