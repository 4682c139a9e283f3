"""Writes prepared evidence: sources, chunks, claims and the words behind them. It decides nothing."""

from __future__ import annotations

import bisect
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.extraction import Claim
from alice.domain.preparation import Prepared
from alice.ledger.unit import Unit

MEMORY_TYPES = {"decision": "decision", "fact": "semantic", "preference": "preference"}
_SOURCE = (
    "id, user_id, connector, external_id, import_id, title, uri, author, content_text, content_hash, char_count,"
    " occurred_at, captured_at, domain, sensitivity, project_id, backlog, metadata, salt"
)


@dataclass(slots=True)
class Stored:
    """One source that was written, and what was drawn from it."""

    source_id: UUID
    prepared: Prepared
    digest: str
    chunk_ids: list[UUID] = field(default_factory=list)
    memories: set[UUID] = field(default_factory=set)
    loops: set[UUID] = field(default_factory=set)
    known_memories: set[UUID] = field(default_factory=set)
    known_loops: set[UUID] = field(default_factory=set)


def store(unit: Unit, items: Sequence[Prepared], *, now: datetime, import_id: UUID | None = None) -> dict[str, Stored]:
    """Write `items`, which differ in content, and return those that were new by content hash."""
    written = _sources(unit, items, now, import_id)
    _chunks(unit, written.values())
    _claims(unit, list(written.values()), now)
    return written


def _sources(unit: Unit, items: Sequence[Prepared], now: datetime, import_id: UUID | None) -> dict[str, Stored]:
    rows, fresh = [], {}
    for item in sorted(items, key=lambda p: p.content_hash):
        salt = secrets.token_bytes(16)
        stored = Stored(ids.new_id(), item, hashlib.sha256(salt + item.text.encode()).hexdigest())
        fresh[item.content_hash] = stored
        rows.append(_source_row(unit, stored, now, import_id, salt))
    found = _insert(
        f"INSERT INTO source ({_SOURCE})", rows, "ON CONFLICT (user_id, content_hash) WHERE status <> 'forgotten'"
        " DO NOTHING RETURNING content_hash",
    )  # fmt: skip
    return {row[0]: fresh[row[0]] for row in found}


def _source_row(unit: Unit, stored: Stored, now: datetime, import_id: UUID | None, salt: bytes) -> tuple[Any, ...]:
    p, item = stored.prepared, stored.prepared.item
    return (
        stored.source_id, unit.user_id, item.connector, item.external_id, import_id, p.title, item.uri, item.author,
        p.text, p.content_hash, len(p.text), p.occurred_at, now, item.domain.value, item.sensitivity.value,
        item.project_id, p.backlog, json.dumps(p.metadata, ensure_ascii=False), salt,
    )  # fmt: skip


def _chunks(unit: Unit, written: Iterable[Stored]) -> None:
    rows = []
    for stored in written:
        for piece in stored.prepared.chunks:
            identifier = ids.new_id()
            stored.chunk_ids.append(identifier)
            rows.append(
                (identifier, unit.user_id, stored.source_id, piece.ordinal, piece.start, piece.end, piece.heading,
                 piece.text, piece.text_hash)
            )  # fmt: skip
    _copy('chunk (id, user_id, source_id, ordinal, start, "end", heading, text, text_hash)', rows)


def _claims(unit: Unit, written: Sequence[Stored], now: datetime) -> None:
    """Propose what is new, reinforce what is known already, and note the words behind both."""
    spans: dict[tuple[UUID, UUID, int, int], tuple[Any, ...]] = {}
    for kinds, upsert in _KINDS:
        drawn = _by_key((s, c) for s in written for c in s.prepared.claims if c.kind in kinds)
        for key, (identifier, inserted) in upsert(unit, _newest(drawn), now).items():
            for stored, claim in drawn[key]:
                _note(stored, claim, identifier, inserted)
                spans[identifier, stored.source_id, claim.start, claim.end] = _span(unit, stored, claim, identifier)
    _copy('provenance (id, user_id, subject_kind, subject_id, source_id, chunk_id, start, "end", rule)', spans.values())


def _note(stored: Stored, claim: Claim, identifier: UUID, inserted: bool) -> None:
    if claim.kind == "open_loop":
        (stored.loops if inserted else stored.known_loops).add(identifier)
    elif claim.kind in MEMORY_TYPES:
        (stored.memories if inserted else stored.known_memories).add(identifier)


def _span(unit: Unit, stored: Stored, claim: Claim, identifier: UUID) -> tuple[Any, ...]:
    starts = [piece.start for piece in stored.prepared.chunks]
    chunk = stored.chunk_ids[bisect.bisect_right(starts, claim.start) - 1]
    kind = "memory" if claim.kind in MEMORY_TYPES else claim.kind
    return (
        ids.new_id(), unit.user_id, kind, identifier, stored.source_id, chunk, claim.start, claim.end, claim.rule
    )  # fmt: skip


def claim_key(claim: Claim) -> str:
    """Return the name under which a claim is known, short enough for an index."""
    return hashlib.sha256(claim.key.encode()).hexdigest()[:40]


Drawn = dict[str, list[tuple[Stored, Claim]]]


def _by_key(drawn: Iterable[tuple[Stored, Claim]]) -> Drawn:
    """Group claims by their key, in an order that keeps two writers from a deadlock."""
    grouped: Drawn = {}
    for stored, claim in drawn:
        grouped.setdefault(claim_key(claim), []).append((stored, claim))
    return dict(sorted(grouped.items()))


def _newest(drawn: Drawn) -> list[tuple[str, Stored, Claim]]:
    """Return one of each claim, the one that occurred last."""
    return [(key, *max(same, key=lambda pair: pair[0].prepared.occurred_at)) for key, same in drawn.items()]


_SEEN = "last_seen_at = GREATEST({t}.last_seen_at, EXCLUDED.last_seen_at)"
_FRESH = "backlog = {t}.backlog AND EXCLUDED.backlog"
_RETURNING = "RETURNING key, id, xmax = 0"
Upserted = dict[str, tuple[UUID, bool]]


def _upsert(table: str, columns: str, rows: list[tuple[Any, ...]], updates: str) -> Upserted:
    conflict = f"ON CONFLICT (user_id, key) DO UPDATE SET {updates.format(t=table)} {_RETURNING}"
    return {row[0]: (row[1], row[2]) for row in _insert(f"INSERT INTO {table} ({columns})", rows, conflict)}


def _common(unit: Unit, key: str, stored: Stored, claim: Claim) -> tuple[Any, ...]:
    p = stored.prepared
    return (
        ids.new_id(), unit.user_id, claim.text, key, claim.subject, p.item.domain.value, p.item.sensitivity.value,
        p.item.project_id, claim.confidence, claim.rule, unit.actor.identity, list(claim.flags), p.backlog,
        p.occurred_at,
    )  # fmt: skip


_COMMON = (
    "id, user_id, text, key, subject, domain, sensitivity, project_id, confidence, rule, proposed_by, flags, backlog,"
    " occurred_at"
)


def _memories(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        (*_common(unit, key, s, claim), MEMORY_TYPES[claim.kind], now, s.prepared.occurred_at)
        for key, s, claim in drawn
    ]
    return _upsert("memory", f"{_COMMON}, memory_type, created_at, last_seen_at", rows, f"{_SEEN}, {_FRESH}")


def _loops(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        (*_common(unit, key, s, c), c.loop_kind, c.owner, c.waiting_for, c.due_on, c.due_text, now,
         s.prepared.occurred_at)
        for key, s, c in drawn
    ]  # fmt: skip
    columns = f"{_COMMON}, loop_kind, owner, waiting_for, due_on, due_text, created_at, last_seen_at"
    return _upsert("open_loop", columns, rows, f"{_SEEN}, {_FRESH}")


_HANDLE = re.compile(r"(?P<name>.+?) \(@(?P<handle>[^()]+)\)")


def _named(text: str) -> tuple[str, str | None]:
    """Return the name and the handle of a person claim, which reads `Ann Lee (@ann)`."""
    found = _HANDLE.fullmatch(text)
    return (found["name"], found["handle"]) if found else (text, None)


def _people(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        (ids.new_id(), unit.user_id, *_named(claim.text), key, s.prepared.item.domain.value,
         s.prepared.item.sensitivity.value, now, s.prepared.occurred_at)
        for key, s, claim in drawn
    ]  # fmt: skip
    columns = "id, user_id, name, handle, key, domain, sensitivity, created_at, last_seen_at"
    return _upsert("person", columns, rows, f"{_SEEN}, handle = COALESCE(person.handle, EXCLUDED.handle)")


def _projects(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        (ids.new_id(), unit.user_id, claim.text, key, s.prepared.item.sensitivity.value, now, s.prepared.occurred_at)
        for key, s, claim in drawn
    ]
    columns = "id, user_id, name, key, sensitivity, created_at, last_seen_at"
    return _upsert("project", columns, rows, _SEEN)


_KINDS = (
    (frozenset(MEMORY_TYPES), _memories),
    (frozenset({"open_loop"}), _loops),
    (frozenset({"person"}), _people),
    (frozenset({"project"}), _projects),
)


def _insert(into: str, rows: Sequence[tuple[Any, ...]], conflict: str) -> list[tuple[Any, ...]]:
    """Insert `rows` a few hundred at a time and return what the statement returns."""
    found: list[tuple[Any, ...]] = []
    for first in range(0, len(rows), 400):
        part = rows[first : first + 400]
        marks = "(" + ", ".join(["%s"] * len(part[0])) + ")"
        values = [value for row in part for value in row]
        found += database.query(f"{into} VALUES {', '.join([marks] * len(part))} {conflict}", *values)
    return found


def _copy(into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with database.handle.connection().cursor().copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
