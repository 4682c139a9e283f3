"""As what kind of text an item is read, and who speaks in it, by where it came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alice.domain.extraction import Claim
from alice.domain.preparation import Item, prepare

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)


def loops(text: str, connector: str, author: str | None = None, **metadata: Any) -> list[Claim]:
    item = Item(text, connector=connector, author=author, occurred_at=NOW, metadata=metadata)
    ready = prepare(item, zone="UTC", now=NOW, owner_names=("Ann",))
    return [claim for claim in ready.claims if claim.kind == "open_loop"]


def test_a_chat_message_asks_the_owner_and_promises_by_its_writer() -> None:
    asked, promised = loops(
        "Can you send me the plan by Friday? I'll call Leo tomorrow.", "telegram", "Ben", chat_id=7, sender_id=7
    )
    assert (asked.owner, asked.text) == ("Ann", "Ben asks: Can you send me the plan by Friday?")
    assert (promised.owner, promised.text) == ("Ben", "Ben will call Leo tomorrow")


def test_what_the_owner_asks_in_a_chat_is_not_theirs_to_do() -> None:
    (found,) = loops("Can you send me the plan by Friday?", "telegram", "Ann", chat_id=7, sender_id=1)
    assert found.owner != "Ann"


@pytest.mark.parametrize("told", [{"chat": "Ann"}, {"chat": "Saved Messages"}])
def test_what_one_sends_to_oneself_is_a_note(told: dict[str, str]) -> None:
    (found,) = loops("Call the plumber tomorrow", "telegram", "Ann", chat_id=1, sender_id=1, **told)
    assert (found.owner, found.text) == ("Ann", "Call the plumber tomorrow")


def test_a_message_forwarded_to_oneself_stays_its_authors() -> None:
    (found,) = loops("I'll call the plumber tomorrow", "telegram", "Ben", chat_id=1, sender_id=1, forwarded=True)
    assert found.owner == "Ben"


@pytest.mark.parametrize(
    ("connector", "told"), [("browser_clipper", {}), ("telegram", {"chat_id": -1001, "sender_id": -1001})]
)
def test_what_is_written_for_everybody_asks_the_owner_nothing(connector: str, told: dict[str, int]) -> None:
    assert loops("Please send us the form by Friday. Call the office tomorrow.", connector, "News", **told) == []


def test_any_other_item_is_a_note() -> None:
    (found,) = loops("Need to book flights by Monday", "manual")
    assert found.owner == "Ann"
