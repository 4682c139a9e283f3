"""Notes outside of the database how far the log has come, so that nobody who rules the database can rewrite it unseen.

One file for each brain under ALICE_HOME/anchors, one line of JSON for each anchor; lines are only ever added. Whoever
can change these files too is the owner's account, which is trusted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from alice import clock, files
from alice.config import Settings
from alice.db import database
from alice.domain.actions import Action
from alice.domain.policy import Actor
from alice.errors import Conflict, NotConfigured
from alice.ledger import gate
from alice.ledger.chain import Anchor
from alice.queries.ledger import events

FOLDER = "anchors"
MOST = 100_000  # the newest that are compared with; at one each quarter of an hour, three years


def place(home: Path, user_id: UUID) -> Path:
    """Return where the anchors of a brain lie."""
    return home / FOLDER / f"{user_id}.jsonl"


def read(home: Path, user_id: UUID) -> list[Anchor]:
    """Return the anchors of a brain, the oldest first; a line that was not written whole is none."""
    try:
        lines = place(home, user_id).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise NotConfigured(f"{place(home, user_id)} cannot be read: {error.strerror}.", _WAY) from error
    return [anchor for line in lines[-MOST:] if (anchor := _anchor(line))]


_WAY = "Give this user the folder of ALICE_HOME."


def _anchor(line: str) -> Anchor | None:
    try:
        told = json.loads(line)
        return Anchor(int(told["seq"]), str(told["integrity_hash"]), datetime.fromisoformat(told["at"]))
    except (ValueError, KeyError, TypeError):
        return None


def verify(actor: Actor, *, settings: Settings) -> dict[str, Any]:
    """Say whether the log holds, in itself and beside its anchors; only the owner may ask, and nothing is written."""
    decision = gate.allow(actor, Action.READ_EVENTS)
    with database.session():
        return events.verify(decision.scope, read(settings.home, actor.user_id))


def verified(actor: Actor, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Do as `verify`, and note how far the log has come when it holds."""
    told = verify(actor, settings=settings)
    if told["status"] == "ok" and told["last_seq"]:
        _add(settings.home, actor.user_id, told["last_seq"], told["last_hash"], now or clock.now())
    return told


def begin_anew(actor: Actor, *, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    """Put the anchors aside, for a log that was restored from a backup, and do as `verified`.

    The old file stays beside the new one. Raise Conflict when there is nothing to put aside.
    """
    gate.allow(actor, Action.RESTORE)
    moment, path = now or clock.now(), place(settings.home, actor.user_id)
    if not path.exists():
        raise Conflict("There are no anchors to put aside.", hint="Verify without it.")
    path.rename(path.with_suffix(f".until-{moment:%Y%m%dT%H%M%S%f}.jsonl"))
    return verified(actor, settings=settings, now=moment)


def note(settings: Settings, user_id: UUID | None, *, now: datetime | None = None) -> list[str]:
    """Note how far the log of a brain, or of all where None, has come; return a sentence for each that went back.

    A log that has fewer events than were noted, or another newest one, gets no new anchor: the old ones tell.
    """
    sql = "SELECT user_id, seq, integrity_hash FROM event_head WHERE seq > 0 AND (%s::uuid IS NULL OR user_id = %s)"
    with database.session():
        heads = database.query(sql, user_id, user_id)
    moment = now or clock.now()
    return [said for brain, seq, hashed in heads for said in _noted(settings.home, brain, seq, hashed, moment)]


def _noted(home: Path, user_id: UUID, seq: int, integrity_hash: str, now: datetime) -> Iterator[str]:
    last = next(reversed(read(home, user_id)), None)
    if last and (last.seq > seq or (last.seq == seq and last.integrity_hash != integrity_hash)):
        yield f"The log of {user_id} is not as it was at event {last.seq}; alicebot vnext events verify says more."
    elif not last or last.seq < seq:
        _add(home, user_id, seq, integrity_hash, now)


def _add(home: Path, user_id: UUID, seq: int, integrity_hash: str, now: datetime) -> None:
    """Append one line in a single write, on the disk when it returns; what a crash left half-written is closed off."""
    told = {"at": now.isoformat(), "user_id": str(user_id), "seq": seq, "integrity_hash": integrity_hash}
    path = place(home, user_id)
    files.private_folder(path.parent)
    try:
        with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            torn = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
            file.write(("\n" if torn else "").encode() + json.dumps(told).encode() + b"\n")
            os.fsync(file.fileno())
    except OSError as error:
        raise NotConfigured(f"{path} cannot be written: {error.strerror}.", _WAY) from error
