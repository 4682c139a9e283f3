"""`alicebot vnext agents keys`: create, list, revoke, rotate. A key is printed once, by the command that makes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.domain.vocab import RESTRICTED_DOMAINS, Profile

PROFILE = click.Choice([p.value for p in Profile])
RESTRICTED = click.Choice(sorted(d.value for d in RESTRICTED_DOMAINS))


@click.group(cls=Group)
def group() -> None:
    """The keys of agents: create, list, revoke, rotate."""


@group.command()
@click.argument("agent")
@click.option("--profile", "permission_profile", required=True, type=PROFILE, help="What it allows at most.")
@click.option("--agent-type", help="What kind of agent it is, when it is new.")
@click.option("--label", default="", help="What to call the key, such as where it lies.")
@click.option("--grant", "grants", multiple=True, type=RESTRICTED,
              help="A restricted domain that it reaches; several may be given.")  # fmt: skip
@click.option("--project", "projects", multiple=True, metavar="PROJECT",
              help="A project that it is held to, by name or id; several may be given.")  # fmt: skip
@click.option("--per-minute", "requests_per_minute", default=120, show_default=True, type=int,
              help="How often it may be used in a minute.")  # fmt: skip
@click.option("--expires-in-days", type=int, help="When it ends; else it lasts until it is revoked.")
def create(**given: Any) -> None:
    """Make a key for AGENT, such as openclaw, and print it: it is shown this once."""
    from alice import clock, inputs
    from alice.inputs import agents as agent_inputs
    from alice.services.agency import agent_keys

    said = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    asked = inputs.parse(agent_inputs.CreateKey, {name: value for name, value in said.items() if value is not None})
    now = clock.now()
    with brain.opened() as opened:
        told = agent_keys.create(opened.actor, agent_keys.Wanted(**asked.wanted(now)), now=now)
    output.show(told, lambda: _print_new(told))


def _print_new(told: dict[str, Any]) -> None:
    click.echo(told["key"])
    click.echo(f"This key of {told['agent']} allows what {told['permission_profile']} may. It is not shown again.")


@group.command("list")
@limit_option
@cursor_option
@click.option("--agent", help="Only of this agent.")
@click.option("--active", is_flag=True, help="Only those that open something.")
def list_keys(limit: int, cursor: str | None, agent: str | None, active: bool) -> None:
    """Show the keys, the newest first; never what opens anything."""
    from alice.services.agency import agent_keys

    with brain.opened() as opened:
        page = agent_keys.listed(opened.actor, agent=agent, active=active, limit=limit, cursor=cursor)
    output.page(page, _COLUMNS, empty="There are no keys.")


def _reach(key: Mapping[str, Any]) -> str:
    bound = "all projects" if key["project_scope"] is None else f"{len(key['project_scope'])} projects"
    return output.join([bound, *key["grants"]])


_COLUMNS: output.Columns = {
    "key": lambda k: k["prefix"],
    "agent": lambda k: k["agent"],
    "label": lambda k: k["label"],
    "may": lambda k: k["permission_profile"].removesuffix("_agent").replace("_", " "),
    "reaches": _reach,
    "status": lambda k: k["status"],
    "last used": lambda k: k["last_used_at"],
}


@group.command()
@click.argument("key")
def revoke(key: str) -> None:
    """Take KEY, an id or how it begins, back for good."""
    from alice.services.agency import agent_keys

    with brain.opened() as opened:
        told = agent_keys.revoke(opened.actor, key)
    output.show(told, lambda: click.echo(f"The key {told['prefix']}… of {told['agent']} opens nothing any more."))


@group.command()
@click.argument("key")
@click.option("--grace-minutes", default=0, show_default=True, type=int, help="How long the old one goes on.")
def rotate(key: str, grace_minutes: int) -> None:
    """Replace KEY, an id or how it begins, by a new one that allows the same, and print that."""
    from datetime import timedelta

    from alice import inputs
    from alice.inputs import agents as agent_inputs
    from alice.services.agency import agent_keys

    asked = inputs.parse(agent_inputs.RotateKey, {"grace_minutes": grace_minutes})
    with brain.opened() as opened:
        told = agent_keys.rotate(opened.actor, key, grace=timedelta(minutes=asked.grace_minutes))
    output.show(told, lambda: _print_new(told))
