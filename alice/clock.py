"""The only place that reads the clock; everything else is handed a time. It must not know what the time is for."""

from __future__ import annotations

import time as _time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the present moment in UTC, to the microsecond."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """Return the calendar day that it is in the IANA zone `zone`."""
    return now().astimezone(ZoneInfo(zone)).date()


def monotonic() -> float:
    """Return seconds that never step back, for measuring how long something took."""
    return _time.monotonic()
