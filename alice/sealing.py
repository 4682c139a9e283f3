"""Seals: a keyed digest that says a decision was taken through Alice. The key lies beside the data, never in it.

Whoever can write rows but cannot read ALICE_HOME cannot make one, so a row without its seal is trusted by nobody.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alice import config
from alice.errors import NotConfigured
from alice.files import create_private

_SHAPE = re.compile(r"[0-9a-f]{64}\Z")
_NAMED = 8  # hexadecimal digits of the key's own digest, by which a seal names its key


def place(home: Path) -> Path:
    """Return where the key lies. Hosts that share a brain share this file; with a backup it belongs in the backup."""
    return home / "seal.key"


def key() -> bytes:
    """Return the key of this home. Who looks at many seals at once asks for it once and hands it on."""
    return _key(config.home())


def seal(values: Mapping[str, Any], *, by: bytes | None = None) -> str:
    """Return the seal of `values`, which are plain JSON: the key's name, a colon, and an HMAC-SHA256."""
    mine = by or key()
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    return f"{_name(mine)}:{_mac(mine, text)}"


def holds(sealed: str, values: Mapping[str, Any], *, by: bytes | None = None) -> bool:
    """Tell whether `sealed` is the seal of `values`, made with the key of this home."""
    return hmac.compare_digest(sealed.encode(), seal(values, by=by).encode())


def is_ours(sealed: str) -> bool:
    """Tell whether `sealed` names the key of this home; another host's key, or a lost one, cannot be checked here."""
    return sealed.partition(":")[0] == _name(key())


def digest(text: str, *, by: bytes | None = None) -> str:
    """Return a keyed digest of `text`, from which nobody without the key can guess it."""
    return _mac(by or key(), f"words\n{text}")[:32]


def _mac(by: bytes, text: str) -> str:
    return hmac.new(by, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@functools.lru_cache(maxsize=8)
def _name(by: bytes) -> str:
    return hashlib.sha256(b"alice seal\n" + by).hexdigest()[:_NAMED]


def _key(home: Path) -> bytes:
    """Return the key of `home`, making one when there is none yet; one that was put back is noticed at once."""
    file = place(home)
    try:
        there = file.stat()
    except FileNotFoundError:
        create_private(file, secrets.token_hex(32))
        there = file.stat()
    except OSError as error:
        raise _unreadable(file, error) from error
    return _read(file, there.st_mtime_ns, there.st_ino)


@functools.lru_cache(maxsize=8)
def _read(file: Path, _changed: int, _inode: int) -> bytes:
    try:
        kept = file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise _unreadable(file, error) from error
    if not _SHAPE.match(kept):
        raise NotConfigured(f"{file} holds no key.", "Put the key back from a backup: decisions rest on it.")
    return bytes.fromhex(kept)


def _unreadable(file: Path, error: OSError) -> NotConfigured:
    return NotConfigured(f"{file} cannot be read: {error.strerror}.", "Give this user the file.")
