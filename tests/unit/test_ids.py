"""Identifiers are UUIDs of version 7 and sort by the time they were made."""

from __future__ import annotations

import time

from alice import ids


def test_it_is_version_7_of_the_right_variant() -> None:
    identifier = ids.new_id()
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"


def test_a_later_one_sorts_after_an_earlier_one() -> None:
    first = ids.new_id()
    time.sleep(0.002)
    assert first.int < ids.new_id().int


def test_ten_thousand_of_them_differ() -> None:
    assert len({ids.new_id() for _ in range(10_000)}) == 10_000
