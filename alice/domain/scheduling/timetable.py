"""Which moments a schedule names in a zone, what becomes of the ones that passed, and when a failure is tried again.

Pure: it is told the time and never reads a clock. All moments that leave it are in UTC.

The daylight-saving law. Daily, weekly and a cron expression whose hour field names hours: a local time that does not
exist runs once, at the first instant after the gap; one that exists twice runs once, the first time. Intervals, and a
cron expression whose hour field begins with `*`, go by elapsed time: an interval is counted from the Unix epoch, and
such an expression runs at every real instant whose local time matches it, so in both hours of a repeated one.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from alice.domain.scheduling.schedules import Cron, Daily, Every, Manual, Schedule, Weekly
from alice.domain.vocab import MissedPolicy
from alice.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CATCH_UP = timedelta(days=7)
BACKOFF = timedelta(seconds=30)
MAX_ATTEMPTS = 3

NEWER_RAN = "a newer slot was run in its place"
TOO_OLD = "it passed longer ago than the catch-up window"
TOO_MANY = "more slots had passed than are caught up at once"
SKIPPED = "nothing ran at the time, and missed slots of this workflow are skipped"
_REASONS = {MissedPolicy.LATEST: NEWER_RAN, MissedPolicy.ALL: TOO_MANY, MissedPolicy.SKIP: SKIPPED}


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of slots that are due: those to run, oldest first, and those to record as missed, with a reason."""

    run: tuple[datetime, ...]
    record: tuple[tuple[datetime, str], ...]


def zone(name: str) -> ZoneInfo:
    """Return the IANA zone `name`, spelled as IANA spells it; raise InvalidInput for any other name."""
    if isinstance(name, str) and name in _names():
        return ZoneInfo(name)
    shown = repr(name)[:60]
    raise InvalidInput({"timezone": f"must be an IANA time zone such as Europe/Madrid; {shown} is not."})


def next_at(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime | None:
    """Return the first moment strictly after `after`, in UTC; None when there is none, as for a manual schedule."""
    return next(_moments(schedule, zone, after), None)


def between(schedule: Schedule, zone: ZoneInfo, start: datetime, end: datetime, limit: int = 1000) -> list[datetime]:
    """Return the moments in (start, end], oldest first; where there are more than `limit`, the newest ones.

    It looks back from `end` in growing windows, so that a year of a schedule that runs each minute costs no more than
    the moments it returns.
    """
    window = timedelta(days=1)
    while start < end and limit > 0:
        begin = max(start, end - window)
        moments = itertools.takewhile(lambda moment: moment <= end, _moments(schedule, zone, begin))
        newest = deque(moments, maxlen=limit)
        if len(newest) == limit or begin == start:
            return list(newest)
        window *= 4
    return []


def missed(
    slots: Sequence[datetime],
    policy: MissedPolicy,
    *,
    now: datetime,
    on_time: timedelta,
    window: timedelta = CATCH_UP,
    limit: int = 10,
) -> Plan:
    """Decide about the slots that are due and not yet decided, oldest first and none after `now`.

    A slot no older than `on_time` is simply due and not missed: the newest such slot runs under every policy. `all`
    runs at most `limit` slots within `window`, the newest ones; `latest` one; `skip` none that is missed.
    """
    recent = [slot for slot in slots if now - slot <= window]
    fresh = [slot for slot in recent if now - slot <= on_time]
    run = {MissedPolicy.LATEST: recent[-1:], MissedPolicy.ALL: recent[-limit:], MissedPolicy.SKIP: fresh[-1:]}[policy]
    reasons = dict.fromkeys(slots, TOO_OLD)
    reasons.update(dict.fromkeys(recent, _REASONS[policy]))
    reasons.update(dict.fromkeys(fresh if policy is MissedPolicy.SKIP else (), NEWER_RAN))
    for slot in run:
        del reasons[slot]
    return Plan(tuple(run), tuple(reasons.items()))


def retry_at(
    attempt: int, failed_at: datetime, next_slot: datetime | None, *, max_attempts: int = MAX_ATTEMPTS
) -> datetime | None:
    """Return when to try again after the failure of attempt number `attempt` (from 1), or None to give up.

    30 s, doubling; never once `max_attempts` were made, never at or past the next slot, which runs in its own right.
    """
    if attempt >= max_attempts:
        return None
    again = failed_at + BACKOFF * 2 ** (attempt - 1)
    return None if next_slot is not None and again >= next_slot else again


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def _moments(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the moments after `after`, rising strictly, until the calendar ends."""
    if after.tzinfo is None:
        raise ValueError("a moment needs its offset: local times alone are ambiguous")
    try:
        if isinstance(schedule, Every):
            yield from _elapsed(schedule.minutes, after)
        elif isinstance(schedule, Cron) and schedule.expression.split()[1].startswith("*"):
            yield from _matching(schedule, zone, after)
        elif not isinstance(schedule, Manual):
            yield from _fixed(schedule, zone, after)
    except OverflowError:
        return


def _elapsed(minutes: int, after: datetime) -> Iterator[datetime]:
    step = timedelta(minutes=minutes)
    for count in itertools.count((after - EPOCH) // step + 1):
        yield EPOCH + count * step


def _fixed(schedule: Daily | Weekly | Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Map each local time to its one moment. The map never falls, so walking on from the local time is enough."""
    last = after.astimezone(UTC)
    for wall in _walls(schedule, _wall(after, zone)):
        moment = _instant(wall, zone, fold=0) or _end_of_gap(wall, zone)
        if moment > last:
            last = moment
            yield moment


def _matching(schedule: Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Merge the first and the second pass over the local times, each of which rises; most moments are in both."""
    last = after.astimezone(UTC)
    for moment in heapq.merge(_pass(schedule, zone, after, fold=0), _pass(schedule, zone, after, fold=1)):
        if moment > last:
            last = moment
            yield moment


def _pass(schedule: Cron, zone: ZoneInfo, after: datetime, *, fold: int) -> Iterator[datetime]:
    start = _wall(after, zone)
    first, second = (start.replace(tzinfo=zone, fold=f).astimezone(UTC) for f in (0, 1))
    # Within a repeated hour, the second pass over local times earlier than this one is still to come.
    for wall in _walls(schedule, start - max(second - first, timedelta(0))):
        moment = _instant(wall, zone, fold=fold)
        if moment is not None:
            yield moment


def _walls(schedule: Daily | Weekly | Cron, start: datetime) -> Iterator[datetime]:
    """Yield the local times after `start` that the schedule names, zone or no zone."""
    if isinstance(schedule, Cron):
        from cronsim import CronSim

        yield from CronSim(schedule.expression, start)
    else:
        for day in _days(schedule, start.date()):
            if (wall := datetime.combine(day, schedule.at)) > start:
                yield wall


def _days(schedule: Daily | Weekly, first: date) -> Iterator[date]:
    if isinstance(schedule, Weekly):
        first += timedelta(days=(schedule.day - first.weekday()) % 7)
    step = 7 if isinstance(schedule, Weekly) else 1
    for count in itertools.count():
        yield first + timedelta(days=step * count)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime | None:
    """Return the moment at which clocks show `wall` (for the first or the last time), or None in a gap."""
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return moment if _wall(moment, zone) == wall else None


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant after the gap that swallowed `wall`, found by bisection to the second.

    Read with the offset from after the gap (fold 1, PEP 495), `wall` lies before the change; with the one from before
    it (fold 0), at or after the change.
    """
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late
