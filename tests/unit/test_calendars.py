"""The calendar of due loops: what RFC 5545 asks of it, whatever stands in a loop."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from alice.domain.composing.calendars import Due, calendar

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_loop_is_an_event_of_the_whole_day() -> None:
    text = calendar([Due("7", date(2026, 3, 6), "Ann will order the slates", "Roof")], now=NOW)
    assert unfolded(text) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Alice//Open loops//EN",
        "X-GENERATED-BY:alice",
        "BEGIN:VEVENT",
        "UID:7@alice",
        "DTSTAMP:20260304T120000Z",
        "DTSTART;VALUE=DATE:20260306",
        "DTEND;VALUE=DATE:20260307",
        "SUMMARY:Ann will order the slates",
        "DESCRIPTION:Roof",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_signs_with_a_meaning_are_escaped() -> None:
    assert "SUMMARY:a\\, b\\; c\\\\d\\ne" in unfolded(calendar([Due("7", NOW.date(), "a, b; c\\d\r\ne")], now=NOW))


def test_without_a_loop_it_is_an_empty_calendar() -> None:
    assert "VEVENT" not in calendar([], now=NOW)


@given(st.lists(st.tuples(st.text(max_size=200), st.text(max_size=200)), max_size=4))
def test_no_text_breaks_out_of_its_line(texts: list[tuple[str, str]]) -> None:
    text = calendar([Due(str(n), NOW.date(), *both) for n, both in enumerate(texts)], now=NOW)
    assert all(len(line.encode("utf-8", "replace")) <= 75 for line in text.split("\r\n"))
    assert sum(line == "BEGIN:VEVENT" for line in unfolded(text)) == len(texts)
    assert all(char.isprintable() for line in text.split("\r\n") for char in line)


@given(st.permutations([Due(str(n), date(2026, 3, 1 + n % 3), f"loop {n}") for n in range(6)]))
def test_the_order_of_the_loops_changes_no_byte(dues: list[Due]) -> None:
    assert calendar(dues, now=NOW) == calendar(sorted(dues, key=lambda due: due.uid), now=NOW)
