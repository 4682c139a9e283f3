"""The daylight-saving law in every zone there is, against an oracle that walks the minutes of a wall clock.

Many names share their rules, so a change of the clock (moment, offset before, offset after) is walked once; each name
still proves for itself that its changes are among them, and that a time in the gap or the repeated hour runs once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from alice.domain.scheduling import schedules, timetable

FROM, TO = datetime(2025, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NAMES = sorted(available_timezones())

Change = tuple[datetime, timedelta, timedelta]

# Changes that no rule of these two years makes: a day skipped, a day repeated, forty minutes, two hours.
CURIOUS = [
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1969, 10, 1, tzinfo=UTC)),
    ("Pacific/Kwajalein", datetime(1993, 8, 21, 12, tzinfo=UTC)),
    ("America/Caracas", datetime(2007, 12, 9, 7, tzinfo=UTC)),
    ("America/Caracas", datetime(2016, 5, 1, 7, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(1985, 12, 31, 18, 30, tzinfo=UTC)),
]


def offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Change]:
    """Yield the changes of the offset, found by looking once a day and halving the day of a difference."""
    at, before = start, offset(zone, start)
    while at < end:
        following = at + DAY
        after = offset(zone, following)
        if after != before:
            early, late = at, following
            while late - early > MINUTE:
                middle = early + (late - early) // (2 * MINUTE) * MINUTE
                early, late = (middle, late) if offset(zone, middle) == before else (early, middle)
            yield late, before, after
        at, before = following, after


@cache
def changes_of(name: str) -> tuple[Change, ...]:
    return tuple(changes(ZoneInfo(name), FROM, TO))


def distinct() -> dict[Change, str]:
    """Return one zone name for each change."""
    return {change: name for name in reversed(NAMES) for change in changes_of(name)}


def clock(zone: ZoneInfo, change: Change) -> list[tuple[datetime, datetime]]:
    """Return each minute around a change with the local time that a wall clock shows at it."""
    moment, before, after = change
    around = 4 * HOUR + 2 * abs(after - before)
    moments = (moment - around + number * MINUTE for number in range(2 * around // MINUTE + 1))
    return [(moment, moment.astimezone(zone).replace(tzinfo=None)) for moment in moments]


def fixed(minutes: list[tuple[datetime, datetime]], wanted: datetime) -> datetime:
    """Walk until the clock shows the wanted local time, or has jumped past it."""
    return next(moment for moment, wall in minutes if wall >= wanted)


def days(minutes: list[tuple[datetime, datetime]]) -> list[datetime]:
    """Return the midnights of the local days that the walk covers, the skipped ones too."""
    first, last = minutes[0][1], minutes[-1][1]
    midnight = first.replace(hour=0, minute=0)
    return [midnight + number * DAY for number in range((last - midnight) // DAY + 1)]


def expected(minutes: list[tuple[datetime, datetime]], times: list[timedelta]) -> list[datetime]:
    first, last = minutes[0][1], minutes[-1][1]
    walls = [day + time for day in days(minutes) for time in times]
    return sorted({fixed(minutes, wall) for wall in walls if first < wall <= last} - {minutes[0][0]})


def critical(change: Change) -> list[timedelta]:
    """Return the local times of day, a minute apart, from before to after the gap or the repeated span."""
    moment, before, after = change
    edges = sorted([(moment + before).replace(tzinfo=None), (moment + after).replace(tzinfo=None)])
    start, count = edges[0] - 3 * MINUTE, min((edges[1] - edges[0]) // MINUTE, 180) + 6
    walls = (start + number * MINUTE for number in range(count + 1))
    return sorted({timedelta(hours=wall.hour, minutes=wall.minute) for wall in walls})


def spell(time: timedelta) -> str:
    return f"{time // HOUR:02d}:{time // MINUTE % 60:02d}"


def slots(options: dict[str, object], zone: ZoneInfo, minutes: list[tuple[datetime, datetime]]) -> list[datetime]:
    return timetable.between(schedules.read(options), zone, minutes[0][0], minutes[-1][0], 10_000)


def prove_daily(zone: ZoneInfo, change: Change, minutes: list[tuple[datetime, datetime]]) -> None:
    for time in critical(change):
        assert slots({"daily": spell(time)}, zone, minutes) == expected(minutes, [time]), (zone, time)


def prove_weekly_and_cron(zone: ZoneInfo, change: Change, minutes: list[tuple[datetime, datetime]]) -> None:
    for time in critical(change)[::7]:
        clock_time = spell(time)
        hour, minute = clock_time.split(":")
        wanted = expected(minutes, [time])
        assert slots({"cron": f"{int(minute)} {int(hour)} * * *"}, zone, minutes) == wanted
        weekly = [slots({"weekly": f"{day}@{clock_time}"}, zone, minutes) for day in schedules.DAYS]
        assert sorted({slot for found in weekly for slot in found}) == wanted
    hours = sorted({time // HOUR for time in critical(change)})
    times = [timedelta(hours=hour, minutes=minute) for hour in hours for minute in range(0, 60, 15)]
    expression = f"*/15 {','.join(map(str, hours))} * * *"
    assert slots({"cron": expression}, zone, minutes) == expected(minutes, times)


def prove_elapsed(zone: ZoneInfo, minutes: list[tuple[datetime, datetime]]) -> None:
    inside = minutes[1:]
    for step in (1, 7, 20):
        wanted = [moment for moment, wall in inside if wall.minute % step == 0]
        assert slots({"cron": f"*/{step} * * * *"}, zone, minutes) == wanted
    wanted = [moment for moment, wall in inside if wall.minute == 30 and wall.hour % 2 == 0]
    assert slots({"cron": "30 */2 * * *"}, zone, minutes) == wanted
    wanted = [moment for moment, _ in inside if (moment - timetable.EPOCH) // MINUTE % 50 == 0]
    assert slots({"every": 50}, zone, minutes) == wanted


def prove_next(zone: ZoneInfo, change: Change, minutes: list[tuple[datetime, datetime]]) -> None:
    """Ask at every minute around the change: the answer is the first slot still to come, never one in the past."""
    times, near = critical(change), min(abs(change[2] - change[1]), 3 * HOUR) + 3 * MINUTE
    for options in ({"daily": spell(times[len(times) // 2])}, {"cron": "*/20 * * * *"}):
        schedule = schedules.read(options)
        coming = timetable.between(schedule, zone, minutes[0][0], minutes[-1][0] + 2 * DAY)
        for moment, _ in minutes:
            if abs(moment - change[0]) <= near:
                found = timetable.next_at(schedule, zone, moment)
                assert found == next(slot for slot in coming if slot > moment)
                if moment in coming:
                    assert timetable.next_at(schedule, zone, moment - timedelta(microseconds=1)) == moment


def prove(name: str, change: Change) -> None:
    zone = ZoneInfo(name)
    minutes = clock(zone, change)
    prove_daily(zone, change, minutes)
    prove_weekly_and_cron(zone, change, minutes)
    prove_elapsed(zone, minutes)
    prove_next(zone, change, minutes)


def test_the_law_holds_at_every_change_of_two_years_anywhere():
    found = distinct()
    assert len(found) > 40, "the zones of this machine have no daylight saving"
    for change, name in found.items():
        prove(name, change)


@pytest.mark.parametrize(("name", "about"), CURIOUS, ids=[f"{name} {about:%Y}" for name, about in CURIOUS])
def test_the_law_holds_at_curious_changes_of_the_past(name, about):
    found = list(changes(ZoneInfo(name), about - 2 * DAY, about + 2 * DAY))
    assert found
    for change in found:
        prove(name, change)


def test_changes_lie_far_enough_apart_to_be_walked_alone():
    for name in NAMES:
        moments = [moment for moment, _, _ in changes_of(name)]
        assert all(later - earlier > 2 * DAY for earlier, later in pairwise(moments)), name


def test_every_name_runs_a_time_that_is_missing_or_repeated_exactly_once():
    for name in NAMES:
        zone = timetable.zone(name)
        for moment, before, after in changes_of(name):
            edges = sorted([(moment + before).replace(tzinfo=None), (moment + after).replace(tzinfo=None)])
            wall = edges[0] + (edges[1] - edges[0]) // 2
            once = moment if after > before else (wall - before).replace(tzinfo=UTC)
            schedule = schedules.read({"daily": f"{wall:%H:%M}"})
            assert timetable.between(schedule, zone, once - 20 * HOUR, once + 20 * HOUR) == [once], name


def test_every_name_runs_a_quiet_day_at_the_time_on_the_wall():
    schedule = schedules.read({"daily": "12:34"})
    for name in NAMES:
        zone = timetable.zone(name)
        found = timetable.next_at(schedule, zone, FROM)
        assert found is not None
        assert f"{found.astimezone(zone):%H:%M}" == "12:34", name
        assert FROM < found <= FROM + DAY, name
