"""Lets the Telegram connector read: its settings and secrets in, what it fetched to the store. It never writes."""

from __future__ import annotations

from typing import Any

from alice.connectors import telegram
from alice.connectors.telegram import Application, TelegramSettings
from alice.db import database
from alice.services import connector_states, streams
from alice.services.connectors import Work


def fetch(work: Work) -> dict[str, Any]:
    """Read what is new in the allowed chats and return the counts of a sync."""
    user_id, name = work.actor.user_id, work.setting.name.value
    with database.session():
        cursor = connector_states.cursor(user_id, name)
    run = telegram.fetch(settings(work), cursor, again=streams.again(user_id, name))
    return streams.take(work, run, cursor)


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
