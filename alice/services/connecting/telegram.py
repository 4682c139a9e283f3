"""Lets the Telegram connector read: its settings and secrets in, what it fetched to the store. It never writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from alice import clock
from alice.config import Settings
from alice.connectors import telegram
from alice.connectors.telegram import Application, TelegramSettings, exports
from alice.connectors.telegram.exports import ExportSettings
from alice.db import database, locks
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.errors import Busy, InvalidInput
from alice.ledger import gate
from alice.queries import connectors
from alice.services.connecting import connector_settings, connector_states, streams
from alice.services.connecting.connectors import Progress, Work
from alice.services.evidence import imports

NAME = Connector.TELEGRAM.value
EXPORT = "telegram_export"


def fetch(work: Work) -> dict[str, Any]:
    """Read what is new in the allowed chats and return the counts of a sync."""
    user_id, name = work.actor.user_id, work.setting.name.value
    with database.session():
        cursor = connector_states.cursor(user_id, name)
    run = telegram.fetch(settings(work), cursor, again=streams.again(user_id, name))
    return streams.take(work, run, cursor)


def configure(
    actor: Actor,
    changes: Mapping[str, Any],
    *,
    settings: Settings,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> dict[str, Any]:
    """Change how Telegram is set, with chats that may be read from now on or no more; return it as it is then.

    Raise InvalidInput for what is no chat, or is to be removed and is none of those that are read.
    """
    with database.session():
        known = list(connectors.setting(gate.scope(actor), NAME).options.get("chats", []))
    wanted, unwanted = [telegram.reference(one) for one in add], [telegram.reference(one) for one in remove]
    if strange := [one for one in unwanted if one not in known]:
        listed = ", ".join(known) or "none"
        raise InvalidInput({"remove_chat": f"{strange[0]} is not one of the chats that are read; these are: {listed}."})
    options = dict(changes.get("options", {}))
    if wanted or unwanted:
        options["chats"] = [one for one in dict.fromkeys([*known, *wanted]) if one not in unwanted]
    return connector_settings.configure(actor, NAME, {**changes, "options": options}, settings=settings)


def import_export(
    actor: Actor,
    path: Path,
    *,
    settings: Settings,
    chats: Sequence[str] = (),
    now: datetime | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Take in a `result.json` that Telegram Desktop exported and return the counts of a sync; it goes to no network.

    `chats` names the chats to take, all when empty; domain and sensitivity are the connector's. Messages that a sync
    brought are known. Raise InvalidInput for a file that is no export, Busy while a sync runs.
    """
    moment, wanted = now or clock.now(), tuple(telegram.reference(one) for one in chats)
    gate.allow(actor, Action.CAPTURE)
    with locks.held("connector", actor.user_id, NAME) as free, database.session():
        if not free:
            raise Busy("A sync of Telegram is running already.", "Wait for it to end.")
        setting = connectors.setting(gate.scope(actor), NAME)
        work = Work(actor, setting, settings, moment, progress or (lambda _count, _note: None))
        file = ExportSettings(path, settings.timezone, wanted, setting.domain, setting.sensitivity)
        exports.look(file)
        cursor = connector_states.cursor(actor.user_id, EXPORT)
        with imports.batch(actor, NAME, path.expanduser().resolve(), moment) as batch:
            told = streams.take(work, exports.fetch(file, cursor), cursor, place=EXPORT, import_id=batch.import_id)
            batch.counts.update({name: value for name, value in told.items() if isinstance(value, int)})
        return told | {"import_id": str(batch.import_id)}


def settings(work: Work) -> TelegramSettings:
    """Return what the connector is told, with its secrets; raise NotConfigured when one is missing."""
    options = work.setting.options
    assert work.setting.secret_ref is not None
    return TelegramSettings(
        Application(options["api_id"], work.secret(options["api_hash_ref"])),
        work.secret(work.setting.secret_ref),
        tuple(options["chats"]),
        work.setting.domain,
        work.setting.sensitivity,
    )
