"""Items that could not be taken: tried again with growing pauses, then put aside where the owner sees and decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.connectors import MAX_ATTEMPTS, ItemStatus, retry_after
from alice.domain.policy import Action, Actor
from alice.domain.redaction import redact
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import ItemDecided, ItemFailed, ItemRecovered
from alice.ledger.unit import Unit
from alice.queries import connectors

Key = tuple[str, str]  # stream, external_id


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an item could not be taken: a sentence without its words, a code, and whether trying again may help."""

    stream: str
    external_id: str
    message: str
    code: str
    transient: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """An item that had failed before."""

    id: UUID
    status: ItemStatus
    attempts: int
    next_attempt_at: datetime | None

    def rests(self, now: datetime) -> bool:
        """Tell whether it waits for its next try."""
        return self.status is ItemStatus.WAITING and self.next_attempt_at is not None and self.next_attempt_at > now

    @property
    def aside(self) -> bool:
        """Tell whether it is tried no more, so that others need not wait for it."""
        return self.status is not ItemStatus.WAITING


def held(user_id: UUID, name: str) -> dict[Key, Held]:
    """Return every item of the connector `name` that failed and was not taken since."""
    sql = (
        "SELECT stream, external_id, id, status, attempts, next_attempt_at FROM connector_quarantine"
        " WHERE user_id = %s AND connector_name = %s"
    )
    rows = database.query(sql, user_id, name)
    return {(row[0], row[1]): Held(row[2], ItemStatus(row[3]), row[4], row[5]) for row in rows}


def fail(unit: Unit, name: str, troubles: Iterable[Trouble], *, now: datetime) -> dict[Key, ItemStatus]:
    """Note that items could not be taken, and return where each stands: after the last try it is quarantined."""
    told: dict[Key, ItemStatus] = {}
    listed = list(troubles)
    known = held(unit.user_id, name) if listed else {}
    for trouble in listed:
        key = (trouble.stream, trouble.external_id)
        before = known.get(key)
        attempts = (before.attempts if before else 0) + 1
        last = attempts >= MAX_ATTEMPTS or not trouble.transient
        told[key] = ItemStatus.QUARANTINED if last else ItemStatus.WAITING
        again = None if last else now + retry_after(attempts)
        identifier = _upsert(unit, name, trouble, (told[key].value, attempts, now, now, again))
        unit.record(ItemFailed(str(identifier), name, trouble.code, attempts, told[key].value))
    return told


def _upsert(unit: Unit, name: str, trouble: Trouble, stands: tuple[Any, ...]) -> UUID:
    rows = database.query(
        "INSERT INTO connector_quarantine (id, user_id, connector_name, stream, external_id, reason, reason_code,"
        " status, attempts, first_failed_at, last_failed_at, next_attempt_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, connector_name, stream, external_id) DO UPDATE SET reason = EXCLUDED.reason,"
        " reason_code = EXCLUDED.reason_code, status = EXCLUDED.status, attempts = EXCLUDED.attempts,"
        " last_failed_at = EXCLUDED.last_failed_at, next_attempt_at = EXCLUDED.next_attempt_at,"
        " version = connector_quarantine.version + 1 RETURNING id",
        ids.new_id(), unit.user_id, name, trouble.stream, trouble.external_id, redact(trouble.message).text[:500],
        trouble.code, *stands,
    )  # fmt: skip
    return UUID(str(rows[0][0]))


def recover(unit: Unit, name: str, items: Iterable[Held]) -> None:
    """Forget items that were taken after all, or that are not there any more."""
    for item in items:
        if database.query("DELETE FROM connector_quarantine WHERE id = %s RETURNING id", item.id):
            unit.record(ItemRecovered(str(item.id), name, item.attempts))


def review(
    actor: Actor, item_id: UUID, action: str, *, version: int | None = None, now: datetime | None = None
) -> dict[str, Any]:
    """Do `action`, retry or dismiss, with an item; return it as it is then. Raise InvalidInput, NotFound, Conflict."""
    acts = {"retry": retry, "dismiss": dismiss}
    if action not in acts:
        raise InvalidInput({"action": f"must be one of {', '.join(acts)}."})
    return acts[action](actor, item_id, version=version, now=now)


def retry(actor: Actor, item_id: UUID, *, version: int | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Let an item be tried again at the next sync, with all its attempts; return it as it is then."""
    return _decide(actor, item_id, ItemStatus.WAITING, version, now or clock.now())


def dismiss(actor: Actor, item_id: UUID, *, version: int | None = None, now: datetime | None = None) -> dict[str, Any]:
    """Leave an item for good: it is not tried again; return it as it is then."""
    return _decide(actor, item_id, ItemStatus.DISMISSED, version, now or clock.now())


def _decide(actor: Actor, item_id: UUID, after: ItemStatus, version: int | None, now: datetime) -> dict[str, Any]:
    with gate.write(actor, Action.CONFIGURE_CONNECTOR) as unit:
        scope = unit.decision.scope
        before = connectors.item(scope, item_id)
        due, attempts = (now, 0) if after is ItemStatus.WAITING else (None, before["attempts"])
        changed = database.query(
            "UPDATE connector_quarantine SET status = %s, next_attempt_at = %s, attempts = %s, version = version + 1"
            " WHERE user_id = %s AND id = %s AND status = %s AND version = %s RETURNING id",
            after.value, due, attempts, unit.user_id, item_id, before["status"], version or before["version"],
        )  # fmt: skip
        if not changed:
            raise Conflict("This item was changed in the meantime.", before, "Look at it again.")
        unit.record(ItemDecided(str(item_id), before["connector_name"], before["status"], after.value))
        return connectors.item(scope, item_id)
