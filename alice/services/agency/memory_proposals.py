"""What agents would have remembered: candidates with words behind them, for a person to decide on. Nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.db import database
from alice.domain.extraction.claims import claim_key
from alice.domain.policy import Action, Actor, Scope, Subject, owner, visible
from alice.domain.preparation import Item, Prepared, check_text, content_hash, prepare
from alice.domain.redaction import redact
from alice.domain.vocab import RESTRICTED_DOMAINS, Connector, Domain, MemoryType, Sensitivity
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.ledger.unit import Unit
from alice.queries.library import projects, sources
from alice.queries.scoping import visible_sql
from alice.services.evidence import capture, proposed, storage
from alice.services.evidence.proposed import Candidate, Words, Written

LONGEST = 2_000
RULE = "agent_proposal"
_CLAIM_KINDS = {memory: claim for claim, memory in storage.MEMORY_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A claim, and the words of a source that it rests on: `quote` as they stand there, or `start` to `end`.

    Without a source the claim itself is kept as the agent's output, to have words behind it. What is not said of
    domain, sensitivity and project is as the source says.
    """

    text: str
    memory_type: MemoryType = MemoryType.SEMANTIC
    domain: Domain | None = None
    sensitivity: Sensitivity | None = None
    project_id: UUID | None = None
    source_id: UUID | None = None
    quote: str | None = None
    start: int | None = None
    end: int | None = None


def propose(actor: Actor, proposal: Proposal, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Keep `proposal` as a candidate, or note that its memory was seen again; say which, with the policy's decision.

    It is at least as private as the words it rests on. Raise InvalidInput, NotFound for a source that the agent does
    not see, PolicyBlocked.
    """
    moment = now or clock.now()
    check(proposal.text, field="text")
    with database.session():
        scope = gate.allow(actor, Action.PROPOSE_MEMORY).scope
        found = None if proposal.source_id is None else sources.get(scope, proposal.source_id)
        said = _as_private(proposal, found, scope)
        check_project(actor, said.project_id)
        words = _words(said, found["content_text"]) if found else None
        ready = None if words else _output(actor, said, scope, settings=settings, now=moment)
        subject = Subject(said.domain, said.sensitivity, said.project_id)
        with gate.write(actor, Action.PROPOSE_MEMORY, subject) as unit:
            if ready is not None:
                [kept] = capture.write_prepared(unit, [ready], now=moment)
                words = first_words(kept.source_id)
            assert words is not None
            done = write(unit, said, words, now=moment)
        decision = unit.decision.as_dict(unit.trace_id)
    return _told(said, done, words) | {"policy_decision": decision, "trace_id": unit.trace_id}


def _told(said: Proposal, done: Written, words: Words) -> dict[str, Any]:
    return {
        "memory_id": str(done.memory_id),
        "status": done.status,
        "known": done.known,
        "review_required": done.status == "candidate",
        "memory_type": said.memory_type.value,
        "domain": said.domain,
        "sensitivity": said.sensitivity,
        "project_id": str(said.project_id) if said.project_id else None,
        "evidence": {"source_id": str(words.source_id), "chunk_id": str(words.chunk_id), "start": words.start,
                     "end": words.end},
    }  # fmt: skip


def check(text: str, *, field: str) -> None:
    """Raise InvalidInput naming `field` when `text` cannot be a claim."""
    check_text(field, text)
    if not text.strip() or len(text) > LONGEST:
        raise InvalidInput({field: f"must be 1 to {LONGEST:,} characters."})


def check_project(actor: Actor, project_id: UUID | None) -> None:
    """Raise InvalidInput unless `project_id` is None or a project of the brain; how private it is does not matter."""
    projects.check(visible(owner(actor.user_id)), project_id)


def _as_private(proposal: Proposal, found: dict[str, Any] | None, scope: Scope) -> Proposal:
    """Return the proposal with how private it is: never less than its source, and never more than its maker reads."""
    project_id = proposal.project_id or (found["project_id"] if found else None) or only_project(scope)
    domain, said = proposal.domain or Domain.UNKNOWN, proposal.sensitivity or _usual(scope)
    if found:
        theirs, its = Domain(found["domain"]), Sensitivity(found["sensitivity"])
        domain = theirs if theirs in RESTRICTED_DOMAINS else proposal.domain or theirs
        said = max(proposal.sensitivity or its, its, key=lambda s: (s.rank, s.value))
    return replace(proposal, domain=domain, sensitivity=said, project_id=project_id)


def _usual(scope: Scope) -> Sensitivity:
    """Return unknown, which counts as private, or the highest that the maker reads, who has seen nothing above it."""
    if Sensitivity.UNKNOWN in scope.sensitivities:
        return Sensitivity.UNKNOWN
    return max(scope.sensitivities, key=lambda s: s.rank, default=Sensitivity.UNKNOWN)


def only_project(scope: Scope) -> UUID | None:
    """Return the one project that a scope is held to, if there is one."""
    return next(iter(scope.project_ids)) if scope.project_ids and len(scope.project_ids) == 1 else None


def _words(said: Proposal, text: str) -> Words:
    """Return the span that the proposal names, cut at the end of its passage; raise InvalidInput when there is none."""
    assert said.source_id is not None
    start, end = _span(said, text)
    found = database.query(
        'SELECT id, "end" FROM chunk WHERE source_id = %s AND start <= %s AND "end" > %s ORDER BY start DESC LIMIT 1',
        said.source_id, start, start,
    )  # fmt: skip
    if not found or not text[start:end].strip():
        raise InvalidInput({"start": "no words of that source stand there."})
    return Words(said.source_id, found[0][0], start, min(end, found[0][1]))


def _span(said: Proposal, text: str) -> tuple[int, int]:
    if said.quote is not None:
        at = text.find(said.quote.strip())
        if at < 0 or not said.quote.strip():
            raise InvalidInput({"quote": "does not stand in that source word for word."})
        return at, at + len(said.quote.strip())
    if said.start is None or said.end is None:
        raise InvalidInput({"quote": "is missing: say which words of the source are meant, or their start and end."})
    if not 0 <= said.start < said.end <= len(text):
        raise InvalidInput({"end": f"must be after the start and at most {len(text)}, the length of the source."})
    return said.start, said.end


def _output(actor: Actor, said: Proposal, scope: Scope, *, settings: Settings, now: datetime) -> Prepared:
    """Return the claim itself as evidence. Nothing further is drawn from it: the agent said what it means."""
    assert said.domain is not None
    assert said.sensitivity is not None
    item = Item(
        own_words(scope, said.text),
        connector=Connector.AGENT_OUTPUT.value,
        author=actor.name,
        domain=said.domain,
        sensitivity=said.sensitivity,
        project_id=said.project_id,
        metadata={"agent": maker(actor)},
        brought=True,
    )
    return replace(prepare(item, zone=settings.timezone, now=now), claims=())


def maker(actor: Actor) -> dict[str, Any]:
    """Return what is kept with a source about the agent that made it."""
    told = {
        "identity": actor.identity,
        "type": actor.agent_type,
        "profile": actor.profile.value if actor.profile else None,
        "run_id": actor.agent_run_id,
        "task_id": actor.agent_task_id,
        "asserted": actor.asserted or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def own_words(scope: Scope, text: str) -> str:
    """Return `text`, with line ends after it while a source that is hidden from its maker has the very same words.

    Else the answer that they are known already would tell what is hidden.
    """
    seen, values = visible_sql(scope, "s")
    sql = (
        f"SELECT 1 FROM source s WHERE s.user_id = %s AND s.content_hash = %s AND s.status <> 'forgotten'"
        f" AND NOT ({seen})"
    )
    while database.query(sql, scope.user_id, content_hash(redact(text).text), *values):
        text += "\n"
    return text


def first_words(source_id: UUID) -> Words:
    """Return the first passage of a source."""
    sql = 'SELECT id, start, "end" FROM chunk WHERE source_id = %s ORDER BY ordinal LIMIT 1'
    return Words(source_id, *database.query(sql, source_id)[0])


def words_of(source_id: UUID, claim: str) -> Words:
    """Return where `claim` stands in a source; where it is put differently there, the source's beginning."""
    [(text,)] = database.query("SELECT content_text FROM source WHERE id = %s", source_id)
    at = text.find(claim.strip())
    found = database.query(
        'SELECT id, "end" FROM chunk WHERE source_id = %s AND start <= %s AND "end" > %s ORDER BY start DESC LIMIT 1',
        source_id, at, at,
    )  # fmt: skip
    if at < 0 or not found:
        return first_words(source_id)
    return Words(source_id, found[0][0], at, min(at + len(claim.strip()), found[0][1]))


def write(unit: Unit, said: Proposal, words: Words, *, now: datetime) -> Written:
    """Write the candidate inside `unit`, or find the memory that says the same, and point it at its words."""
    assert said.domain is not None
    assert said.sensitivity is not None
    text = redact(" ".join(said.text.split())).text
    candidate = Candidate(
        text,
        _key(unit, said.memory_type, text),
        RULE,
        now,
        said.domain,
        said.sensitivity,
        said.project_id,
        said.memory_type,
    )
    return proposed.propose(unit, candidate, [words], now=now)


def _key(unit: Unit, memory_type: MemoryType, text: str) -> str:
    """Return the name under which the claim is known. One that is known but hidden from its maker is not told so:
    they get a candidate of their own, or proposing would be a way to ask what is hidden.
    """
    plain = claim_key(_CLAIM_KINDS.get(memory_type.value, memory_type.value), text)
    seen, values = visible_sql(unit.decision.scope, "m")
    hidden = database.query(
        f"SELECT 1 FROM memory m WHERE m.user_id = %s AND m.key = %s AND NOT ({seen})",
        unit.user_id, storage.short_key(plain), *values,
    )  # fmt: skip
    return storage.short_key(f"{unit.actor.identity}\n{plain}" if hidden else plain)
