"""The hash chain of the event log: the canonical text of an event, its hash, and what a walk along the chain finds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
_COLUMNS = ("id", "user_id", "seq", "event_type", "actor", "subject_kind", "subject_id", "trace_id", "previous_hash")


def canonical(fields: Mapping[str, Any]) -> str:
    """Return the one JSON text of an event: sorted keys, UTF-8, no floats, times as microsecond UTC text."""
    return json.dumps(_plain(fields), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        raise TypeError("an event holds no floats: their text is not the same everywhere")
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def link(previous_hash: str, text: str) -> str:
    """Return the integrity hash of the event with canonical `text` that follows `previous_hash`."""
    return hashlib.sha256(f"{previous_hash}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest event of a brain at some moment, noted outside of the database."""

    seq: int
    integrity_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event that is not as it was written, and what is wrong with it."""

    seq: int
    event_id: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a walk ended: how many events were read, the last hash, and what broke it, if anything."""

    count: int
    last_seq: int
    last_hash: str
    broken: Broken | None = None


def walk(rows: Iterable[Mapping[str, Any]], anchors: Iterable[Anchor] = ()) -> Walk:
    """Follow the chain over `rows` in order of seq and stop at the first that does not fit, or is not as anchored.

    A chain that was written anew fits in itself. Where an anchor says otherwise, the first event that may have been
    written anew is the one after the last that is as it was anchored.
    """
    at, sure, noted = Walk(0, 0, GENESIS), 0, {anchor.seq: anchor for anchor in anchors}
    for row in rows:
        problem = _problem(row, at)
        if problem:
            return Walk(at.count, at.last_seq, at.last_hash, Broken(row["seq"], str(row["id"]), problem))
        at = Walk(at.count + 1, row["seq"], row["integrity_hash"])
        anchor = noted.get(at.last_seq)
        if anchor and anchor.integrity_hash != at.last_hash:
            return Walk(at.count, at.last_seq, at.last_hash, Broken(sure + 1, None, _rewritten(sure + 1, anchor)))
        sure = at.last_seq if anchor else sure
    return at


def cut(at: Walk, head: tuple[int, str] | None, anchors: Iterable[Anchor] = ()) -> Broken | None:
    """Return what is missing at the end of a walk that held: by the head row, or by an anchor that saw more."""
    newest = max(anchors, key=lambda anchor: anchor.seq, default=None)
    if newest and newest.seq > at.last_seq:
        return Broken(at.last_seq + 1, None, f"the log was cut: event {newest.seq} was there on {_day(newest)}")
    if head and head != (at.last_seq, at.last_hash):
        return Broken(at.last_seq + 1, None, f"the log was cut: event {head[0]} was the newest")
    if not head and at.count:
        return Broken(at.last_seq, None, "the head of the log is gone")
    return None


def _rewritten(first: int, anchor: Anchor) -> str:
    among = "it" if first == anchor.seq else f"it, or one after it up to {anchor.seq},"
    return f"{among} was written anew: event {anchor.seq} is not the one that was there on {_day(anchor)}"


def _day(anchor: Anchor) -> str:
    return anchor.at.astimezone(UTC).strftime("%Y-%m-%d at %H:%M UTC")


def _problem(row: Mapping[str, Any], at: Walk) -> str | None:
    if row["seq"] != at.last_seq + 1:
        return f"event {at.last_seq + 1} is missing: the next one that is there is {row['seq']}"
    if row["previous_hash"] != at.last_hash:
        return "it does not follow the event before it"
    if link(row["previous_hash"], row["canonical"]) != row["integrity_hash"]:
        return "its text was changed after it was written"
    told = json.loads(row["canonical"])
    stored = {name: row[name] for name in _COLUMNS} | {"recorded_at": row["recorded_at"]}
    changed = sorted(name for name, value in stored.items() if _plain(value) != told.get(name))
    return f"its column {changed[0]} was changed after it was written" if changed else None
