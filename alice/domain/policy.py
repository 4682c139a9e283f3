"""Who may do what: one table and one pure `decide`. It knows no database; `ledger.gate` is its only caller."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from alice.domain.actions import Action
from alice.domain.charters import ALWAYS_REVIEWED, FREE, Charter
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, PolicyOutcome, Profile, Sensitivity, WorkflowType


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `kind` is owner (a person), system (the scheduler and connectors) or agent.

    An agent is `asserted` when the owner's word made it, and not a key of its own.
    """

    kind: str
    name: str
    user_id: UUID
    profile: Profile | None = None
    grants: frozenset[Domain] = frozenset()
    project_ids: frozenset[UUID] | None = None
    agent_id: UUID | None = None
    agent_run_id: str | None = None
    agent_task_id: str | None = None
    agent_type: str | None = None
    asserted: bool = False

    @property
    def identity(self) -> str:
        """Return how the log names it: `owner`, `system:scheduler`, `agent:openclaw`."""
        return self.kind if self.kind == "owner" else f"{self.kind}:{self.name}"


def owner(user_id: UUID) -> Actor:
    """Return the person whose brain it is."""
    return Actor("owner", "owner", user_id)


def system(name: str, user_id: UUID) -> Actor:
    """Return a part of Alice that acts by itself, such as the scheduler. It decides on no claim, but that a candidate
    has waited too long.
    """
    return Actor("system", name, user_id)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about; None is *not said*. What has a domain or a sensitivity has no project when none is said."""

    domain: Domain | None = None
    sensitivity: Sensitivity | None = None
    project_id: UUID | None = None
    workflow: WorkflowType | None = None


NOTHING = Subject()


@dataclass(frozen=True, slots=True)
class Scope:
    """What may be seen: domains, sensitivities and (unless None) projects of one brain. `queries` makes SQL of it."""

    user_id: UUID
    domains: frozenset[Domain]
    sensitivities: frozenset[Sensitivity]
    project_ids: frozenset[UUID] | None = None

    @property
    def everything(self) -> bool:
        """Tell whether nothing of the brain is held back."""
        return (
            self.project_ids is None
            and len(self.domains) == len(Domain)
            and len(self.sensitivities) == len(Sensitivity)
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy answered, why, and what is left of the request after it."""

    action: Action
    outcome: PolicyOutcome
    reasons: tuple[str, ...]
    scope: Scope
    profile: Profile | None
    requested_domains: tuple[Domain, ...] = ()
    requested_projects: tuple[UUID, ...] = ()

    @property
    def blocked(self) -> bool:
        """Tell whether nothing may happen."""
        return self.outcome is PolicyOutcome.BLOCKED

    @property
    def review_required(self) -> bool:
        """Tell whether what is written has to wait for a person."""
        return self.outcome is PolicyOutcome.REQUIRES_REVIEW

    def as_dict(self, trace_id: str) -> dict[str, Any]:
        """Return it in the keys of contract.md section 6, as stored and sent."""
        projects = self.scope.project_ids
        return {
            "action": self.action.value,
            "decision": self.outcome.value,
            "reasons": list(self.reasons),
            "requested_domains": [d.value for d in self.requested_domains],
            "effective_domains": sorted(d.value for d in self.scope.domains),
            "requested_project_scope": [str(p) for p in self.requested_projects],
            "effective_project_scope": None if projects is None else sorted(map(str, projects)),
            "effective_sensitivity_allowed": [s.value for s in Sensitivity if s in self.scope.sensitivities],
            "permission_profile": self.profile.value if self.profile else None,
            "review_required": self.review_required,
            "trace_id": trace_id,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how high a profile reads, where, and what it may write."""

    ceiling: Sensitivity
    only_projects: bool
    may: AbstractSet[Action]


_PROPOSE = {Action.READ, Action.PROPOSE_MEMORY}
_WORK = _PROPOSE | {Action.INGEST_OUTPUT, Action.GENERATE}
_RUN = _WORK | {Action.RUN_WORKFLOW}
_SETTINGS = {Action.CONFIGURE_CONNECTOR, Action.CONFIGURE_SCHEDULE, Action.READ_SETTINGS}

TABLE: dict[Profile, Row] = {
    Profile.READ_ONLY_AGENT: Row(Sensitivity.INTERNAL, False, {Action.READ}),
    Profile.MEMORY_PROPOSAL_AGENT: Row(Sensitivity.INTERNAL, False, _PROPOSE),
    Profile.PROJECT_SCOPED_AGENT: Row(Sensitivity.PRIVATE, True, _WORK),
    Profile.TRUSTED_LOCAL_AGENT: Row(Sensitivity.CONFIDENTIAL, False, _RUN),
    Profile.ADMIN_AGENT: Row(Sensitivity.HIGHLY_SENSITIVE, False, _RUN | _SETTINGS),
}
_HOUSEKEEPING = {Action.READ, Action.READ_SETTINGS, Action.CAPTURE, Action.INGEST_OUTPUT, Action.EXPIRE}
SYSTEM_MAY = frozenset(_HOUSEKEEPING | {Action.GENERATE, Action.RUN_WORKFLOW})
COMPOSING = frozenset({Action.GENERATE, Action.RUN_WORKFLOW})
UNRESTRICTED = frozenset(Domain) - RESTRICTED_DOMAINS
_ALL_SENSITIVITIES = frozenset(Sensitivity)


def at_most(lower: Profile, higher: Profile) -> bool:
    """Tell whether `lower` allows nothing that `higher` does not: neither an action nor a sensitivity."""
    one, other = TABLE[lower], TABLE[higher]
    return one.ceiling.rank <= other.ceiling.rank and one.may <= other.may


def narrowed(actor: Actor, *, profile: Profile | None = None, projects: AbstractSet[UUID] = frozenset()) -> Actor:
    """Return an agent that holds itself to less than its key: to `profile` where that is lower, and to `projects`.

    What it does not have it does not get: a profile above its own is the caller's to refuse.
    """
    has = visible(actor).project_ids
    mine = has if not projects else frozenset(projects) if has is None else has & projects
    lower = profile is not None and actor.profile is not None and at_most(profile, actor.profile)
    return replace(actor, profile=profile if lower else actor.profile, project_ids=mine)


def visible(actor: Actor, charter: Charter = FREE) -> Scope:
    """Return the widest scope `actor` has: everything for the owner and the system, the table's row for an agent,
    without what the charter keeps from all of them.
    """
    if actor.kind != "agent":
        return Scope(actor.user_id, frozenset(Domain), _ALL_SENSITIVITIES)
    if actor.profile is None:
        return Scope(actor.user_id, frozenset(), frozenset(), frozenset())
    row = TABLE[actor.profile]
    ceiling = min(row.ceiling.rank, charter.max_sensitivity.rank)
    seen = frozenset(s for s in Sensitivity if s.rank <= ceiling)
    projects = (actor.project_ids or frozenset()) if row.only_projects else actor.project_ids
    return Scope(actor.user_id, (UNRESTRICTED | actor.grants) - charter.never_domains, seen, projects)


def decide(
    actor: Actor,
    action: Action,
    subject: Subject = NOTHING,
    charter: Charter = FREE,
    *,
    domains: AbstractSet[Domain] = frozenset(),
    projects: AbstractSet[UUID] = frozenset(),
) -> Decision:
    """Answer whether `actor` may do `action` on `subject`, asking for `domains` and `projects` (empty: all it has).

    A request narrows what the actor has and never widens it; the charter binds agents, and takes away. The rules are
    contract.md section 7.
    """
    has = visible(actor, charter)
    scope, reasons = _narrow(has, domains, projects)
    refusal = _refusal(actor, action, subject, charter) or _outside(scope, subject)
    outcome = PolicyOutcome.ALLOWED
    if refusal or (domains and not scope.domains) or (projects and not scope.project_ids):
        outcome = PolicyOutcome.BLOCKED
        reasons = (refusal,) if refusal else reasons
    elif actor.kind == "agent" and action in charter.require_review | ALWAYS_REVIEWED:
        outcome, reasons = PolicyOutcome.REQUIRES_REVIEW, (*reasons, "what an agent writes waits for a person")
    elif action is Action.READ and not scope.everything and (actor.kind == "agent" or reasons):
        outcome = PolicyOutcome.ALLOWED_WITH_FILTERING
        reasons = reasons or (f"{actor.profile} sees part of the brain",)
    asked = domains | {subject.domain} if subject.domain else domains
    named = projects | {subject.project_id} if subject.project_id else projects
    return Decision(action, outcome, reasons, scope, actor.profile, tuple(sorted(asked)), tuple(sorted(named, key=str)))


def _narrow(has: Scope, domains: AbstractSet[Domain], projects: AbstractSet[UUID]) -> tuple[Scope, tuple[str, ...]]:
    """Return the part of `has` that was asked for, and a reason for each domain or project that is not in it."""
    kept = has.domains & domains if domains else has.domains
    reasons = [f"domain {d} is not granted" for d in sorted(domains - has.domains)]
    mine = has.project_ids
    if projects:
        mine = frozenset(projects) if has.project_ids is None else has.project_ids & projects
        reasons += [f"project {p} is not in the key's scope" for p in sorted(map(str, projects - mine))]
    return Scope(has.user_id, frozenset(kept), has.sensitivities, mine), tuple(reasons)


def _refusal(actor: Actor, action: Action, subject: Subject, charter: Charter) -> str | None:
    """Return why `actor` may never do `action`, or None."""
    if actor.kind == "owner":
        return None
    if actor.kind == "system":
        return None if action in SYSTEM_MAY else f"only the owner may {action.words}"
    if actor.profile is None or action not in TABLE[actor.profile].may:
        who = actor.profile or "an agent without a profile"
        return f"{who} may not {action.words}"
    if action in COMPOSING and subject.workflow and charter.refuses_workflow(actor.profile, subject.workflow):
        return f"the charter does not let {actor.profile} compose {subject.workflow}"
    return None


def _outside(scope: Scope, subject: Subject) -> str | None:
    """Return why `subject` lies outside `scope`, or None."""
    if subject.domain is not None and subject.domain not in scope.domains:
        return f"domain {subject.domain} is not granted"
    if subject.sensitivity is not None and subject.sensitivity not in scope.sensitivities:
        return f"sensitivity {subject.sensitivity} is above what the profile reads"
    if scope.project_ids is None or subject.project_id in scope.project_ids:
        return None
    if subject.project_id is not None:
        return "the project is not in the key's scope"
    if subject.domain is not None or subject.sensitivity is not None:
        return "it belongs to no project, and the key is held to some; name one of them"
    return None
