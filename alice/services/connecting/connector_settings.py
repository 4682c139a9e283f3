"""Sets connectors: what is allowed is told by the domain, what exists by the machine. It fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import clock, ids
from alice.config import Settings
from alice.db import database
from alice.domain import connectors as words
from alice.domain.connectors import KINDS, Setting
from alice.domain.policy import Action, Actor
from alice.domain.vocab import Connector
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import ConnectorConfigured, ConnectorCreated
from alice.ledger.unit import Unit
from alice.queries import connectors
from alice.services.folders import folder_roots

# Which secret is used, what of the disk and of whose chats is read, and how private that counts, is for the owner alone
# to say: whoever calls evidence public may read it.
OWNERS_OWN = frozenset({"secret_ref", "folders", "api_hash_ref", "chats", "default_domain", "default_sensitivity"})


def ensure(actor: Actor, *, now: datetime | None = None) -> list[str]:
    """Give every connector its row, set as by default; return the names of those that had none."""
    moment = now or clock.now()
    with gate.write(actor, Action.CONFIGURE_CONNECTOR) as unit:
        return [name for name, kind in KINDS.items() if _create(unit, kind.default(), moment)]


def configure(
    actor: Actor,
    name: str,
    changes: Mapping[str, Any],
    *,
    settings: Settings,
    any_folder: bool = False,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Change how the connector `name` is set and return it as it is then; the same again changes nothing.

    Keys are those of `domain.connectors.changed`. `any_folder` is the owner's command line, which may name any folder.
    Raise InvalidInput with a sentence for each wrong field, Conflict when `version` is not the present one.
    """
    kind, moment = words.kind(name), now or clock.now()
    gate.allow(actor, Action.CONFIGURE_CONNECTOR)
    if _theirs(changes):
        gate.allow(actor, Action.CONFIGURE)
    with database.session():
        before = connectors.setting(gate.scope(actor), kind.name)
    if version is not None and version != before.version:
        raise Conflict("The connector was set anew in the meantime.", connectors.present(before), "Look at it again.")
    after = _real(before, words.changed(before, changes), settings, any_folder)
    return connectors.present(_write(actor, before, after, moment))


def _theirs(changes: Mapping[str, Any]) -> bool:
    options = changes.get("options")
    named = set(changes) | (set(options) if isinstance(options, Mapping) else set())
    return bool(named & OWNERS_OWN)


def _real(before: Setting, after: Setting, settings: Settings, any_folder: bool) -> Setting:
    """Return `after` with its folders and chats as they are really written; raise InvalidInput for what is none."""
    options = dict(after.options)
    if after.name is Connector.LOCAL_FOLDER and "folders" in options:
        options["folders"] = _folders(before, options["folders"], settings, any_folder)
    if after.name is Connector.TELEGRAM and "chats" in options:
        options["chats"] = list(dict.fromkeys(_chat(one) for one in options["chats"]))
    return replace(after, options=options)


def _folders(before: Setting, named: list[str], settings: Settings, any_folder: bool) -> list[str]:
    kept: list[str] = []
    known = before.options.get("folders", [])
    try:
        for one in named:
            path = Path(one) if one in known else folder_roots.checked(Path(one), settings, anywhere=any_folder)
            folder_roots.apart(path, [Path(other) for other in kept])
            kept.append(str(path))
    except InvalidInput as error:
        raise InvalidInput({"options.folders": error.fields[folder_roots.FIELD]}) from None
    return kept


def _chat(one: str) -> str:
    from alice.connectors.telegram import settings as telegram

    try:
        return telegram.reference(one)
    except InvalidInput as error:
        raise InvalidInput({"options.chats": error.fields["chats"]}) from None


def _write(actor: Actor, before: Setting, after: Setting, now: datetime) -> Setting:
    if after == before and before.version:
        return before
    with gate.write(actor, Action.CONFIGURE_CONNECTOR) as unit:
        _create(unit, KINDS[before.name].default(), now)
        version = max(before.version, 1) + (after != before)
        if after != before:
            _update(unit, before, replace(after, version=version), now)
    return replace(after, version=version)


def _create(unit: Unit, one: Setting, now: datetime) -> bool:
    made = database.query(
        "INSERT INTO connector_setting (id, user_id, connector_name, enabled, sync_mode, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (user_id, connector_name) DO NOTHING RETURNING id",
        ids.new_id(), unit.user_id, one.name.value, one.enabled, one.sync_mode.value, now, now,
    )  # fmt: skip
    if made:
        unit.record(ConnectorCreated(one.name.value))
    return bool(made)


def _update(unit: Unit, before: Setting, after: Setting, now: datetime) -> None:
    changed = database.query(
        "UPDATE connector_setting SET enabled = %s, default_domain = %s, default_sensitivity = %s, sync_mode = %s,"
        " poll_interval_seconds = %s, secret_ref = %s, options = %s, updated_at = %s, version = %s"
        " WHERE user_id = %s AND connector_name = %s AND version = %s RETURNING id",
        after.enabled, after.domain.value, after.sensitivity.value, after.sync_mode.value,
        after.poll_interval_seconds, after.secret_ref, Jsonb(dict(after.options)), now, after.version,
        unit.user_id, after.name.value, after.version - 1,
    )  # fmt: skip
    if not changed:
        raise Conflict("The connector was set anew in the meantime.", None, "Look at it again.")
    unit.record(ConnectorConfigured(after.name.value, _names(before, after), after.version))


def _names(before: Setting, after: Setting) -> list[str]:
    """Return which fields differ, options as `options.NAME`; what they are may be private and is not told."""
    fields = ("enabled", "domain", "sensitivity", "sync_mode", "poll_interval_seconds", "secret_ref")
    names = [name for name in fields if getattr(before, name) != getattr(after, name)]
    options = set(before.options) | set(after.options)
    return names + sorted(f"options.{n}" for n in options if before.options.get(n) != after.options.get(n))


def folders(user_id: UUID) -> list[Path]:
    """Return the folders of notes that are configured."""
    sql = "SELECT options -> 'folders' FROM connector_setting WHERE user_id = %s AND connector_name = 'local_folder'"
    with database.session():
        found = database.query(sql, user_id)
    return [Path(one) for one in (found[0][0] or [])] if found else []
