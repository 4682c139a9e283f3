"""Secrets as encrypted files under ALICE_HOME/secrets, one for each name. It shows no value and keeps none in memory.

A file is JSON: how its key is had (`key`), for a passphrase its scrypt numbers, and the value as a Fernet token
(AES-128-CBC with HMAC-SHA256, as the `cryptography` package writes it).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alice.config import Settings
from alice.connectors.base import Secret
from alice.errors import NotConfigured
from alice.files import create_private, write_private
from alice.services.access import keyrings

SUFFIX = ".secret"
# scrypt (RFC 7914) with 32 MB and three passes: one of the settings that OWASP's password storage sheet gives.
_COST = {"n": 2**15, "r": 8, "p": 3}
_RING_NAME = "file-key"


def folder(settings: Settings) -> Path:
    """Return where the files lie."""
    return settings.home / "secrets"


def names(settings: Settings) -> list[str]:
    """Return the names under which secrets are kept."""
    return sorted(file.name.removesuffix(SUFFIX) for file in folder(settings).glob(f"[!.]*{SUFFIX}"))


def put(settings: Settings, name: str, value: Secret) -> str:
    """Keep `value` under `name`, in place of an older one; return what locks it: passphrase, keyring or key_file."""
    how: dict[str, Any] = {"key": _best(settings)}
    if how["key"] == "passphrase":
        how |= {"salt": base64.b64encode(secrets.token_bytes(16)).decode(), **_COST}
    token = _fernet(settings, how, make=True).encrypt(value.reveal().encode()).decode()
    write_private(_place(settings, name), json.dumps({"version": 1, **how, "token": token}))
    return str(how["key"])


def get(settings: Settings, name: str) -> Secret | None:
    """Return the secret under `name`, or None; raise NotConfigured when it is there and cannot be opened."""
    from cryptography.fernet import InvalidToken

    how = _read(settings, name)
    if how is None:
        return None
    try:
        return Secret(_fernet(settings, how).decrypt(str(how["token"])).decode())
    except (InvalidToken, KeyError, ValueError, TypeError):
        raise _closed(name, _REASONS.get(str(how.get("key")), "the file is damaged")) from None


def protection(settings: Settings, name: str) -> str | None:
    """Return how the secret under `name` is protected, or None when there is none."""
    how = _read(settings, name)
    return str(how.get("key", "damaged")) if how is not None else None


def remove(settings: Settings, name: str) -> bool:
    """Remove the secret under `name`; tell whether it was there."""
    there = _place(settings, name).exists()
    _place(settings, name).unlink(missing_ok=True)
    return there


def _place(settings: Settings, name: str) -> Path:
    return folder(settings) / f"{name}{SUFFIX}"


def _read(settings: Settings, name: str) -> Mapping[str, Any] | None:
    try:
        told = json.loads(_place(settings, name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _closed(name, f"its file cannot be read: {error.strerror}") from None
    except ValueError:
        told = None
    return told if isinstance(told, dict) else {}


def _best(settings: Settings) -> str:
    if settings.passphrase_file:
        return "passphrase"
    return "keyring" if keyrings.usable() else "key_file"


def _fernet(settings: Settings, how: Mapping[str, Any], *, make: bool = False) -> Any:
    from cryptography.fernet import Fernet

    if how.get("key") == "passphrase":
        return Fernet(_stretched(_passphrase(settings), how))
    if how.get("key") == "keyring":
        return Fernet(_ring_key(make).reveal())
    return Fernet(_key_file(settings, make))


def _stretched(passphrase: bytes, how: Mapping[str, Any]) -> bytes:
    """Return the key that the passphrase gives. The numbers come from a file: they are not believed beyond a limit."""
    n, r, p = (int(how[name]) for name in ("n", "r", "p"))
    if n * r * p > 2**24:
        raise ValueError("scrypt numbers out of bounds")
    salt = base64.b64decode(how["salt"])
    return base64.urlsafe_b64encode(hashlib.scrypt(passphrase, salt=salt, n=n, r=r, p=p, maxmem=2**28, dklen=32))


def _passphrase(settings: Settings) -> bytes:
    if settings.passphrase_file is None:
        raise NotConfigured(
            "This secret is locked by a passphrase, and ALICE_PASSPHRASE_FILE is not set.",
            "Set it to the file that holds the passphrase, or set the secret again.",
        )
    try:
        words = settings.passphrase_file.read_bytes().strip()
    except OSError as error:
        raise NotConfigured(
            f"The passphrase file {settings.passphrase_file} cannot be read: {error.strerror}.",
            "Point ALICE_PASSPHRASE_FILE at a file that this user can read.",
        ) from None
    if not words:
        raise NotConfigured(f"The passphrase file {settings.passphrase_file} is empty.", "Write a passphrase into it.")
    return words


def _ring_key(make: bool) -> Secret:
    found = keyrings.get(_RING_NAME)
    if found is None and make:
        from cryptography.fernet import Fernet

        keyrings.put(_RING_NAME, Secret(Fernet.generate_key().decode()))
        found = keyrings.get(_RING_NAME)
    if found is None:
        raise NotConfigured("The key of this secret is not in the keyring.", "Set the secret again.")
    return found


def _key_file(settings: Settings, make: bool) -> bytes:
    place = folder(settings) / "key"
    if make and not place.exists():
        from cryptography.fernet import Fernet

        create_private(place, Fernet.generate_key().decode())
    try:
        # A key that others can read protects nothing: say so instead of going on.
        if place.stat().st_mode & 0o077:
            raise NotConfigured(f"{place} can be read by others.", f"Run: chmod 600 {place}")
        return place.read_bytes()
    except OSError as error:
        raise NotConfigured(
            f"The key of this secret, {place}, cannot be read: {error.strerror}.", "Set the secret again."
        ) from None


_REASONS = {
    "passphrase": "the passphrase is another one than when it was set, or the file is damaged",
    "keyring": "the key in the keyring is another one than when it was set, or the file is damaged",
    "key_file": "the key file is another one than when it was set, or the file is damaged",
}


def _closed(name: str, reason: str) -> NotConfigured:
    return NotConfigured(f"The secret file:{name} cannot be opened: {reason}.", _again(name))


def _again(name: str) -> str:
    return f"Set it again: alicebot secrets set file:{name}"


def weak(settings: Settings) -> list[str]:
    """Return the names whose key lies beside them: who can copy the folder can read these."""
    return [name for name in names(settings) if protection(settings, name) == "key_file"]
