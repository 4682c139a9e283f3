"""A folder of two notes, and what people do to it, for the tests of the local folder."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.services.connecting import connectors

GARDEN = "# Garden\n\nAnn will order the seeds by Friday.\n"
HOUSE = "# House\n\nWe decided to repair the roof.\n"


def two_notes(place: Path) -> Path:
    """Write two notes below `place` and return their folder."""
    root = place / "notes"
    (root / "plans").mkdir(parents=True)
    (root / "garden.md").write_text(GARDEN)
    (root / "plans" / "house.md").write_text(HOUSE)
    return root


def sync(actor: Actor, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    return connectors.sync(actor, "local_folder", settings=settings, now=now)


def sources() -> list[dict[str, Any]]:
    return database.rows(
        "SELECT id, external_id, title, uri, status, current, revision, revision_of, gone_at, content_text FROM source"
        " ORDER BY captured_at, id"
    )


def edit(file: Path, text: str) -> None:
    """Write `text` as an editor would, with a time that differs even on a coarse clock."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


def events(name: str) -> int:
    return int(database.query("SELECT count(*) FROM event_log WHERE event_type = %s", name)[0][0])
