"""Reads of memories: lists, one with all that is known of it, and how its words changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from peewee import fn

from alice.config import CANDIDATE_DAYS
from alice.db import database
from alice.domain import contradiction
from alice.domain.contradiction import Side
from alice.domain.policy import Scope
from alice.domain.texts import unseen
from alice.domain.vocab import MemoryStatus
from alice.errors import NotFound
from alice.models import Decision, Memory, Provenance, Source
from alice.queries.ledger import decisions, trust
from alice.queries.library import candidates, claims
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible, visible_sql

MOST_COMPARED, MOST_DECISIONS = 80, 50
_FIELDS = ("memory_type", "text", "subject", "status", "domain", "sensitivity", "rule", "proposed_by", "confidence",
           "backlog", "occurred_at", "created_at", "last_seen_at", "decided_at", "snoozed_until", "reason", "merged",
           "version")  # fmt: skip


def page(
    scope: Scope,
    *,
    status: str | None = None,
    memory_type: str | None = None,
    domain: str | None = None,
    project_id: UUID | None = None,
    flag: str | None = None,
    backlog: bool | None = None,
    waiting: bool | None = None,
    now: datetime,
    days: int = CANDIDATE_DAYS,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return memories, the newest first, without those that were forgotten unless their `status` is asked for.

    `waiting` are those that need a decision now. Each tells when it will expire, and an accepted one that no decision
    stands behind says so.
    """
    select: Any = Memory.select().where(_seen(scope))
    given = {"status": status, "memory_type": memory_type, "domain": domain, "project_id": project_id,
             "backlog": backlog}  # fmt: skip
    for name, value in given.items():
        if value is not None:
            select = select.where(Memory._meta.combined[name] == value)
    if status is None:
        select = select.where(Memory.status != MemoryStatus.FORGOTTEN.value)
    if flag:
        select = select.where(Memory.flags.contains(flag))
    if waiting is not None:
        awake = Memory.snoozed_until.is_null() | (Memory.snoozed_until <= now)
        waits = (Memory.status == MemoryStatus.CANDIDATE.value) & ~Memory.backlog & awake
        select = select.where(waits if waiting else ~waits)
    found = paged(select, (Memory.occurred_at, Memory.id), present=present, limit=limit, cursor=cursor)
    return Page(_known(scope, found.items, days), found.total, found.next)


def _seen(scope: Scope) -> Any:
    """Return the condition under which a memory is shown: it, and some of the words behind it, in the scope."""
    shown = visible(scope, Memory)
    if scope.everything:
        return shown
    behind = Provenance.select(Provenance.id).where(Provenance.subject_id == Memory.id)
    seen = behind.join(Source).where(visible(scope, Source))
    return shown & (~fn.EXISTS(behind) | fn.EXISTS(seen))


def _known(scope: Scope, items: list[dict[str, Any]], days: int) -> list[dict[str, Any]]:
    """Return `items` with when each will expire, and why an accepted one is not trusted."""
    waits = [UUID(one["id"]) for one in items if one["status"] == MemoryStatus.CANDIDATE]
    held = [UUID(one["id"]) for one in items if one["status"] == MemoryStatus.ACCEPTED]
    expire = candidates.expiries(scope, waits, days=days)
    wrong = trust.broken(scope, "memory", held) if held else {}
    return [
        one | {"expires_at": expire.get(UUID(one["id"])), "unsealed": wrong.get(UUID(one["id"]))} for one in items
    ]  # fmt: skip


def present(row: Any) -> dict[str, Any]:
    """Return one memory as it is listed and sent. `unseen` is what its text hides from whoever reads it."""
    ids = {"project_id": row.project_id, "superseded_by": row.__data__["superseded_by"]}
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in _FIELDS},
        **{name: str(value) if value else None for name, value in ids.items()},
        "flags": list(row.flags),
        "unseen": unseen.told(row.text),
    }


def find(scope: Scope, memory_id: UUID | str) -> Any:
    """Return the row of a memory in the scope; raise NotFound."""
    identifier = identified("memory", memory_id)
    row = Memory.select().where(_seen(scope), Memory.id == identifier).first()
    if row is None:
        raise NotFound("memory", memory_id)
    return row


def rows(scope: Scope, ids: Sequence[UUID]) -> list[Any]:
    """Return the rows of those of `ids` that are in the scope."""
    return list(Memory.select().where(_seen(scope), Memory.id.in_(list(ids))))


def get(scope: Scope, memory_id: UUID | str, *, days: int = CANDIDATE_DAYS) -> dict[str, Any]:
    """Return one memory with the words behind it, what was decided on it, what it contradicts, what it replaced.

    `revealed_text` is its text with everything written out that shows nothing, when there is such. Raise NotFound.
    """
    row = find(scope, memory_id)
    [told] = _known(scope, [present(row)], days)
    listed = decisions.page(scope, subject_kind="memory", subject_id=row.id, limit=MOST_DECISIONS).items
    undoable = decisions.undoable(scope, "memory", row.id) if listed else frozenset()
    return told | {
        "revealed_text": unseen.revealed(row.text) if told["unseen"] else None,
        "evidence": claims.quoted(scope, row.id),
        "decisions": [one | {"undoable": UUID(one["id"]) in undoable} for one in listed],
        "conflicts": _conflicts(scope, row),
        "replaced": _replaced(scope, row.id),
    }


def _conflicts(scope: Scope, row: Any) -> list[dict[str, Any]]:
    """Return what of the same subject says something else, as far as the rules can tell, the newest first."""
    if not row.subject:
        return []
    seen, values = visible_sql(scope, "m")
    found = database.rows(
        f"SELECT m.id, m.text, m.status, m.occurred_at FROM memory m WHERE {seen} AND lower(m.subject) = lower(%s)"
        " AND m.status IN ('candidate', 'accepted') AND m.id <> %s ORDER BY m.occurred_at DESC, m.id LIMIT %s",
        *values, row.subject, row.id, MOST_COMPARED,
    )  # fmt: skip
    found = _shown(scope, found)
    own = Side(row.text, row.occurred_at)
    told = [(other, contradiction.between(own, Side(other["text"], other["occurred_at"]))) for other in found]
    return [
        other | {"id": str(other["id"]), "kind": str(conflict.kind), "because": conflict.explanation}
        for other, conflict in told
        if conflict is not None
    ]


def _replaced(scope: Scope, memory_id: UUID) -> list[dict[str, Any]]:
    seen, values = visible_sql(scope, "m")
    found = database.rows(
        f"SELECT m.id, m.text, m.merged, m.decided_at FROM memory m WHERE {seen} AND m.superseded_by = %s"
        " ORDER BY m.decided_at DESC, m.id LIMIT %s",
        *values, memory_id, MOST_COMPARED,
    )  # fmt: skip
    return [one | {"id": str(one["id"])} for one in _shown(scope, found)]


def _shown(scope: Scope, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    shown = {row.id for row in rows(scope, [one["id"] for one in found])}
    return [one for one in found if one["id"] in shown]


def revisions(scope: Scope, memory_id: UUID | str, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return each change of a memory's words with the text before and after it, the newest first; raise NotFound.

    Who may not see the whole brain sees none: what was said before may have been more private.
    """
    row = find(scope, memory_id)
    mine = (Decision.user_id == scope.user_id) & (Decision.subject_kind == "memory") & (Decision.subject_id == row.id)
    select: Any = Decision.select().where(mine, Decision.before.has_key("text"))
    if not scope.everything:
        select = select.where(Decision.id.is_null())
    return paged(select, (Decision.version, Decision.id), present=_revision, limit=limit, cursor=cursor)


def _revision(row: Any) -> dict[str, Any]:
    return {
        "decision_id": str(row.id),
        "version": row.version,
        "action": row.action,
        "text_before": row.before["text"],
        "text_after": row.after.get("text"),
        "reason": row.reason,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
    }
