"""Reads what the owner told Alice about the brain as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alice.db import database
from alice.domain.policy import Scope


@dataclass(frozen=True, slots=True)
class Copies:
    """Where copies of new artifacts go, and whether a calendar of due loops is written beside them."""

    folder: Path
    calendar: bool


def copies(scope: Scope) -> Copies | None:
    """Return where copies of artifacts go; None when the owner chose no folder."""
    found = database.query("SELECT copies_folder, copies_calendar FROM brain WHERE user_id = %s", scope.user_id)
    return Copies(Path(found[0][0]), found[0][1]) if found and found[0][0] else None


def owner_names(scope: Scope) -> tuple[str, ...]:
    """Return the names that mean the owner; none when the owner has not said."""
    found = database.query("SELECT owner_names FROM brain WHERE user_id = %s", scope.user_id)
    return tuple(found[0][0]) if found else ()
