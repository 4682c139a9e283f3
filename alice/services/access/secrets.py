"""Secrets by reference: the owner keeps, lists and removes them. Resolved when used; no answer holds a value."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from alice import config
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain import secret_references
from alice.domain.policy import Action, Actor
from alice.domain.secret_references import Reference
from alice.errors import InvalidInput, NotConfigured, NotFound
from alice.files import write_private
from alice.ledger import gate
from alice.ledger.events import SecretRemoved, SecretSet
from alice.services.access import keyrings, secret_files

MOST_CHARS = 20_000


def keep(actor: Actor, reference: str, value: Secret, *, settings: Settings) -> dict[str, Any]:
    """Keep `value` under `reference`, in place of an older one; say where it lies and how it is protected."""
    named = secret_references.parse(reference)
    _check(named, value)
    gate.allow(actor, Action.CONFIGURE)
    protection = "keyring"
    if named.kind == "file":
        protection = secret_files.put(settings, named.name, value)
    else:
        keyrings.put(named.name, value)
        _note(settings, ring_names(settings) | {named.name})
    with gate.write(actor, Action.CONFIGURE) as unit:
        unit.record(SecretSet(str(named), protection))
    return {"status": "ok", "reference": str(named), "protection": protection}


def remove(actor: Actor, reference: str, *, settings: Settings) -> dict[str, Any]:
    """Remove the secret under `reference`; raise NotFound when there is none."""
    named = secret_references.parse(reference)
    if named.kind == "env":
        raise InvalidInput({"secret_ref": f"{named} belongs to the environment; unset it where Alice is started."})
    gate.allow(actor, Action.CONFIGURE)
    there = secret_files.remove(settings, named.name) if named.kind == "file" else keyrings.remove(named.name)
    if named.kind == "keyring":
        _note(settings, ring_names(settings) - {named.name})
    if not there:
        raise NotFound("secret", named)
    with gate.write(actor, Action.CONFIGURE) as unit:
        unit.record(SecretRemoved(str(named)))
    return {"status": "ok", "reference": str(named)}


def listed(actor: Actor, *, settings: Settings) -> dict[str, Any]:
    """Return every reference that is kept or used: whether there is a secret behind it, how protected, who uses it."""
    gate.allow(actor, Action.CONFIGURE)
    used = _used(actor)
    kept = {f"file:{name}" for name in secret_files.names(settings)}
    kept |= {f"keyring:{name}" for name in ring_names(settings)}
    items = [_told(settings, reference, used.get(reference, [])) for reference in sorted(kept | set(used))]
    return {"items": items, "count": len(items)}


def resolve(reference: str, *, settings: Settings) -> Secret:
    """Return the secret behind `reference`, at the moment of use; raise NotConfigured naming the way to set it."""
    named = secret_references.parse(reference)
    found = _found(named, settings)
    if not found:
        raise NotConfigured(f"There is no secret {named}.", _way(named))
    return found


def present(reference: str, *, settings: Settings) -> bool:
    """Tell whether there is a secret behind `reference` that can be had now."""
    return lack(reference, settings=settings) is None


def lack(reference: str, *, settings: Settings) -> str | None:
    """Return why the secret behind `reference` cannot be had now, as the end of a sentence; None when it can."""
    try:
        return None if _found(secret_references.parse(reference), settings) else "and there is no such secret."
    except InvalidInput:
        return "and there is no such secret."
    except NotConfigured as error:
        return f"which cannot be opened. {error.message}"


def looker(settings: Settings) -> Callable[[str], str | None]:
    """Return the question what a reference lacks, for reads that know no settings; each is opened once at most."""
    return cache(lambda reference: lack(reference, settings=settings))


def ring_names(settings: Settings) -> set[str]:
    """Return the names that Alice put into the keyring, which cannot list them itself."""
    try:
        return set(json.loads(_notes(settings).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return set()


def _check(named: Reference, value: Secret) -> None:
    if named.kind == "env":
        raise InvalidInput({"secret_ref": f"{named} belongs to the environment; set it where Alice is started."})
    said = value.reveal()
    if not said.strip():
        raise InvalidInput({"value": "is empty; type the secret, or pipe it in."})
    if len(said) > MOST_CHARS or "\x00" in said or any("\ud800" <= char <= "\udfff" for char in said):
        raise InvalidInput({"value": f"must be text without NUL and of at most {MOST_CHARS:,} characters."})


def _found(named: Reference, settings: Settings) -> Secret | None:
    if named.kind == "env":
        value = config.variable(named.name)
        return Secret(value) if value else None
    return secret_files.get(settings, named.name) if named.kind == "file" else keyrings.get(named.name)


def _way(named: Reference) -> str:
    if named.kind == "env":
        return f"Set {named.name} in the environment in which Alice is started."
    return f"Set it: alicebot secrets set {named}"


def _told(settings: Settings, reference: str, used_by: list[str]) -> dict[str, Any]:
    named = secret_references.parse(reference)
    protection = named.kind if named.kind != "file" else secret_files.protection(settings, named.name)
    there = present(reference, settings=settings)
    return {"reference": reference, "present": there, "protection": protection, "used_by": used_by}


def _used(actor: Actor) -> dict[str, list[str]]:
    """Return which connectors name which references: in `secret_ref`, and in options that end in `_ref`."""
    sql = (
        "SELECT reference, array_agg(connector_name ORDER BY connector_name) FROM (SELECT connector_name, secret_ref AS"
        " reference FROM connector_setting WHERE user_id = %s UNION SELECT connector_name, value #>> '{}' FROM"
        " connector_setting, jsonb_each(options) WHERE user_id = %s AND key LIKE '%%\\_ref') AS named"
        " WHERE reference IS NOT NULL GROUP BY 1"
    )
    with database.session():
        return dict(database.query(sql, actor.user_id, actor.user_id))


def _notes(settings: Settings) -> Path:
    return secret_files.folder(settings) / "keyring-names.json"


def _note(settings: Settings, names: set[str]) -> None:
    write_private(_notes(settings), json.dumps(sorted(names)))
