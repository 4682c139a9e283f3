"""Makes the pages of the documentation that repeat what the code says: `make docs`. A test compares them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from alice import config
from alice.cli import root
from alice.ledger.events import REGISTRY
from docs import addresses, policies

FOLDER = Path(__file__).parent
COMMON = {"json", "database_url", "user_id", "help"}


def settings() -> str:
    """Return the page of environment variables."""
    rows = [f"| `{name}` | {default} | {words} |" for name, (default, words) in config.VARIABLES.items()]
    head = "# Settings\n\nEverything is set by environment variables.\n\n| variable | default | |\n|---|---|---|\n"
    return head + "\n".join(rows) + "\n"


def events() -> str:
    """Return the page of event types."""
    head = (
        "# Events\n\nWhat the append-only log tells. An event names its subject by id and carries ids, states and"
        "\nsalted digests, never captured text.\n\n| event | about | carries | |\n|---|---|---|---|\n"
    )
    return head + "\n".join(_event_rows()) + "\n"


def _event_rows() -> Iterator[str]:
    for name, kind in sorted(REGISTRY.items()):
        carried = ", ".join(f"`{f.name}`" for f in fields(kind) if f.name != "subject_id") or "–"
        yield f"| `{name}` | {kind.subject_kind} | {carried} | {' '.join((kind.__doc__ or '').split())} |"


def commands() -> str:
    """Return the page of commands."""
    head = (
        "# Commands\n\nEvery command takes `--json`, `--database-url`, `--user-id` and `--help`. Exit codes: 0 done,"
        " 1 failed,\n2 bad input, 3 not found, 4 conflict, 5 not allowed, 6 not set up, 7 busy, 8 something outside"
        " failed.\n"
    )
    return head + "".join(_command_pages(root.cli, click.Context(root.cli, info_name="alicebot")))


def _command_pages(group: click.Group, ctx: click.Context) -> Iterator[str]:
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=ctx)
        if isinstance(command, click.Group):
            yield from _command_pages(command, inner)
        else:
            yield _command_page(command, inner)


def _command_page(command: click.Command, ctx: click.Context) -> str:
    arguments = " ".join(p.make_metavar(ctx) for p in command.params if isinstance(p, click.Argument))
    lines = [f"\n## `{f'{ctx.command_path} {arguments}'.strip()}`\n", " ".join((command.help or "").split())]
    options = [p for p in command.params if isinstance(p, click.Option) and p.name not in COMMON and not p.hidden]
    if options:
        lines += ["", "| option | |", "|---|---|", *(_option(p) for p in options)]
    return "\n".join(lines) + "\n"


def _option(option: click.Option) -> str:
    names = " / ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    choices = option.type.choices if isinstance(option.type, click.Choice) else ()
    said = f" One of {', '.join(map(str, choices))}." if choices else ""
    return f"| {names} | {' '.join((option.help or '').split())}{said} |".replace("  ", " ")


PAGES = {"settings.md": settings, "events.md": events, "cli.md": commands, "policy.md": policies.page,
         "api.md": addresses.page}  # fmt: skip


def main() -> None:
    """Write every page."""
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    main()
