"""One row of everything that has an id of its own, in whatever brain: enough to be found, told and decided on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from alice.ids import new_id

# The tables by the names that ids have in addresses, bodies and queries, in the order in which rows need each other.
TABLES = {
    "source_id": "source",
    "project_id": "project",
    "memory_id": "memory",
    "loop_id": "open_loop",
    "artifact_id": "artifact",
    "call_id": "model_call",
    "item_id": "connector_quarantine",
    "edge_id": "graph_edge",
    "update_id": "project_update",
    "person_id": "person",
    "agent_id": "agent",
    "key_id": "agent_key",
    "decision_id": "decision",
    "receipt_id": "receipt",
}
# Words that a column needs where just any text would be none.
WORDS = {
    "domain": "professional", "sensitivity": "internal", "memory_type": "semantic", "loop_kind": "task",
    "artifact_type": "daily_brief", "workflow_type": "daily_brief", "generation_mode": "deterministic",
    "connector": "manual", "connector_name": "telegram", "profile": "read_only_agent", "subject_kind": "source",
    "from_kind": "source", "to_kind": "memory", "timezone": "UTC", "action": "review", "decided_by": "owner",
    "relation": "mentions",
}  # fmt: skip
OBJECTS: dict[str, Any] = {"sections": [], "gone": {"ids": {}, "counts": {"passages": 1, "decisions": 0}}}
NEEDED = (
    "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
    " AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'"
)


def filled(url: str, user_id: UUID) -> dict[str, str]:
    """Put one row of each table into a brain, past every guard, and return their ids by the names of TABLES."""
    made: dict[str, UUID] = {}
    with psycopg.connect(url) as conn:
        conn.execute("SET session_replication_role = replica")
        for name, table in TABLES.items():
            made[name] = new_id()
            values = {column: _value(column, kind, made) for column, kind in conn.execute(NEEDED, (table,)).fetchall()}
            values |= {"id": made[name], "user_id": user_id}
            values |= {"subject_id": new_id()} if table == "receipt" else {}  # of something that is gone
            names = sql.SQL(", ").join(map(sql.Identifier, values))
            holes = sql.SQL(", ").join(sql.Placeholder() * len(values))
            insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, holes)
            conn.execute(insert, list(values.values()))
    return {name: str(identifier) for name, identifier in made.items()}


def _value(column: str, kind: str, made: dict[str, UUID]) -> Any:
    if kind == "uuid":
        ends = {"from_id": "source_id", "to_id": "memory_id", "subject_id": "source_id"}
        return made.get(ends.get(column, column)) or new_id()
    if kind == "text":
        return WORDS.get(column, str(new_id()))
    if kind == "jsonb":
        return Jsonb(OBJECTS.get(column, {}))
    if kind.startswith("timestamp"):
        return "2026-03-04T12:00:00Z"
    return {"bytea": b"x", "real": 0.5, "double precision": 0.5}.get(kind, 1)
