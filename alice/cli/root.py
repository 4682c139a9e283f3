"""`alicebot` itself: its command groups, and the one place that turns an error into a message and an exit code."""

from __future__ import annotations

import logging
import os
import sys

import click

from alice import __version__, logs
from alice.cli import output
from alice.cli.framework import Group, begin
from alice.domain import redaction
from alice.errors import AliceError, InvalidInput

VNEXT = {
    "migrations": ("alice.cli.vnext.migrations:group", "The database's shape: status, apply."),
    "sources": ("alice.cli.vnext.sources:group", "Evidence: capture, list, show."),
    "connectors": ("alice.cli.vnext.connectors:group", "The ways evidence comes in."),
    "artifacts": ("alice.cli.vnext.artifacts:group", "Briefs and reports: list, show, generate, compare."),
    "model-calls": (
        "alice.cli.vnext.model_calls:group",
        "What would be sent to a model elsewhere: list, show, decide.",
    ),
    "scheduler": ("alice.cli.vnext.scheduler:group", "Workflows, their schedules and runs, and the daemon."),
    "memories": ("alice.cli.vnext.memories:group", "What is remembered: list, show, decide, as-of."),
    "open-loops": ("alice.cli.vnext.open_loops:group", "What somebody has to do: list, add, close, snooze."),
    "context-pack": ("alice.cli.vnext.context_pack:command", "What is held about a question, with its evidence."),
    "projects": ("alice.cli.vnext.projects:group", "Projects, and the new states that scans propose for them."),
    "people": ("alice.cli.vnext.people:group", "People whom evidence names: list, show, decide."),
    "connections": ("alice.cli.vnext.connections:group", "Ties that reports propose: list, show, decide."),
    "decisions": ("alice.cli.vnext.decisions:group", "What was decided on anything: list, undo."),
    "agents": ("alice.cli.vnext.agents:group", "Agents: their keys, what they hand in, propose and did."),
    "traces": (
        "alice.cli.vnext.traces:group",
        "Where something comes from, what was made of it, and whether that holds.",
    ),
    "receipts": ("alice.cli.vnext.forgetting:receipts", "What was forgotten, and where it was looked for: list, show."),
    "events": ("alice.cli.vnext.events:group", "The append-only log: list, verify."),
}
TOP = {
    "up": ("alice.cli.running:up", "Start everything, and take in a folder of notes."),
    "down": ("alice.cli.running:down", "Stop everything; --purge removes it."),
    "open": ("alice.cli.running:open_console", "Open the console with a sign-in link that works once."),
    "serve": ("alice.cli.running:serve", "Serve only the console and the API, in the foreground."),
    "status": ("alice.cli.running:status", "Say what runs."),
    "charter": ("alice.cli.charter:group", "What you agreed with your agents: show, edit."),
    "mcp": ("alice.cli.mcp:command", "Serve tools to an agent, on standard input and output."),
    "secrets": ("alice.cli.secrets:group", "Keep secrets by name: set, list, remove."),
}


@click.group(cls=Group, late=TOP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="alicebot", message="%(prog)s %(version)s")
def cli() -> None:
    """Alice, a local-first, governed second brain for one person and their agents."""


@cli.group(cls=Group, late=VNEXT)
def vnext() -> None:
    """Everything about the brain itself: evidence, memories, artifacts, schedules.

    Wherever an ID is asked for, the last six or more of its characters will do, as lists show them.
    """


def code(arguments: list[str]) -> int:
    """Run one command line and return its exit code, having printed what went wrong."""
    begin(arguments)
    logs.set_up(level=logging.CRITICAL)
    try:
        result = cli.main(arguments, prog_name="alicebot", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except AliceError as error:
        return _fail(error)
    except click.UsageError as error:
        return _fail(_usage(error))
    except click.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except BrokenPipeError:
        # The reader of a pipe has gone, as `head` does; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _fail(error: AliceError) -> int:
    output.problem(error, logs.trace_id())
    return error.exit_code


def _usage(error: click.UsageError) -> InvalidInput:
    name = getattr(getattr(error, "param", None), "name", None) or getattr(error, "option_name", None) or "command"
    path = error.ctx.command_path if error.ctx else "alicebot"
    return InvalidInput({str(name): error.format_message()}, hint=f"`{path} --help` shows what is possible.")


def unexpected(error: Exception) -> int:
    """Tell the person one sentence and the trace of an error that nobody meant; return the exit code."""
    logging.getLogger("alice.cli").critical("unexpected error", exc_info=error)
    said = redaction.redact(str(error)).text.strip().splitlines()
    message = f"Something went wrong that Alice did not expect: {type(error).__name__}: {said[0] if said else ''}"
    return _fail(AliceError(message, "Nothing half-done was kept. The traceback above is worth reporting."))
