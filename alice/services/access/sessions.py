"""Who is signed in to the console: sessions and one-time tickets, each a small file named by the hash of its secret.

The file is the session: removing it signs out, and a restart changes nothing. The secrets themselves are stored
nowhere, and looking one up compares no secret text. It must not know what a cookie or a request is.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alice.config import Settings
from alice.files import create_private

LIFE = timedelta(days=30)
IDLE = timedelta(days=7)
TICKET_LIFE = timedelta(minutes=5)
_TOUCH_AFTER = timedelta(minutes=10)


def open_ticket(home: Path, *, now: datetime) -> str:
    """Return a fresh ticket that signs in once, within five minutes."""
    _sweep(home / "tickets", before=now - TICKET_LIFE)
    return _put(home / "tickets", "alice_tk_", now)


def sign_in_link(settings: Settings, *, now: datetime) -> str:
    """Return an address that signs the owner in to the console once, within five minutes."""
    return f"{settings.console_url}/vnext/sign-in?ticket={open_ticket(settings.home, now=now)}"


def redeem(home: Path, ticket: str, *, now: datetime) -> bool:
    """Use up `ticket` and tell whether it was good: of two who try at once, one is told so."""
    file = _file(home / "tickets", ticket)
    try:
        opened_at = _time(file.stat().st_mtime)
        file.unlink()
    except OSError:
        return False
    return now - opened_at < TICKET_LIFE


def begin(home: Path, *, now: datetime) -> str:
    """Begin a session and return its secret, which the browser keeps."""
    _sweep(home / "sessions", before=now - IDLE)
    return _put(home / "sessions", "alice_ss_", now)


def is_valid(home: Path, secret: str, *, now: datetime, used: bool = True) -> bool:
    """Tell whether the session goes on: 30 days at most, 7 without use. `used` counts this look as a use."""
    file = _file(home / "sessions", secret)
    try:
        begun_at = datetime.fromisoformat(file.read_text(encoding="utf-8"))
        used_at = _time(file.stat().st_mtime)
    except (OSError, ValueError):
        return False
    if now - begun_at >= LIFE or now - used_at >= IDLE:
        file.unlink(missing_ok=True)
        return False
    if used and now - used_at > _TOUCH_AFTER:
        _touch(file, now)
    return True


def end(home: Path, secret: str) -> None:
    """End one session."""
    _file(home / "sessions", secret).unlink(missing_ok=True)


def end_all(home: Path) -> int:
    """End every session and spoil every ticket; return how many there were."""
    files = [*_files(home / "sessions"), *_files(home / "tickets")]
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)


def _put(folder: Path, prefix: str, now: datetime) -> str:
    secret = prefix + secrets.token_urlsafe(32)
    create_private(_file(folder, secret), now.isoformat())
    _touch(_file(folder, secret), now)
    return secret


def _file(folder: Path, secret: str) -> Path:
    return folder / hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _touch(file: Path, now: datetime) -> None:
    """Set the time of last use; on a disk that cannot be written, the session is merely forgotten sooner."""
    try:
        os.utime(file, (now.timestamp(), now.timestamp()))
    except OSError:
        return


def _sweep(folder: Path, *, before: datetime) -> None:
    for file in list(_files(folder)):
        try:
            if _time(file.stat().st_mtime) < before:
                file.unlink()
        except OSError:
            continue  # another process swept it


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
