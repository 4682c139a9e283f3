"""`alicebot vnext model-calls`: what would be sent to a model elsewhere, to look at, approve or refuse."""

from __future__ import annotations

from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group, cursor_option, limit_option
from alice.cli.identifiers import identifier, short

STATES = ("waiting", "approved", "done", "failed", "refused", "withdrawn")
COLUMNS: output.Columns = {
    "asked": lambda call: call["created_at"],
    "id": lambda call: short(call["id"]),
    "for": lambda call: call["workflow_type"],
    "to": lambda call: call["endpoint_host"],
    "model": lambda call: call["options"]["model"],
    "private": lambda call: call["sensitivity"],
    "characters": lambda call: call["characters"],
    "status": lambda call: call["status"],
}


@click.group(cls=Group)
def group() -> None:
    """What would be sent to a model elsewhere: list, show, approve, refuse."""


@group.command("list")
@limit_option
@click.option("--status", type=click.Choice([*STATES, "all"]), default="waiting", show_default=True, help="Which.")
@cursor_option
def list_calls(limit: int, status: str, cursor: str | None) -> None:
    """Show the model calls that wait for you, the newest first."""
    from alice.queries.library import model_calls

    wanted = None if status == "all" else status
    with brain.opened() as opened:
        page = model_calls.page(opened.scope, status=wanted, limit=limit, cursor=cursor)
    output.page(page, COLUMNS, empty="No model call waits for you.")


@group.command()
@identifier("call_id", "model call")
def show(call_id: Any) -> None:
    """Show one model call with exactly what would be sent."""
    from alice.queries.library import model_calls

    with brain.opened() as opened:
        found = model_calls.get(opened.scope, call_id)
    output.show(found, lambda: _print(found))


def _print(found: dict[str, Any]) -> None:
    told = ("id", "workflow_type", "status", "endpoint", "sensitivity", "prompt_hash", "artifact_id")
    output.pairs({name: found[name] for name in told})
    click.echo(f"\nWhat would be sent, to the byte:\n\n{found['request']}")


@group.command()
@identifier("call_id", "model call")
@click.option("--reason", help="Why, kept with the decision.")
def approve(call_id: Any, reason: str | None) -> None:
    """Send it as it is shown, and keep what comes back as an artifact to review."""
    _review(call_id, "approve", reason)


@group.command()
@identifier("call_id", "model call")
@click.option("--reason", help="Why, kept with the decision.")
def refuse(call_id: Any, reason: str | None) -> None:
    """Send nothing, and take its words away."""
    _review(call_id, "refuse", reason)


def _review(call_id: Any, action: str, reason: str | None) -> None:
    from alice.services.composing import model_calls

    with brain.opened() as opened:
        found = model_calls.review(opened.actor, call_id, action, reason=reason)
    made = f" It made the artifact {found['artifact_id']}." if found["artifact_id"] else ""
    output.show(found, lambda: click.echo(f"{found['status'].capitalize()}.{made}"))
