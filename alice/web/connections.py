"""One database connection for each request, opened late and given back always. The pool is made after the fork."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from flask import Flask, current_app, g, request

from alice.config import Settings
from alice.db import database, ready
from alice.errors import AliceError, DatabaseUnavailable
from alice.web import current
from alice.web.security import is_open

SPARE_CONNECTIONS = 2
_binding = threading.Lock()


def install(app: Flask, *, threads: int) -> None:
    """Open a session before each view that is not open to everyone, and close it when the answer has been made."""
    app.extensions["alice_pool"] = threads + SPARE_CONNECTIONS
    app.before_request(_open)
    app.teardown_request(_close)


def begin() -> None:
    """Take a connection for this request, once; raise DatabaseUnavailable with one sentence when there is none."""
    if "database" in g:
        return
    settings = current.settings()
    _bind(settings)
    stack = ExitStack()
    try:
        stack.enter_context(database.session())
    except DatabaseUnavailable:
        if settings.database_url:
            raise
        database.dsn(settings)  # brings the embedded server back when a crash took it away
        stack.enter_context(database.session())
    g.database = stack


def is_reachable() -> bool:
    """Tell whether the database can be used at all, for a view that answers either way."""
    try:
        _bind(current.settings())
    except AliceError:
        return False
    return True


def _open() -> None:
    if not is_open(request.endpoint):
        begin()


def _close(_error: BaseException | None) -> None:
    stack: ExitStack | None = g.pop("database", None)
    if stack is not None:
        stack.close()


def _bind(settings: Settings) -> None:
    """Point the handle at the database, once in this process; one thread looks at it and the others wait."""
    if not _is_bound(settings):
        with _binding:
            if not _is_bound(settings):
                ready.prepare(settings, max_connections=current_app.extensions["alice_pool"])


def _is_bound(settings: Settings) -> bool:
    return not database.handle.deferred and settings.database_url in (None, database.handle.database)
