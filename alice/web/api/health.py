"""Whether Alice answers. Open to everyone, and so it tells nothing else."""

from __future__ import annotations

from flask import Response

from alice.queries import health
from alice.web import connections
from alice.web.api import present
from alice.web.api.answers import answers
from alice.web.api.answers.system import Health
from alice.web.security import open_to_everyone


@open_to_everyone
@answers(Health, {200: "The database is reachable.", 503: "It is not."})
def healthz() -> Response:
    """Say whether the database is reachable: 200 when it is, else 503."""
    answers = connections.is_reachable() and health.database_answers()
    told = {"status": "ok", "database": "reachable"} if answers else {"status": "down", "database": "unreachable"}
    return present.one(told, 200 if answers else 503)
