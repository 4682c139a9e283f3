"""Reads what the owner told Alice about the brain as a whole."""

from __future__ import annotations

from alice.db import database
from alice.domain.policy import Scope


def owner_names(scope: Scope) -> tuple[str, ...]:
    """Return the names that mean the owner; none when the owner has not said."""
    found = database.query("SELECT owner_names FROM brain WHERE user_id = %s", scope.user_id)
    return tuple(found[0][0]) if found else ()
