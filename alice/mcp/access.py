"""Who calls: the key is looked up anew for every call, so that one that was revoked opens nothing more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alice import config
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.errors import NotAuthenticated
from alice.services.agency import agent_access

VARIABLE = "ALICE_AGENT_KEY"
_WAY = f"Make one with `alicebot vnext agents keys create`, and give it in {VARIABLE} or by --key-file."


@dataclass(frozen=True, slots=True)
class Caller:
    """A key, and in which run and for which task it is used."""

    key: str
    run_id: str | None = None
    task_id: str | None = None

    def actor(self, settings: Settings, now: datetime) -> Actor:
        """Return the agent whose key it is; raise NotAuthenticated when it opens nothing, TooManyRequests."""
        with database.session():
            found = agent_access.holder(settings.user_id, self.key, now=now)
        if found is None:
            raise NotAuthenticated("The agent's key is missing or not right.", _WAY)
        return replace(found, agent_run_id=self.run_id, agent_task_id=self.task_id)


def caller() -> Caller:
    """Return who calls, as the environment says; without a key every call is told how to get one."""
    key = (config.variable(VARIABLE) or "").strip()
    return Caller(key, config.variable("ALICE_AGENT_RUN_ID"), config.variable("ALICE_AGENT_TASK_ID"))
