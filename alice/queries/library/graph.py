"""Reads of the graph: what ties two pieces of evidence or claims together, with the words behind it.

Who may not see one of the cited sources sees no such edge.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peewee import fn

from alice.domain.policy import Scope
from alice.domain.vocab import EdgeStatus
from alice.errors import InvalidInput, NotFound
from alice.models import GraphEdge, Provenance, Source
from alice.queries.library import claims
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible

_FIELDS = ("from_kind", "to_kind", "relation", "status", "explanation", "shared", "confidence", "domain",
           "sensitivity", "proposed_by", "created_at", "decided_at", "reason", "version")  # fmt: skip
_IDS = ("id", "from_id", "to_id", "project_id", "artifact_id")


def seen(scope: Scope, table: Any) -> Any:
    """Return the condition under which a proposal may be shown: it, and all whose words it rests on, in the scope."""
    shown = visible(scope, table)
    if scope.everything:
        return shown
    behind = Provenance.select(fn.COUNT(1)).join(Source).where(Provenance.subject_id == table.id)
    return shown & (behind.where(~visible(scope, Source)) == 0)


def page(scope: Scope, *, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return edges, the newest first; raise InvalidInput for an unknown status."""
    select: Any = GraphEdge.select().where(seen(scope, GraphEdge))
    if status:
        if status not in set(EdgeStatus):
            raise InvalidInput({"status": f"must be one of {', '.join(EdgeStatus)}, not {status!r}."})
        select = select.where(GraphEdge.status == status)
    return paged(select, (GraphEdge.created_at, GraphEdge.id), present=present, limit=limit, cursor=cursor)


def present(row: Any) -> dict[str, Any]:
    """Return one edge as it is listed and sent."""
    told = {name: getattr(row, name) for name in _FIELDS}
    ids = {name: str(value) if (value := getattr(row, name)) else None for name in _IDS}
    return ids | told | {"shared": list(row.shared)}


def find(scope: Scope, edge_id: UUID | str) -> GraphEdge:
    """Return the row of an edge in the scope; raise NotFound."""
    identifier = identified("connection", edge_id)
    row = GraphEdge.select().where(seen(scope, GraphEdge), GraphEdge.id == identifier).first()
    if row is None:
        raise NotFound("connection", edge_id)
    return row


def get(scope: Scope, edge_id: UUID | str) -> dict[str, Any]:
    """Return one edge with the words of both ends; raise NotFound."""
    row = find(scope, edge_id)
    return present(row) | {"evidence": claims.quoted(scope, row.id)}
