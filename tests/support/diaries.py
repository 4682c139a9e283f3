"""Two notes that have nothing to do with each other: one to forget, one to keep; and whoever looks at what is left."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import WorkflowType
from alice.services.composing import briefs
from alice.services.evidence import capture

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
    """Capture a text and return its source."""
    return capture.capture(actor, Item(text, **more), zone="UTC", now=now).source_id


def brief(actor: Actor, now: datetime, kind: WorkflowType = WorkflowType.DAILY_BRIEF) -> dict[str, Any]:
    """Compose an artifact over what there is."""
    return briefs.generate(kind, actor, now=now, zone="UTC")


def count(table: str, where: str = "true") -> int:
    """Return how many rows of a table there are."""
    return int(database.query(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])


def ids(sql: str, *values: object) -> list[UUID]:
    """Return the first column of a query."""
    return [row[0] for row in database.query(sql, *values)]
