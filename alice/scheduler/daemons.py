"""The daemon as a process: started here or detached, asked how it is, stopped. What it does, `loops` says."""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from alice import clock, config
from alice.config import Settings
from alice.db import database
from alice.errors import AliceError, Busy, InvalidInput
from alice.runs import log_files, pidfiles, standing, starts
from alice.runs.crews import Crew
from alice.runs.runtime_files import RuntimeFiles, prove_writable
from alice.runs.status_files import DaemonStatus
from alice.scheduler.loops import Loop, Options
from alice.scheduler.wakings import Signals

PATIENCE_SECONDS = 60.0
POLLERS = 4
log = logging.getLogger("alice.scheduler")

_LEAST = {"interval_seconds": 0.1, "limit": 1, "workers": 1, "run_seconds": 1, "grace_seconds": 0}
_MOST = {"interval_seconds": 86_400, "limit": 1000, "workers": 64, "run_seconds": 86_400, "grace_seconds": 3600}
_NAMES = {"run_seconds": "run_timeout_seconds"}


def check(settings: Settings, options: Options) -> Options:
    """Return the options; raise InvalidInput naming the one that cannot be, or a database URL that is none."""
    if settings.database_url:
        database.understood(settings.database_url)
    for name, least in _LEAST.items():
        value = getattr(options, name)
        if not (math.isfinite(value) and least <= value <= _MOST[name]):
            raise InvalidInput({_NAMES.get(name, name): f"must be from {least} to {_MOST[name]}, not {value:g}."})
    return options


def foreground(settings: Settings, options: Options) -> None:
    """Be the daemon until asked to stop. Raise Busy when one runs already, InvalidInput for files of no use."""
    check(settings, options)
    prove_writable(options.files)
    signals = Signals()  # before the pid file says whom to signal
    try:
        with pidfiles.held(options.files.pid) as identity:
            log_to(options)
            starts.begin_fork_server(options.modules)
            status = first_status(options, identity)
            log.info("the scheduler begins as process %d", os.getpid())
            crews = Crew(starts.Forked, options.workers), Crew(starts.Forked, POLLERS)
            Loop(settings, options, signals, status, *crews).run()
            log.info("the scheduler ends")
    finally:
        signals.close()


def first_status(options: Options, identity: str) -> DaemonStatus:
    """Return what a daemon says about itself before it has done anything."""
    files, now = options.files, clock.now()
    return DaemonStatus(
        running=True, mode=options.mode, pid=os.getpid(), process_identity=identity, started_at=now,
        last_heartbeat_at=now, interval_seconds=options.interval_seconds, limit=options.limit,
        pid_file=str(files.pid), status_file=str(files.status), log_file=str(files.log),
        all_brains=options.all_brains, workers=options.workers, database={"status": "connecting"},
    )  # fmt: skip


def log_to(options: Options) -> None:
    """Send this process's log to its file, and whatever it prints, or to a supervisor as well."""
    log_files.set_up(options.files.log)
    if options.mode == "background":
        log_files.redirect_output(options.files.log)
    elif options.mode == "foreground":
        # A supervisor keeps what is said on standard error; the file is for `daemon status` and for people.
        said = logging.StreamHandler(sys.stderr)
        said.setFormatter(logging.getLogger().handlers[0].formatter)
        logging.getLogger().addHandler(said)


def background(settings: Settings, options: Options, words: list[str]) -> dict[str, Any]:
    """Start the daemon detached, wait until it runs, and return its status; `words` are the options as typed.

    Raise Busy, naming the process, when one runs already; what keeps it from starting is raised in its own words.
    """
    check(settings, options)
    found = pidfiles.inspect(options.files.pid)
    if found.running:
        raise Busy(f"{found.sentence[0].upper()}{found.sentence[1:]}.", pidfiles.STOPS)
    if found.standing in (pidfiles.Standing.FOREIGN, pidfiles.Standing.GARBAGE):
        raise InvalidInput({"pid_file": f"{found.sentence}."})
    prove_writable(options.files)
    command = [sys.executable, "-m", "alice.cli", "--json", "vnext", "scheduler", "daemon", "start", "--foreground",
               "--detached", *words]  # fmt: skip
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        start_new_session=True, env=config.environment(settings),
    )  # fmt: skip
    return _await_start(settings, options.files, child)


def _await_start(settings: Settings, files: RuntimeFiles, child: subprocess.Popen[bytes]) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        told = standing.daemon(settings, files)
        if told["running"] and told["pid"] == child.pid and told["started_at"]:
            return told
        time.sleep(0.02)
    raise _why_not(child, files.log)


def _why_not(child: subprocess.Popen[bytes], log_file: Path) -> AliceError:
    """Return the error that the child told on its standard error."""
    if child.poll() is None:
        child.kill()
        child.wait()
        return AliceError(f"The scheduler did not start within {PATIENCE_SECONDS:g} s.", f"Its log is {log_file}.")
    assert child.stderr is not None
    lines = child.stderr.read().decode(errors="replace").strip().splitlines()
    try:
        told = json.loads(lines[-1])["error"]
    except (IndexError, ValueError, KeyError, TypeError):
        return AliceError("The scheduler ended as soon as it began.", f"Its log is {log_file}.")
    if told["fields"]:
        return InvalidInput(told["fields"], hint=told["hint"])
    return (Busy if told["code"] == "busy" else AliceError)(told["message"], told["hint"])


def stop(files: RuntimeFiles, *, grace_seconds: float) -> dict[str, Any]:
    """Ask the daemon to stop and wait until it has; return whether one ran and how it ended."""
    pid = pidfiles.send(files.pid, signal.SIGTERM)
    if pid is None:
        return {"stopped": False, "pid": None, "message": "No scheduler was running."}
    deadline = time.monotonic() + grace_seconds + 10
    while pidfiles.inspect(files.pid).running:
        if time.monotonic() > deadline:
            pidfiles.send(files.pid, signal.SIGKILL)
            return {"stopped": True, "pid": pid, "message": f"Process {pid} did not end in time and was killed."}
        time.sleep(0.02)
    return {"stopped": True, "pid": pid, "message": f"Stopped process {pid}."}
