"""Memories as JSON."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice.inputs import Nothing
from alice.inputs import memories as inputs
from alice.queries.library import memories as queries
from alice.queries.library import memory_lists
from alice.services.reviewing import memories, memory_batches
from alice.services.reviewing.memories import Wish
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.memories import Batch, Memories, Memory, Rewording, WholeMemory
from alice.web.inputs import accepts


@routes.get("/memories")
@accepts(inputs.ListMemories)
@answers(Memories)
def list_memories(given: inputs.ListMemories) -> Response:
    """List memories, the newest first, and say how many wait; or those held on a day, in the words of then."""
    told = current.settings()
    found = memory_lists.listed(
        current.scope(), given.model_dump(), now=current.now(), zone=told.timezone, days=told.candidate_days
    )
    return present.one(found)


@routes.get("/memories/<uuid:memory_id>")
@accepts(Nothing)
@answers(WholeMemory)
def show_memory(memory_id: UUID) -> Response:
    """Return one memory with its words, what was decided on it, and what speaks against it."""
    return present.one(queries.get(current.scope(), memory_id, days=current.settings().candidate_days))


@routes.get("/memories/<uuid:memory_id>/revisions")
@accepts(inputs.ListRevisions)
@answers(page_of(Rewording))
def list_memory_revisions(memory_id: UUID, given: inputs.ListRevisions) -> Response:
    """List how the words of a memory changed, the newest change first; for the owner alone."""
    return present.page(queries.revisions(current.scope(), memory_id, **given.model_dump()))


@routes.post("/memories/<uuid:memory_id>/review")
@accepts(inputs.ReviewMemory)
@answers(Memory)
def review_memory(memory_id: UUID, given: inputs.ReviewMemory) -> Response:
    """Decide on a memory, and return it as it is then."""
    asked = given.call()
    version = asked.pop("version")
    return present.one(memories.review(current.actor(), memory_id, Wish(**asked), version=version, now=current.now()))


@routes.post("/memories/review")
@accepts(inputs.ReviewMemories)
@answers(Batch, fails=(404, 409))
def review_memories(given: inputs.ReviewMemories) -> Response:
    """Decide on many memories at once, or preview that; what cannot be done with one is told beside it."""
    wish = Wish(**given.model_dump(exclude={"ids", "preview"}))
    done = memory_batches.review(current.actor(), given.ids, wish, preview=given.preview, now=current.now())
    return present.one(done)
