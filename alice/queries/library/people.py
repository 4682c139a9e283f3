"""Reads of people whom evidence names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.models import Person
from alice.queries.library import claims
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible

_FIELDS = ("name", "handle", "status", "domain", "sensitivity", "created_at", "last_seen_at", "version")


def page(scope: Scope, *, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return people, the last seen first; without a `status` those that were not rejected."""
    select: Any = Person.select().where(_seen(scope))
    select = select.where(Person.status == status if status else Person.status != "rejected")
    return paged(select, (Person.last_seen_at, Person.id), present=present, limit=limit, cursor=cursor)


def _seen(scope: Scope) -> Any:
    """Return the condition under which a person may be shown; people belong to no project, so to none's alone."""
    return Person.id.is_null() if scope.project_ids is not None else visible(scope, Person)


def present(row: Any) -> dict[str, Any]:
    """Return one person as they are listed and sent."""
    return {"id": str(row.id)} | {name: getattr(row, name) for name in _FIELDS}


def find(scope: Scope, person_id: UUID | str) -> Person:
    """Return the row of a person in the scope; raise NotFound."""
    identifier = identified("person", person_id)
    row = Person.select().where(_seen(scope), Person.id == identifier).first()
    if row is None:
        raise NotFound("person", person_id)
    return row


def get(scope: Scope, person_id: UUID | str) -> dict[str, Any]:
    """Return one person with the newest words that name them; raise NotFound."""
    row = find(scope, person_id)
    return present(row) | {"evidence": claims.quoted(scope, row.id)}
