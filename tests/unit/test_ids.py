"""Identifiers are UUIDs of version 7 and sort by the time they were made."""

from __future__ import annotations

import time

import pytest

from alice import ids


def test_it_is_version_7_of_the_right_variant() -> None:
    identifier = ids.new_id()
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"


def test_a_later_one_sorts_after_an_earlier_one() -> None:
    made = [ids.new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_steps_back_breaks_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    after = ids.new_id()
    assert after > before
    assert after.version == 7


def test_it_tells_the_millisecond_it_was_made_in() -> None:
    earliest = time.time_ns() // 1_000_000
    assert earliest <= ids.new_id().int >> 80 <= time.time_ns() // 1_000_000 + 1
