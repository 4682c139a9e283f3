"""Ids on the command line: the whole of one, or as much of its end as tells it apart, as lists show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import click

from alice.cli import brain
from alice.errors import InvalidInput, NotFound

SHOWN = 12  # digits of an id in a list: what stands behind its last dash, which differs even within a millisecond
FEWEST = 6
_END = re.compile(rf"[0-9a-f]{{{FEWEST},31}}")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Identifier(click.ParamType):
    """The id of a thing of one `kind` (a key of `queries.endings.TABLES`)."""

    name = "ID"

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        """Return the id that `value` spells or ends; raise NotFound for an end that no id has."""
        if isinstance(value, UUID):
            return value
        digits = value.strip().lower().replace("-", "")
        if len(digits) == 32 and re.fullmatch(r"[0-9a-f]+", digits):
            return UUID(digits)
        if not _END.fullmatch(digits):
            self.fail(f"{value!r} is no id, and not the last {FEWEST} or more characters of one.", param, ctx)
        return self._ending_in(digits, param)

    def _ending_in(self, digits: str, param: click.Parameter | None) -> UUID:
        from alice.queries import endings

        with brain.opened() as opened:
            found = endings.ending_in(opened.scope, self.kind, digits)
        if not found:
            raise NotFound(self.kind, f"whose id ends in {digits}")
        if len(found) > 1:
            field = str(param.name) if param else "id"
            raise InvalidInput({field: f"{digits} is the end of {len(found)} ids; give more of it: {found[0]}, …"})
        return found[0]


def identifier(name: str, kind: str) -> Callable[[_Command], _Command]:
    """Take the id of the thing of `kind` that a command is about, as the argument `name`."""
    return click.argument(name, metavar="ID", type=Identifier(kind))


def identifiers(name: str, kind: str) -> Callable[[_Command], _Command]:
    """Take the ids of one or more things of `kind`, as the argument `name`."""
    return click.argument(name, metavar="ID...", type=Identifier(kind), nargs=-1, required=True)


def short(value: Any) -> str:
    """Return an id for a list: the end by which it can be named."""
    return str(value)[-SHOWN:]
