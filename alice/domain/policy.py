"""Who may do what: one table and one pure `decide`. It knows no database; `ledger.gate` is its only caller."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, PolicyOutcome, Profile, Sensitivity


class Action(StrEnum):
    """Everything that can be asked of Alice, by the name that is stored with the decision."""

    READ = "read"
    CAPTURE = "capture"
    INGEST_OUTPUT = "ingest_output"
    PROPOSE_MEMORY = "propose_memory"
    GENERATE = "generate"
    RUN_WORKFLOW = "run_workflow"
    REVIEW = "review"
    FORGET = "forget"
    CONFIGURE_SCHEDULE = "configure_schedule"
    CONFIGURE_CONNECTOR = "configure_connector"
    CONFIGURE = "configure"
    MANAGE_AGENTS = "manage_agents"
    READ_SECRET = "read_secret"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking. `kind` is owner (a person), system (the scheduler and connectors) or agent."""

    kind: str
    name: str
    user_id: UUID
    profile: Profile | None = None
    grants: frozenset[Domain] = frozenset()
    project_ids: frozenset[UUID] | None = None
    agent_id: UUID | None = None
    agent_run_id: str | None = None
    agent_task_id: str | None = None

    @property
    def identity(self) -> str:
        """Return how the log names it: `owner`, `system:scheduler`, `agent:openclaw`."""
        return self.kind if self.kind == "owner" else f"{self.kind}:{self.name}"


def owner(user_id: UUID) -> Actor:
    """Return the person whose brain it is."""
    return Actor("owner", "owner", user_id)


def system(name: str, user_id: UUID) -> Actor:
    """Return a part of Alice that acts by itself, such as the scheduler. It never decides on a claim."""
    return Actor("system", name, user_id)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about; None is *not said*."""

    domain: Domain | None = None
    sensitivity: Sensitivity | None = None
    project_id: UUID | None = None


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

TABLE: dict[Profile, Row] = {
    Profile.READ_ONLY_AGENT: Row(Sensitivity.INTERNAL, False, {Action.READ}),
    Profile.MEMORY_PROPOSAL_AGENT: Row(Sensitivity.INTERNAL, False, _PROPOSE),
    Profile.PROJECT_SCOPED_AGENT: Row(Sensitivity.PRIVATE, True, _WORK),
    Profile.TRUSTED_LOCAL_AGENT: Row(Sensitivity.CONFIDENTIAL, False, _RUN),
    Profile.ADMIN_AGENT: Row(
        Sensitivity.HIGHLY_SENSITIVE, False, _RUN | {Action.CONFIGURE_CONNECTOR, Action.CONFIGURE_SCHEDULE}
    ),
}
SYSTEM_MAY = frozenset({Action.READ, Action.CAPTURE, Action.INGEST_OUTPUT, Action.GENERATE, Action.RUN_WORKFLOW})
REVIEWED = frozenset({Action.PROPOSE_MEMORY, Action.INGEST_OUTPUT})
UNRESTRICTED = frozenset(Domain) - RESTRICTED_DOMAINS
_ALL_SENSITIVITIES = frozenset(Sensitivity)


def visible(actor: Actor) -> Scope:
    """Return the widest scope `actor` has: everything for the owner and the system, the table's row for an agent."""
    if actor.kind != "agent":
        return Scope(actor.user_id, frozenset(Domain), _ALL_SENSITIVITIES)
    if actor.profile is None:
        return Scope(actor.user_id, frozenset(), frozenset(), frozenset())
    row = TABLE[actor.profile]
    seen = frozenset(s for s in Sensitivity if s.rank <= row.ceiling.rank)
    projects = (actor.project_ids or frozenset()) if row.only_projects else actor.project_ids
    return Scope(actor.user_id, UNRESTRICTED | actor.grants, seen, projects)


def decide(
    actor: Actor,
    action: Action,
    subject: Subject = NOTHING,
    *,
    domains: AbstractSet[Domain] = frozenset(),
    projects: AbstractSet[UUID] = frozenset(),
) -> Decision:
    """Answer whether `actor` may do `action` on `subject`, asking for `domains` and `projects` (empty: all it has).

    A request narrows what the actor has and never widens it. The rules are contract.md section 7.
    """
    has = visible(actor)
    scope, reasons = _narrow(has, domains, projects)
    refusal = _refusal(actor, action) or _outside(scope, subject)
    outcome = PolicyOutcome.ALLOWED
    if refusal or (domains and not scope.domains) or (projects and not scope.project_ids):
        outcome = PolicyOutcome.BLOCKED
        reasons = (refusal,) if refusal else reasons
    elif actor.kind == "agent" and action in REVIEWED:
        outcome, reasons = PolicyOutcome.REQUIRES_REVIEW, (*reasons, "what an agent writes waits for a person")
    elif action is Action.READ and not scope.everything and (actor.kind == "agent" or reasons):
        outcome = PolicyOutcome.ALLOWED_WITH_FILTERING
        reasons = reasons or (f"{actor.profile} sees part of the brain",)
    return Decision(
        action, outcome, reasons, scope, actor.profile, tuple(sorted(domains)), tuple(sorted(projects, key=str))
    )


def _narrow(has: Scope, domains: AbstractSet[Domain], projects: AbstractSet[UUID]) -> tuple[Scope, tuple[str, ...]]:
    """Return the part of `has` that was asked for, and a reason for each domain or project that is not in it."""
    kept = has.domains & domains if domains else has.domains
    reasons = [f"domain {d} is not granted" for d in sorted(domains - has.domains)]
    mine = has.project_ids
    if projects:
        mine = frozenset(projects) if has.project_ids is None else has.project_ids & projects
        reasons += [f"project {p} is not in the key's scope" for p in sorted(map(str, projects - mine))]
    return Scope(has.user_id, frozenset(kept), has.sensitivities, mine), tuple(reasons)


def _refusal(actor: Actor, action: Action) -> str | None:
    """Return why `actor` may never do `action`, or None."""
    if actor.kind == "owner":
        return None
    if actor.kind == "system":
        return None if action in SYSTEM_MAY else f"only the owner may {_words(action)}"
    if actor.profile is None or action not in TABLE[actor.profile].may:
        who = actor.profile or "an agent without a profile"
        return f"{who} may not {_words(action)}"
    return None


def _words(action: Action) -> str:
    return action.value.replace("_", " ")


def _outside(scope: Scope, subject: Subject) -> str | None:
    """Return why `subject` lies outside `scope`, or None."""
    if subject.domain is not None and subject.domain not in scope.domains:
        return f"domain {subject.domain} is not granted"
    if subject.sensitivity is not None and subject.sensitivity not in scope.sensitivities:
        return f"sensitivity {subject.sensitivity} is above what the profile reads"
    if scope.project_ids is not None and subject.project_id not in scope.project_ids and subject.project_id:
        return "the project is not in the key's scope"
    return None
