"""Every error that Alice raises on purpose: what happened, its HTTP status and exit code, and the way out.

Services raise these and nobody in between catches them; each surface maps them once.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

MOST_FIELDS = 50


class AliceError(Exception):
    """An error that a person can act upon. `hint` says how; `extra` is added to the JSON answer."""

    code = "error"
    http_status = 500
    exit_code = 1

    def __init__(self, message: str, hint: str | None = None, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.extra = extra

    @property
    def fields(self) -> Mapping[str, str]:
        """Return the sentence for each field that was wrong; empty for everything but bad input."""
        return {}


class InvalidInput(AliceError):
    """What came in cannot be used. `fields` has one sentence for each field, naming what is allowed, for the first
    MOST_FIELDS of them: an answer is not to be longer than what was asked.
    """

    code = "invalid_input"
    http_status = 422
    exit_code = 2

    def __init__(self, fields: Mapping[str, str], message: str | None = None, hint: str | None = None) -> None:
        first = next(iter(fields.items()), ("input", "is not valid"))
        super().__init__(message or f"{first[0]}: {first[1]}", hint)
        self._fields = dict(islice(fields.items(), MOST_FIELDS))

    @property
    def fields(self) -> Mapping[str, str]:
        return self._fields


class NotAuthenticated(AliceError):
    """Nobody known is asking."""

    code = "not_authenticated"
    http_status = 401
    exit_code = 5


class NotFound(AliceError):
    """There is no such thing, or it is not the caller's to see: the two are told alike on purpose."""

    code = "not_found"
    http_status = 404
    exit_code = 3

    def __init__(self, kind: str, identifier: object, hint: str | None = None) -> None:
        super().__init__(f"There is no {kind} {identifier}.", hint)


class Conflict(AliceError):
    """Somebody decided or changed it first. `current` is the row as it is now."""

    code = "conflict"
    http_status = 409
    exit_code = 4

    def __init__(self, message: str, current: Mapping[str, Any] | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint, **({"current": dict(current)} if current is not None else {}))


class PolicyBlocked(AliceError):
    """The policy says no. The message names the rule, never the content; the refusal is in the log."""

    code = "policy_blocked"
    http_status = 403
    exit_code = 5

    def __init__(self, message: str, decision: Mapping[str, Any] | None = None, event_id: str | None = None) -> None:
        super().__init__(
            message, None, **{k: v for k, v in {"policy_decision": decision, "event_id": event_id}.items() if v}
        )


class NotConfigured(AliceError):
    """Something has to be set up first. `hint` names the setting and the command or page that sets it."""

    code = "not_configured"
    http_status = 409
    exit_code = 6


class TooLarge(AliceError):
    """More came in than is taken at once."""

    code = "too_large"
    http_status = 413
    exit_code = 2


class Busy(AliceError):
    """The lock on it is held elsewhere; trying again later is the way out."""

    code = "busy"
    http_status = 423
    exit_code = 7


class TooManyRequests(AliceError):
    """Asked too often, or guessed wrong too often. `after_seconds` is when the next try is taken."""

    code = "too_many_requests"
    http_status = 429
    exit_code = 7

    def __init__(self, message: str, *, after_seconds: int) -> None:
        super().__init__(message, f"Wait {after_seconds} seconds, then try again.")
        self.after_seconds = after_seconds


class Upstream(AliceError):
    """Something outside failed: Telegram, a model, the database. `transient` failures are worth a retry."""

    code = "upstream"
    http_status = 502
    exit_code = 8

    def __init__(
        self, message: str, hint: str | None = None, *, transient: bool = True, after_seconds: float | None = None
    ) -> None:
        super().__init__(message, hint)
        self.transient = transient
        self.after_seconds = after_seconds


class DatabaseUnavailable(Upstream):
    """Postgres does not answer, is too old, or has another shape than this code expects."""

    code = "database_unavailable"
    http_status = 503
