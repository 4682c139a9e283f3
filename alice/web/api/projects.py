"""Projects, what scans propose for them, people, and ties between things, as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import reviews as inputs
from alice.queries.library import projects as queries
from alice.services.reviewing import project_updates, projects
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.projects import ADDED, AddedProject, Project, Update, WholeProject, WholeUpdate
from alice.web.inputs import accepts


@routes.get("/projects")
@accepts(inputs.ListProjects)
@answers(page_of(Project))
def list_projects(given: inputs.ListProjects) -> Response:
    """List projects, the last seen first; without a status those that were not rejected."""
    return present.page(queries.page(current.scope(), **given.model_dump()))


@routes.post("/projects")
@accepts(inputs.AddProject)
@answers(AddedProject, ADDED, fails=(409,))
def add_project(given: inputs.AddProject) -> Response:
    """Add a project of your own: 201, or 200 when one of that name is known."""
    told = projects.add(current.actor(), now=current.now(), **given.model_dump())
    return present.one(told, 200 if told["duplicate"] else 201)


@routes.get("/projects/<uuid:project_id>")
@accepts(Nothing)
@answers(WholeProject)
def show_project(project_id: UUID) -> Response:
    """Return one project with the updates that were proposed for it."""
    return present.one(queries.get(current.scope(), project_id))


@routes.post("/projects/<uuid:project_id>/review")
@accepts(inputs.ReviewProject)
@answers(Project, fails=(409,))
def review_project(project_id: UUID, given: inputs.ReviewProject) -> Response:
    """Decide on a project, and return it as it is now."""
    return present.one(projects.review(current.actor(), project_id, now=current.now(), **given.call()))


@routes.get("/projects/update-candidates")
@accepts(inputs.ListUpdates)
@answers(page_of(Update))
def list_updates(given: inputs.ListUpdates) -> Response:
    """List proposed updates of projects, the newest first."""
    return present.page(queries.updates(current.scope(), **given.model_dump()))


@routes.get("/projects/update-candidates/<uuid:update_id>")
@accepts(Nothing)
@answers(WholeUpdate)
def show_update(update_id: UUID) -> Response:
    """Return one proposed update with the words it rests on."""
    return present.one(queries.get_update(current.scope(), update_id))


@routes.post("/projects/update-candidates/<uuid:update_id>/review")
@accepts(inputs.ReviewUpdate)
@answers(Update, fails=(409,))
def review_update(update_id: UUID, given: inputs.ReviewUpdate) -> Response:
    """Accept, edit or reject a proposed update; accepted, it is the state of the project."""
    return present.one(project_updates.review(current.actor(), update_id, now=current.now(), **given.model_dump()))
