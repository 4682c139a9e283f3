"""Reads dates as people write them, absolute ones and those told from a day: "by Friday", "end of month", "14 March".

A small set of plain rules in English, on purpose: a wrong due date costs more than a missing one. It reads no clock.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = {
    name: number
    for number, names in enumerate(
        ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"], start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ["monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu", "friday fri", "saturday sat",
         "sunday sun"],
    )
    for name in names.split()
}  # fmt: skip
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "couple": 2}

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"  # noqa: E501
_WEEKDAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)"
_FULL_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_YEAR = r"(?:19|20|21)\d\d"

_WRITTEN = re.compile(
    rf"(?<!\d)(?P<iso>{_YEAR}[-_./](?:0[1-9]|1[0-2])[-_./](?:0[1-9]|[12]\d|3[01]))(?!\d)"
    rf"|(?<!\d)(?P<packed>{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)"
    rf"|(?<![\w])(?P<dmy>[0-3]?\d)(?:st|nd|rd|th)?[ \t]+(?:of[ \t]+)?(?P<dmon>{_MONTH})\.?,?[ \t]+"
    rf"(?P<dyear>{_YEAR})(?!\d)"
    rf"|\b(?P<mon>{_MONTH})\.?[ \t]+(?P<mday>[0-3]?\d)(?:st|nd|rd|th)?,?[ \t]+(?P<myear>{_YEAR})(?!\d)"
    rf"|(?<![\d.])(?P<dots>[0-3]?\d\.[01]?\d\.{_YEAR})(?!\d)"
    rf"|(?<!\d)(?P<week>{_YEAR}-?W[0-5]\d)(?!\d)",
    re.IGNORECASE,
)

# One alternation; the order is the precedence at one place. `(?<![\w-])` keeps "may" out of "dismay".
_DUE = re.compile(
    rf"(?<![\w-])(?:"
    rf"(?P<iso>{_YEAR}[-/](?:0?[1-9]|1[0-2])[-/](?:0?[1-9]|[12]\d|3[01]))(?!\d)"
    rf"|(?P<dots>[0-3]?\d\.[01]?\d\.{_YEAR})(?!\d)"
    rf"|(?P<endof>(?:end|eo)[ -]?(?:of[ ]+)?(?:the[ ]+)?(?:(?P<which>this|next)[ ]+)?"
    rf"(?P<unit>day|week|month|quarter|year|d|w|m|q|y))\b(?![ ]+(?:of|after|before)\b)"
    rf"|(?P<endmonth>(?:end|late|middle|mid|early)[ -](?:of[ ]+)?(?P<emonth>{_MONTH}))\b\.?(?![ ]*\d)"
    rf"|(?P<today>today|tonight|this (?:morning|afternoon|evening)|asap(?= today))\b(?!'s)"
    rf"|(?P<tomorrow>tomorrow)\b(?!'s)"
    rf"|(?P<day>[0-3]?\d)(?:st|nd|rd|th)?[ ]+(?:of[ ]+)?(?P<dmon>{_MONTH})\b\.?(?:,?[ ]+(?P<dyear>{_YEAR}))?"
    rf"|(?P<mon>{_MONTH})\b\.?[ ]+(?P<mday>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:.]\d|[ ]*[ap]m\b)"
    rf"(?:,?[ ]+(?P<myear>{_YEAR}))?"
    rf"|(?P<nextunit>(?P<whichunit>this|next)[ ]+(?P<span>week|month|quarter|year))\b(?!'s)"
    rf"|(?P<weekday>(?:(?P<wprep>by|on|until|till|before|this|next|coming|come)[ ]+)"
    rf"(?:(?P<wwhich>this|next|the|coming)[ ]+)?(?P<wname>{_WEEKDAY}))\b"
    rf"|(?P<bare>{_FULL_WEEKDAY})\b(?!'s|s\b)"
    rf"|(?P<within>(?:in|within)[ ]+(?:the[ ]+next[ ]+)?"
    rf"(?P<many>\d{{1,2}}|an?|one|two|three|four|five|six|ten|a couple of)[ ]+"
    rf"(?P<period>day|week|month)s?)\b(?! ago)"
    rf"|(?P<inmonth>(?:by|in|until|before|during)[ ]+(?P<imonth>{_MONTH}))\b(?![ ]*\d)"
    rf"|(?P<ordinal>(?:by|on|until|till|before|due)[ ]+the[ ]+(?P<nth>[0-3]?\d)(?:st|nd|rd|th))\b"
    rf"(?![ ]+(?:of|{_MONTH}|[a-z]+ing|[a-z]*(?:line|time|page|floor|one|step|day|row|column|item|attempt))\b)"
    rf")",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"\d{4}[-/.]\d|\d\.\d|day\b|tonight|morrow|\b(?:end|eo[dwmqy]|this|next|in|within|by|until|before|due|on the|"
    r"late|mid|early)\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
    re.IGNORECASE,
)
# Words before a day that make it another thing than a due day: "since Monday", "a summit for the 1st of May".
_OTHER_DAY = re.compile(
    r"(?:\b(?:last|since|from|was|were|past|previous|for the|for|mid|release on|of|after|than)|ago)[ -]*$",
    re.IGNORECASE,
)

_DEADLINE = re.compile(r"\b(?:by|until|till|before|due)(?: the)? $", re.IGNORECASE)
# What follows a weekday that a date explains: "Friday 20 November".
_DATED = re.compile(
    rf",?[ ]+(?:the[ ]+)?(?:\d{{1,2}}(?:st|nd|rd|th)?[ ]+(?:of[ ]+)?)?{_MONTH}\b|,?[ ]+{_YEAR}-", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Due:
    """A day and the words that it was read from."""

    on: date
    words: str


@dataclass(frozen=True, slots=True)
class Named:
    """A day that a sentence names, the words for it and where they stand; `is_month` when it names only the month."""

    on: date
    words: str
    start: int
    is_month: bool


def written_date(words: str) -> date | None:
    """Return the first complete date that is written out in `words`, with its year; else None."""
    for match in _WRITTEN.finditer(words[:2_000]):
        try:
            return _written(match)
        except ValueError:
            continue
    return None


_BESIDE = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|\d{1,2}:\d\d|[\W_]", re.I)


def is_a_date(line: str) -> bool:
    """Tell whether `line` is a complete date and nothing else, but for a weekday or a time of day beside it."""
    bare, found = _WRITTEN.subn("", line)
    return found == 1 and written_date(line) is not None and not _BESIDE.sub("", bare)


def _written(match: re.Match[str]) -> date:
    if match["iso"]:
        return date(*(int(part) for part in re.split(r"\D", match["iso"])))
    if match["packed"]:
        return date(int(match["packed"][:4]), int(match["packed"][4:6]), int(match["packed"][6:]))
    if match["dmy"]:
        return date(int(match["dyear"]), _month(match["dmon"]), int(match["dmy"]))
    if match["mon"]:
        return date(int(match["myear"]), _month(match["mon"]), int(match["mday"]))
    if match["dots"]:
        day, month, year = (int(part) for part in match["dots"].split("."))
        return date(year, month, day)
    return date.fromisocalendar(int(match["week"][:4]), int(match["week"][-2:]), 1)


def find_due(sentence: str, said_on: date) -> Due | None:
    """Return the first day named in `sentence` that lies on or after `said_on`, the day it was said.

    A week, month or quarter is due on its last day (a week on its Friday); a bare weekday is the next one after
    `said_on`, "next Friday" the one of the following week; a day without a year is the coming one.
    """
    if not _HINT.search(sentence):
        return None
    for match in _DUE.finditer(sentence[:1_000]):
        before = sentence[max(0, match.start() - 16) : match.start()]
        try:
            day = _resolve(match, said_on, deadline=_DEADLINE.search(before) is not None)
        except ValueError:
            continue
        ahead = said_on <= day <= said_on + timedelta(days=1_200)
        if ahead and not _OTHER_DAY.search(before):
            return Due(day, match[0].strip(" .,"))
    return None


def named_days(sentence: str, said_on: date) -> list[Named]:
    """Return the days and months that `sentence` names, past ones too, in order; vaguer times are left out."""
    found = []
    for match in _DUE.finditer(sentence[:1_000]) if _HINT.search(sentence) else ():
        groups = match.groupdict()
        month = bool(groups["inmonth"])
        if (groups["weekday"] or groups["bare"]) and _DATED.match(sentence, match.end()):
            continue  # "Friday 20 November" is one day
        if groups["endof"] or groups["endmonth"] or groups["nextunit"] or groups["within"]:
            continue
        try:
            day = _resolve(match, said_on, deadline=False)
        except ValueError:
            continue
        found.append(Named(day.replace(day=1) if month else day, match[0].strip(" .,"), match.start(), month))
    return found


def _resolve(match: re.Match[str], said_on: date, *, deadline: bool) -> date:
    found = match.lastgroup
    groups = match.groupdict()
    if groups["iso"]:
        return date(*(int(part) for part in re.split(r"\D", groups["iso"])))
    if groups["dots"]:
        day, month, year = (int(part) for part in groups["dots"].split("."))
        return date(year, month, day)
    if groups["day"] or groups["mon"]:
        return _day_of_month(groups, said_on, deadline=deadline)
    if groups["endmonth"] or groups["inmonth"]:
        return _in_month(groups, said_on)
    if groups["endof"]:
        return _end_of(groups["unit"].lower(), (groups["which"] or "").lower(), said_on)
    if groups["nextunit"]:
        return _end_of(groups["span"].lower(), groups["whichunit"].lower(), said_on)
    if groups["within"]:
        return _within(groups, said_on)
    if groups["weekday"] or groups["bare"]:
        return _weekday(groups, said_on)
    if groups["ordinal"]:
        return _nth(int(groups["nth"]), said_on)
    return said_on + timedelta(days=1) if found == "tomorrow" else said_on


def _day_of_month(groups: dict[str, str], said_on: date, *, deadline: bool) -> date:
    day = int(groups["day"] or groups["mday"])
    month = _month(groups["dmon"] or groups["mon"])
    year = groups["dyear"] or groups["myear"]
    if year:
        return date(int(year), month, day)
    # "We met on 3 January" looks back up to three months, "by 3 January" never does.
    this = date(said_on.year, month, day)
    return this if (said_on - this).days <= (0 if deadline else 92) else date(said_on.year + 1, month, day)


def _in_month(groups: dict[str, str], said_on: date) -> date:
    month = _month(groups["emonth"] or groups["imonth"])
    year = said_on.year if month >= said_on.month else said_on.year + 1
    words = (groups["endmonth"] or "").lower()
    if words.startswith("mid"):
        return date(year, month, 15)
    if words.startswith("early"):
        return date(year, month, 10)
    return date(year, month, monthrange(year, month)[1])


def _end_of(unit: str, which: str, said_on: date) -> date:
    later = 1 if which == "next" else 0
    if unit.startswith("d"):
        return said_on
    if unit.startswith("w"):
        friday = said_on - timedelta(days=said_on.weekday()) + timedelta(days=4 + 7 * later)
        return friday if friday >= said_on else said_on - timedelta(days=said_on.weekday() - 6)
    if unit.startswith("y"):
        return date(said_on.year + later, 12, 31)
    months = said_on.year * 12 + said_on.month - 1
    months = (months // 3 + later) * 3 + 2 if unit.startswith("q") else months + later
    year, month = divmod(months, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def _within(groups: dict[str, str], said_on: date) -> date:
    many = groups["many"].lower()
    number = int(many) if many.isdigit() else _NUMBERS["couple" if "couple" in many else many]
    days = {"day": 1, "week": 7, "month": 30}[groups["period"].lower()]
    return said_on + timedelta(days=number * days)


def _weekday(groups: dict[str, str], said_on: date) -> date:
    name = (groups["wname"] or groups["bare"]).lower()
    target = _WEEKDAYS[name]
    words = f"{groups['wprep'] or ''} {groups['wwhich'] or ''}".lower()
    monday = said_on - timedelta(days=said_on.weekday())
    if "next" in words:
        return monday + timedelta(days=7 + target)
    ahead = (target - said_on.weekday()) % 7
    return said_on + timedelta(days=ahead or (0 if "this" in words else 7))


def _nth(day: int, said_on: date) -> date:
    """ "Before the 1st" is said of the next first of a month."""
    months = said_on.year * 12 + said_on.month - 1 + (day < said_on.day)
    return date(months // 12, months % 12 + 1, day)


def _month(name: str) -> int:
    return _MONTHS[name.lower()]
