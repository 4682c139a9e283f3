"""The one transaction there is: it collects events, appends them last, then runs what has to wait for the commit."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from alice import ids, logs
from alice.db import database
from alice.domain.policy import Actor, Decision
from alice.errors import AliceError
from alice.ledger import chain
from alice.ledger.events import Event

log = logging.getLogger("alice.ledger")
_open: ContextVar[bool] = ContextVar("unit_open", default=False)


class Unit:
    """What a service writes with: `record` an event for each change, `after` for work outside the transaction."""

    def __init__(self, actor: Actor, decision: Decision) -> None:
        self.actor = actor
        self.decision = decision
        self.user_id: UUID = actor.user_id
        self.trace_id = logs.trace_id()
        self._events: list[tuple[UUID, Event]] = []
        self._after: list[Callable[[], None]] = []

    def record(self, event: Event) -> UUID:
        """Note that `event` happened; it is appended at the end of the transaction. Return its id."""
        identifier = ids.new_id()
        self._events.append((identifier, event))
        return identifier

    def after(self, work: Callable[[], None]) -> None:
        """Run `work` once the transaction has been committed; a failure there is logged and undoes nothing."""
        self._after.append(work)

    def append(self) -> None:
        """Append the recorded events to the log under the head's row lock, so that `seq` is commit order."""
        if not self._events:
            return
        seq, last_hash, moment = self._head()
        rows = []
        for identifier, event in self._events:
            seq, row = seq + 1, self._row(identifier, event, seq + 1, last_hash, moment)
            last_hash = row["integrity_hash"]
            rows.append(row)
        _insert(rows)
        database.query(
            "UPDATE event_head SET seq = %s, integrity_hash = %s WHERE user_id = %s", seq, last_hash, self.user_id
        )

    def _head(self) -> tuple[int, str, datetime]:
        select = "SELECT seq, integrity_hash, transaction_timestamp() FROM event_head WHERE user_id = %s FOR UPDATE"
        found = database.query(select, self.user_id)
        if not found:
            database.query(
                "INSERT INTO event_head VALUES (%s, 0, %s) ON CONFLICT DO NOTHING", self.user_id, chain.GENESIS
            )
            found = database.query(select, self.user_id)
        return found[0]

    def _row(self, identifier: UUID, event: Event, seq: int, previous: str, moment: datetime) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "id": identifier,
            "user_id": self.user_id,
            "seq": seq,
            "event_type": event.name,
            "actor": self.actor.identity,
            "subject_kind": event.subject_kind,
            "subject_id": event.subject_id,
            "trace_id": self.trace_id,
            "recorded_at": moment,
        }
        text = chain.canonical(fields | {"previous_hash": previous, "payload": event.payload()})
        return fields | {
            "canonical": text,
            "previous_hash": previous,
            "integrity_hash": chain.link(previous, text),
        }

    def finish(self) -> None:
        """Run the after-commit work."""
        for work in self._after:
            try:
                work()
            except (OSError, AliceError, psycopg.Error):
                log.exception("work after the commit failed")


def _insert(rows: list[dict[str, Any]]) -> None:
    """Append `rows` in one statement whose text does not grow with them."""
    columns = ", ".join(rows[0])
    database.query(
        f"INSERT INTO event_log ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::event_log, %s::json)",
        json.dumps(rows, ensure_ascii=False, default=_plain),
    )


def _plain(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@contextmanager
def unit(actor: Actor, decision: Decision) -> Iterator[Unit]:
    """Open the transaction of one service call. Units never nest: shared steps are handed the unit instead."""
    if _open.get():
        raise RuntimeError("a unit is open already; hand it down instead of opening another")
    with database.session():
        token = _open.set(True)
        try:
            with database.handle.atomic():
                work = Unit(actor, decision)
                yield work
                work.append()
        finally:
            _open.reset(token)
        work.finish()
