"""Starts everything, takes in a folder, and shows the first brief: what `alicebot up` and `serve` do."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from alice import clock, config, logs
from alice.cli import brain, first_brief, processes
from alice.config import Settings
from alice.domain.policy import owner
from alice.errors import Conflict, Upstream
from alice.runs import pidfiles
from alice.runs.runtime_files import runtime_files

Children = dict[str, subprocess.Popen[bytes]]


def serve(settings: Settings) -> None:
    """Serve the console here until stopped, holding its pid file."""
    from gunicorn.app.wsgiapp import WSGIApplication

    processes.check_port(settings)
    config.hand_on(settings)
    with pidfiles.held(processes.web_pid_file(settings)):
        sys.argv = ["gunicorn", "--config", "python:alice.web.serving", "alice.web.factory:create_app()"]
        WSGIApplication("%(prog)s", prog="gunicorn").run()


def up(settings: Settings, *, notes: Path | None, names: Sequence[str], detach: bool) -> None:
    """Start what does not run yet, take in `notes`, show the first brief, then wait for Ctrl-C or come back."""
    from alice.db import database, ready
    from alice.services import brains
    from alice.services.evidence import imports

    logs.new_trace()
    folder = imports.checked_root(notes, settings.home) if notes else None
    _refuse_second(settings)
    _check_port(settings)
    ready.prepare(settings, say=brain.say, apply=True)
    actor = owner(settings.user_id)
    with _children(settings, keep=detach) as children:
        with database.session():
            if names:
                brains.set_owner_names(actor, names)
            if folder:
                first_brief.make(settings, actor, folder, lambda: _check(settings, children))
            else:
                first_brief.offer(actor)
        _say_where(settings, children)
        if not detach:
            _wait(settings, children)


def _refuse_second(settings: Settings) -> None:
    found = pidfiles.inspect(processes.up_pid_file(settings))
    if found.running:
        raise Conflict(
            f"Alice runs already for {settings.home} (process {found.pid}).",
            hint="`alicebot open` opens the console; `alicebot down` stops it.",
        )


def _check_port(settings: Settings) -> None:
    """Raise InvalidInput when the port is taken by something else, before anything is set up."""
    if not pidfiles.inspect(processes.web_pid_file(settings)).running:
        processes.check_port(settings)


@contextmanager
def _children(settings: Settings, *, keep: bool) -> Iterator[Children]:
    """Start the console and the scheduler that are not up yet; stop them at the end unless they are to be kept."""
    children: Children = {}
    if not pidfiles.inspect(processes.web_pid_file(settings)).running:
        children["web"] = processes.spawn(settings, "web", ["serve"])
    if not pidfiles.inspect(runtime_files(settings).pid).running:
        children["scheduler"] = processes.spawn(
            settings, "scheduler", ["vnext", "scheduler", "daemon", "start", "--foreground"]
        )
    with _held_unless(settings, keep), _stops_as_interrupt():
        try:
            yield children
        except BaseException:
            _stop(settings, children, rest=not keep)
            raise
        if not keep:
            _stop(settings, children, rest=True)


@contextmanager
def _held_unless(settings: Settings, keep: bool) -> Iterator[None]:
    if keep:
        yield
        return
    with pidfiles.held(processes.up_pid_file(settings)):
        yield


@contextmanager
def _stops_as_interrupt() -> Iterator[None]:
    """Let SIGTERM end `up` the way Ctrl-C does, so that it stops what it started."""

    def interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(settings: Settings, children: Children, *, rest: bool) -> None:
    """Stop what was started here; with `rest` also what an earlier `up` left running, and the database."""
    from alice.db import database, embedded

    click.echo("\nStopping…", err=True)
    for child in children.values():
        child.terminate()
    for child in children.values():
        processes.end(child)
    database.close()
    if rest:
        processes.stop(processes.web_pid_file(settings))
        processes.stop(runtime_files(settings).pid)
        if settings.database_url is None:
            embedded.stop(settings.home)


def _say_where(settings: Settings, children: Children) -> None:
    from alice.services.access import sessions

    if "web" in children:
        processes.await_console(settings, children["web"])
    click.echo(f"\nThe console: {sessions.sign_in_link(settings, now=clock.now())}")
    click.echo("The link signs in once; `alicebot open` makes another. Nothing leaves this machine.")


def _wait(settings: Settings, children: Children) -> None:
    """Wait for Ctrl-C; a part that ends by itself is told and ends the rest."""
    click.echo("Ctrl-C stops everything.", err=True)
    try:
        while True:
            _check(settings, children)
            time.sleep(0.5)
    except KeyboardInterrupt:
        return


def _check(settings: Settings, children: Children) -> None:
    """Raise Upstream with the last line of its log when a part has ended by itself."""
    for name, child in children.items():
        if child.poll() is not None:
            log = processes.log_file(settings, name)
            raise Upstream(f"The {name} stopped: {processes.last_line(log)}", f"Its log is {log}.", transient=False)
