"""Reads of open loops: what somebody has to do, answer or wait for, with the words each was drawn from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peewee import fn

from alice.domain.policy import Scope
from alice.domain.vocab import LoopStatus
from alice.errors import InvalidInput, NotFound
from alice.models import OpenLoop
from alice.queries.library import claims
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible

MOST_DUE = 500
_TEXTS = ("loop_kind", "text", "subject", "owner", "waiting_for", "due_text", "status", "domain", "sensitivity", "rule")
_OTHERS = ("proposed_by", "confidence", "backlog", "due_on", "occurred_at", "created_at", "last_seen_at",
           "snoozed_until", "closed_at", "reason", "version")  # fmt: skip


def page(
    scope: Scope,
    *,
    status: str | None = None,
    owner: str | None = None,
    project_id: UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return open loops, the newest first; without a `status` those that still need somebody."""
    select: Any = OpenLoop.select().where(visible(scope, OpenLoop))
    if status is None:
        select = select.where(OpenLoop.status.in_([s.value for s in ACTIVE]))
    else:
        select = select.where(OpenLoop.status == _status(status))
    if owner:
        select = select.where(OpenLoop.owner == owner)
    if project_id:
        select = select.where(OpenLoop.project == project_id)
    return paged(select, (OpenLoop.occurred_at, OpenLoop.id), present=present, limit=limit, cursor=cursor)


def due(scope: Scope, *, most: int = MOST_DUE) -> list[dict[str, Any]]:
    """Return the loops with a date that still need somebody, without text that commands its reader."""
    select: Any = OpenLoop.select().where(
        visible(scope, OpenLoop),
        OpenLoop.status.in_([s.value for s in ACTIVE]),
        OpenLoop.due_on.is_null(False),
        fn.cardinality(OpenLoop.flags) == 0,
    )
    return [present(row) for row in select.order_by(OpenLoop.due_on.desc(), OpenLoop.id).limit(most)]


ACTIVE = (LoopStatus.CANDIDATE, LoopStatus.OPEN, LoopStatus.SNOOZED)


def _status(value: str) -> str:
    if value in set(LoopStatus):
        return value
    raise InvalidInput({"status": f"must be one of {', '.join(LoopStatus)}, not {value!r}."})


def present(row: Any) -> dict[str, Any]:
    """Return one loop as it is listed and sent."""
    merged = row.__data__.get("merged_into")
    ids = {"project_id": row.project_id, "merged_into": merged}
    told = {name: getattr(row, name) for name in (*_TEXTS, *_OTHERS)}
    return {
        "id": str(row.id),
        **told,
        "flags": list(row.flags),
        **{name: str(value) if value else None for name, value in ids.items()},
    }


def find(scope: Scope, loop_id: UUID | str) -> OpenLoop:
    """Return the row of a loop in the scope; raise NotFound."""
    identifier = identified("open loop", loop_id)
    row = OpenLoop.select().where(visible(scope, OpenLoop), OpenLoop.id == identifier).first()
    if row is None:
        raise NotFound("open loop", loop_id)
    return row


def get(scope: Scope, loop_id: UUID | str) -> dict[str, Any]:
    """Return one loop with the quotes it was drawn from, the newest first; raise NotFound."""
    row = find(scope, loop_id)
    return present(row) | {"evidence": claims.quoted(scope, row.id)}
