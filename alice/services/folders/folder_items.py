"""What a folder of notes held when it was last looked at: one row for each file, written beside its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import ids
from alice.connectors.local_folder import Found, Rejected
from alice.db import database
from alice.domain.vocab import Connector
from alice.ledger.unit import Unit
from alice.models import ConnectorItem
from alice.services.evidence.capture import Captured

CONNECTOR = Connector.LOCAL_FOLDER.value


@dataclass(frozen=True, slots=True)
class Known:
    """A file as it was: its size and time, what it said, and why it was not taken when it was not.

    `source_id` is a source that this connector brought; one that came in another way is not the folder's to change.
    """

    size: int
    mtime_ns: int
    content_hash: str | None
    source_id: UUID | None
    reason: str | None
    problem: str | None

    def same(self, found: Found | Rejected) -> bool:
        """Tell whether a look at size and time finds nothing changed."""
        return (self.size, self.mtime_ns) == (found.size, found.mtime_ns)


def known(user_id: UUID, root: Path) -> dict[str, Known]:
    """Return every file of `root` by its place, as it was when it was last looked at."""
    sql = (
        "SELECT i.external_id, i.size, i.mtime_ns, i.content_hash, s.id, i.reason, i.problem FROM connector_item i"
        " LEFT JOIN source s ON s.id = i.source_id AND s.connector = i.connector"
        " WHERE i.user_id = %s AND i.connector = %s AND i.root = %s"
    )
    with database.session():
        return {row[0]: Known(*row[1:]) for row in database.query(sql, user_id, CONNECTOR, str(root))}


def remember(unit: Unit, root: Path, taken: Iterable[tuple[Found, Captured]], *, now: datetime) -> None:
    """Note files that were taken, each with its source."""
    _upsert(
        _row(unit, root, found, now) | {"content_hash": captured.content_hash, "source": captured.source_id}
        for found, captured in taken
    )


def remember_refused(unit: Unit, root: Path, refused: Iterable[Rejected], *, now: datetime) -> None:
    """Note files that were not taken, and why: they are named again, and read again only when they have changed.

    What such a file said the last time it could be taken stays noted.
    """
    kept = (ConnectorItem.size, ConnectorItem.mtime_ns, ConnectorItem.problem, ConnectorItem.reason,
            ConnectorItem.seen_at)  # fmt: skip
    rows = (_row(unit, root, item, now) | {"problem": item.message, "reason": item.reason} for item in refused)
    _upsert(rows, kept)


def touch(unit: Unit, root: Path, seen: Iterable[Found]) -> None:
    """Note that known files were looked at and nothing of them was taken: they are not read again as they are."""
    sql = (
        "UPDATE connector_item SET size = %s, mtime_ns = %s WHERE user_id = %s AND connector = %s AND root = %s"
        " AND external_id = %s"
    )
    for found in seen:
        database.query(sql, found.size, found.mtime_ns, unit.user_id, CONNECTOR, str(root), found.place)


def forget(unit: Unit, root: Path, places: Iterable[str]) -> None:
    """Forget files that are not there any more."""
    sql = "DELETE FROM connector_item WHERE user_id = %s AND connector = %s AND root = %s AND external_id = ANY(%s)"
    if gone := list(places):
        database.query(sql, unit.user_id, CONNECTOR, str(root), gone)


def _row(unit: Unit, root: Path, item: Found | Rejected, now: datetime) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "user_id": unit.user_id,
        "connector": CONNECTOR,
        "root": str(root),
        "external_id": item.place,
        "size": item.size,
        "mtime_ns": item.mtime_ns,
        "content_hash": None,
        "source": None,
        "problem": None,
        "reason": None,
        "seen_at": now,
    }


_ALL = (ConnectorItem.size, ConnectorItem.mtime_ns, ConnectorItem.content_hash, ConnectorItem.source,
        ConnectorItem.problem, ConnectorItem.reason, ConnectorItem.seen_at)  # fmt: skip


def _upsert(rows: Iterable[dict[str, Any]], kept: tuple[Any, ...] = _ALL) -> None:
    place = (ConnectorItem.user_id, ConnectorItem.connector, ConnectorItem.root, ConnectorItem.external_id)
    if values := list(rows):
        ConnectorItem.insert_many(values).on_conflict(conflict_target=place, preserve=kept).execute()
