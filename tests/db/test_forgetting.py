"""Forgetting a source: it and all that was drawn from it alone is gone everywhere, and the receipt says so rightly."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor, Scope
from alice.domain.preparation import Item
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries import recall
from alice.services import briefs, capture, forgetting
from tests.support.absence import everywhere

DIARY = """# Visit at the clinic

2026-03-03

Decision: we keep the marmalade surgery secret from grandmother.

- TODO: Mira collects the turquoise envelope from Doctor Quill by 2026-03-06.
- Ann will never mention the velvet trombone again.
"""
MINUTES = """# Roof meeting

2026-03-03

Decision: we repair the slate roof before the winter.

- TODO: Jonas orders two hundred slates by 2026-03-06.
"""


def keep(actor: Actor, text: str, now: datetime, **more: Any) -> UUID:
    return capture.capture(actor, Item(text, **more), zone="UTC", now=now).source_id


@pytest.fixture
def diary(db: str, alice: Actor, now: datetime) -> UUID:
    keep(alice, MINUTES, now)
    return keep(alice, DIARY, now)


@pytest.fixture
def scope(alice: Actor, db: str) -> Scope:
    return gate.scope(alice)


def brief(actor: Actor, now: datetime) -> dict[str, Any]:
    return briefs.generate(WorkflowType.DAILY_BRIEF, actor, now=now, zone="UTC")


def count(table: str, where: str = "true") -> int:
    return int(database.query(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])


def test_its_words_are_nowhere_afterwards(diary: UUID, alice: Actor, scope: Scope, now: datetime) -> None:
    brief(alice, now)
    assert everywhere(DIARY)
    receipt = forgetting.source(alice, diary, now=now)
    assert everywhere(DIARY) == []
    assert (receipt["status"], receipt["left"]) == ("complete", [])
    assert recall.passages(scope, "turquoise envelope Quill") == []
    assert count("recall_term", "term ~ 'turquois|envelop|marmalad|trombon'") == 0
