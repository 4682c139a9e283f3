"""Ids on the command line: the whole of one, or as much of its end as tells it apart, as lists show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import click

from alice.cli import brain
from alice.errors import InvalidInput, NotFound

SHOWN = 12  # digits of an id in a list: what stands behind its last dash, which differs even within a millisecond
FEWEST = 6
WHOLE = 32
_END = re.compile(rf"[0-9a-f]{{{FEWEST},{WHOLE}}}")
_Command = TypeVar("_Command", bound=Callable[..., Any])


class Identifier(click.ParamType):
    """The id of a thing of one `kind` (a key of `queries.endings.TABLES`)."""

    name = "ID"

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> UUID:
        """Return the id that `value` spells or ends; raise NotFound for an end that no id has."""
        return value if isinstance(value, UUID) else _ids(self.kind, [_Digits().convert(value, param, ctx)], param)[0]


class _Digits(click.ParamType):
    """The digits of an id, or of its end, without dashes."""

    name = "ID"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        digits = str(value).strip().lower().replace("-", "")
        if not _END.fullmatch(digits):
            self.fail(f"{value!r} is no id, and not the last {FEWEST} or more characters of one.", param, ctx)
        return digits


def _ids(kind: str, spelled: Sequence[str], param: click.Parameter | None) -> list[UUID]:
    """Return the ids that are spelled or ended, in their order; the ends are looked for all at once."""
    ends = [digits for digits in spelled if len(digits) < WHOLE]
    known = _ending_in(kind, ends) if ends else {}
    for digits in ends:
        if not known[digits]:
            raise NotFound(kind, f"whose id ends in {digits}")
        if len(known[digits]) > 1:
            several = f"{digits} is the end of {len(known[digits])} ids; give more of it: {known[digits][0]}, …"
            raise InvalidInput({str(param.name) if param else "id": several})
    return [known[digits][0] if digits in known else UUID(digits) for digits in spelled]


def _ending_in(kind: str, ends: Sequence[str]) -> dict[str, list[UUID]]:
    from alice.queries import endings

    with brain.opened() as opened:
        return endings.ending_in(opened.scope, kind, ends)


def identifier(name: str, kind: str) -> Callable[[_Command], _Command]:
    """Take the id of the thing of `kind` that a command is about, as the argument `name`."""
    return click.argument(name, metavar="ID", type=Identifier(kind))


def identifiers(name: str, kind: str) -> Callable[[_Command], _Command]:
    """Take the ids of one or more things of `kind`, as the argument `name`."""

    def found(_ctx: click.Context, param: click.Parameter, spelled: Sequence[str]) -> tuple[UUID, ...]:
        return tuple(_ids(kind, spelled, param))

    return click.argument(name, metavar="ID...", type=_Digits(), nargs=-1, required=True, callback=found)


def short(value: Any) -> str:
    """Return an id for a list: the end by which it can be named."""
    return str(value)[-SHOWN:]
