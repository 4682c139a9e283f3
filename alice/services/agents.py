"""What agents hand in: evidence to review, with who made it in which run. Nothing of it is trusted by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.config import Settings
from alice.db import database
from alice.domain.extraction.claims import claim_key
from alice.domain.extraction.flags import flags_of
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import Item, check_text, prepare
from alice.domain.redaction import redact
from alice.domain.vocab import Connector, Domain, MemoryType, Profile, Sensitivity
from alice.errors import InvalidInput, NotConfigured
from alice.ledger import gate
from alice.ledger.events import MemoryProposed, OutputIngested
from alice.ledger.unit import Unit
from alice.queries import connectors
from alice.services import capture, connector_states, storage
from alice.services.connector_states import Tally

NAME = Connector.AGENT_OUTPUT.value
LONGEST_PROPOSAL, LONGEST_WORD = 2_000, 200
_CLAIM_KINDS = {memory: claim for claim, memory in storage.MEMORY_TYPES.items()}


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


def asserted(
    actor: Actor,
    name: str,
    *,
    profile: Profile,
    projects: Iterable[UUID] = (),
    run_id: str | None = None,
    task_id: str | None = None,
) -> Actor:
    """Return the agent as which `actor` acts: the owner's word makes one, and an agent's own only narrows itself.

    Raise InvalidInput when an agent names another than the one that its key belongs to.
    """
    named = frozenset(projects) or None
    if actor.kind != "agent":
        told = replace(actor, kind="agent", name=name, profile=profile, project_ids=named)
    elif actor.name != name:
        raise InvalidInput({"agent_id": f"must be {actor.name}, to which the key belongs."})
    else:
        has = actor.project_ids
        told = replace(actor, project_ids=has if named is None else named if has is None else named & has)
    return replace(told, agent_run_id=run_id, agent_task_id=task_id)


def ingest_output(actor: Actor, output: Output, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Keep what an agent made, for review, and propose what it would have remembered as a candidate.

    `actor` is the agent, with its run and task. The answer has the keys of a capture, and `memory_id` of the proposal.
    """
    moment = now or clock.now()
    _check(actor, output)
    subject = Subject(output.domain, output.sensitivity, output.project_id)
    gate.allow(actor, Action.INGEST_OUTPUT, subject)
    with database.session():
        _refuse_when_off(actor)
        item = Item(
            output.text,
            connector=NAME,
            external_id=output.external_id,
            title=output.title,
            author=actor.name,
            domain=output.domain,
            sensitivity=output.sensitivity,
            project_id=output.project_id,
            metadata={"agent": _agent(actor, output)},
        )
        began = clock.monotonic()
        ready = prepare(item, zone=settings.timezone, now=moment, owner_names=capture.owner_names(actor))
        with gate.write(actor, Action.INGEST_OUTPUT, subject) as unit:
            [done] = capture.write_prepared(unit, [ready], now=moment)
            memory_id = _propose(unit, output, done.source_id, moment)
            unit.record(OutputIngested(str(done.source_id), actor.name, actor.agent_run_id, actor.agent_task_id))
            seconds = clock.monotonic() - began
            last = None if done.duplicate else done.source_id
            tally = Tally(1, int(not done.duplicate), int(done.duplicate), seconds=seconds, last_source_id=last)
            connector_states.count(unit.user_id, NAME, tally, now=moment)
            connector_states.succeeded(unit.user_id, NAME, now=moment)
    told = done.as_dict() | {"review_required": True, "review_status": "new"}
    return told | {"memory_id": str(memory_id) if memory_id else None}


def _check(actor: Actor, output: Output) -> None:
    words = {"agent_id": actor.name, "agent_run_id": actor.agent_run_id, "agent_task_id": actor.agent_task_id,
             "agent_type": output.agent_type}  # fmt: skip
    for name, value in words.items():
        if value is not None:
            check_text(name, value)
            if not value.strip() or len(value) > LONGEST_WORD:
                raise InvalidInput({name: f"must be 1 to {LONGEST_WORD} characters."})
    if output.proposal is not None:
        check_text("proposal", output.proposal)
        if not output.proposal.strip() or len(output.proposal) > LONGEST_PROPOSAL:
            raise InvalidInput({"proposal": f"must be 1 to {LONGEST_PROPOSAL:,} characters."})


def _refuse_when_off(actor: Actor) -> None:
    own = gate.allow(actor, Action.INGEST_OUTPUT).scope
    if not connectors.setting(own, NAME).enabled:
        raise NotConfigured(
            "Agent output is switched off.", "Switch it on: alicebot vnext connectors configure agent-output --enabled"
        )


def _agent(actor: Actor, output: Output) -> dict[str, Any]:
    told = {
        "identity": actor.identity,
        "type": output.agent_type,
        "profile": actor.profile.value if actor.profile else None,
        "run_id": actor.agent_run_id,
        "task_id": actor.agent_task_id,
    }
    return {name: value for name, value in told.items() if value is not None}


def _propose(unit: Unit, output: Output, source_id: UUID, now: datetime) -> UUID | None:
    """Propose the agent's memory; one that is known already is reinforced and stays what a person made of it."""
    if output.proposal is None:
        return None
    text = redact(" ".join(output.proposal.split())).text
    kind = _CLAIM_KINDS.get(output.memory_type.value, output.memory_type.value)
    rows = database.query(
        "INSERT INTO memory (id, user_id, memory_type, text, key, domain, sensitivity, project_id, confidence, rule,"
        " proposed_by, flags, occurred_at, created_at, last_seen_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (user_id, key) DO UPDATE"
        " SET last_seen_at = GREATEST(memory.last_seen_at, EXCLUDED.last_seen_at) RETURNING id, xmax = 0",
        ids.new_id(), unit.user_id, output.memory_type.value, text, storage.short_key(claim_key(kind, text)),
        output.domain.value, output.sensitivity.value, output.project_id, 0.5, "agent_proposal",
        unit.actor.identity, list(flags_of(text)), now, now, now,
    )  # fmt: skip
    memory_id, fresh = UUID(str(rows[0][0])), bool(rows[0][1])
    _ground(unit, memory_id, source_id, output.proposal)
    unit.record(MemoryProposed(str(memory_id), unit.actor.identity, not fresh))
    return memory_id


def _ground(unit: Unit, memory_id: UUID, source_id: UUID, proposal: str) -> None:
    """Point the proposal at its words in the output; where it is put differently there, at the output's beginning."""
    [(text,)] = database.query("SELECT content_text FROM source WHERE id = %s", source_id)
    at = max(text.find(proposal.strip()), 0)
    chunk_id, start, end = database.query(
        'SELECT id, start, "end" FROM chunk WHERE source_id = %s ORDER BY start <= %s DESC, abs(start - %s) LIMIT 1',
        source_id, at, at,
    )[0]  # fmt: skip
    verbatim = text.startswith(proposal.strip(), at)
    begin, stop = (at, min(at + len(proposal.strip()), end)) if verbatim and start <= at < end else (start, end)
    database.query(
        'INSERT INTO provenance (id, user_id, subject_kind, subject_id, source_id, chunk_id, start, "end", rule)'
        " VALUES (%s, %s, 'memory', %s, %s, %s, %s, %s, 'agent_proposal')"
        ' ON CONFLICT (subject_id, source_id, start, "end") DO NOTHING',
        ids.new_id(), unit.user_id, memory_id, source_id, chunk_id, begin, stop,
    )  # fmt: skip
