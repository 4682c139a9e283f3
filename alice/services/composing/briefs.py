"""Composes a workflow's artifact and publishes it. Composing reads and thinks outside any transaction; publishing
only writes, inside the caller's unit, so that a run, its slot and its artifact are one commit. Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from peewee import IntegrityError

from alice import clock, ids
from alice.brain import rendering
from alice.brain.rendering import SourceLine
from alice.brain.statements import today
from alice.db import database
from alice.domain.composing.briefing import digest
from alice.domain.composing.grounding import Checked, Citation, check
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.routing import BY_RULES
from alice.domain.vocab import Domain, GenerationMode, Sensitivity, WorkflowType
from alice.errors import Busy, InvalidInput
from alice.ledger import gate
from alice.ledger.events import ArtifactGenerated
from alice.ledger.unit import Unit
from alice.models import Artifact
from alice.models import Citation as CitationRow
from alice.queries.composing import briefing
from alice.queries.library import artifacts
from alice.services.composing import composers, copies, model_requests, proposals
from alice.services.composing.composers import Given


@dataclass(frozen=True, slots=True)
class Composed:
    """An artifact that is ready to be stored: checked, set as Markdown and JSON, with what it inherits."""

    workflow_type: WorkflowType
    title: str
    markdown: str
    sections: list[dict[str, Any]]
    citations: dict[Citation, int]
    domain: Domain
    sensitivity: Sensitivity
    input_context_hash: str
    covers_from: datetime | None
    covers_to: datetime
    statements: int
    dropped: int
    generation_mode: GenerationMode = GenerationMode.DETERMINISTIC
    project_id: UUID | None = None
    proposed: tuple[proposals.Marked, ...] = ()
    routing: dict[str, Any] = field(default_factory=BY_RULES.as_dict)
    prompt_hash: str | None = None
    model_info: dict[str, Any] = field(default_factory=dict)
    request: model_requests.Pending | None = None

    @property
    def subject(self) -> Subject:
        """Return what the policy is asked about before this is stored."""
        return Subject(self.domain, self.sensitivity, self.project_id, self.workflow_type)


@dataclass(frozen=True, slots=True)
class Material:
    """What rules composed, and what they composed it from, for one who writes it in other words."""

    given: Given
    checked: Checked
    composed: Composed
    scope: Scope


def generate(
    workflow_type: WorkflowType, actor: Actor, *, run: UUID | None = None, now: datetime | None = None, zone: str
) -> dict[str, Any]:
    """Compose an artifact and store it in a unit of its own; return it as `queries.artifacts.get` does.

    `run` is the id of the run that asked for it. A daily brief of a day that has one already covers the day anew.
    """
    composed = compose(workflow_type, actor, now=now, zone=zone)
    with gate.write(actor, Action.GENERATE, composed.subject) as unit:
        artifact_id = publish(unit, composed, run_id=run)
    with database.session():
        return artifacts.get(gate.scope(actor), artifact_id)


def compose(workflow_type: WorkflowType, actor: Actor, *, now: datetime | None = None, zone: str) -> Composed:
    """Read what `actor` may see, compose and check; write nothing. Raise NotConfigured for a workflow without rules."""
    return material(workflow_type, actor, now=now, zone=zone).composed


def material(workflow_type: WorkflowType, actor: Actor, *, now: datetime | None = None, zone: str) -> Material:
    """Return what `compose` does, together with what it was made of."""
    composer = composers.of(workflow_type)
    gate.allow(actor, Action.GENERATE, Subject(workflow=workflow_type))
    with database.session():
        scope = gate.scope(actor)
        _refuse_several(scope)
        given = composer.read(scope, now or clock.now(), zone)
        checked = check(composer.compose(given), given.evidence(), given.marks())
        composed = _composed(workflow_type, given, checked, source_lines(scope, checked, zone))
        proposed = proposals.borne_out(composer.propose(given), checked, given.evidence())
        composed = replace(composed, project_id=_only_project(scope), proposed=proposed)
        return Material(given, checked, composed, scope)


def _refuse_several(scope: Scope) -> None:
    """Raise InvalidInput when the scope is held to projects, and not to one: who is held to one could not read it."""
    if scope.project_ids is not None and len(scope.project_ids) != 1:
        raise InvalidInput({"project_scope": "must name one project of the key: an artifact belongs to one."})


def _only_project(scope: Scope) -> UUID | None:
    """Return the one project that the scope is held to, so that who composed it can read it."""
    return next(iter(scope.project_ids)) if scope.project_ids and len(scope.project_ids) == 1 else None


def source_lines(scope: Scope, checked: Checked, zone: str) -> list[SourceLine]:
    """Return a line for each source that a draft cites."""
    cited = sorted({c.source_id for s in checked.statements() for c in s.citations}, key=str)
    return [SourceLine(*row) for row in briefing.sources(scope, cited, zone)]


def _composed(workflow_type: WorkflowType, given: Given, checked: Checked, lines: list[SourceLine]) -> Composed:
    return Composed(
        workflow_type=workflow_type,
        title=checked.title,
        markdown=rendering.markdown(checked.draft, lines, today=today(given.base)),
        sections=rendering.sections(checked.draft),
        citations=rendering.numbered(checked.draft),
        domain=checked.domain,
        sensitivity=checked.sensitivity,
        input_context_hash=digest(given),
        covers_from=given.base.since,
        covers_to=given.base.now,
        statements=len(checked.statements()),
        dropped=len(checked.dropped),
    )


def publish(unit: Unit, composed: Composed, *, run_id: UUID | None = None, generated_by: str | None = None) -> UUID:
    """Store the artifact with its citations inside `unit`, and return its id. It waits for review.

    Raise Busy when something that it cites was forgotten since it was composed.
    """
    artifact_id = ids.new_id()
    Artifact.insert(
        id=artifact_id,
        user_id=unit.user_id,
        artifact_type=composed.workflow_type.value,
        title=composed.title,
        content_markdown=composed.markdown,
        sections=composed.sections,
        domain=composed.domain.value,
        sensitivity=composed.sensitivity.value,
        project=composed.project_id,
        generated_by=generated_by or unit.actor.identity,
        generation_mode=composed.generation_mode.value,
        scheduler_run_id=run_id,
        trace_id=unit.trace_id,
        input_context_hash=composed.input_context_hash,
        prompt_hash=composed.prompt_hash,
        model_info=composed.model_info,
        routing=composed.routing,
        covers_from=composed.covers_from,
        covers_to=composed.covers_to,
        created_at=composed.covers_to,
    ).execute()
    _cite(unit, artifact_id, composed.citations)
    unit.after(partial(copies.after_publishing, unit.actor, artifact_id))
    proposals.store(unit, composed.proposed, artifact_id, project_id=composed.project_id, now=composed.covers_to)
    if composed.request is not None:
        model_requests.store(unit, composed.request, composed, artifact_id, run_id=run_id)
    unit.record(
        ArtifactGenerated(
            str(artifact_id),
            composed.workflow_type.value,
            composed.generation_mode.value,
            str(run_id) if run_id else None,
            composed.statements,
            len(composed.citations),
            composed.input_context_hash,
        )
    )
    return artifact_id


def _cite(unit: Unit, artifact_id: UUID, citations: dict[Citation, int]) -> None:
    rows = [
        {"user_id": unit.user_id, "artifact": artifact_id, "number": number, "source": c.source_id,
         "chunk": c.chunk_id, "start": c.start, "end": c.end}
        for c, number in citations.items()
    ]  # fmt: skip
    if rows:
        try:
            CitationRow.insert_many(rows).execute()
        except IntegrityError as error:
            raise Busy("Words that this cites were forgotten while it was composed.", "Compose it again.") from error
