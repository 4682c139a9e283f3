"""Reads which time a question asks about: "on 3 May 2023", "in June", "last week", "two days ago". Pure, English.

It looks back; deadlines, which look forward, are read in `dates`. A time that is not certain is not read at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NAMED = re.compile(
    rf"(?<![\w-])(?:(?P<iso>{_YEAR}-[01]\d-[0-3]\d)"
    rf"|(?P<day>{_DAY})(?: of)? (?P<month>{_MONTH})(?:,? (?P<year>{_YEAR}))?"
    rf"|(?P<month2>{_MONTH}) (?P<day2>{_DAY})(?![\d:])(?:,? (?P<year2>{_YEAR}))?"
    rf"|(?P<month3>{_MONTH})(?:,? (?:of )?)(?P<year3>{_YEAR})"
    rf"|(?:in|during|since|last|of) (?P<month4>{_MONTH})(?!,? (?:of )?\d)"
    rf"|(?:in|during|of) (?P<year4>{_YEAR}))(?![\w-])",
    re.IGNORECASE,
)
_TOLD = re.compile(
    rf"\b(?:(?P<yesterday>yesterday)|(?P<today>today|tonight)|(?P<which>last|past|this) (?P<unit>week|month|year)"
    rf"|(?P<count>\d{{1,3}}|{'|'.join(_NUMBERS)}) (?P<units>day|week|month|year)s? ago"
    rf"|last (?P<weekday>{_WEEKDAY}))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def asked(question: str, today: date | None = None) -> Period | None:
    """Return the period that `question` names. What is told from today ("last week") needs `today` to be read."""
    for match in _NAMED.finditer(question[:2_000]):
        if period := _named(match, today):
            return period
    told = _TOLD.search(question[:2_000])
    return _told(told, today) if told and today else None


def _named(match: re.Match[str], today: date | None) -> Period | None:
    try:
        if match["iso"]:
            return _day(date.fromisoformat(match["iso"]))
        if match["year4"]:
            return Period(date(int(match["year4"]), 1, 1), date(int(match["year4"]), 12, 31))
        month = match["month"] or match["month2"] or match["month3"] or match["month4"]
        number = _MONTHS.index(month[:3].lower()) + 1
        written = match["year"] or match["year2"] or match["year3"]
        day = re.sub(r"\D", "", match["day"] or match["day2"] or "")
        year = int(written) if written else _latest_year(number, int(day or 1), today)
        if year is None:
            return None
        return _day(date(year, number, int(day))) if day else _month(year, number)
    except ValueError:
        return None


def _latest_year(month: int, day: int, today: date | None) -> int | None:
    """Return the year in which that day was last seen; without a today nobody can know."""
    if today is None:
        return None
    return today.year if (month, day) <= (today.month, today.day) else today.year - 1


def _told(match: re.Match[str], today: date) -> Period | None:
    if match["yesterday"] or match["today"]:
        return _day(today - timedelta(days=1 if match["yesterday"] else 0))
    if match["weekday"]:
        back = (today.weekday() - _DAYS.index(match["weekday"][:3].lower()) - 1) % 7 + 1
        return _day(today - timedelta(days=back))
    unit = (match["unit"] or match["units"]).lower()
    if match["count"]:
        count = match["count"].lower()
        return _around(unit, int(_NUMBERS.get(count, count)), today)
    return _whole(unit, 0 if match["which"].lower() == "this" else 1, today)


def _around(unit: str, count: int, today: date) -> Period:
    """Return the day that many units ago; the longer the unit, the vaguer the day."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[unit] * count
    vague = {"day": 0, "week": 3, "month": 15, "year": 182}[unit]
    middle = today - timedelta(days=min(days, today.toordinal() - 400))
    return Period(middle - timedelta(days=vague), middle + timedelta(days=vague))


def _whole(unit: str, back: int, today: date) -> Period:
    """Return the calendar week (from Monday), month or year `back` before the present one."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return Period(monday, monday + timedelta(days=6))
    if unit == "month":
        first = today.replace(day=1)
        return _month(*((first.year, first.month) if not back else _before(first)))
    return Period(date(today.year - back, 1, 1), date(today.year - back, 12, 31))


def _before(first: date) -> tuple[int, int]:
    last = first - timedelta(days=1)
    return last.year, last.month


def _month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _day(day: date) -> Period:
    return Period(day, day)


def end_of(day: date, zone: str) -> datetime:
    """Return the last moment of `day` in the IANA zone `zone`, in UTC."""
    after = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
    return after.astimezone(UTC) - timedelta(microseconds=1)
