"""`alicebot vnext scheduler daemon`: start it here or detached, ask how it is, stop it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from alice.cli import brain, output
from alice.cli.framework import Group

FILE = click.Path(path_type=Path)


@click.group(cls=Group)
def group() -> None:
    """The process that runs workflows: start, status, stop."""


def _files(command: Any) -> Any:
    for name, what in (("log", "its log"), ("status", "what it last said"), ("pid", "its process number")):
        command = click.option(f"--{name}-file", type=FILE, help=f"Where {what} is kept.")(command)
    return command


@group.command()
@click.option("--foreground", is_flag=True, help="Stay here until stopped, as a supervisor wants it.")
@click.option("--once", "only_once", is_flag=True, help="Scan once, wait for it, exit 1 if a run failed.")
@click.option("--interval-seconds", default=60.0, show_default=True, help="How often to look, beside being woken.")
@click.option("--limit", default=10, show_default=True, help="How many workflows to start in one scan.")
@click.option("--workers", default=2, show_default=True, help="How many may run at a time.")
@click.option("--run-timeout-seconds", "run_seconds", default=600.0, show_default=True, help="How long a run may take.")
@click.option("--grace-seconds", default=30.0, show_default=True, help="How long runs may go on after a stop.")
@click.option("--all-brains", is_flag=True, help="Serve every brain in the database.")
@click.option("--detached", is_flag=True, hidden=True)
@_files
def start(foreground: bool, only_once: bool, detached: bool, **given: Any) -> int:
    """Start the scheduler; without --foreground it is detached, and this comes back once it runs."""
    from alice.scheduler import daemons, single_scans
    from alice.scheduler.loops import Options

    settings = brain.settings()
    files = {name: given.pop(name) for name in list(given) if name.endswith("_file")}
    options = Options(_runtime(files), mode="background" if detached else "foreground", **given)
    if only_once:
        report = single_scans.once(settings, options)
        output.show(report, lambda: click.echo(f"{len(report['runs'])} ran, {report['failed_count']} failed."))
        return 1 if report["failed_count"] else 0
    if foreground:
        daemons.foreground(settings, options)
        return 0
    told = daemons.background(settings, options, _words(options))
    output.show(
        told, lambda: click.echo(f"The scheduler runs as process {told['pid']}; its log is {told['log_file']}.")
    )
    return 0


def _runtime(files: dict[str, Path | None]) -> Any:
    from alice.runs.runtime_files import runtime_files

    return runtime_files(brain.settings(), **{name.removesuffix("_file"): path for name, path in files.items()})


def _words(options: Any) -> list[str]:
    """Spell the options for the detached process."""
    values = {
        "--interval-seconds": options.interval_seconds,
        "--limit": options.limit,
        "--workers": options.workers,
        "--run-timeout-seconds": options.run_seconds,
        "--grace-seconds": options.grace_seconds,
        "--pid-file": options.files.pid,
        "--status-file": options.files.status,
        "--log-file": options.files.log,
    }
    words = [word for name, value in values.items() for word in (name, str(value))]
    return [*words, *(["--all-brains"] if options.all_brains else [])]


@group.command()
@_files
def status(**files: Path | None) -> int:
    """Say whether the daemon runs, and what it last said; exit 3 when it does not run."""
    from alice.runs import standing

    told = standing.daemon(brain.settings(), _runtime(files))
    output.show(told, lambda: _print(told))
    return 0 if told["running"] else 3


def _print(told: dict[str, Any]) -> None:
    shown = ("running", "mode", "pid", "started_at", "stopped_at", "last_due_scan_at", "next_due_at",
             "next_due_workflow", "last_error", "log_file")  # fmt: skip
    output.pairs({name: told[name] for name in shown})


@group.command()
@click.option(
    "--grace-seconds",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="How long its runs may go on.",
)
@_files
def stop(grace_seconds: float, **files: Path | None) -> None:
    """Stop the daemon: no new runs, and those that work are given their time."""
    from alice.scheduler import daemons

    told = daemons.stop(_runtime(files), grace_seconds=grace_seconds)
    output.show(told, lambda: click.echo(told["message"]))
