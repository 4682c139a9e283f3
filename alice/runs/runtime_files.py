"""Where the daemon's three files are, and whether they can be written, which is asked before anything else happens."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alice.config import Settings
from alice.errors import InvalidInput
from alice.files import make_private


@dataclass(frozen=True, slots=True)
class RuntimeFiles:
    """The pid, status and log file of one daemon, as absolute paths."""

    pid: Path
    status: Path
    log: Path


def runtime_files(
    settings: Settings,
    *,
    pid: Path | str | None = None,
    status: Path | str | None = None,
    log: Path | str | None = None,
) -> RuntimeFiles:
    """Return the files that the options name, else those under `ALICE_HOME/vnext-scheduler/`."""
    folder = settings.scheduler_dir
    found = RuntimeFiles(
        _path(pid, folder / "scheduler.pid"),
        _path(status, folder / "scheduler-status.json"),
        _path(log, folder / "scheduler.log"),
    )
    if len({found.pid, found.status, found.log}) < 3:
        raise InvalidInput({"pid_file": "the pid, status and log file must be three different files."})
    return found


def prove_writable(files: RuntimeFiles) -> None:
    """Make the folders, private to their owner; raise InvalidInput for a file that cannot be written, having made none.

    A pid file that is there already proves itself when it is taken.
    """
    wanted = [("status_file", files.status), ("log_file", files.log)]
    if not os.path.exists(files.pid):  # Path.exists raises where it may not look
        wanted.append(("pid_file", files.pid))
    for step in (_prove, lambda path: make_private(path.parent)):
        for name, path in wanted:
            try:
                step(path)
            except OSError as error:
                raise InvalidInput({name: _cannot(name, path, error)}) from None


def _cannot(name: str, path: Path, error: OSError) -> str:
    option = f"--{name.replace('_', '-')}"
    return f"{path} cannot be written: {error.strerror}; name another with {option}, or set ALICE_HOME."


def _path(given: Path | str | None, usual: Path) -> Path:
    return Path(given).expanduser().absolute() if given else usual


def _prove(path: Path) -> None:
    """Open the file for appending if it is there, else make and remove another where its folder is or would begin."""
    if path.exists():
        with open(path, "ab"):
            return
    with tempfile.TemporaryFile(dir=next(folder for folder in path.parents if folder.exists())):
        return
