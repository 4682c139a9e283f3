"""Writes a workflow's artifact with a model where policy and routing allow it, and by rules with a note where not.

A model is asked outside any transaction; it never decides, and a morning never fails because of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alice import config
from alice.brain import rendering
from alice.brain.rendering import SourceLine
from alice.brain.statements import today
from alice.db import database
from alice.domain import routing
from alice.domain.composing.grounding import Checked, Marking, check
from alice.domain.llm import model_options, prompts
from alice.domain.llm.model_options import ModelOptions
from alice.domain.llm.prompts import Prompt
from alice.domain.policy import Action, Actor
from alice.domain.routing import Route, Routing
from alice.domain.vocab import GenerationMode, WorkflowType
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.llm.base import Model, Question
from alice.llm.disabled import Disabled
from alice.queries.composing import briefing
from alice.queries.library import artifacts
from alice.services.composing import briefs, model_askings
from alice.services.composing.briefs import Composed, Material
from alice.services.composing.model_askings import PATIENCE, Answered, Patience
from alice.services.composing.model_requests import Pending


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked of which model, and whether it may be."""

    model: Model
    prompt: Prompt
    body: str
    routing: Routing


def options_of(actor: Actor, workflow: WorkflowType) -> tuple[GenerationMode, ModelOptions]:
    """Return how the brain's workflow is to be written, and by which model."""
    with database.session():
        found = database.query(
            "SELECT generation_mode, model_options FROM workflow WHERE user_id = %s AND workflow_type = %s",
            actor.user_id, workflow.value,
        )  # fmt: skip
    mode, stored = found[0] if found else (GenerationMode.DETERMINISTIC, {})
    return GenerationMode(mode), model_options.read(stored)


def compose_now(
    workflow: WorkflowType, actor: Actor, *, mode: str | None = None, zone: str, now: datetime | None = None
) -> dict[str, Any]:
    """Compose an artifact because somebody asked, by rules or with a model as `mode` says, else as the workflow is set.

    It is no slot of a schedule and needs no daemon.
    """
    wanted = mode or options_of(actor, workflow)[0]
    if wanted == GenerationMode.DETERMINISTIC:
        return briefs.generate(workflow, actor, zone=zone, now=now)
    return generate(workflow, actor, zone=zone, now=now)


def generate(
    workflow: WorkflowType,
    actor: Actor,
    *,
    options: ModelOptions | None = None,
    now: datetime | None = None,
    zone: str,
    patience: Patience = PATIENCE,
) -> dict[str, Any]:
    """Compose an artifact with a model and store it in a unit of its own; return it as `queries.artifacts.get` does.

    `options` are the workflow's own unless they are given.
    """
    composed = compose(
        workflow, actor, options=options or options_of(actor, workflow)[1], now=now, zone=zone, patience=patience
    )
    with gate.write(actor, Action.GENERATE, composed.subject) as unit:
        artifact_id = briefs.publish(unit, composed)
    with database.session():
        return artifacts.get(gate.scope(actor), artifact_id)


def compose(
    workflow: WorkflowType,
    actor: Actor,
    *,
    options: ModelOptions,
    now: datetime | None = None,
    zone: str,
    patience: Patience = PATIENCE,
) -> Composed:
    """Return the artifact that a model wrote, or the rules' own with a note saying why it is theirs; write nothing."""
    material = briefs.material(workflow, actor, now=now, zone=zone)
    return written(material, options, zone, patience=patience)


def written(
    material: Material, options: ModelOptions, zone: str, *, patience: Patience = PATIENCE, asking: bool = True
) -> Composed:
    """Return `material` in a model's words where that may be, else in the rules' with a note."""
    made = plan(material, options, zone)
    if isinstance(made.model, Disabled):
        return by_rules(material, made.routing, zone, note=f"{made.model.why} {made.model.how}")
    if made.routing.decision is Route.AWAITING_APPROVAL:
        return _waiting(material, options, made, zone, asking=asking)
    if not made.routing.asks:
        return by_rules(material, made.routing, zone, note=f"No model was asked: {made.routing.reason}.")
    answered = model_askings.ask(made.model, made.body, made.prompt.passages, options=options, patience=patience,
                   otherwise=material.composed.title)  # fmt: skip
    if answered.grounded is None:
        note = f"A model was to write this, and rules wrote it instead. {answered.failure}"
        composed = by_rules(material, made.routing, zone, note=note)
    else:
        composed = _by_model(material, made, answered, zone)
    info = model_askings.told(made.model, options, answered, len(made.prompt.passages))
    return replace(composed, prompt_hash=made.prompt.hash, model_info=info)


def plan(material: Material, options: ModelOptions, zone: str) -> Plan:
    """Choose the model and the evidence that may go where it is, and write the prompt of that alone; ask nobody."""
    try:
        chosen = model_askings.model(options, config.load())
    except InvalidInput as error:
        chosen = Disabled(error.message, "Mend it, then run the workflow again.")
    evidence = list(dict.fromkeys(material.given.evidence()))
    marks = [Marking(words.domain, words.sensitivity) for words in evidence]
    decided = routing.decide(options.route_mode, chosen.host, marks, clearance=options.clearance)
    leaves = decided.decision in (Route.CLOUD, Route.AWAITING_APPROVAL)
    if leaves and not gate.charter(material.scope.user_id).cloud_may:
        decided = replace(decided, decision=Route.DETERMINISTIC, reason="the charter lets nothing leave this machine")
    if isinstance(chosen, Disabled):
        decided = Routing(options.route_mode, Route.DETERMINISTIC, chosen.why)
    if decided.decision is not Route.LOCAL:
        evidence = [w for w in evidence if options.clearance.lets_go(Marking(w.domain, w.sensitivity))]
    cited = [citation for said in material.checked.statements() for citation in said.citations]
    shown = prompts.chosen(evidence, cited)
    with database.session():
        found = briefing.sources(material.scope, sorted({w.source_id for w in shown}, key=str), zone)
    passages = prompts.numbered(shown, {source: (title, day) for source, title, _, day in found})
    prompt = prompts.written(material.composed.workflow_type, passages, today(material.given.base))
    if not passages and decided.asks:
        decided = replace(decided, decision=Route.DETERMINISTIC, reason="there is no evidence to write from")
    question = Question(chosen.name, prompt.messages, prompts.SCHEMA, options.temperature, options.max_tokens)
    return Plan(chosen, prompt, question.body(), decided)


def _by_model(material: Material, made: Plan, answered: Answered, zone: str) -> Composed:
    """Set a grounded draft, and behind it the rules' own loops, which a person ticks off."""
    assert answered.grounded is not None
    draft = answered.grounded.draft
    loops = [
        replace(section, statements=kept)
        for section in material.checked.draft.sections
        if (kept := tuple(s for s in section.statements if s.loop))
    ]
    note = model_askings.noted(made.model, made.prompt.passages, answered.grounded)
    draft = replace(draft, sections=(*draft.sections, *loops, note))
    rules = Marking(material.composed.domain, material.composed.sensitivity)  # whose headline and loops may be in it
    marks = [rules, *material.given.marks(), *model_askings.sent(made.prompt.passages)]
    composed = _set(material, check(draft, material.given.evidence(), marks), zone)
    return replace(composed, generation_mode=GenerationMode.MODEL_BACKED, routing=made.routing.as_dict())


def by_rules(material: Material, decided: Routing, zone: str, *, note: str) -> Composed:
    """Return the rules' own artifact with a note, and the routing that led to it."""
    draft = material.checked.draft
    draft = replace(draft, sections=(*draft.sections, model_askings.note(note)))
    composed = _set(material, check(draft, material.given.evidence(), material.given.marks()), zone)
    return replace(composed, routing=decided.as_dict(), model_info={"fallback": note})


def _set(material: Material, checked: Checked, zone: str) -> Composed:
    with database.session():
        lines = briefs.source_lines(material.scope, checked, zone)
    return set_again(material.composed, checked, lines, today(material.given.base))


def set_again(composed: Composed, checked: Checked, lines: Sequence[SourceLine], day: Any) -> Composed:
    """Return `composed` with another checked draft in it."""
    return replace(
        composed,
        title=checked.title,
        markdown=rendering.markdown(checked.draft, lines, today=day),
        sections=rendering.sections(checked.draft),
        citations=rendering.numbered(checked.draft),
        domain=checked.domain,
        sensitivity=checked.sensitivity,
        statements=len(checked.statements()),
        dropped=composed.dropped + len(checked.dropped),
    )


def _waiting(material: Material, options: ModelOptions, made: Plan, zone: str, *, asking: bool) -> Composed:
    """Return the rules' artifact, and beside it the request that the owner is asked to approve."""
    note = (
        "A model may write this once you have seen and approved what would be sent: in the inbox, or with"
        " alicebot vnext model-calls list."
    )
    composed = by_rules(material, made.routing, zone, note=note)
    passages = made.prompt.passages
    mark = model_askings.marked(passages)
    kept = {"model": made.model.name, "temperature": options.temperature, "max_tokens": options.max_tokens}
    kept |= {"timeout_seconds": options.seconds, "base_url": made.model.address, "secret_ref": options.secret_ref}
    pending = Pending(
        endpoint=f"{made.model.address}/chat/completions",
        endpoint_host=made.model.host or "",
        options=kept,
        body=made.body,
        prompt_hash=made.prompt.hash,
        passages=passages,
        zone=zone,
        domain=mark.domain,
        sensitivity=mark.sensitivity,
    )
    return replace(composed, prompt_hash=made.prompt.hash, request=pending if asking else None)


def compare(
    workflow: WorkflowType,
    actor: Actor,
    *,
    now: datetime | None = None,
    zone: str,
    options: ModelOptions | None = None,
    patience: Patience = PATIENCE,
) -> dict[str, Any]:
    """Return both modes for one input, side by side: workflow_type, input_context_hash, deterministic, model_backed.

    Nothing is stored. Routing holds as in a run: what needs approval is not sent.
    """
    material = briefs.material(workflow, actor, now=now, zone=zone)
    chosen = options or options_of(actor, workflow)[1]
    other = written(material, chosen, zone, patience=patience, asking=False)
    return {
        "workflow_type": workflow.value,
        "input_context_hash": material.composed.input_context_hash,
        "deterministic": _side(material.composed),
        "model_backed": _side(other),
    }


def _side(composed: Composed) -> dict[str, Any]:
    return {
        "generation_mode": composed.generation_mode.value,
        "title": composed.title,
        "content_markdown": composed.markdown,
        "sections": composed.sections,
        "statements": composed.statements,
        "citations": len(composed.citations),
        "domain": composed.domain.value,
        "sensitivity": composed.sensitivity.value,
        "routing": composed.routing,
        "prompt_hash": composed.prompt_hash,
        "model_info": composed.model_info,
    }
