"""Turns what Telethon and the network raise into what Alice can act upon. No secret and no message gets into a text."""

from __future__ import annotations

import asyncio
import re

from alice.errors import AliceError, NotConfigured, Upstream

TRANSIENT = (OSError, EOFError, BufferError, asyncio.CancelledError)
_WAIT_WHEN_UNTOLD = 60


class Flood(Exception):
    """Telegram wants silence for so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = max(seconds, 1)


class Declined(Exception):
    """Telegram declined one request; `reason` is its word for it, such as `channel_private`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Moved(Exception):
    """The account lives in another data centre."""

    def __init__(self, data_centre: int) -> None:
        super().__init__(str(data_centre))
        self.data_centre = data_centre


INNER = (Flood, Declined, Moved)


def outer(error: Exception) -> AliceError:
    """Return the error for the caller when a Flood, a Declined or a Moved ends everything."""
    if isinstance(error, Flood):
        return Upstream(f"Telegram wants silence for {error.seconds} s.", after_seconds=error.seconds)
    if isinstance(error, Moved):
        return revoked()
    assert isinstance(error, Declined)
    return declined(error)


def told(error: BaseException) -> Exception:
    """Return the error to raise in place of `error`, or `error` itself when nothing is known about it."""
    from telethon import errors

    if isinstance(error, errors.FloodError):
        return Flood(int(getattr(error, "seconds", _WAIT_WHEN_UNTOLD)))
    if isinstance(error, errors.InvalidDCError):
        return Moved(int(getattr(error, "new_dc", 0)))
    if isinstance(error, errors.SessionPasswordNeededError | errors.BadRequestError | errors.ForbiddenError):
        return Declined(word(error))
    if isinstance(error, errors.UnauthorizedError | errors.AuthKeyError | errors.AuthKeyNotFound):
        return revoked()
    if isinstance(error, errors.ServerError | errors.TimedOutError):
        return Upstream("Telegram has trouble of its own.", "Nothing is lost; the next sync asks again.")
    if isinstance(error, TRANSIENT):
        return Upstream("The connection to Telegram failed.", "Nothing is lost; the next sync asks again.")
    if isinstance(error, errors.RPCError):
        return declined(Declined(word(error)))
    if isinstance(error, errors.TypeNotFoundError | errors.SecurityError):
        return Upstream(
            "Telegram sent something that this version cannot read.", "Update Alice, then sync again.", transient=False
        )
    return error if isinstance(error, Exception) else Upstream("The call to Telegram was broken off.")


def word(error: BaseException) -> str:
    """Return Telegram's own word for an error, in lower case."""
    name = type(error).__name__.removesuffix("Error")
    if name in ("BadRequest", "Forbidden", "NotFound", "RPC"):
        name = str(getattr(error, "message", "")) or name
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return re.sub(r"[^a-z0-9_]+", "_", snake)[:60]


def revoked() -> AliceError:
    """Return the error of a session that Telegram no longer takes."""
    return NotConfigured(
        "Telegram no longer accepts this session: it was ended, or it never was signed in.",
        "Run: alicebot vnext connectors telegram login",
    )


def declined(refusal: Declined) -> AliceError:
    """Return the error for a request without which nothing goes on."""
    return Upstream(f"Telegram declined the request: {refusal.reason}.", transient=False)
