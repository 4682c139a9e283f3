"""Options by which whoever types says as which agent a command acts. They only narrow, and are recorded as asserted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from alice.domain.vocab import Profile

Command = TypeVar("Command", bound=Callable[..., Any])
NAMES = ("agent_id", "agent_type", "agent_run_id", "agent_task_id", "project_scope", "permission_profile")
_OPTIONS = (
    click.option("--agent-id", help="Act as this agent, such as openclaw."),
    click.option("--agent-type", help="What kind of agent it is."),
    click.option("--agent-run-id", help="In which of its runs."),
    click.option("--agent-task-id", help="For which task."),
    click.option("--project-scope", metavar="PROJECT", multiple=True,
                 help="Only these projects, by name or id; several may be given."),
    click.option("--permission-profile", type=click.Choice([p.value for p in Profile]),
                 help="As what it acts; trusted_local_agent when nothing is said."),
)  # fmt: skip


def options(command: Command) -> Command:
    """Let a command be called as an agent."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def acting(actor: Any, given: dict[str, Any], *, needed: bool = False) -> Any:
    """Take the options out of `given` and return as whom `actor` acts: the owner when none was used and none is
    `needed`.
    """
    from alice.ledger import gate
    from alice.queries.agency import agents
    from alice.services.agency import agent_identities

    said = {name: given.pop(name) for name in NAMES}
    scope = gate.scope(actor)
    profile = said["permission_profile"]
    assertion = agent_identities.Assertion(
        said["agent_id"], said["agent_type"], said["agent_run_id"], said["agent_task_id"],
        Profile(profile) if profile else None,
        frozenset(agents.projects(scope, said["project_scope"], field="project_scope")),
    )  # fmt: skip
    return agent_identities.acting(actor, assertion, needed=needed)
