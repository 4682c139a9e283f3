"""Whether the database answers at all. It tells nothing about what is in it."""

from __future__ import annotations

from alice.db import database


def database_answers() -> bool:
    """Tell whether the bound database answers a question now."""
    try:
        with database.session():
            return database.query("SELECT 1") == [(1,)]
    except (*database.LOST, database.DatabaseUnavailable):
        return False
