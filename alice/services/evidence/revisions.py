"""What becomes of a source when its original changes: a new text, another place, gone, back again.

A text that came in is never changed or erased here: whatever cites its words keeps them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice.db import database
from alice.ledger.events import ClaimsWithdrawn, SourceGone, SourceMoved, SourceReturned, SourceRevised
from alice.ledger.unit import Unit
from alice.services.evidence import indexing
from alice.services.evidence.storage import WITHDRAWN


@dataclass(frozen=True, slots=True)
class Edit:
    """An original whose text was `before` and is now `after`; `fresh` when that text came in with the edit."""

    before: UUID
    after: UUID
    fresh: bool


def replace(unit: Unit, edits: Sequence[Edit]) -> None:
    """Let the new text of each edit stand in place of the one before.

    The earlier text is archived and leaves the index, and claims that nobody decided on and that stand in no current
    text go to the backlog, flagged as withdrawn. An edit of a text that is not current any more changes nothing.
    """
    done = [edit for edit in edits if edit.before != edit.after and _retire(unit, edit.before)]
    if done:
        indexing.remove(unit, *[edit.before for edit in done])
    for edit in done:
        number = _chain(unit, edit) if edit.fresh else _number(unit, edit.after)
        unit.record(SourceRevised(str(edit.after), str(edit.before), number))
    for edit in done:
        _withdraw(unit, edit.before)


def _retire(unit: Unit, old: UUID) -> bool:
    sql = (
        "UPDATE source SET current = false, status = CASE status WHEN 'forgotten' THEN status ELSE 'archived' END,"
        " version = version + 1 WHERE id = %s AND user_id = %s AND current RETURNING id"
    )
    return bool(database.query(sql, old, unit.user_id))


def _chain(unit: Unit, edit: Edit) -> int:
    """Chain a new text behind the old one and return its number."""
    [row] = database.query(
        "UPDATE source n SET revision_of = o.id, revision = o.revision + 1 FROM source o"
        " WHERE n.id = %s AND o.id = %s AND n.user_id = %s RETURNING n.revision",
        edit.after, edit.before, unit.user_id,
    )  # fmt: skip
    return int(row[0])


def _number(unit: Unit, source_id: UUID) -> int:
    """Return the number of a text that was there before, which it keeps."""
    sql = "SELECT revision FROM source WHERE id = %s AND user_id = %s"
    return int(database.query(sql, source_id, unit.user_id)[0][0])


def _withdraw(unit: Unit, source_id: UUID) -> None:
    told = {table: _to_backlog(unit, table, source_id) for table in ("memory", "open_loop")}
    if any(told.values()):
        unit.record(ClaimsWithdrawn(str(source_id), told["memory"], told["open_loop"]))


def _to_backlog(unit: Unit, table: str, source_id: UUID) -> list[str]:
    rows = database.query(
        f"UPDATE {table} c SET backlog = true, flags = array_append(c.flags, %s)"
        " WHERE c.user_id = %s AND c.status = 'candidate' AND %s <> ALL(c.flags)"
        " AND c.id IN (SELECT subject_id FROM provenance WHERE source_id = %s)"
        " AND NOT EXISTS (SELECT 1 FROM provenance p JOIN source s ON s.id = p.source_id"
        " WHERE p.subject_id = c.id AND s.current AND s.status <> 'forgotten') RETURNING c.id",
        WITHDRAWN, unit.user_id, WITHDRAWN, source_id,
    )  # fmt: skip
    return sorted(str(row[0]) for row in rows)


def stand(unit: Unit, source_ids: Sequence[UUID]) -> None:
    """Let known sources stand again whose words are in an original now: they may have been replaced, or gone."""
    wanted = list(source_ids)
    if not wanted:
        return
    back = database.query(
        "UPDATE source SET current = true, version = version + 1,"
        " status = CASE WHEN status <> 'archived' THEN status WHEN reviewed_at IS NULL THEN 'new' ELSE 'reviewed' END"
        " WHERE user_id = %s AND id = ANY(%s) AND NOT current RETURNING id, connector",
        unit.user_id, wanted,
    )  # fmt: skip
    indexing.add(unit, [row[0] for row in back])
    for table in ("memory", "open_loop"):
        _from_backlog(unit, table, [row[0] for row in back])
    found = database.query(
        "UPDATE source SET gone_at = NULL, version = version + 1 WHERE user_id = %s AND id = ANY(%s)"
        " AND gone_at IS NOT NULL RETURNING id, connector",
        unit.user_id, wanted,
    )  # fmt: skip
    for identifier, connector in dict.fromkeys([*back, *found]):
        unit.record(SourceReturned(str(identifier), connector))


def _from_backlog(unit: Unit, table: str, source_ids: list[UUID]) -> None:
    """Let claims wait again that were withdrawn with these texts."""
    database.query(
        f"UPDATE {table} c SET backlog = s.backlog, flags = array_remove(c.flags, %s)"
        " FROM provenance p JOIN source s ON s.id = p.source_id"
        " WHERE c.user_id = %s AND p.subject_id = c.id AND s.id = ANY(%s) AND %s = ANY(c.flags)",
        WITHDRAWN, unit.user_id, source_ids, WITHDRAWN,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """Where the original of a source lies now, and the title that it has there: it may come from the name."""

    source_id: UUID
    external_id: str
    uri: str
    title: str


_MOVE = """
UPDATE source s SET external_id = m.external_id, uri = m.uri, title = m.title, gone_at = NULL, version = version + 1,
    metadata = s.metadata || jsonb_build_object('path', m.external_id)
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS m (id, external_id, uri, title)
WHERE s.id = m.id AND s.user_id = %s AND s.current RETURNING s.id, s.connector
"""


def move(unit: Unit, moves: Sequence[Move]) -> None:
    """Note that originals lie elsewhere now, with the same words."""
    if not moves:
        return
    columns = [
        list(column) for column in zip(*[(m.source_id, m.external_id, m.uri, m.title) for m in moves], strict=True)
    ]
    titles = dict(database.query("SELECT id, title FROM source WHERE id = ANY(%s) AND current FOR UPDATE", columns[0]))
    for identifier, connector in database.query(_MOVE, *columns, unit.user_id):
        unit.record(SourceMoved(str(identifier), connector))
    renamed = [m.source_id for m in moves if titles.get(m.source_id, m.title) != m.title]
    if renamed:
        indexing.remove(unit, *renamed)
        indexing.add(unit, renamed)


def lose(unit: Unit, source_ids: Sequence[UUID], *, now: datetime) -> int:
    """Mark sources whose original was deleted and that no item of a connector names any more; return how many."""
    rows = database.query(
        "UPDATE source s SET gone_at = %s, version = version + 1 WHERE user_id = %s AND id = ANY(%s)"
        " AND gone_at IS NULL AND current AND NOT EXISTS (SELECT 1 FROM connector_item i WHERE i.source_id = s.id)"
        " RETURNING id, connector",
        now, unit.user_id, list(source_ids),
    )  # fmt: skip
    for identifier, connector in rows:
        unit.record(SourceGone(str(identifier), connector))
    return len(rows)


def unnamed(source_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of the sources no item of a connector names any more."""
    if not source_ids:
        return set()
    sql = "SELECT source_id FROM connector_item WHERE source_id = ANY(%s)"
    return set(source_ids) - {row[0] for row in database.query(sql, list(source_ids))}
