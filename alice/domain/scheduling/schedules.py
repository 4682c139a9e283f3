"""What a schedule is: five kinds, how each is spelled on every face, and the sentence a person reads.

It knows no zone and no clock: which moments a schedule names is `timetable`'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from alice.errors import InvalidInput

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST_INTERVAL = 366 * 24 * 60
LONGEST_EXPRESSION = 120

_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = re.compile(_CLOCK)
# What `read` takes, as a JSON Schema; that exactly one of them is given is `read`'s to see.
SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "daily": {"type": ["string", "null"], "pattern": f"^{_CLOCK}$", "description": "Every day at this local time."},
        "weekly": {"type": ["string", "null"], "pattern": f"^(?:{'|'.join(DAYS)})@{_CLOCK}$",
                   "description": "Every week on this day at this local time."},
        "every": {"type": ["integer", "null"], "minimum": 1, "maximum": LONGEST_INTERVAL,
                  "description": "Every so many minutes."},
        "cron": {"type": ["string", "null"], "format": "cron", "maxLength": LONGEST_EXPRESSION,
                 "description": "A cron expression of five fields."},
        "manual": {"type": ["boolean", "null"], "description": "Only when asked."},
    },
    "examples": [{"daily": "07:00"}],
}  # fmt: skip
_FIELDS = ("minute", "hour", "day of month", "month", "day of week")
_WIDEST_STEP = (59, 23, 31, 12, 7)
_SAYS = {"day-of-month": "day of month", "day-of-week": "day of week"}


@dataclass(frozen=True, slots=True)
class Daily:
    """Every day at one local time."""

    at: time


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on one day (0 is Monday) at one local time."""

    day: int
    at: time


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes of elapsed time, counted from the Unix epoch: whoever asks gets the same moments."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression of five fields, kept as it was typed but for its blanks."""

    expression: str


@dataclass(frozen=True, slots=True)
class Manual:
    """Never by itself, only when somebody asks."""


Schedule = Daily | Weekly | Every | Cron | Manual


def read(options: Mapping[str, Any]) -> Schedule:
    """Return the schedule spelled by exactly one of the keys daily, weekly, every, cron and manual.

    The same mapping comes from the command line, a form, JSON and the database: {"daily": "07:00"},
    {"weekly": "monday@07:00"}, {"every": 30}, {"cron": "0 7 * * 1-5"}, {"manual": true}. A key that is None, or a
    manual that is false, was not given. Raise InvalidInput naming the key.
    """
    unknown = sorted(set(options) - set(_READERS))
    given = {key: value for key, value in options.items() if value is not None and value is not False}
    if unknown or len(given) != 1:
        raise InvalidInput({"schedule": f"needs exactly one of {', '.join(_READERS)}{_instead(unknown, given)}."})
    ((key, value),) = given.items()
    return _READERS[key](value)


def plain(schedule: Schedule) -> dict[str, Any]:
    """Return what `read` takes: one key and one value that JSON can hold."""
    match schedule:
        case Daily(at):
            return {"daily": f"{at:%H:%M}"}
        case Weekly(day, at):
            return {"weekly": f"{DAYS[day]}@{at:%H:%M}"}
        case Every(minutes):
            return {"every": minutes}
        case Cron(expression):
            return {"cron": expression}
        case Manual():
            return {"manual": True}


def sentence(schedule: Schedule, zone: str) -> str:
    """Say when it runs, with the zone where the zone matters: "every day at 07:00, Europe/Madrid"."""
    match schedule:
        case Daily(at):
            return f"every day at {at:%H:%M}, {zone}"
        case Weekly(day, at):
            return f"every {DAYS[day].capitalize()} at {at:%H:%M}, {zone}"
        case Every(minutes):
            return _interval(minutes)
        case Cron(expression):
            return f"{_explained(expression)}, {zone} (cron {expression})"
        case Manual():
            return "only when asked"


def _instead(unknown: list[str], given: Mapping[str, Any]) -> str:
    if unknown:
        return f"; {unknown[0]!r} is none of them"
    return f", not {' and '.join(given)}" if given else ""


def _daily(value: object) -> Daily:
    return Daily(_time("daily", value, "a local time as HH:MM, from 00:00 to 23:59"))


def _weekly(value: object) -> Weekly:
    allowed = "a day and a local time as DAY@HH:MM, such as monday@07:00"
    name, at, clock = value.partition("@") if isinstance(value, str) else ("", "", "")
    for number, day in enumerate(DAYS):
        if at and name.lower() in (day, day[:3]):
            return Weekly(number, _time("weekly", clock, allowed))
    raise _refused("weekly", value, allowed)


def _every(value: object) -> Every:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if type(value) is int and 1 <= value <= LONGEST_INTERVAL:
        return Every(value)
    raise _refused("every", value, f"a whole number of minutes from 1 to {LONGEST_INTERVAL} (a year)")


def _manual(value: object) -> Manual:
    if value is True:
        return Manual()
    raise _refused("manual", value, "true or left out")


def _time(field: str, value: object, allowed: str) -> time:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return time.fromisoformat(value)
    raise _refused(field, value, allowed)


def _refused(field: str, value: object, allowed: str) -> InvalidInput:
    shown = repr(value) if len(repr(value)) <= 60 else repr(value)[:57] + "…"
    return InvalidInput({field: f"must be {allowed}; {shown} is not."})


def _cron(value: object) -> Cron:
    """Accept what cronsim parses, but no sixth field, no step that is too wide to step, no date that never comes."""
    parts = value.split() if isinstance(value, str) and len(value) <= LONGEST_EXPRESSION else []
    if len(parts) != 5 or not all(re.fullmatch(r"[0-9A-Za-z*/,#-]+", part) for part in parts):
        raise _refused("cron", value, "five cron fields (minute, hour, day of month, month, day of week)")
    for part, name, widest in zip(parts, _FIELDS, _WIDEST_STEP, strict=True):
        if any(int(step) > widest for step in re.findall(r"/([0-9]+)", part)):
            raise InvalidInput({"cron": f"the step of the {name} field may be at most {widest}; {part!r} is wider."})
    expression = " ".join(parts)
    _prove(expression)
    return Cron(expression)


def _prove(expression: str) -> None:
    from cronsim import CronSim, CronSimError

    never = f"{expression!r} names a date that never comes, such as 30 February; name one that does."
    try:
        fires = next(CronSim(expression, datetime(2000, 1, 1)), None)  # noqa: DTZ001 - walls have no zone
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        if name == "day-of-month" and _possible_alone(expression.split()[2]):
            raise InvalidInput({"cron": never}) from None
        raise InvalidInput({"cron": f"the {_SAYS.get(name, name)} field of {expression!r} is not cron."}) from None
    if fires is None:
        raise InvalidInput({"cron": never})


def _possible_alone(days: str) -> bool:
    """Tell whether a day-of-month field is cron by itself, so that only its month makes it impossible."""
    from cronsim import CronSim, CronSimError

    try:
        CronSim(f"0 0 {days} * *", datetime(2000, 1, 1))  # noqa: DTZ001
    except CronSimError:
        return False
    return True


def _interval(minutes: int) -> str:
    """Say an interval in its largest unit; never "every day", which would promise a local time."""
    if minutes == 60:
        return "every hour"
    for size, unit in ((24 * 60, "days"), (60, "hours")):
        if minutes % size == 0 and minutes > size:
            return f"every {minutes // size} {unit}"
    return f"every {minutes} minutes" if minutes > 1 else "every minute"


def _explained(expression: str) -> str:
    from cronsim import CronSim

    said = CronSim(expression, datetime(2000, 1, 1)).explain()  # noqa: DTZ001
    return said[:1].lower() + said[1:]


_READERS: dict[str, Callable[[object], Schedule]] = {
    "daily": _daily,
    "weekly": _weekly,
    "every": _every,
    "cron": _cron,
    "manual": _manual,
}
