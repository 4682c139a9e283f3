"""Sets due loops as a calendar file (RFC 5545). It must not choose which: it is handed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_FOLD = 75  # octets of a line, RFC 5545 section 3.1


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due on a day. `uid` stays the same from one file to the next."""

    uid: str
    due_on: date
    summary: str
    details: str = ""


def calendar(dues: Sequence[Due], *, now: datetime) -> str:
    """Return an iCalendar text with one all-day event for each of `dues`; lines end in CRLF.

    Events and not to-dos, since many calendars show no to-dos; transparent, so that nobody seems busy.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Alice//Open loops//EN", "X-GENERATED-BY:alice"]
    for due in sorted(dues, key=lambda one: (one.due_on, one.uid)):
        lines += _event(due, now)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(due: Due, now: datetime) -> list[str]:
    details = [f"DESCRIPTION:{_escaped(due.details)}"] if due.details else []
    return [
        "BEGIN:VEVENT",
        f"UID:{due.uid}@alice",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due.due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due.due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(due.summary)}",
        *details,
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """Return a text value: no control characters, and the four signs of RFC 5545 section 3.3.11 escaped."""
    plain = "".join(char if char.isprintable() or char == "\n" else " " for char in text.replace("\r\n", "\n"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line cut into pieces of at most 75 octets, none of which splits a character."""
    pieces, piece, size = [], "", 0
    for char in line:
        width = len(char.encode("utf-8", "replace"))
        if size + width > _FOLD:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + char, size + width
    return "\r\n".join([*pieces, piece])
