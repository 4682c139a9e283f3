"""`alicebot secrets`: set, list, remove. A value comes by prompt or pipe, never by argument."""

from __future__ import annotations

import sys

import click

from alice.cli import brain, output
from alice.cli.framework import Group, limit_option
from alice.errors import InvalidInput


@click.group(cls=Group)
def group() -> None:
    """Keep secrets by name: set, list, remove."""


@group.command("set")
@click.argument("reference")
def set_secret(reference: str) -> None:
    """Keep a secret under REFERENCE, keyring:NAME or file:NAME; it is asked for, or read from standard input."""
    from alice.services.access import secrets

    value = secrets.Secret(_asked(reference))
    with brain.opened() as opened:
        told = secrets.keep(opened.actor, reference, value, settings=opened.settings)
    output.show(told, lambda: click.echo(_SAID[told["protection"]].format(**told)))


def _asked(reference: str) -> str:
    from alice.domain import secret_references

    secret_references.parse(reference, field="reference")
    if sys.stdin.isatty():
        return str(click.prompt(f"Value of {reference}", hide_input=True, confirmation_prompt=True, err=True))
    try:
        return sys.stdin.read().rstrip("\r\n")
    except UnicodeDecodeError:
        raise InvalidInput({"value": "is not UTF-8 text."}) from None


_SAID = {
    "passphrase": "Kept as {reference}, locked by the passphrase.",
    "keyring": "Kept as {reference}, locked by the keyring.",
    "key_file": "Kept as {reference}. Its key lies beside it: who copies ALICE_HOME can read it. "
    "Set ALICE_PASSPHRASE_FILE and set the secret again to lock it.",
}


@group.command("list")
@limit_option
def list_secrets(limit: int) -> None:
    """Show which secrets are kept or used; never what they are."""
    from alice.services.access import secrets

    with brain.opened() as opened:
        told = output.first(secrets.listed(opened.actor, settings=opened.settings), limit)
    columns = {
        "reference": lambda s: s["reference"],
        "there": lambda s: s["present"],
        "locked by": lambda s: (s["protection"] or "nothing").replace("_", " "),
        "used by": lambda s: output.join(s["used_by"]),
    }
    output.show(told, lambda: output.table(told["items"], columns, empty="No secrets are kept."))


@group.command()
@click.argument("reference")
def remove(reference: str) -> None:
    """Remove the secret REFERENCE."""
    from alice.services.access import secrets

    with brain.opened() as opened:
        told = secrets.remove(opened.actor, reference, settings=opened.settings)
    output.show(told, lambda: click.echo(f"{told['reference']} is gone."))
