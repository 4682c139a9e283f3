"""Reads of projects and of the updates that were proposed for them, with the words behind each.

Who may not see one of the words an update rests on sees no such update.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from peewee import fn

from alice.domain.policy import Scope
from alice.domain.vocab import UpdateStatus
from alice.errors import InvalidInput, NotFound
from alice.models import Project, ProjectUpdate, Provenance, Source
from alice.queries.library import claims
from alice.queries.page import DEFAULT_LIMIT, Page, paged
from alice.queries.scoping import identified, visible

_PROJECT = ("name", "status", "state", "domain", "sensitivity", "created_at", "last_seen_at", "version")
_UPDATE = ("current_state", "suggested_state", "accepted_state", "status", "confidence", "domain", "sensitivity",
           "proposed_by", "created_at", "decided_at", "reason", "version")  # fmt: skip


def page(scope: Scope, *, status: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page:
    """Return projects, the last seen first; without a `status` those that were not rejected."""
    select: Any = Project.select().where(_seen(scope))
    select = select.where(Project.status == status if status else Project.status != "rejected")
    return paged(select, (Project.last_seen_at, Project.id), present=present, limit=limit, cursor=cursor)


def _seen(scope: Scope) -> Any:
    """Return the condition under which a project may be shown: a project belongs to itself."""
    shown = visible(replace(scope, project_ids=None), Project)
    return shown if scope.project_ids is None else shown & Project.id.in_(list(scope.project_ids))


def present(row: Any) -> dict[str, Any]:
    """Return one project as it is listed and sent."""
    return {"id": str(row.id)} | {name: getattr(row, name) for name in _PROJECT}


def find(scope: Scope, project_id: UUID | str) -> Project:
    """Return the row of a project in the scope; raise NotFound."""
    row = Project.select().where(_seen(scope), Project.id == identified("project", project_id)).first()
    if row is None:
        raise NotFound("project", project_id)
    return row


def check(scope: Scope, project_id: UUID | None) -> None:
    """Raise InvalidInput unless `project_id` is None or a project in the scope."""
    if project_id is not None and not Project.select().where(_seen(scope), Project.id == project_id).exists():
        raise InvalidInput({"project_id": f"must be one of your projects; there is no project {project_id}."})


def get(scope: Scope, project_id: UUID | str) -> dict[str, Any]:
    """Return one project with its updates, the newest first; raise NotFound."""
    row = find(scope, project_id)
    found = updates(scope, project_id=row.id, limit=20)
    return present(row) | {"updates": found.items}


def updates(
    scope: Scope,
    *,
    status: str | None = None,
    project_id: UUID | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page:
    """Return proposed updates, the newest first; raise InvalidInput for an unknown status."""
    select: Any = ProjectUpdate.select().where(_shown(scope))
    if status:
        if status not in set(UpdateStatus):
            raise InvalidInput({"status": f"must be one of {', '.join(UpdateStatus)}, not {status!r}."})
        select = select.where(ProjectUpdate.status == status)
    if project_id:
        select = select.where(ProjectUpdate.project == project_id)
    order = (ProjectUpdate.created_at, ProjectUpdate.id)
    return paged(select, order, present=present_update, limit=limit, cursor=cursor)


def _shown(scope: Scope) -> Any:
    shown = visible(scope, ProjectUpdate)
    if scope.everything:
        return shown
    behind = Provenance.select(fn.COUNT(1)).join(Source).where(Provenance.subject_id == ProjectUpdate.id)
    return shown & (behind.where(~visible(scope, Source)) == 0)


def present_update(row: Any) -> dict[str, Any]:
    """Return one proposed update as it is listed and sent, with the lines that it would add and drop."""
    told = {name: getattr(row, name) for name in _UPDATE}
    old, new = (text.splitlines() for text in (row.current_state or "", row.suggested_state))
    return {
        "id": str(row.id),
        "project_id": str(row.project_id),
        "artifact_id": str(row.artifact_id) if row.artifact_id else None,
        **told,
        "added": [line for line in new if line not in old],
        "dropped": [line for line in old if line not in new],
    }


def find_update(scope: Scope, update_id: UUID | str) -> ProjectUpdate:
    """Return the row of a proposed update in the scope; raise NotFound."""
    identifier = identified("project update", update_id)
    row = ProjectUpdate.select().where(_shown(scope), ProjectUpdate.id == identifier).first()
    if row is None:
        raise NotFound("project update", update_id)
    return row


def get_update(scope: Scope, update_id: UUID | str) -> dict[str, Any]:
    """Return one proposed update with the words it rests on; raise NotFound."""
    row = find_update(scope, update_id)
    return present_update(row) | {"evidence": claims.quoted(scope, row.id)}
