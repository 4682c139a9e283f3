"""`alicebot vnext agents`: what agents hand in. Who an agent is, is asserted on the command line, and only narrows."""

from __future__ import annotations

import sys
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group
from alice.domain.vocab import Domain, MemoryType, Profile, Sensitivity

PROFILE = click.Choice([p.value for p in Profile])


@click.group(cls=Group)
def group() -> None:
    """Agents: what they hand in."""


@click.group(cls=Group)
def output_group() -> None:
    """What agents make: ingest."""


@click.command("ingest-output", cls=Group.command_class)
@click.argument("text")
@click.option("--agent-id", required=True, help="Which agent made it, such as openclaw.")
@click.option("--agent-type", help="What kind of agent it is.")
@click.option("--agent-run-id", help="In which of its runs.")
@click.option("--agent-task-id", help="For which task.")
@click.option("--permission-profile", default="trusted_local_agent", show_default=True, type=PROFILE)
@click.option("--project-scope", multiple=True, type=click.UUID, help="Only these projects; several may be given.")
@click.option("--project", type=click.UUID, help="The project that it is about.")
@click.option("--title", help="What to call it; otherwise its first line.")
@click.option("--domain", default="agent_run", show_default=True, type=click.Choice([d.value for d in Domain]))
@click.option("--sensitivity", default="unknown", show_default=True, type=click.Choice([s.value for s in Sensitivity]))
@click.option("--propose-memory", metavar="TEXT", help="What the agent would have remembered, as a candidate.")
@click.option("--memory-type", default="semantic", show_default=True, type=click.Choice([m.value for m in MemoryType]))
def ingest_output(text: str, **given: Any) -> None:
    """Keep TEXT, which an agent made, for review; `-` reads standard input."""
    from alice.services import agents

    made = agents.Output(
        sys.stdin.read() if text == "-" else text,
        title=given["title"],
        domain=Domain(given["domain"]),
        sensitivity=Sensitivity(given["sensitivity"]),
        project_id=given["project"],
        agent_type=given["agent_type"],
        proposal=given["propose_memory"],
        memory_type=MemoryType(given["memory_type"]),
    )
    with brain.opened() as opened:
        actor = agents.asserted(
            opened.actor,
            given["agent_id"],
            profile=Profile(given["permission_profile"]),
            projects=given["project_scope"],
            run_id=given["agent_run_id"],
            task_id=given["agent_task_id"],
        )
        told = agents.ingest_output(actor, made, settings=opened.settings)
    output.show(told, lambda: click.echo(_said(told)))


def _said(told: dict[str, Any]) -> str:
    if told["duplicate"]:
        return f"Known already: it is source {told['source_id']}."
    proposed = f" Proposed as memory {told['memory_id']}." if told["memory_id"] else ""
    return f"Kept as source {told['source_id']}, for review.{proposed}"


group.add_command(ingest_output)
output_group.add_command(ingest_output, "ingest")
