"""The one caller of the policy: `write` opens a unit for an allowed action, `scope` says what may be read.

It hands the policy the charter that the owner wrote, which binds agents and nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from uuid import UUID

from alice import logs
from alice.db import database
from alice.domain import charters, policy
from alice.domain.charters import FREE, Charter
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
    decision = allow(actor, action, subject)
    with unit(actor, decision) as work:
        if actor.kind == "agent":
            work.record(_told(actor, decision, work.trace_id))
        yield work


def read(
    actor: Actor,
    action: Action = Action.READ,
    *,
    domains: AbstractSet[Domain] = frozenset(),
    projects: AbstractSet[UUID] = frozenset(),
) -> Decision:
    """Decide on a read. An agent's decision is recorded; the owner reads without leaving a row."""
    decision = policy.decide(actor, action, charter=_binding(actor), domains=domains, projects=projects)
    if decision.blocked:
        _refuse(actor, decision)
    if actor.kind == "agent":
        _record(actor, decision)
    return decision


def scope(actor: Actor, action: Action = Action.READ) -> Scope:
    """Return what `actor` may see at all, for pages and lists; `action` names what is not for everybody to read."""
    return read(actor, action).scope


def allow(actor: Actor, action: Action, subject: Subject = NOTHING) -> Decision:
    """Decide without writing, before slow work begins; raise PolicyBlocked as `write` would."""
    decision = policy.decide(actor, action, subject, _binding(actor))
    if decision.blocked:
        _refuse(actor, decision)
    return decision


def charter(user_id: UUID) -> Charter:
    """Return the charter of a brain as it stands; one that takes nothing away when the owner has written none."""
    with database.session():
        found = database.query("SELECT constraints FROM charter WHERE user_id = %s", user_id)
    return charters.of(found[0][0]) if found else FREE


def _binding(actor: Actor) -> Charter:
    return charter(actor.user_id) if actor.kind == "agent" else FREE


def _refuse(actor: Actor, decision: Decision) -> None:
    event_id = _record(actor, decision)
    raise PolicyBlocked(
        f"This is not allowed: {'; '.join(decision.reasons)}.", decision.as_dict(logs.trace_id()), str(event_id)
    )


def _record(actor: Actor, decision: Decision) -> UUID:
    with unit(actor, decision) as work:
        return work.record(_told(actor, decision, work.trace_id))


def _told(actor: Actor, decision: Decision, trace_id: str) -> PolicyDecided:
    asked = decision.as_dict(trace_id)
    return PolicyDecided(actor.identity, asked, actor.asserted, actor.agent_run_id, actor.agent_task_id)
