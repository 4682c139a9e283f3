"""Reads receipts of what was forgotten. They hold ids and counts; only who sees the whole brain sees them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.models import Receipt
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified

_FIELDS = (
    "subject_kind",
    "status",
    "stays",
    "looked",
    "beyond",
    "forgotten_by",
    "forgotten_at",
    "checked_at",
    "version",
)
_IDS = ("id", "subject_id", "event_id")


def page(scope: Scope, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return receipts, the newest first."""
    return paged(_seen(scope), (Receipt.forgotten_at, Receipt.id), present=present, limit=limit, cursor=cursor)


def _seen(scope: Scope) -> Any:
    select: Any = Receipt.select().where(Receipt.user_id == scope.user_id)
    return select if scope.everything else select.where(Receipt.id.is_null())


def present(row: Any) -> dict[str, Any]:
    """Return a receipt as it is listed and sent."""
    ids: dict[str, list[str]] = row.gone["ids"]
    counts = {name: len(found) for name, found in ids.items()} | row.gone["counts"]
    told = {name: str(getattr(row, name)) for name in _IDS} | {name: getattr(row, name) for name in _FIELDS}
    left = [one for one in row.looked if one["found"]]
    return told | {"gone": ids, "counts": counts, "left": left}


def get(scope: Scope, receipt_id: UUID | str) -> dict[str, Any]:
    """Return one receipt; raise NotFound."""
    identifier = identified("receipt", receipt_id)
    row = _seen(scope).where(Receipt.id == identifier).first()
    if row is None:
        raise NotFound("receipt", receipt_id)
    return present(row)


def of(scope: Scope, kind: str, subject_id: UUID) -> dict[str, Any] | None:
    """Return the receipt that tells how a row went, by itself or with something else; None when there is none.

    `kind` is what receipts call the rows of a kind, such as sources, memories or open_loops.
    """
    holds = Receipt.gone.contains({"ids": {kind: [str(subject_id)]}})
    row = _seen(scope).where(holds).order_by(Receipt.forgotten_at.desc()).first()
    return present(row) if row else None
