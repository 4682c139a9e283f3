"""Makes the database ready for use: found or started, recent enough, and of the shape that this code expects."""

from __future__ import annotations

from collections.abc import Callable

from alice.config import Settings
from alice.db import database, migrate


def prepare(
    settings: Settings, *, say: Callable[[str], None] | None = None, max_connections: int = 20, apply: bool = False
) -> str:
    """Bind the handle to the settings' database and return its URL; raise DatabaseUnavailable with one sentence.

    Alice's own Postgres is started and migrated on the way. A server of the owner's is migrated only when `apply` says
    so: its schema is theirs to change.
    """
    url = database.dsn(settings, say=say)
    server = database.probe(url)
    if (apply or settings.database_url is None) and migrate.apply(url):
        server = database.probe(url)  # the first migration makes the roles
    elif settings.database_url is not None:
        migrate.check(url)
    database.bind(url, max_connections=max_connections, app_role=server.app_role)
    return url
