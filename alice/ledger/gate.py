"""The one caller of the policy: `write` opens a unit for an allowed action, `scope` says what may be read."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from uuid import UUID

from alice import logs
from alice.domain import policy
from alice.domain.policy import NOTHING, Action, Actor, Decision, Scope, Subject
from alice.domain.vocab import Domain
from alice.errors import PolicyBlocked
from alice.ledger.events import PolicyDecided
from alice.ledger.unit import Unit, unit


@contextmanager
def write(actor: Actor, action: Action, subject: Subject = NOTHING) -> Iterator[Unit]:
    """Open the unit in which `actor` does `action` on `subject`; raise PolicyBlocked when it may not.

    A refusal is recorded in a unit of its own before it is raised, so that it is never rolled back with the work.
    """
    decision = policy.decide(actor, action, subject)
    if decision.blocked:
        _refuse(actor, decision)
    with unit(actor, decision) as work:
        if actor.kind == "agent":
            work.record(PolicyDecided(actor.identity, decision.as_dict(work.trace_id)))
        yield work


def read(
    actor: Actor, *, domains: AbstractSet[Domain] = frozenset(), projects: AbstractSet[UUID] = frozenset()
) -> Decision:
    """Decide on a read. An agent's decision is recorded; the owner reads without leaving a row."""
    decision = policy.decide(actor, Action.READ, domains=domains, projects=projects)
    if decision.blocked:
        _refuse(actor, decision)
    if actor.kind == "agent":
        _record(actor, decision)
    return decision


def scope(actor: Actor) -> Scope:
    """Return what `actor` may see at all, for pages and lists."""
    return read(actor).scope


def allow(actor: Actor, action: Action, subject: Subject = NOTHING) -> Decision:
    """Decide without writing, before slow work begins; raise PolicyBlocked as `write` would."""
    decision = policy.decide(actor, action, subject)
    if decision.blocked:
        _refuse(actor, decision)
    return decision


def _refuse(actor: Actor, decision: Decision) -> None:
    event_id = _record(actor, decision)
    raise PolicyBlocked(
        f"This is not allowed: {'; '.join(decision.reasons)}.", decision.as_dict(logs.trace_id()), str(event_id)
    )


def _record(actor: Actor, decision: Decision) -> UUID:
    with unit(actor, decision) as work:
        return work.record(PolicyDecided(actor.identity, decision.as_dict(work.trace_id)))
