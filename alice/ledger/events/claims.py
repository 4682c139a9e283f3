"""What happens to claims: memories, open loops, ties between things, updates of projects."""

from __future__ import annotations

from typing import Any

from alice.ledger.events.base import Event, event


@event("claims.reinforced", "source")
class ClaimsReinforced(Event):
    """Claims that were known already were seen again in this source."""

    memory_ids: list[str]
    open_loop_ids: list[str]


@event("open_loop.reviewed", "open_loop")
class OpenLoopReviewed(Event):
    """A person decided on an open loop."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("memory.reviewed", "memory")
class MemoryReviewed(Event):
    """A person decided on a memory, or the time it may wait for one ran out."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("claims.withdrawn", "source")
class ClaimsWithdrawn(Event):
    """Undecided claims whose words stand in no current text any more went to the backlog."""

    memory_ids: list[str]
    open_loop_ids: list[str]


@event("memory.proposed", "memory")
class MemoryProposed(Event):
    """Somebody proposed a memory; it waits for a person."""

    proposed_by: str
    known: bool


@event("graph_edge.proposed", "graph_edge")
class EdgeProposed(Event):
    """A report proposed to tie two things together; it waits for a person."""

    artifact_id: str
    relation: str


@event("graph_edge.reviewed", "graph_edge")
class EdgeReviewed(Event):
    """A person decided on a tie between two things."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("project_update.proposed", "project_update")
class ProjectUpdateProposed(Event):
    """A scan proposed a new state for a project; it waits for a person."""

    artifact_id: str
    project_id: str
    spans: int


@event("project_update.superseded", "project_update")
class ProjectUpdateSuperseded(Event):
    """A proposal that waited gave way to one from newer evidence."""

    project_id: str
    by: str


@event("project_update.reviewed", "project_update")
class ProjectUpdateReviewed(Event):
    """A person decided on a proposed update; accepted, it became the state of the project."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("project.reviewed", "project")
class ProjectReviewed(Event):
    """A person decided on a project, or gave it a new state."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]


@event("person.reviewed", "person")
class PersonReviewed(Event):
    """A person decided on somebody whom evidence names."""

    action: str
    before: str
    after: str
    changed: dict[str, Any]
