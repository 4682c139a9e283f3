"""The operator token: one secret in a file that only its owner can read. Whoever holds it is the owner."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from alice.errors import NotConfigured
from alice.files import create_private, write_private
from alice.services.access import sessions

# The prefix makes it a shape that redaction knows, so that it never reaches a log or the brain.
_SHAPE = re.compile(r"alice_op_[A-Za-z0-9_-]{43}\Z")


def place(home: Path) -> Path:
    """Return where the token lies."""
    return home / "operator.token"


def operator(home: Path) -> str:
    """Return the operator token, making one when there is none yet."""
    prepare(home)
    try:
        token = place(home).read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise NotConfigured(f"{place(home)} cannot be read: {error.strerror}.", "Give this user the file.") from error
    if not _SHAPE.match(token):
        raise NotConfigured(f"{place(home)} holds no operator token.", "Remove the file; a new one is made then.")
    return token


def prepare(home: Path) -> None:
    """Make the operator token, unless its file is there; whether that is in order is told to whoever needs it."""
    if not place(home).exists():
        create_private(place(home), _new())


def is_operator(home: Path, candidate: str) -> bool:
    """Tell whether `candidate` is the operator token, in a time that says nothing about either."""
    return hmac.compare_digest(_digest(candidate), _digest(operator(home)))


def rotate(home: Path) -> str:
    """Replace the operator token, end every session that began with the old one, and return the new token."""
    token = _new()
    write_private(place(home), token)
    sessions.end_all(home)
    return token


def _new() -> str:
    return "alice_op_" + secrets.token_urlsafe(32)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
