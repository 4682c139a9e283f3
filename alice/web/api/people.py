"""People whom evidence names, as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import reviews as inputs
from alice.queries.library import people as queries
from alice.services.reviewing import people
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.people import Person, WholePerson
from alice.web.inputs import accepts


@routes.get("/people")
@accepts(inputs.ListPeople)
@answers(page_of(Person))
def list_people(given: inputs.ListPeople) -> Response:
    """List people, the last seen first; without a status those that were not rejected."""
    return present.page(queries.page(current.scope(), **given.model_dump()))


@routes.get("/people/<uuid:person_id>")
@accepts(Nothing)
@answers(WholePerson)
def show_person(person_id: UUID) -> Response:
    """Return one person with the newest words that name them."""
    return present.one(queries.get(current.scope(), person_id))


@routes.post("/people/<uuid:person_id>/review")
@accepts(inputs.ReviewPerson)
@answers(Person, fails=(409,))
def review_person(person_id: UUID, given: inputs.ReviewPerson) -> Response:
    """Decide on a person, and return them as they are now."""
    return present.one(people.review(current.actor(), person_id, now=current.now(), **given.call()))
