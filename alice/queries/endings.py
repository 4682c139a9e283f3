"""Finds ids by how they end, as a person types them who reads them off a list."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope

# What can be named by an id, as errors call it, and the table that holds it.
TABLES = {
    "artifact": "artifact",
    "connection": "graph_edge",
    "decision": "decision",
    "item in quarantine": "connector_quarantine",
    "memory": "memory",
    "model call": "model_call",
    "open loop": "open_loop",
    "person": "person",
    "project": "project",
    "project update": "project_update",
    "receipt": "receipt",
    "source": "source",
}


def ending_in(scope: Scope, kind: str, ends: Sequence[str]) -> dict[str, list[UUID]]:
    """Return for each of `ends`, in hexadecimal digits, the ids of things of a `kind` in the scope's brain with it."""
    rows = database.query(
        f"SELECT e.digits, t.id FROM (SELECT id, replace(id::text, '-', '') AS digits FROM {TABLES[kind]}"
        " WHERE user_id = %s OFFSET 0) AS t JOIN unnest(%s::text[]) AS e (digits)"
        " ON right(t.digits, length(e.digits)) = e.digits ORDER BY t.id",
        scope.user_id, list(set(ends)),
    )  # fmt: skip
    found: dict[str, list[UUID]] = {one: [] for one in ends}
    for digits, identifier in rows:
        found[digits].append(identifier)
    return found
