"""Opens the brain that a command works on: settings with the command line's options, the database, the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import click

from alice import config, logs
from alice.cli.framework import common
from alice.config import Settings
from alice.domain.policy import Actor, Scope, owner
from alice.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Brain:
    """What a command works with: the person at the keyboard is the owner."""

    settings: Settings
    actor: Actor
    url: str

    @property
    def scope(self) -> Scope:
        """Return what the owner may see."""
        from alice.ledger import gate

        return gate.scope(self.actor)


def settings() -> Settings:
    """Return the settings of this command line: options win over the environment."""
    loaded = config.load()
    changes: dict[str, object] = {}
    if url := common("database_url"):
        changes["database_url"] = url
    if user := common("user_id"):
        changes["user_id"] = _uuid(user)
    return loaded.changed(**changes) if changes else loaded


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise InvalidInput({"--user-id": f"must be a UUID, not {value!r}."}) from None


def say(message: str) -> None:
    """Tell the person about something slow that is under way."""
    click.echo(message, err=True)


@contextmanager
def opened() -> Iterator[Brain]:
    """Yield the brain with a database session open; Alice's own Postgres is started and migrated when needed."""
    from alice.db import database, ready

    logs.new_trace()
    told = settings()
    url = ready.prepare(told, say=say)
    with database.session():
        yield Brain(told, owner(told.user_id), url)
