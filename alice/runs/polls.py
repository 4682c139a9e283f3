"""A poll: one sync of one connector that is due, in a worker process. What a sync does, its service knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice import ids, logs
from alice.config import Settings
from alice.domain.policy import system
from alice.runs.jobs import Setting


@dataclass(frozen=True, slots=True)
class Poll:
    """One connector to sync. `workflow_id` is the brain's own: a crew tells its members apart by it."""

    run_id: UUID
    workflow_id: UUID
    workflow_type: str
    user_id: UUID
    settings: Settings
    setting: Setting


def due(settings: Settings, setting: Setting, *, now: datetime, busy: set[str]) -> list[Poll]:
    """Return the polls of this brain that are due and not among the connectors that are `busy` here.

    Of this brain alone, whatever else the daemon serves: its secrets are on this machine.
    """
    from alice.services.connecting import connectors

    user_id = settings.user_id
    names = [name for name in connectors.due(user_id, now) if name not in busy]
    return [Poll(ids.new_id(), user_id, name, user_id, settings, setting) for name in names]


def perform(poll: Poll) -> None:
    """Sync the connector; what goes wrong has been noted with it when it is raised."""
    from alice.services.connecting import connectors

    logs.new_trace()
    connectors.sync(system("scheduler", poll.user_id), poll.workflow_type, settings=poll.settings)
