"""Forgetting, as JSON: what would go, the act itself, and the receipts. The method is the confirmation."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.queries.ledger import receipts
from alice.services import forgetting
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers, page_of
from alice.web.api.answers.forgetting import Preview, Receipt
from alice.web.inputs import accepts


@routes.get("/sources/<uuid:source_id>/forget-preview")
@accepts(inputs.Nothing)
@answers(Preview, fails=(409,))
def preview_forgetting_source(source_id: UUID) -> Response:
    """Say what would be forgotten with a source, and what would stay; nothing is changed."""
    return present.one(forgetting.preview(current.actor(), forgetting.SOURCE, source_id))


@routes.delete("/sources/<uuid:source_id>")
@accepts(inputs.Nothing)
@answers(Receipt, fails=(409, 423))
def forget_source(source_id: UUID) -> Response:
    """Forget a source with everything drawn from it alone, for good, and return the receipt."""
    return present.one(forgetting.source(current.actor(), source_id, now=current.now()))


@routes.get("/memories/<uuid:memory_id>/forget-preview")
@accepts(inputs.Nothing)
@answers(Preview, fails=(409,))
def preview_forgetting_memory(memory_id: UUID) -> Response:
    """Say what would be forgotten with a memory, and what would stay; nothing is changed."""
    return present.one(forgetting.preview(current.actor(), forgetting.MEMORY, memory_id))


@routes.delete("/memories/<uuid:memory_id>")
@accepts(inputs.Nothing)
@answers(Receipt, fails=(409, 423))
def forget_memory(memory_id: UUID) -> Response:
    """Forget a memory for good, also where artifacts tell of it, and return the receipt."""
    return present.one(forgetting.memory(current.actor(), memory_id, now=current.now()))


@routes.get("/receipts")
@accepts(inputs.Paging)
@answers(page_of(Receipt))
def list_receipts(given: inputs.Paging) -> Response:
    """List the receipts of what was forgotten, the newest first; agents see none."""
    return present.page(receipts.page(current.scope(), **given.model_dump()))


@routes.get("/receipts/<uuid:receipt_id>")
@accepts(inputs.Nothing)
@answers(Receipt)
def show_receipt(receipt_id: UUID) -> Response:
    """Return the receipt of something that was forgotten: what went, and everywhere it was looked for."""
    return present.one(receipts.get(current.scope(), receipt_id))
