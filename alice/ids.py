"""Identifiers: UUIDs of version 7, so that rows sort by the time they were made, and in a process by their order."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """Return a fresh UUIDv7 that sorts after every one this process made before (RFC 9562, sections 5.7 and 6.2).

    48 bits of Unix milliseconds, then 74 random bits; within a millisecond the number is counted on by a random step.
    """
    global _last
    random = int.from_bytes(os.urandom(10), "big")
    fresh = (time.time_ns() // 1_000_000) << 74 | random >> 6
    with _lock:
        _last = fresh if fresh > _last else _last + 1 + (random & 0xFFFF_FFFF)
        number = _last
    return UUID(
        int=(number >> 74) << 80 | 0x7 << 76 | (number >> 62 & 0xFFF) << 64 | 0b10 << 62 | number & (1 << 62) - 1
    )
