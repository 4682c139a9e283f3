"""`alicebot vnext agents`: who they are, what they hand in and propose, and what they did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from alice.cli import asserting, brain, output
from alice.cli.framework import Group, limit_option
from alice.cli.identifiers import Identifier
from alice.domain.vocab import Domain, MemoryType, Sensitivity

LATE = {"keys": ("alice.cli.vnext.agent_keys:group", "Their keys: create, list, revoke, rotate.")}
DOMAIN = click.Choice([d.value for d in Domain])
SENSITIVITY = click.Choice([s.value for s in Sensitivity])
TYPE = click.option("--memory-type", default="semantic", show_default=True,
                    type=click.Choice([m.value for m in MemoryType]))  # fmt: skip


@click.group(cls=Group, late=LATE)
def group() -> None:
    """Agents: who they are, what they hand in and propose, and what they did."""


@click.group(cls=Group)
def output_group() -> None:
    """What agents make: ingest."""


@group.command("list")
@limit_option
def list_agents(limit: int) -> None:
    """Show the agents that have a key or left a trace."""
    from alice.services.agency import agent_identities

    with brain.opened() as opened:
        found = agent_identities.listed(opened.actor)
    told = output.first({"items": found}, limit)
    columns: output.Columns = {
        "agent": lambda a: a["name"],
        "type": lambda a: a["agent_type"],
        "keys in force": lambda a: output.join([k["prefix"] for k in a["keys"]]),
        "may": lambda a: output.join(sorted({k["permission_profile"] for k in a["keys"]})),
        "first seen": lambda a: a["first_seen_at"],
        "last seen": lambda a: a["last_seen_at"],
    }
    empty = "No agent has a key yet: alicebot vnext agents keys create openclaw --profile read_only_agent"
    output.show(told, lambda: output.table(told["items"], columns, empty=empty))


@group.command("policy-telemetry")
@click.option("--days", default=30, show_default=True, type=int, help="How many days back, in UTC, today being one.")
@click.option("--agent", help="Only about this agent.")
def policy_telemetry(days: int, agent: str | None) -> None:
    """Show what agents did and what the policy answered."""
    from alice.services.agency import agent_identities

    with brain.opened() as opened:
        told = agent_identities.telemetry(opened.actor, days=days, agent=agent)
    output.show(told, lambda: _print_telemetry(told))


def _print_telemetry(told: dict[str, Any]) -> None:
    measures = ("allowed", "allowed_with_filtering", "requires_review", "blocked", "memory_proposals", "outputs",
                "artifacts", "workflows")  # fmt: skip
    columns = {"agent": lambda a: a["agent"], **{name.replace("_", " "): _total(name) for name in measures}}
    output.table(told["agents"], columns, empty="No agent did anything in these days.")
    if asked := told["summary"]["restricted_domains_requested"]:
        click.echo("Restricted domains asked for: " + ", ".join(f"{name} {n}" for name, n in asked.items()))


def _total(measure: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda activity: activity["totals"][measure]


@group.command("propose-memory")
@click.argument("text")
@asserting.options
@TYPE
@click.option("--domain", type=DOMAIN, help="The part of life it belongs to; else as its source says.")
@click.option("--sensitivity", type=SENSITIVITY, help="How private it is; never less than its source.")
@click.option("--project", "project_id", type=Identifier("project"), help="The project that it is about.")
@click.option(
    "--source", "source_id", type=Identifier("source"), help="The source that it rests on; else the text itself."
)
@click.option("--quote", help="The words of the source, as they stand there.")
@click.option("--start", type=int, help="Where the words begin, in code points; instead of --quote.")
@click.option("--end", type=int, help="Where they end.")
def propose_memory(text: str, **given: Any) -> None:
    """Propose TEXT as a memory, as an agent; it becomes a candidate, and you decide on it. `-` reads standard input."""
    from alice import inputs
    from alice.inputs import agents as agent_inputs
    from alice.services.agency import memory_proposals

    with brain.opened() as opened:
        actor = asserting.acting(opened.actor, given, needed=True)
        said = {name: value for name, value in given.items() if value is not None}
        words = sys.stdin.read() if text == "-" else text
        asked = inputs.parse(agent_inputs.ProposeMemory, said | {"text": words})
        proposal = memory_proposals.Proposal(**asked.rest())
        told = memory_proposals.propose(actor, proposal, settings=opened.settings)
    output.show(told, lambda: click.echo(_proposed(told)))


def _proposed(told: dict[str, Any]) -> str:
    if told["known"]:
        return f"Known already, and {told['status']}: it is memory {told['memory_id']}."
    return f"Proposed as memory {told['memory_id']}; it waits for you."


@click.command("ingest-output", cls=Group.command_class)
@click.argument("text")
@asserting.options
@click.option("--project", "project_id", type=Identifier("project"), help="The project that it is about.")
@click.option("--title", help="What to call it; otherwise its first line.")
@click.option("--domain", default="agent_run", show_default=True, type=DOMAIN)
@click.option("--sensitivity", default="unknown", show_default=True, type=SENSITIVITY)
@click.option("--propose-memory", metavar="TEXT", help="What the agent would have remembered, as a candidate.")
@TYPE
def ingest_output(text: str, **given: Any) -> None:
    """Keep TEXT, which an agent made, for review; `-` reads standard input."""
    from alice import inputs
    from alice.inputs import agents as agent_inputs
    from alice.services.agency import agents

    with brain.opened() as opened:
        actor = asserting.acting(opened.actor, given, needed=True)
        said = {name: value for name, value in given.items() if value is not None}
        words = sys.stdin.read() if text == "-" else text
        made = inputs.parse(agent_inputs.IngestOutput, said | {"text": words})
        told = agents.ingest_output(actor, agents.Output(**made.output()), settings=opened.settings)
    output.show(told, lambda: click.echo(_said(told)))


def _said(told: dict[str, Any]) -> str:
    if told["duplicate"]:
        return f"Known already: it is source {told['source_id']}."
    proposed = f" Proposed as memory {told['memory_id']}." if told["memory_id"] else ""
    return f"Kept as source {told['source_id']}, for review.{proposed}"


group.add_command(ingest_output)
output_group.add_command(ingest_output, "ingest")
