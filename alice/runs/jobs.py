"""A job: what a worker process is told about the one run it is to make. It names a workflow and never a slot.

Which slot it is, and whether there is one, is decided under the workflow's lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.vocab import WorkflowType

RUN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What the jobs of one daemon have in common. `shift` is how far its clock is from the machine's.

    `agent_identity` is the agent that asked for what is due to be run, if one did.
    """

    url: str
    app_role: bool
    triggered_by: str = "schedule"
    run_seconds: float = RUN_SECONDS
    log_file: str | None = None
    modules: tuple[str, ...] = ()
    shift: timedelta = timedelta(0)
    agent_identity: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """One run to make, for a slot that is due or for a request; `run_id` is what its run will be called."""

    run_id: UUID
    user_id: UUID
    workflow_id: UUID
    workflow_type: WorkflowType
    request_id: UUID | None
    setting: Setting

    def now(self) -> datetime:
        """Return the moment it is for the daemon that made the job."""
        return clock.now() + self.setting.shift

    @property
    def lock(self) -> tuple[object, ...]:
        """Return the name of the lock that whoever works on this workflow holds."""
        return lock_name(self.user_id, self.workflow_type)


def job(user_id: UUID, workflow_id: UUID, workflow_type: str, *, request_id: UUID | None, setting: Setting) -> Job:
    """Return a job under a fresh run id."""
    return Job(ids.new_id(), user_id, workflow_id, WorkflowType(workflow_type), request_id, setting)


def lock_name(user_id: UUID, workflow_type: str) -> tuple[object, ...]:
    """Return the parts of the advisory lock of a workflow."""
    return ("workflow", user_id, str(workflow_type))


def bound() -> tuple[str, bool]:
    """Return the URL that the handle is bound to, and whether it takes the app's role there."""
    options = str(database.handle.connect_params.get("options", ""))
    return str(database.handle.database), database.APP_ROLE in options
