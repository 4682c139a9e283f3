"""Traces as JSON: the whole chain behind a thing, both ways, and whether it holds."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs.traces import Trace
from alice.queries.ledger import trace
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.traces import ArtifactTrace, ClaimTrace, SourceTrace
from alice.web.inputs import accepts


@routes.get("/traces/sources/<uuid:source_id>")
@accepts(Trace)
@answers(SourceTrace)
def trace_source(source_id: UUID, given: Trace) -> Response:
    """Follow a source to what was drawn from it and what cites it; a forgotten one to its receipt."""
    return present.one(trace.source(current.scope(), source_id, **given.model_dump()))


@routes.get("/traces/artifacts/<uuid:artifact_id>")
@accepts(Trace)
@answers(ArtifactTrace)
def trace_artifact(artifact_id: UUID, given: Trace) -> Response:
    """Follow an artifact back to the words that it cites, and to the run that composed it."""
    return present.one(trace.artifact(current.scope(), artifact_id, **given.model_dump()))


@routes.get("/traces/memories/<uuid:memory_id>")
@accepts(Trace)
@answers(ClaimTrace)
def trace_memory(memory_id: UUID, given: Trace) -> Response:
    """Follow a memory back to its words, through what was decided on it, and to what tells of it."""
    return present.one(trace.memory(current.scope(), memory_id, **given.model_dump()))


@routes.get("/traces/open-loops/<uuid:loop_id>")
@accepts(Trace)
@answers(ClaimTrace)
def trace_loop(loop_id: UUID, given: Trace) -> Response:
    """Follow an open loop back to its words, through what was decided on it, and to what tells of it."""
    return present.one(trace.loop(current.scope(), loop_id, **given.model_dump()))
