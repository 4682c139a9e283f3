"""A small story to show: the minutes of one meeting, and the Daily Brief over them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from alice.domain.policy import Actor
from alice.domain.vocab import WorkflowType
from alice.ledger import gate
from alice.queries.library import artifacts
from alice.services.composing import briefs
from alice.services.evidence import capture

MINUTES = """# Kitchen rebuild, third meeting

2026-03-03

## Decisions

- Decision: we take the oak worktop, not the stone one.

## Next steps

- TODO: Mira sends the floor plan to Jonas by 2026-03-06.
- TODO: Jonas asks the plumber about the boiler.
"""


@pytest.fixture
def brief(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    """A Daily Brief over the minutes of one meeting, as `queries.artifacts.get` returns it."""
    capture.capture(alice, capture.Item(MINUTES), zone="UTC", now=now)
    made = briefs.generate(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    return artifacts.get(gate.scope(alice), made["id"])


@pytest.fixture
def numbers(brief: dict[str, Any]) -> list[int]:
    """The numbers of all citations of the brief."""
    said = [statement for section in brief["sections"] for statement in section["statements"]]
    return sorted({citation["number"] for statement in said for citation in statement["citations"]})
