"""Lets connectors work: one sync at a time of each, what is due to be polled, and the loop that outlives a bad item."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from alice import clock
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database, locks
from alice.domain import connectors as words
from alice.domain.connectors import Setting
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.errors import AliceError, Busy, DatabaseUnavailable, InvalidInput, NotConfigured, PolicyBlocked
from alice.ledger import gate
from alice.queries import connectors
from alice.services.access import secrets
from alice.services.connecting import connector_settings, connector_states

log = logging.getLogger("alice.connectors")
T = TypeVar("T")
Progress = Callable[[int, str], None]  # how many items so far, and a note
configure = connector_settings.configure
ensure = connector_settings.ensure


@dataclass(frozen=True, slots=True)
class Attempt(Generic[T]):
    """What came of trying one thing: it is done, or why not."""

    done: T | None
    trouble: AliceError | None = None


def attempt(work: Callable[[], T]) -> Attempt[T]:
    """Try `work` on one item, so that the others go on without it. What concerns all of them is raised on."""
    try:
        return Attempt(work())
    except (PolicyBlocked, Busy, DatabaseUnavailable, *database.LOST):
        raise
    except AliceError as error:
        return Attempt(None, error)
    except Exception as error:
        # The traceback goes to the log, which is redacted; the sentence is stored and must not quote the item.
        log.exception("an item could not be taken")
        return Attempt(None, AliceError(f"could not be taken: {type(error).__name__}"))


def settle(promise: Future[T], work: Callable[[], T]) -> None:
    """Do `work` and hand what it returns, or raises, to whoever waits for `promise` in another thread."""
    try:
        promise.set_result(work())
    except Exception as error:
        promise.set_exception(error)


@dataclass(frozen=True, slots=True)
class Work:
    """What one sync works with; `secret` is asked for at the moment of use and not before."""

    actor: Actor
    setting: Setting
    settings: Settings
    now: datetime
    progress: Progress

    def secret(self, reference: str) -> Secret:
        """Return the secret behind `reference`; raise NotConfigured."""
        return secrets.resolve(reference, settings=self.settings)


def sync(
    actor: Actor,
    name: str,
    *,
    settings: Settings,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fetch what is new by the connector `name` and return the counts of contract.md section 6.

    Raise NotConfigured when it is switched off or not set up, Busy when a sync of it runs already, and what stopped
    it as a whole, which is also noted as its last error. What was stored before that stays.
    """
    kind, moment = words.kind(name), now or clock.now()
    if not kind.fetches:
        raise InvalidInput({"connector": f"{kind.display_name} is handed things and fetches none; nothing to sync."})
    gate.allow(actor, Action.CAPTURE)
    with locks.held("connector", actor.user_id, kind.name.value) as free:
        if not free:
            raise Busy(f"A sync of {kind.display_name} is running already.", "Wait for it to end.")
        with database.session():
            setting = _switched_on(actor, kind)
            work = Work(actor, setting, settings, moment, progress or (lambda _count, _note: None))
            return _noted(work, _FETCHERS[kind.name])


def _switched_on(actor: Actor, kind: words.Kind) -> Setting:
    setting = connectors.setting(gate.scope(actor), kind.name)
    if not setting.enabled:
        raise NotConfigured(f"{kind.display_name} is switched off.", f"Switch it on: {_way(kind)} --enabled")
    return setting


def _check(work: Work) -> None:
    kind = words.kind(work.setting.name)
    problems = words.problems(work.setting, secrets.looker(work.settings))
    if problems:
        field, why = next(iter(problems.items()))
        raise NotConfigured(f"{kind.display_name} cannot work: {field} {why}", f"Set it: {_way(kind)} --help")


def _way(kind: words.Kind) -> str:
    return f"alicebot vnext connectors configure {kind.name.value.replace('_', '-')}"


def _noted(work: Work, fetch: Callable[[Work], dict[str, Any]]) -> dict[str, Any]:
    """Run `fetch` and note how it ended."""
    user_id, name = work.actor.user_id, work.setting.name.value
    connector_states.begun(user_id, name, now=work.now)
    try:
        _check(work)
        done = fetch(work)
    except AliceError as error:
        connector_states.failed(user_id, name, error, now=work.now)
        raise
    except database.LOST:
        raise
    except Exception as error:
        connector_states.failed(user_id, name, _unexpected(error), now=work.now)
        raise
    if done["errors"] and done["status"] != "ok":
        note = connector_states.limped if done["status"] == "partial" else connector_states.failed
        note(user_id, name, AliceError(done["errors"][0]["message"]), now=work.now)
    else:
        connector_states.succeeded(user_id, name, now=work.now)
    return done


def _unexpected(error: Exception) -> AliceError:
    return AliceError(f"Something went wrong that Alice did not expect: {type(error).__name__}.")


def standing(actor: Actor, name: str | None, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Return how the connector `name` is set and fares, or, when None, the health of all (contract.md section 6)."""
    scope, lack, moment = gate.scope(actor, Action.READ_SETTINGS), secrets.looker(settings), now or clock.now()
    with database.session():
        if name is None:
            return connectors.health(scope, lack=lack, now=moment)
        return connectors.status(scope, name, lack=lack, now=moment)


def statuses(actor: Actor, name: str | None, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Return the status of the connector `name`, or, when None, a list of every connector's."""
    if name is not None:
        return standing(actor, name, settings=settings, now=now)
    scope, lack, moment = gate.scope(actor, Action.READ_SETTINGS), secrets.looker(settings), now or clock.now()
    with database.session():
        items = [connectors.status(scope, one, lack=lack, now=moment) for one in words.KINDS]
    return {"items": items, "count": len(items), "total": len(items), "next": None}


def due(user_id: UUID, now: datetime) -> list[str]:
    """Return the names of the connectors of a brain that are to be polled now; each is then a `sync`.

    After failures the pause doubles, to at most an hour; a flood wait is obeyed.
    """
    sql = (
        "SELECT s.connector_name FROM connector_setting s LEFT JOIN connector_state t USING (user_id, connector_name)"
        " WHERE s.user_id = %s AND s.enabled AND s.sync_mode = 'poll' AND (t.not_before IS NULL OR t.not_before <= %s)"
        " AND (t.last_sync_at IS NULL OR t.last_sync_at + make_interval(secs => greatest(s.poll_interval_seconds,"
        " least(3600, s.poll_interval_seconds * power(2, least(t.failures_in_a_row, 12))))) <= %s)"
        " ORDER BY t.last_sync_at NULLS FIRST, s.connector_name"
    )
    with database.session():
        return [row[0] for row in database.query(sql, user_id, now, now)]


def _folders(work: Work) -> dict[str, Any]:
    from alice.services.folders import local_folders

    return local_folders.fetch(work)


def _telegram(work: Work) -> dict[str, Any]:
    from alice.services.connecting import telegram

    return telegram.fetch(work)


_FETCHERS = {Connector.LOCAL_FOLDER: _folders, Connector.TELEGRAM: _telegram}
