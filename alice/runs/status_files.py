"""The status file: what the daemon last said about itself, always whole. Whether it still lives the pid file tells."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alice.runs.pidfiles import Found, Standing

_IN_THE_WAY = (Standing.FOREIGN, Standing.GARBAGE, Standing.LOCKED)
DIED = "The scheduler ended without stopping: it was killed, it crashed, or the machine went down."


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """What the daemon writes at every scan. Times are UTC; `last_due_scan` and `database` are plain JSON objects."""

    configured: bool = True
    running: bool = False
    mode: str | None = None
    pid: int | None = None
    process_identity: str | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    last_heartbeat_at: datetime | None = None
    last_due_scan_at: datetime | None = None
    last_due_count: int | None = None
    last_due_scan: dict[str, Any] | None = None
    next_due_at: datetime | None = None
    next_due_workflow: str | None = None
    running_workflows: list[Any] = field(default_factory=list)
    interval_seconds: float | None = None
    limit: int | None = None
    last_error: str | None = None
    database: dict[str, Any] | None = None
    pid_file: str | None = None
    status_file: str | None = None
    log_file: str | None = None
    all_brains: bool = False
    workers: int | None = None
    fork_server_pid: int | None = None
    last_gap: dict[str, Any] | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it: times as ISO 8601 in UTC."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def write(path: Path, status: DaemonStatus, *, durable: bool = True) -> None:
    """Replace the file by `status`, so that a reader finds the old or the new one, whole, even after a power cut.

    Not `durable`, a power cut may leave a broken one, which is read as none: a busy disk can take a second to sync.
    Raise OSError when it cannot; the old file is untouched then.
    """
    descriptor, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(status.plain(), file, indent=2, default=str)
            file.write("\n")
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh)
        raise
    if durable:
        _sync(path.parent)


def read(path: Path) -> DaemonStatus:
    """Return what the file says; one that was never written is not `configured`, one that is broken says so."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        known = {known.name for known in fields(DaemonStatus)}
        return DaemonStatus(**{name: _typed(name, value) for name, value in said.items() if name in known})
    except FileNotFoundError:
        return DaemonStatus(configured=False)
    except OSError as error:
        return DaemonStatus(last_error=f"The status file {path} cannot be read: {error.strerror}.")
    except (ValueError, AttributeError, TypeError):
        return DaemonStatus(
            last_error=f"The status file {path} is not the scheduler's; it is written anew at its start."
        )


def truthful(status: DaemonStatus, found: Found) -> dict[str, Any]:
    """Return the status for people and programs, running only if the process is; with `ownership_verified`.

    `ownership_verified` tells that the process in the pid file is, by its birth, the daemon that wrote it.
    """
    ours = (status.pid, status.process_identity) == (found.pid, found.identity)
    if found.running and not ours:
        # It has just started, or writes its status elsewhere: nothing in this file is about it.
        status = DaemonStatus(status_file=status.status_file, log_file=status.log_file)
    said = status.plain() | {
        "configured": status.configured or found.running,
        "running": found.running,
        "pid": found.pid if found.running else None,
        "process_identity": found.identity,
        "pid_file": str(found.path),
        "ownership_verified": found.running,
    }
    if status.running and not found.running:
        said |= {"last_error": DIED, "running_workflows": []}
    if found.standing in _IN_THE_WAY:
        said["last_error"] = f"{found.sentence[0].upper()}{found.sentence[1:]}."
    return said


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _typed(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value


def _sync(folder: Path) -> None:
    """Make the renaming last, where a folder can be synced."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
