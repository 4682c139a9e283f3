"""Finds ids by how they end, as a person types them who reads them off a list."""

from __future__ import annotations

from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope

MOST = 10
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


def ending_in(scope: Scope, kind: str, digits: str) -> list[UUID]:
    """Return the ids, at most ten, of things of a `kind` in the scope's brain that end in these hexadecimal digits."""
    rows = database.query(
        f"SELECT id FROM {TABLES[kind]} WHERE user_id = %s AND right(replace(id::text, '-', ''), %s) = %s"
        " ORDER BY id LIMIT %s",
        scope.user_id, len(digits), digits, MOST,
    )  # fmt: skip
    return [row[0] for row in rows]
