"""Logging set-up and the trace id that ties a request, a run and its events together. Secrets never reach a line."""

from __future__ import annotations

import logging
import secrets
import sys
from contextvars import ContextVar
from pathlib import Path

from alice.domain import redaction

FORMAT = "%(asctime)s %(levelname)s %(name)s [%(trace)s] %(message)s"
_trace: ContextVar[str | None] = ContextVar("trace", default=None)


def new_trace() -> str:
    """Begin a new trace in this context and return its id, 16 hexadecimal digits."""
    identifier = secrets.token_hex(8)
    _trace.set(identifier)
    return identifier


def use_trace(identifier: str) -> None:
    """Go on with a trace that began elsewhere."""
    _trace.set(identifier)


def trace_id() -> str:
    """Return the current trace id, beginning one when there is none."""
    return _trace.get() or new_trace()


class Redacting(logging.Formatter):
    """Formats a record, its traceback too, and strips what looks like a secret."""

    def format(self, record: logging.LogRecord) -> str:
        record.trace = _trace.get() or "-"
        return redaction.redact(super().format(record)).text


def set_up(*, file: Path | None = None, level: int = logging.INFO) -> None:
    """Send the log to standard error, or to `file`, which rotates at 5 MB and keeps three old ones."""
    from logging.handlers import RotatingFileHandler

    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if file is not None:
        handler = RotatingFileHandler(file, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(Redacting(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("schedule").setLevel(logging.WARNING)
