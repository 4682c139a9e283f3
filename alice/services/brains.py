"""Writes what the owner told Alice about the brain as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alice import clock, ids
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.preparation import check_text
from alice.errors import InvalidInput
from alice.ledger import gate
from alice.ledger.events import BrainConfigured

MOST_NAMES, LONGEST_NAME = 20, 100


def set_owner_names(actor: Actor, names: Sequence[str], *, now: datetime | None = None) -> tuple[str, ...]:
    """Remember under which names evidence speaks of the owner; return them. Setting the same again changes nothing."""
    kept = tuple(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    _check(kept)
    with gate.write(actor, Action.CONFIGURE) as unit:
        changed = database.query(
            "INSERT INTO brain (id, user_id, owner_names, created_at) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (user_id) DO UPDATE SET owner_names = EXCLUDED.owner_names, version = brain.version + 1"
            " WHERE brain.owner_names <> EXCLUDED.owner_names RETURNING id",
            ids.new_id(), unit.user_id, list(kept), now or clock.now(),
        )  # fmt: skip
        if changed:
            unit.record(BrainConfigured(str(changed[0][0]), len(kept)))
    return kept


def _check(names: Sequence[str]) -> None:
    if len(names) > MOST_NAMES:
        raise InvalidInput({"me": f"at most {MOST_NAMES} names are kept."})
    for name in names:
        check_text("me", name)
        if len(name) > LONGEST_NAME:
            raise InvalidInput({"me": f"a name has at most {LONGEST_NAME} characters."})
