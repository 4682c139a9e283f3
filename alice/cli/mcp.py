"""`alicebot mcp`: the tools for agents, on standard input and output."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import click

from alice.cli import brain
from alice.cli.framework import Command


@click.command(cls=Command)
@click.option("--key-file", type=click.Path(path_type=Path), help="A file with the agent's key; else ALICE_AGENT_KEY.")
@click.option("--agent-run-id", help="In which run of the agent; it is kept with what the agent does.")
@click.option("--agent-task-id", help="For which task of the agent.")
def command(key_file: Path | None, agent_run_id: str | None, agent_task_id: str | None) -> None:
    """Serve Alice's tools to an agent that speaks the Model Context Protocol, until it leaves.

    An agent's settings name this command, with its key in ALICE_AGENT_KEY. Make a key with `alicebot vnext agents keys
    create`.
    """
    from alice import config
    from alice.errors import NotConfigured

    if find_spec("mcp") is None:
        raise NotConfigured(
            "The Model Context Protocol needs a package that is not installed.",
            "Install it: pip install 'alice-vnext[mcp]'",
        )
    with brain.opened() as opened:
        settings = opened.settings.changed(database_url=opened.url)
    told = {"ALICE_AGENT_KEY": _key(key_file), "ALICE_AGENT_RUN_ID": agent_run_id, "ALICE_AGENT_TASK_ID": agent_task_id}
    given = config.environment(settings) | {name: value for name, value in told.items() if value}
    # The process becomes the server: nothing of the command line is left that could write to its standard output.
    os.execve(sys.executable, [sys.executable, "-m", "alice.mcp"], given)


def _key(file: Path | None) -> str | None:
    from alice.errors import NotConfigured

    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise NotConfigured(f"{file} cannot be read: {error.strerror}.", "Give this user the file.") from error
