"""What a project update scan is composed from: what is new, and the projects that the new sources name.

Every list is bounded and served by an index. It chooses no words.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from alice.db import database
from alice.domain.composing.reports import Place, ProjectRow, ProjectScan
from alice.domain.policy import Scope
from alice.domain.vocab import Domain, Sensitivity, WorkflowType
from alice.queries.composing import briefing
from alice.queries.scoping import visible_sql

MOST_PROJECTS, MOST_PLACES, MOST_USED = 12, 400, 500


def inputs(scope: Scope, *, now: datetime, zone: str) -> ProjectScan:
    """Return what a project update scan at `now`, for a reader in `zone`, is composed from."""
    base = briefing.inputs(scope, now=now, zone=zone, workflow=WorkflowType.PROJECT_UPDATE_SCAN)
    return ProjectScan(base, _projects(scope, [source.id for source in base.sources if source.text]))


def _projects(scope: Scope, source_ids: list[UUID]) -> tuple[ProjectRow, ...]:
    """Return the projects that the sources name, accepted ones first, then those named last."""
    places = _places(scope, source_ids)
    seen, values = visible_sql(replace(scope, project_ids=None), "j")
    own = "" if scope.project_ids is None else " AND j.id = ANY(%s)"
    found = database.rows(
        f"SELECT id, name, status, state, domain, sensitivity FROM project j WHERE {seen} AND id = ANY(%s){own}"
        " AND status <> 'rejected' ORDER BY (status = 'accepted') DESC, last_seen_at DESC, id LIMIT %s",
        *values, list(places), *([] if scope.project_ids is None else [list(scope.project_ids)]), MOST_PROJECTS,
    )  # fmt: skip
    used = _used([row["id"] for row in found])
    return tuple(
        ProjectRow(
            row["id"], row["name"], row["status"], row["state"], tuple(places[row["id"]]),
            tuple(used.get(row["id"], ())), Domain(row["domain"]), Sensitivity(row["sensitivity"]),
        )
        for row in found
    )  # fmt: skip


def _places(scope: Scope, source_ids: list[UUID]) -> dict[UUID, list[Place]]:
    found = database.query(
        'SELECT subject_id, source_id, start, "end", rule FROM provenance WHERE user_id = %s AND source_id = ANY(%s)'
        " AND subject_kind = 'project' ORDER BY subject_id, source_id, start LIMIT %s",
        scope.user_id, source_ids, MOST_PLACES,
    )  # fmt: skip
    places: dict[UUID, list[Place]] = {}
    for project_id, source_id, start, end, rule in found:
        places.setdefault(project_id, []).append(Place(source_id, start, end, rule))
    return places


def _used(project_ids: list[UUID]) -> dict[UUID, list[tuple[UUID, int, int]]]:
    """Return the words of the updates on which a person has decided, the newest few."""
    found = database.query(
        'SELECT u.project_id, p.source_id, p.start, p."end" FROM project_update u JOIN provenance p'
        " ON p.subject_id = u.id WHERE u.project_id = ANY(%s) AND u.status IN ('accepted', 'rejected')"
        " ORDER BY u.created_at DESC, p.source_id, p.start LIMIT %s",
        project_ids, MOST_USED,
    )  # fmt: skip
    used: dict[UUID, list[tuple[UUID, int, int]]] = {}
    for project_id, *place in found:
        used.setdefault(project_id, []).append((place[0], place[1], place[2]))
    return used
