"""Reads of decisions: what was decided on a thing, what can be undone, and what everybody decided of late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.domain import decisions as rules
from alice.domain.decisions import SEALED
from alice.domain.policy import Scope
from alice.errors import InvalidInput, NotFound
from alice.models import Decision
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified

_FIELDS = ("subject_kind", "action", "version", "before", "after", "reason", "decided_by", "decided_at")
_IDS = ("id", "act", "subject_id", "undoes_id", "event_id")


def page(
    scope: Scope,
    *,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    since: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return decisions, the newest first. Who may not see the whole brain sees none: they tell what was before."""
    select: Any = Decision.select().where(Decision.user_id == scope.user_id)
    if not scope.everything:
        select = select.where(Decision.id.is_null())
    if subject_kind:
        select = select.where(Decision.subject_kind == _kind(subject_kind))
    if subject_id:
        select = select.where(Decision.subject_id == subject_id)
    if since:
        select = select.where(Decision.decided_at >= since)
    return paged(select, (Decision.decided_at, Decision.id), present=present, limit=limit, cursor=cursor)


def _kind(value: str) -> str:
    if value in SEALED:
        return value
    raise InvalidInput({"subject_kind": f"must be one of {', '.join(SEALED)}, not {value!r}."})


def present(row: Any) -> dict[str, Any]:
    """Return one decision as it is listed and sent."""
    ids = {name: str(value) if (value := getattr(row, name)) else None for name in _IDS}
    ids["undoes"] = ids.pop("undoes_id")
    return ids | {name: getattr(row, name) for name in _FIELDS}


def find(scope: Scope, decision_id: UUID | str) -> Any:
    """Return the row of a decision; raise NotFound."""
    identifier = identified("decision", decision_id)
    row = Decision.get_or_none((Decision.user_id == scope.user_id) & (Decision.id == identifier))
    if row is None or not scope.everything:
        raise NotFound("decision", decision_id)
    return row


def newest(scope: Scope, subject_kind: str, subject_id: UUID) -> Any:
    """Return the row of the newest decision on a thing, or None."""
    return _on(scope, subject_kind, subject_id).order_by(Decision.version.desc()).first()


def undoable(scope: Scope, subject_kind: str, subject_id: UUID) -> frozenset[UUID]:
    """Return which decisions on a thing may be taken back now; the newest that stands, and the last undo."""
    return rules.undoable(_taken(scope, subject_kind, subject_id))


def standing(scope: Scope, subject_kind: str, subject_id: UUID) -> list[UUID]:
    """Return the decisions on a thing that hold now, the last one last."""
    return rules.standing(_taken(scope, subject_kind, subject_id))


def _taken(scope: Scope, subject_kind: str, subject_id: UUID) -> rules.Taken:
    rows = _on(scope, subject_kind, subject_id).order_by(Decision.version)
    return [(row.id, row.undoes_id) for row in rows]


def _on(scope: Scope, subject_kind: str, subject_id: UUID) -> Any:
    mine = (Decision.user_id == scope.user_id) & (Decision.subject_kind == subject_kind)
    return Decision.select().where(mine, Decision.subject_id == subject_id)


def act(scope: Scope, act_id: UUID) -> Sequence[Any]:
    """Return the rows of everything that was decided together, the last first."""
    select: Any = Decision.select().where(Decision.user_id == scope.user_id, Decision.act == act_id)
    return list(select.order_by(Decision.id.desc()))
