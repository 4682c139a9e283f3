"""Stops what runs for one ALICE_HOME, says what runs, and removes all of it when the owner wants that."""

from __future__ import annotations

import shutil
from typing import Any

from alice.cli import processes
from alice.config import Settings
from alice.runs import pidfiles
from alice.runs.runtime_files import runtime_files

NAMES = {"console": "the console", "scheduler": "the scheduler", "database": "the database"}


def down(settings: Settings, *, purge: bool = False) -> dict[str, Any]:
    """Stop `up`, the console, the scheduler and Alice's own database; with `purge` remove the home as well."""
    from alice.db import embedded

    stopped = {
        "up": processes.stop(processes.up_pid_file(settings)),
        "console": processes.stop(processes.web_pid_file(settings)),
        "scheduler": processes.stop(runtime_files(settings).pid),
        "database": settings.database_url is None and embedded.stop(settings.home),
    }
    if purge:
        embedded.purge(settings.home)
        shutil.rmtree(settings.home, ignore_errors=True)
    return {"stopped": stopped, "purged": purge, "message": _said(settings, stopped, purge)}


def _said(settings: Settings, stopped: dict[str, bool], purge: bool) -> str:
    if purge:
        return f"Everything of {settings.home} is gone."
    if stopped["up"]:
        return "Stopped."
    done = [NAMES[name] for name in NAMES if stopped[name]]
    return f"Stopped {' and '.join(done)}." if done else "Nothing was running."


def warning(settings: Settings) -> str:
    """Return the question that is asked before everything is removed."""
    if settings.database_url:
        return f"Remove {settings.home}? The database of ALICE_DATABASE_URL is yours and stays as it is"
    return f"Remove {settings.home} with the database in it: every source, memory and brief? This cannot be undone"


def standing(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what runs: for each part whether it does, and a sentence."""
    return {
        "database": _database(settings),
        "console": _console(settings),
        "scheduler": _process(runtime_files(settings).pid, "up"),
    }


def _database(settings: Settings) -> dict[str, Any]:
    if settings.database_url:
        return {"running": None, "sentence": "a server of yours (ALICE_DATABASE_URL)"}
    from alice.db import embedded

    found = embedded.status(settings.home)
    about = found.why or (f"PostgreSQL {found.version}" if found.version else None)
    return {"running": found.state == "running", "sentence": f"{found.state}, {about}" if about else found.state}


def _console(settings: Settings) -> dict[str, Any]:
    told = _process(processes.web_pid_file(settings), settings.console_url)
    return told | {"url": settings.console_url, "answers": told["running"] and processes.answers(settings)}


def _process(path: Any, about: str) -> dict[str, Any]:
    found = pidfiles.inspect(path)
    said = f"{about} (process {found.pid})" if found.running else "down"
    return {"running": found.running, "pid": found.pid if found.running else None, "sentence": said}
