"""Puts service units in place, has systemd or launchd start and stop them, and says how they are. Renders nothing."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alice.errors import InvalidInput, NotConfigured
from alice.files import private_folder
from alice.scheduler.service_units import INSTALLED, LAUNCHD, POSTGRES, SCHEDULER, WEB, Unit

PATIENCE_SECONDS = 90
RETRIES = 45


@dataclass(frozen=True, slots=True)
class Standing:
    """How one unit is: its file there and as it should be now, and running or not (None when that cannot be asked)."""

    name: str
    path: Path
    installed: bool
    current: bool
    running: bool | None


def install(units: Sequence[Unit], kind: str, *, home: Path) -> list[list[str]]:
    """Write the unit files, readable by their owner alone, start them, and return the commands that did it.

    `home` is ALICE_HOME, which has to be there for them to start in.
    """
    private_folder(home)
    for unit in units:
        _write(unit.path, unit.text)
    commands = starting(units, kind)
    _run_all(commands)
    return commands


def uninstall(units: Sequence[Unit], kind: str) -> list[Path]:
    """Stop the units, remove their files and return those files; a Postgres that another unit needs stays."""
    going = [unit for unit in units if unit.path.exists() and not _needed(unit, units, kind)]
    if going:
        _run_all(stopping(going, kind))
    for unit in going:
        unit.path.unlink(missing_ok=True)
    if going and kind != LAUNCHD:
        _run_all([["systemctl", "--user", "daemon-reload"]])
    return [unit.path for unit in going]


def standings(units: Sequence[Unit], kind: str) -> list[Standing]:
    """Return how each unit is; asks systemd or launchd, and bears with neither answering."""
    return [_standing(unit, kind) for unit in units]


def starting(units: Sequence[Unit], kind: str) -> list[list[str]]:
    """Return the commands that load and start the units, anew where they run already."""
    names = [unit.name for unit in units]
    if kind == LAUNCHD:
        load = [["launchctl", "bootstrap", _domain(), str(unit.path)] for unit in units]
        return [*stopping(units, kind), *load]
    return [
        ["systemctl", "--user", "daemon-reload"],
        ["systemctl", "--user", "enable", *names],
        ["systemctl", "--user", "restart", *names],
    ]


def stopping(units: Sequence[Unit], kind: str) -> list[list[str]]:
    """Return the commands that stop and unload the units, the last one first."""
    names = [unit.name for unit in reversed(units)]
    if kind == LAUNCHD:
        return [["launchctl", "bootout", f"{_domain()}/{name}"] for name in names]
    return [["systemctl", "--user", "disable", "--now", *names]]


def _standing(unit: Unit, kind: str) -> Standing:
    ask = ["launchctl", "print", f"{_domain()}/{unit.name}"]
    if kind != LAUNCHD:
        ask = ["systemctl", "--user", "is-active", unit.name]
    try:
        said = _run(ask)
    except NotConfigured:
        running = None
    else:
        running = _runs(said, kind)
    try:
        text = unit.path.read_text(encoding="utf-8")
    except OSError:
        return Standing(unit.name, unit.path, installed=False, current=False, running=running)
    return Standing(unit.name, unit.path, installed=True, current=text == unit.text, running=running)


def _runs(said: subprocess.CompletedProcess[str], kind: str) -> bool | None:
    if kind == LAUNCHD:
        return said.returncode == 0 and "state = running" in said.stdout
    words = ("active", "inactive", "failed", "activating", "deactivating", "unknown")
    return said.stdout.strip() == "active" if said.stdout.strip() in words else None


def _needed(unit: Unit, leaving: Sequence[Unit], kind: str) -> bool:
    others = {SCHEDULER, WEB} - {other.service for other in leaving}
    return unit.service == POSTGRES and any((unit.path.parent / INSTALLED[kind].format(o)).exists() for o in others)


def _domain() -> str:
    return f"gui/{os.getuid()}"


def _write(path: Path, text: str) -> None:
    """Write whole or not at all; 0600, because the database URL may hold a password."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise InvalidInput({"path": f"the service unit cannot be written to {path}: {error.strerror}."}) from None
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(fresh, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(fresh)
        raise


def _run_all(commands: Sequence[Sequence[str]]) -> None:
    """Run the commands in turn and stop at the first that fails; that a unit was not loaded is no failure."""
    for command in commands:
        said = _run(command)
        for _ in range(RETRIES if command[1] == "bootstrap" and said.returncode else 0):
            time.sleep(1)  # launchd is still ending the agent that was there before
            said = _run(command)
            if not said.returncode:
                break
        if said.returncode and command[1] != "bootout":
            lines = (said.stderr or said.stdout).strip().splitlines()
            raise NotConfigured(
                f"`{' '.join(command)}` failed: {lines[-1] if lines else f'exit {said.returncode}'}",
                "The unit files are in place; log in to a session of the user (not su or sudo) and run it again.",
            )


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    except FileNotFoundError:
        raise NotConfigured(
            f"This machine has no {command[0]}.",
            "Start the daemon with `alicebot vnext scheduler daemon start` instead.",
        ) from None
    except subprocess.TimeoutExpired:
        raise NotConfigured(f"`{' '.join(command)}` did not end within {PATIENCE_SECONDS} s.") from None
