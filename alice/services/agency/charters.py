"""Keeps the charter: what the owner agreed with their agents. Every revision is kept; only the owner writes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from alice import clock, ids
from alice.db import database
from alice.domain import charters as rules
from alice.domain.policy import Action, Actor
from alice.domain.preparation import check_text
from alice.domain.redaction import redact
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import CharterSaved
from alice.queries.agency import charters


def show(actor: Actor, *, version: int | None = None) -> dict[str, Any]:
    """Return the charter as `queries.charters.get` does. Agents may read what binds them."""
    scope = gate.scope(actor)
    with database.session():
        return charters.get(scope, version=version)


def save(actor: Actor, text: str, *, version: int | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Make `text` the charter and return it; it binds from the next decision on. The same text changes nothing.

    Raise InvalidInput for a constraint that is unknown or wrong, Conflict when `version` is not the one that stands.
    """
    check_text("content_markdown", text)
    if redact(text).counts:
        raise InvalidInput({"content_markdown": "holds what looks like a secret; keep it with `alicebot secrets set`."})
    charter = rules.read(text)
    with gate.write(actor, Action.CONFIGURE) as unit:
        database.query("SELECT 1 FROM charter WHERE user_id = %s FOR UPDATE", unit.user_id)
        stands = charters.get(unit.decision.scope)
        if version is not None and version != stands["version"]:
            raise Conflict("The charter was written anew in the meantime.", stands, "Look at it again.")
        if text == stands["content_markdown"] and not stands["is_default"]:
            return stands
        _write(unit.user_id, text, charter, stands["version"] + 1, now=now or clock.now())
        before = rules.of(stands["constraints"])
        unit.record(CharterSaved(str(unit.user_id), stands["version"] + 1, charter.differences(before)))
        return charters.get(unit.decision.scope)


def _write(user_id: Any, text: str, charter: rules.Charter, version: int, *, now: datetime) -> None:
    """Store the text as the charter and as a revision; raise Conflict when another writer was first."""
    written = database.query(
        "INSERT INTO charter (id, user_id, content_markdown, constraints, created_at, updated_at, version)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (user_id) DO UPDATE SET"
        " content_markdown = EXCLUDED.content_markdown, constraints = EXCLUDED.constraints,"
        " updated_at = EXCLUDED.updated_at, version = EXCLUDED.version WHERE charter.version = EXCLUDED.version - 1"
        " RETURNING id",
        ids.new_id(), user_id, text, Jsonb(charter.as_dict()), now, now, version,
    )  # fmt: skip
    if not written:
        raise Conflict("The charter was written anew in the meantime.", None, "Look at it again.")
    database.query(
        "INSERT INTO charter_revision (id, user_id, version, content_markdown, saved_at) VALUES (%s, %s, %s, %s, %s)",
        ids.new_id(), user_id, version, text, now,
    )  # fmt: skip
