"""How values are worded for people: times, days, names. Filters return text; markup comes from templates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Flask
from pydantic import BaseModel

from alice.domain.texts.spans import span
from alice.web import current, markdown

# Words whose spelling an underscore or a lower case hides.
_NAMES = {"mcp": "MCP", "uri": "URI"}


def install(app: Flask) -> None:
    """Give templates the filters and tests of this module."""
    kinds = (
        query,
        words,
        isotime,
        moment,
        occurred,
        span,
        age,
        ago,
        days_since,
        clock_time,
        day,
        due,
        short_id,
        number,
    )
    app.jinja_env.filters.update({kind.__name__: kind for kind in kinds})
    app.jinja_env.filters["markdown"] = markdown.html
    app.jinja_env.tests["past"] = is_past


def words(value: Any) -> str:
    """Return a stored word as people write it: `needs_review` becomes `Needs review`."""
    text = str(value)
    return _NAMES.get(text) or text.replace("_", " ")[:1].upper() + text.replace("_", " ")[1:]


def isotime(value: datetime | date) -> str:
    """Return a time for programs, in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def moment(value: datetime | date) -> str:
    """Return a time whole, in the owner's zone: `Wed 4 Mar 2026, 12:00`."""
    if not isinstance(value, datetime):
        return f"{value:%a} {value.day} {value:%b %Y}"
    local = _local(value)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def occurred(value: datetime) -> str:
    """Return when something was said: as `moment` does, and only the day where no time of day is known of it."""
    local = _local(value)
    return moment(local.date()) if (local.hour, local.minute, local.second) == (0, 0, 0) else moment(value)


def age(days: int) -> str:
    """Return how old something is: `1 day old`, `12 days old`, `5 weeks old`, `6 months old`, `2 years old`."""
    return f"{span(days)} old"


def days_since(value: datetime) -> int:
    """Return how many days ago a time was where the owner lives, never below 0."""
    return max((_today() - _local(value).date()).days, 0)


def clock_time(value: datetime) -> str:
    """Return the time of day in the owner's zone: `07:00`."""
    return f"{_local(value):%H:%M}"


def soon(value: datetime) -> str:
    """Return a moment to come shortly: `07:00`, `tomorrow 07:00`, `Fri 07:00`, `14 Nov 07:00`; `now` when it is due."""
    if value <= current.now():
        return "now"
    away, at = (_local(value).date() - _today()).days, clock_time(value)
    return at if away == 0 else f"{_near(_local(value).date(), away)} {at}"


def ago(value: datetime) -> str:
    """Return how long ago a time was, shortly: `now`, `2m`, `3h`, `Sat`, `14 Nov`, `14 Nov 2025`."""
    age = current.now() - value
    if timedelta(0) <= age < timedelta(minutes=1):
        return "now"
    if timedelta(0) <= age < timedelta(hours=1):
        return f"{age.seconds // 60}m"
    if timedelta(0) <= age < timedelta(hours=24):
        return f"{age.seconds // 3600}h"
    return day(_local(value).date())


def day(value: date) -> str:
    """Return a day shortly: `today`, `yesterday`, `Sat` within a week back, `14 Nov`, `14 Nov 2025` in other years."""
    today = _today()
    if value == today:
        return "today"
    if value == today - timedelta(days=1):
        return "yesterday"
    if timedelta(0) < today - value < timedelta(days=7):
        return f"{value:%a}"
    return _dated(value, today)


def due(value: date) -> str:
    """Return when something is due: `due today`, `due tomorrow`, `due Fri`, `due 14 Nov`, `was due 3 Feb`."""
    today = _today()
    if value < today:
        return f"was due {_dated(value, today)}"
    left = (value - today).days
    return f"due {_near(value, left)}"


def is_past(value: date) -> bool:
    """Tell whether a day is over."""
    return value < _today()


def short_id(value: Any) -> str:
    """Return enough of an id to tell it from its neighbours: the last eight digits, the first of which are a time."""
    return str(value)[-8:] if value else "none"


def number(value: int) -> str:
    """Return a count with thin spaces between thousands: `8 812`."""
    return f"{value:,}".replace(",", "\u202f")


def query(given: BaseModel, **changes: Any) -> str:
    """Return the query that spells the filters `given` with some of them changed; what was not said is left out."""
    values = given.model_dump(mode="json", exclude_defaults=True) | changes
    return urlencode({name: value for name, value in values.items() if value is not None})


def _near(value: date, away: int) -> str:
    """Return a day to come, `away` days from today."""
    named = {0: "today", 1: "tomorrow"}.get(away)
    return named or (f"{value:%a}" if away < 7 else _dated(value, _today()))


def _local(value: datetime) -> datetime:
    return value.astimezone(ZoneInfo(current.settings().timezone))


def _today() -> date:
    return _local(current.now()).date()


def _dated(value: date, today: date) -> str:
    return f"{value.day} {value:%b}" if value.year == today.year else f"{value.day} {value:%b %Y}"
