"""Whether Alice answers. Open to everyone, and so it tells nothing else."""

from __future__ import annotations

from flask import Response

from alice.queries import health
from alice.web import connections
from alice.web.api import present
from alice.web.security import open_to_everyone


@open_to_everyone
def healthz() -> Response:
    """Say whether the database is reachable: 200 when it is, else 503."""
    answers = connections.is_reachable() and health.database_answers()
    told = {"status": "ok", "database": "reachable"} if answers else {"status": "down", "database": "unreachable"}
    return present.one(told, 200 if answers else 503)
