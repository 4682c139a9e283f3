"""How every command is built: groups that import their commands late, and options that are accepted at every level."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

limit_option = click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(0, 500), help="How many; 0 for all."
)
cursor_option = click.option("--cursor", help="Go on after the last answer's `next`.")

# One command line is one process: what was given anywhere on it holds for all of it, for its errors too.
_given: dict[str, Any] = {}


def _keep(_ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Remember a common option; where it was given twice the innermost counts."""
    if value is not None and value is not False:
        _given[str(param.name)] = value


def _common() -> list[click.Option]:
    settings: dict[str, Any] = {"expose_value": False, "callback": _keep, "is_eager": True}
    return [
        click.Option(["--json"], is_flag=True, help="Print JSON, also on a terminal.", **settings),
        click.Option(["--database-url"], metavar="URL", help="Use this database (ALICE_DATABASE_URL).", **settings),
        click.Option(["--user-id"], metavar="UUID", help="Use this brain (ALICE_USER_ID).", **settings),
    ]


class Command(click.Command):
    """A command that takes the common options too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _common()


class Group(click.Group):
    """A group whose commands are imported when they are asked for: `late` maps a name to `module:attribute, help`."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, late: dict[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _common()
        self.late = late or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.late, *(name for name in super().list_commands(ctx) if name not in self.late)]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.late:
            return super().get_command(ctx, name)
        module, _, attribute = self.late[name][0].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing the late ones."""
        rows = [
            (name, self.late[name][1] if name in self.late else self.commands[name].get_short_help_str(80))
            for name in self.list_commands(ctx)
        ]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def common(name: str) -> Any:
    """Return the value of the common option `name` (json, database_url, user_id), or None."""
    return _given.get(name)


def begin(arguments: list[str]) -> None:
    """Forget an earlier command line; `--json` counts even where the rest of this one cannot be parsed."""
    _given.clear()
    if "--json" in arguments:
        _given["json"] = True
