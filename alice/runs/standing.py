"""How the scheduler stands: the daemon by its files, checked against the process, and each workflow by its row."""

from __future__ import annotations

from typing import Any

from alice.config import Settings
from alice.domain.policy import Scope
from alice.queries import schedules
from alice.runs import pidfiles, status_files
from alice.runs.runtime_files import RuntimeFiles, runtime_files

RECENT = 5


def status(scope: Scope, settings: Settings) -> dict[str, Any]:
    """Return daemon, workflows, next_due_workflow and recent_failures, and the daemons of every host.

    `daemon` is the one of this machine and is checked against its process; `daemons` are by their own word.
    """
    due = schedules.next_due(scope)
    return {
        "daemon": daemon(settings),
        "workflows": schedules.workflows(scope),
        "next_due_workflow": due and {"workflow_type": due["workflow_type"], "next_run_at": due["next_run_at"]},
        "daemons": schedules.daemons(scope),
        "recent_failures": schedules.failures(scope, limit=RECENT).items,
    }


def daemon(settings: Settings, files: RuntimeFiles | None = None) -> dict[str, Any]:
    """Return what the daemon of this machine says about itself, running only if its process is."""
    where = files or runtime_files(settings)
    said = status_files.truthful(status_files.read(where.status), pidfiles.inspect(where.pid))
    return said | {"status_file": str(where.status), "log_file": said["log_file"] or str(where.log)}
