"""The only place that spells visibility in SQL: what a Scope lets be seen of a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from peewee import Expression

from alice.domain.policy import Scope
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import NotFound


def identified(kind: str, value: UUID | str) -> UUID:
    """Return `value` as an id; what is none names no `kind` of thing there could be, so raise NotFound."""
    try:
        return value if isinstance(value, UUID) else UUID(value)
    except ValueError:
        raise NotFound(kind, value) from None


def visible(scope: Scope, table: Any) -> Expression:
    """Return the condition under which a row of `table` lies in `scope`.

    `table` has user_id, domain, sensitivity and perhaps project_id.
    """
    seen = table.user_id == scope.user_id
    if len(scope.domains) < len(Domain):
        seen &= table.domain.in_([d.value for d in scope.domains])
    if len(scope.sensitivities) < len(Sensitivity):
        seen &= table.sensitivity.in_([s.value for s in scope.sensitivities])
    if scope.project_ids is not None:
        # Never NULL, so that the condition may also be turned round to find what is hidden.
        seen &= table.project_id.is_null(False) & table.project_id.in_(list(scope.project_ids))
    return seen


def visible_sql(scope: Scope, alias: str) -> tuple[str, list[object]]:
    """Return the same condition as text over `alias` and its parameters, for SQL that Peewee cannot say well."""
    parts, values = [f"{alias}.user_id = %s"], [scope.user_id]
    if len(scope.domains) < len(Domain):
        parts.append(f"{alias}.domain = ANY(%s)")
        values.append(sorted(d.value for d in scope.domains))  # type: ignore[arg-type]
    if len(scope.sensitivities) < len(Sensitivity):
        parts.append(f"{alias}.sensitivity = ANY(%s)")
        values.append(sorted(s.value for s in scope.sensitivities))  # type: ignore[arg-type]
    if scope.project_ids is not None:
        parts.append(f"({alias}.project_id IS NOT NULL AND {alias}.project_id = ANY(%s))")
        values.append(list(scope.project_ids))  # type: ignore[arg-type]
    return " AND ".join(parts), list(values)
