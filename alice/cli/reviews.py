"""What commands that decide have in common: the options, and how a decision is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from alice.domain.vocab import Domain, Sensitivity

DOMAIN = click.Choice([d.value for d in Domain])
SENSITIVITY = click.Choice([s.value for s in Sensitivity])
_Command = TypeVar("_Command", bound=Callable[..., Any])


def why(command: _Command) -> _Command:
    """Take --reason and --version."""
    command = click.option("--version", type=click.IntRange(1), help="The version you saw; another is a conflict.")(
        command
    )
    return click.option("--reason", help="Why; it is kept with the decision.")(command)


def said(**values: Any) -> dict[str, Any] | None:
    """Return what was given of `values` as an edit, or None when nothing was."""
    return {name: value for name, value in values.items() if value is not None} or None


def told(row: Mapping[str, Any], name: str) -> Callable[[], None]:
    """Return what prints where a thing stands now, in one line."""
    return lambda: click.echo(f"{str(row['status']).replace('_', ' ').capitalize()}: {row[name]}")
