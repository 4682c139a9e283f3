"""What the log says has happened since: the change feed of the live console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from alice.db import database
from alice.domain.policy import Scope


@dataclass(frozen=True, slots=True)
class News:
    """What was recorded after a moment: the newest `seq`, and how many events of each type and about what.

    `kinds` is a list of (event type, artifact type or None, count).
    """

    seq: int
    kinds: list[tuple[str, str | None, int]]


def newest(scope: Scope) -> int:
    """Return the `seq` of the newest event of the brain, 0 when there is none."""
    found = database.query("SELECT seq FROM event_head WHERE user_id = %s", scope.user_id)
    return int(found[0][0]) if found else 0


def since(scope: Scope, after: int, *, most: int = 10_000) -> News:
    """Return what was recorded after event `after`; what lies more than `most` events back is not counted."""
    seq = newest(scope)
    if seq <= after:
        return News(seq, [])
    rows: list[Any] = database.query(
        "SELECT event_type, CASE event_type WHEN 'artifact.generated'"
        " THEN canonical::jsonb #>> '{payload,artifact_type}' END AS artifact_type, count(*)"
        " FROM event_log WHERE user_id = %s AND seq > %s AND seq <= %s GROUP BY 1, 2 ORDER BY 1, 2",
        scope.user_id, max(after, seq - most), seq,
    )  # fmt: skip
    return News(seq, [(kind, artifact_type, int(count)) for kind, artifact_type, count in rows])
