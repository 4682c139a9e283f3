"""Artifacts: the list, one of them with its evidence, and the evidence behind one numeral."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from alice import inputs
from alice.domain.vocab import WorkflowType
from alice.queries.library import artifacts
from alice.web import current, htmx, shell
from alice.web.console import pages, reading
from alice.web.inputs import accepts


@pages.get("/artifacts")
@accepts(inputs.ListArtifacts)
def list_artifacts(given: inputs.ListArtifacts) -> Response:
    """Show what was composed, the newest first."""
    found = artifacts.page(current.scope(), **given.model_dump())
    total = None if found.items else artifacts.page(current.scope(), limit=1).total
    return shell.show(
        "pages/library/artifact_list.html", found=found, given=given, total=total, workflows=list(WorkflowType)
    )


@pages.get("/artifacts/<uuid:artifact_id>")
def show_artifact(artifact_id: UUID) -> Response:
    """Show one artifact."""
    told = artifacts.get(current.scope(), artifact_id)
    return shell.show("pages/library/artifact.html", actions=[], **reading.artifact(told))


@pages.get("/artifacts/<uuid:artifact_id>/evidence/<int:number>")
def show_evidence(artifact_id: UUID, number: int) -> Response:
    """Show the words behind a numeral: in place for HTMX, else on a page of their own."""
    card = reading.evidence(artifacts.citation(current.scope(), artifact_id, number))
    if htmx.asks_for_a_part():
        return htmx.render_many(("parts/library/evidence.html", {"evidence": card, "shut": True}))
    told = artifacts.get(current.scope(), artifact_id)
    said = reading.statement(told, number)
    return shell.show("pages/library/evidence.html", artifact=told, statement=said, evidence=card)
