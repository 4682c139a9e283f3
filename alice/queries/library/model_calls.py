"""Reads of model calls that wait for the owner, with exactly what would be sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.vocab import ModelCallStatus
from alice.errors import InvalidInput, NotFound
from alice.models import ModelCall
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible, visible_sql

STATUSES = tuple(ModelCallStatus)
_TEXTS = ("workflow_type", "status", "endpoint", "endpoint_host", "options", "routing", "prompt_hash",
          "input_context_hash", "domain", "sensitivity", "created_at", "decided_at", "reason", "version")  # fmt: skip


def page(
    scope: Scope, *, status: str | None = "waiting", limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page:
    """Return model calls without what they send, the newest first; None for those in any state."""
    select: Any = ModelCall.select().where(visible(scope, ModelCall))
    if status is not None:
        if status not in STATUSES:
            raise InvalidInput({"status": f"must be one of {', '.join(STATUSES)}, not {status!r}."})
        select = select.where(ModelCall.status == status)
    return paged(select, (ModelCall.created_at, ModelCall.id), present=present, limit=limit, cursor=cursor)


def present(row: Any) -> dict[str, Any]:
    """Return one call as it is listed: where it would go, and the artifacts before and after it."""
    told = {name: getattr(row, name) for name in _TEXTS}
    ids = {name: getattr(row, f"{name}_id") for name in ("project", "source_artifact", "artifact")}
    return {
        "id": str(row.id),
        **told,
        **{f"{name}_id": str(value) if value else None for name, value in ids.items()},
        "characters": len(row.request),
    }


def find(scope: Scope, call_id: UUID | str) -> ModelCall:
    """Return the row of a call in the scope; raise NotFound."""
    identifier = identified("model call", call_id)
    row = ModelCall.select().where(visible(scope, ModelCall), ModelCall.id == identifier).first()
    if row is None:
        raise NotFound("model call", call_id)
    return row


def get(scope: Scope, call_id: UUID | str) -> dict[str, Any]:
    """Return one call with `request`, the body to the byte, and the passages in it with their sources."""
    row = find(scope, call_id)
    return present(row) | {"request": row.request, "passages": [_passage(one) for one in passages(scope, row.id)]}


def _passage(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("number", "source_id", "source_title", "start", "end", "quote", "sensitivity")}


def passages(scope: Scope, call_id: UUID) -> list[dict[str, Any]]:
    """Return the words behind each number of a call, as they stand in their sources now."""
    seen, values = visible_sql(scope, "s")
    return database.rows(
        'SELECT p.number, p.source_id, p.chunk_id, p.start, p."end", s.title AS source_title, s.occurred_at, s.domain,'
        ' s.sensitivity, substr(k.text, p.start - k.start + 1, p."end" - p.start) AS quote'
        " FROM model_call_passage p JOIN source s ON s.id = p.source_id JOIN chunk k ON k.id = p.chunk_id"
        f" WHERE p.model_call_id = %s AND {seen} AND s.status <> 'forgotten' ORDER BY p.number",
        call_id, *values,
    )  # fmt: skip
