"""What agents hand in: evidence to review, with who made it in which run. Nothing of it is trusted by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.db import database
from alice.domain import agent_names
from alice.domain.policy import Action, Actor, Scope, Subject
from alice.domain.preparation import Item, Prepared, prepare
from alice.domain.vocab import Connector, Domain, MemoryType, Sensitivity
from alice.errors import NotConfigured
from alice.ledger import gate
from alice.ledger.events import OutputIngested
from alice.ledger.unit import Unit
from alice.queries import connectors
from alice.services.agency import agent_identities, memory_proposals
from alice.services.connecting import connector_states
from alice.services.connecting.connector_states import Tally
from alice.services.evidence import capture, storage
from alice.services.evidence.capture import Captured

NAME = Connector.AGENT_OUTPUT.value
_COUNTED = {*storage.MEMORY_TYPES, "open_loop"}


@dataclass(frozen=True, slots=True)
class Output:
    """What an agent made. `proposal` is what it would have remembered, as a memory of the kind `memory_type`."""

    text: str
    title: str | None = None
    external_id: str | None = None
    domain: Domain = Domain.AGENT_RUN
    sensitivity: Sensitivity = Sensitivity.UNKNOWN
    project_id: UUID | None = None
    agent_type: str | None = None
    proposal: str | None = None
    memory_type: MemoryType = MemoryType.SEMANTIC


def ingest_output(actor: Actor, output: Output, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Keep what an agent made, for review, and propose what it would have remembered as a candidate.

    `actor` is the agent, with its run and task. The answer has the keys of a capture, and `memory_id` of the proposal.
    An agent that is held to one project hands in for that project.
    """
    moment, began = now or clock.now(), clock.monotonic()
    _check(actor, output)
    with database.session():
        scope = gate.allow(actor, Action.INGEST_OUTPUT).scope
        made = replace(output, project_id=output.project_id or memory_proposals.only_project(scope))
        subject = Subject(made.domain, made.sensitivity, made.project_id)
        gate.allow(actor, Action.INGEST_OUTPUT, subject)
        memory_proposals.check_project(actor, made.project_id)
        _refuse_when_off(scope)
        item = _item(actor, made, scope)
        ready = prepare(item, zone=settings.timezone, now=moment, owner_names=capture.owner_names(actor))
        with gate.write(actor, Action.INGEST_OUTPUT, subject) as unit:
            [done] = capture.write_prepared(unit, [ready], now=moment)
            memory_id = _propose(unit, made, done.source_id, moment)
            unit.record(OutputIngested(str(done.source_id), actor.name, actor.agent_run_id, actor.agent_task_id))
            _count(unit, done, began, moment)
    told = done.as_dict() | _drawn(ready, done) | {"review_required": True, "review_status": "new"}
    return told | {"memory_id": str(memory_id) if memory_id else None}


def _drawn(ready: Prepared, done: Captured) -> dict[str, int]:
    """Return how many claims were drawn, known or new: which of them were known may be hidden from the agent."""
    keys = {(claim.kind == "open_loop", claim.key) for claim in ready.claims if claim.kind in _COUNTED}
    loops = sum(is_loop for is_loop, _ in keys)
    counts = {"candidate_memory_count": len(keys) - loops, "open_loop_count": loops}
    return dict.fromkeys(counts, 0) if done.duplicate else counts


def _check(actor: Actor, output: Output) -> None:
    agent_names.checked(actor.name)
    agent_identities.check_words(
        {"agent_type": output.agent_type, "agent_run_id": actor.agent_run_id, "agent_task_id": actor.agent_task_id}
    )
    if output.proposal is not None:
        memory_proposals.check(output.proposal, field="proposal")


def _refuse_when_off(scope: Scope) -> None:
    if not connectors.setting(scope, NAME).enabled:
        raise NotConfigured(
            "Agent output is switched off.", "Switch it on: alicebot vnext connectors configure agent-output --enabled"
        )


def _item(actor: Actor, output: Output, scope: Scope) -> Item:
    maker = replace(actor, agent_type=output.agent_type or actor.agent_type)
    return Item(
        memory_proposals.own_words(scope, output.text),
        connector=NAME,
        external_id=output.external_id,
        title=output.title,
        author=actor.name,
        domain=output.domain,
        sensitivity=output.sensitivity,
        project_id=output.project_id,
        metadata={"agent": memory_proposals.maker(maker)},
    )


def _count(unit: Unit, done: Captured, began: float, now: datetime) -> None:
    last = None if done.duplicate else done.source_id
    seconds = clock.monotonic() - began
    tally = Tally(1, int(not done.duplicate), int(done.duplicate), seconds=seconds, last_source_id=last)
    connector_states.count(unit.user_id, NAME, tally, now=now)
    connector_states.succeeded(unit.user_id, NAME, now=now)


def _propose(unit: Unit, output: Output, source_id: UUID, now: datetime) -> UUID | None:
    """Propose the agent's memory; one that is known already is reinforced and stays what a person made of it."""
    if output.proposal is None:
        return None
    said = memory_proposals.Proposal(
        output.proposal, output.memory_type, output.domain, output.sensitivity, output.project_id
    )
    words = memory_proposals.words_of(source_id, output.proposal)
    return memory_proposals.write(unit, said, words, now=now).memory_id
