"""What a decision is made of: the kinds of things that can be decided on, and what of each a seal covers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

# The columns of each kind that a seal vouches for: change one of them past a decision, and the seal holds no more.
SEALED: dict[str, tuple[str, ...]] = {
    "memory": ("status", "text", "memory_type", "domain", "sensitivity", "superseded_by"),
    "open_loop": ("status", "text", "owner", "due_on", "domain", "sensitivity"),
    "source": ("status", "domain", "sensitivity", "content_hash"),
    "artifact": ("status", "domain", "sensitivity"),
    "project": ("status", "name", "state", "domain", "sensitivity"),
    "person": ("status", "name", "domain", "sensitivity"),
    "project_update": ("status", "accepted_state"),
    "graph_edge": ("status", "from_id", "to_id", "relation"),
}


def plain(value: Any) -> Any:
    """Return a column's value as JSON has it: ids as text, times as UTC text, days as ISO 8601."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def vouched(kind: str, row: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the seal of `decision` covers: who decided what, on which words, and what `row` is after it.

    `row` has at least the columns of SEALED for its kind; `decision` has id, subject_id, version, action, evidence,
    decided_by and decided_at.
    """
    told = ("id", "subject_id", "version", "action", "evidence", "decided_by", "decided_at")
    return {
        "kind": kind,
        "decision": {name: plain(decision[name]) for name in told},
        "row": {name: plain(row[name]) for name in SEALED[kind]},
    }


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `after` differs from `before`, as JSON."""
    return {name: plain(value) for name, value in after.items() if plain(value) != plain(before[name])}


Taken = Sequence[tuple[UUID, UUID | None]]


def standing(taken: Taken) -> list[UUID]:
    """Return the decisions on one thing that hold now, the last on top.

    `taken` is every decision on it in order, with the one it undid or None. A decision goes on top of the pile,
    undoing it takes it off, and undoing that puts it back.
    """
    undid = dict(taken)
    pile: list[UUID] = []
    for one, of in taken:
        if of is None:
            pile.append(one)
            continue
        root, off = of, True
        while (below := undid[root]) is not None:
            root, off = below, not off
        if off:
            pile.remove(root)
        else:
            pile.append(root)
    return pile


def undoable(taken: Taken) -> frozenset[UUID]:
    """Return which of the decisions on one thing may be taken back now: the top of the pile, and the last undo."""
    last_undo = {one for one, of in taken[-1:] if of is not None}
    return frozenset(last_undo.union(standing(taken)[-1:]))
