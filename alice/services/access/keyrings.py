"""The desktop's keyring, where there is one. A machine without a screen usually has none, and is told so plainly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from alice.connectors.base import Secret
from alice.errors import NotConfigured

SERVICE = "alice"
_HOW = "Use file:NAME instead, or env:NAME for a service."
T = TypeVar("T")


def usable() -> bool:
    """Tell whether a keyring answers here: its null and failing backends have a priority below 1."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return bool(keyring.get_keyring().priority >= 1)
    except (KeyringError, RuntimeError):
        return False


def put(name: str, value: Secret) -> None:
    """Keep `value` under `name`; raise NotConfigured where no keyring answers."""
    _asked(lambda keyring: keyring.set_password(SERVICE, name, value.reveal()))


def get(name: str) -> Secret | None:
    """Return the secret under `name`, or None; raise NotConfigured where no keyring answers."""
    found = _asked(lambda keyring: keyring.get_password(SERVICE, name))
    return Secret(found) if found is not None else None


def remove(name: str) -> bool:
    """Remove the secret under `name`; tell whether it was there."""
    if get(name) is None:
        return False
    _asked(lambda keyring: keyring.delete_password(SERVICE, name))
    return True


def _asked(question: Callable[[Any], T]) -> T:
    """Ask the keyring. What its backend says may hold anything, so only the kind of failure is told."""
    if not usable():
        raise NotConfigured("This machine has no keyring that answers.", _HOW)
    import keyring
    from keyring.errors import KeyringError

    try:
        return question(keyring)
    except (KeyringError, RuntimeError) as error:
        raise NotConfigured(f"The keyring refused: {type(error).__name__}.", f"Unlock it. {_HOW}") from None
