"""Ties between pieces of evidence and claims, as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import reviews as inputs
from alice.queries.library import graph as queries
from alice.services.reviewing import graph
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.graph import Edge, WholeEdge
from alice.web.inputs import accepts


@routes.get("/graph-edges")
@accepts(inputs.ListEdges)
@answers(page_of(Edge))
def list_edges(given: inputs.ListEdges) -> Response:
    """List connections, the newest first."""
    return present.page(queries.page(current.scope(), **given.model_dump()))


@routes.get("/graph-edges/<uuid:edge_id>")
@accepts(Nothing)
@answers(WholeEdge)
def show_edge(edge_id: UUID) -> Response:
    """Return one connection with the words of both ends."""
    return present.one(queries.get(current.scope(), edge_id))


@routes.post("/graph-edges/<uuid:edge_id>/review")
@accepts(inputs.ReviewEdge)
@answers(Edge, fails=(409,))
def review_edge(edge_id: UUID, given: inputs.ReviewEdge) -> Response:
    """Accept or reject a connection, and return it as it is now; a rejected one does not come back."""
    return present.one(graph.review(current.actor(), edge_id, now=current.now(), **given.call()))
