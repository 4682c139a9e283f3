"""The capture token: lets an extension or script hand in clips, and nothing else. Only its hash is kept.

It lies beside the operator token, in a file that only its owner can read; whoever reads that file learns nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from alice.domain.policy import Action, Actor
from alice.errors import NotConfigured
from alice.files import write_private
from alice.ledger import gate
from alice.ledger.events import CaptureTokenMade, CaptureTokenRemoved

NAME = "browser_clipper"
# The prefix makes it a shape that redaction knows, so that it never reaches a log or the brain.
_HASH = re.compile(r"[0-9a-f]{64}\Z")


def place(home: Path) -> Path:
    """Return where the token's hash lies."""
    return home / "capture.token"


def make(actor: Actor, *, home: Path) -> str:
    """Return a new token, which nobody can be shown again; the one before is void from now on."""
    token = "alice_cap_" + secrets.token_urlsafe(32)
    with gate.write(actor, Action.CONFIGURE) as unit:
        unit.record(CaptureTokenMade(NAME))
    write_private(place(home), _hash(token))
    return token


def remove(actor: Actor, *, home: Path) -> bool:
    """Take the token back; tell whether there was one."""
    if not place(home).exists():
        return False
    with gate.write(actor, Action.CONFIGURE) as unit:
        unit.record(CaptureTokenRemoved(NAME))
    place(home).unlink(missing_ok=True)
    return True


def is_right(home: Path, candidate: str) -> bool:
    """Tell whether `candidate` is the token, in a time that says nothing about it."""
    try:
        kept = place(home).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise NotConfigured(f"{place(home)} cannot be read: {error.strerror}.", "Give this user the file.") from error
    return _HASH.match(kept) is not None and hmac.compare_digest(_hash(candidate), kept)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
