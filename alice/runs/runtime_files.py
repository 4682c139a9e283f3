"""Where the daemon's three files are, and whether they can be written, which is asked before anything else happens."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from alice.config import Settings
from alice.errors import InvalidInput


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
    """Make the folders, private to their owner, and raise InvalidInput for a status or log file that cannot be written.

    The pid file proves itself when it is taken.
    """
    for name, path in (("status_file", files.status), ("log_file", files.log)):
        option = f"--{name.replace('_', '-')}"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _prove(path)
        except OSError as error:
            said = f"{path} cannot be written: {error.strerror}; name another with {option}, or set ALICE_HOME."
            raise InvalidInput({name: said}) from None


def _path(given: Path | str | None, usual: Path) -> Path:
    return Path(given).expanduser().absolute() if given else usual


def _prove(path: Path) -> None:
    """Open the file for appending if it is there, else make and remove another beside it."""
    if path.exists():
        with open(path, "ab"):
            return
    with tempfile.TemporaryFile(dir=path.parent):
        return
