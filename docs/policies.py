"""Makes the page of what agents may do, by asking the policy itself about every profile, action, mark and project."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from alice.domain import charters
from alice.domain.actions import Action
from alice.domain.charters import Charter
from alice.domain.policy import Actor, Subject, decide, owner, system, visible
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain, PolicyOutcome, Profile, Sensitivity, WorkflowType

BRAIN, ITS_PROJECT, ANOTHER = UUID(int=1), UUID(int=2), UUID(int=3)
YES, NO = "yes", "–"
SAID = {
    PolicyOutcome.ALLOWED: YES,
    PolicyOutcome.ALLOWED_WITH_FILTERING: "its part",
    PolicyOutcome.REQUIRES_REVIEW: "waits for you",
    PolicyOutcome.BLOCKED: NO,
}
HEAD = """# What agents may do

This page is made by asking the policy itself, and a test asks the running API the same questions. What an agent may do
is said by the key that you gave it: a profile, the restricted domains that you granted, and the projects that it is
held to. A request can hold itself to less, and never gets more. [agents.md](agents.md) tells how keys are made.

You may do everything in your brain, and nothing in another's.
"""
CONSTRAINTS = {
    "never_domains": "parts of life that no agent sees, whatever its key grants",
    "max_sensitivity": "no agent reads or writes anything above this",
    "require_review": "what comes of these actions waits for you and is counted as such; the first two always do",
    "allowed_workflows": "by profile, the only workflows that it may compose or ask for; others as their profile says",
    "cloud": "`never`: nothing is sent to a model on another machine, whatever a workflow says, nor after an approval",
}


def agent(profile: Profile, **more: object) -> Actor:
    """Return an agent that is held to one project where its profile wants one."""
    held = frozenset({ITS_PROJECT}) if profile is Profile.PROJECT_SCOPED_AGENT else None
    return Actor("agent", "openclaw", BRAIN, profile, **{"project_ids": held, **more})  # type: ignore[arg-type]


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *_actions(), *_sensitivities(), *_domains(), *_projects(), *_charter()]) + "\n"


def _table(title: str, first: str, rows: Iterable[tuple[str, list[str]]], columns: Iterable[str]) -> list[str]:
    names = [f"`{name}`" for name in columns]
    head = [f"## {title}\n", f"| {first} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    return [*head, *(f"| {name} | {' | '.join(cells)} |" for name, cells in rows), ""]


def _actions() -> list[str]:
    """Return what each profile may do, and what the scheduler and the connectors may."""
    who = [*(agent(profile) for profile in Profile), system("scheduler", BRAIN)]
    rows = [
        (f"`{action}`", [SAID[decide(actor, action).outcome] for actor in who])
        for action in Action
        if not decide(owner(BRAIN), action).blocked
    ]
    return _table("Actions", "action", rows, [*Profile, "system"])


def _sensitivities() -> list[str]:
    rows = [
        (f"`{one}`", [YES if one in visible(agent(profile)).sensitivities else NO for profile in Profile])
        for one in Sensitivity
    ]
    note = "What a profile does not read it does not write either. What is not known counts as private.\n"
    return [*_table("How private things may be", "sensitivity", rows, Profile), note]


def _domains() -> list[str]:
    def cell(profile: Profile, domain: Domain) -> str:
        if domain in visible(agent(profile)).domains:
            return YES
        return "if granted" if domain in visible(agent(profile, grants=RESTRICTED_DOMAINS)).domains else NO

    rows = [(f"`{domain}`", [cell(profile, domain) for profile in Profile]) for domain in Domain]
    return _table("Parts of life", "domain", rows, Profile)


def _projects() -> list[str]:
    def cell(profile: Profile, held: frozenset[UUID] | None, project: UUID | None) -> str:
        subject = Subject(Domain.PROJECT, Sensitivity.PUBLIC, project)
        return NO if decide(agent(profile, project_ids=held), Action.READ, subject).blocked else YES

    cases = [
        ("a key without projects: anything", None, ITS_PROJECT),
        ("a key held to a project: what is of it", frozenset({ITS_PROJECT}), ITS_PROJECT),
        ("… what is of another project", frozenset({ITS_PROJECT}), ANOTHER),
        ("… what is of no project", frozenset({ITS_PROJECT}), None),
    ]
    rows = [(name, [cell(profile, held, project) for profile in Profile]) for name, held, project in cases]
    return _table("Projects", "what", rows, Profile)


def _charter() -> list[str]:
    default, free = charters.read(charters.DEFAULT_TEXT).as_dict(), Charter()
    assert set(CONSTRAINTS) == set(default)
    assert not free.refuses_workflow(Profile.ADMIN_AGENT, WorkflowType.DAILY_BRIEF)
    rows = [f"| `{name}` | {_told(default[name])} | {words} |" for name, words in CONSTRAINTS.items()]
    head = (
        "## The charter\n\nWhat you agreed with your agents stands in the charter (`alicebot charter edit`). Its front"
        " matter is enforced\nfrom the next request on, for every agent and key. It only takes away.\n"
    )
    return [head, "| constraint | in a new brain | |", "|---|---|---|", *rows]


def _told(value: object) -> str:
    return ", ".join(f"`{one}`" for one in ([value] if isinstance(value, str) else value)) or "none"  # type: ignore[union-attr]
