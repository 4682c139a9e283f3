"""The charter as JSON: what the owner agreed with their agents."""

from __future__ import annotations

from flask import Response

from alice.inputs import agents as inputs
from alice.services.agency import charters
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.agents import Charter
from alice.web.inputs import accepts


@routes.get("/settings/charter")
@accepts(inputs.ShowCharter)
@answers(Charter, fails=(404,))
def show_charter(given: inputs.ShowCharter) -> Response:
    """Return the charter as it stands, or as it once stood, with what it enforces. Agents may read what binds them."""
    return present.one(charters.show(current.actor(), version=given.version))


@routes.put("/settings/charter")
@accepts(inputs.SaveCharter)
@answers(Charter, fails=(409,))
def save_charter(given: inputs.SaveCharter) -> Response:
    """Write the charter anew, and return it; it binds from the next request on. Only for the owner."""
    text, version = given.content_markdown, given.version
    return present.one(charters.save(current.actor(), text, version=version, now=current.now()))
