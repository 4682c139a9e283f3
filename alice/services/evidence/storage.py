"""Writes prepared evidence: sources, chunks, claims and the words behind them. It decides nothing."""

from __future__ import annotations

import bisect
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.extraction import Claim
from alice.domain.preparation import Prepared
from alice.domain.vocab import RESTRICTED_DOMAINS, Domain
from alice.ledger.unit import Unit
from alice.services.evidence import forgotten
from alice.services.reviewing import merged_words

MEMORY_TYPES = {"decision": "decision", "fact": "semantic", "preference": "preference"}
Row = dict[str, Any]


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
    known = "ON CONFLICT (user_id, content_hash) WHERE status <> 'forgotten' DO NOTHING RETURNING content_hash"
    found = _insert("source", rows, known)
    return {row[0]: fresh[row[0]] for row in found}


def _source_row(unit: Unit, stored: Stored, now: datetime, import_id: UUID | None, salt: bytes) -> Row:
    p, item = stored.prepared, stored.prepared.item
    return {
        "id": stored.source_id,
        "user_id": unit.user_id,
        "connector": item.connector,
        "external_id": item.external_id,
        "import_id": import_id,
        "title": p.title,
        "uri": item.uri,
        "author": item.author,
        "content_text": p.text,
        "content_hash": p.content_hash,
        "char_count": len(p.text),
        "occurred_at": p.occurred_at,
        "captured_at": now,
        "status": "new",
        "domain": item.domain,
        "sensitivity": item.sensitivity,
        "project_id": item.project_id,
        "backlog": p.backlog,
        "metadata": p.metadata,
        "salt": salt,
        "version": 1,
    }


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
        for key in forgotten.claims(unit.user_id, drawn) if upsert is _memories else ():
            del drawn[key]
        for key, (identifier, inserted) in upsert(unit, _newest(drawn), now).items():
            for stored, claim in drawn[key]:
                _note(stored, claim, identifier, inserted)
                spans[identifier, stored.source_id, claim.start, claim.end] = _span(unit, stored, claim, identifier)
    _copy('provenance (id, user_id, subject_kind, subject_id, source_id, chunk_id, start, "end", rule)', spans.values())
    if known := set[UUID]().union(*(stored.known_memories for stored in written)):
        merged_words.seen_again(unit, known)


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
    return short_key(claim.key)


def short_key(key: str) -> str:
    """Return `key` in the form in which it is stored: 40 hexadecimal digits."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


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


Upserted = dict[str, tuple[UUID, bool]]
_SEEN = "last_seen_at = GREATEST({0}.last_seen_at, EXCLUDED.last_seen_at)"
WITHDRAWN = "withdrawn"  # the flag of an undecided claim whose words stand in no current text
_FRESH = "backlog = {0}.backlog AND EXCLUDED.backlog, flags = array_remove({0}.flags, 'withdrawn')"


def _upsert(table: str, rows: list[Row], *updates: str) -> Upserted:
    """Insert what is new, update what is known, and return for each key its id and whether it was new."""
    known = ", ".join(updates).format(table)
    rest = f"ON CONFLICT (user_id, key) DO UPDATE SET {known} RETURNING key, id, xmax = 0"
    return {row[0]: (row[1], row[2]) for row in _insert(table, rows, rest)}


def _named_row(unit: Unit, key: str, stored: Stored, now: datetime) -> Row:
    item = stored.prepared.item
    return {
        "id": ids.new_id(),
        "user_id": unit.user_id,
        "key": key,
        "status": "candidate",
        "domain": item.domain,
        "sensitivity": item.sensitivity,
        "created_at": now,
        "last_seen_at": stored.prepared.occurred_at,
        "version": 1,
    }


def _claimed_row(unit: Unit, key: str, stored: Stored, claim: Claim, *, now: datetime) -> Row:
    p = stored.prepared
    return _named_row(unit, key, stored, now) | {
        "text": claim.text,
        "subject": claim.subject,
        "project_id": p.item.project_id,
        "confidence": claim.confidence,
        "rule": claim.rule,
        "proposed_by": unit.actor.identity,
        "flags": claim.flags,
        "backlog": p.backlog,
        "occurred_at": p.occurred_at,
    }


def _memories(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        _claimed_row(unit, key, s, claim, now=now) | {"memory_type": MEMORY_TYPES[claim.kind]}
        for key, s, claim in drawn
    ]
    return _upsert("memory", rows, _SEEN, _FRESH)


def memory(row: Row) -> tuple[UUID, bool]:
    """Write one memory, or note that it was seen again; return its id, and whether it is new."""
    [(identifier, fresh)] = _upsert("memory", [row], _SEEN, _FRESH).values()
    return identifier, fresh


def point(unit: Unit, memory_id: UUID, spans: Sequence[tuple[UUID, UUID, int, int]], rule: str) -> None:
    """Let words stand behind a memory: source, chunk, start and end of each; what stands there already stays."""
    rows = [
        {
            "id": ids.new_id(),
            "user_id": unit.user_id,
            "subject_kind": "memory",
            "subject_id": memory_id,
            "source_id": source_id,
            "chunk_id": chunk_id,
            "start": start,
            "end": end,
            "rule": rule,
        }
        for source_id, chunk_id, start, end in spans
    ]
    _insert("provenance", rows, 'ON CONFLICT (subject_id, source_id, start, "end") DO NOTHING RETURNING id')


def _loops(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        _claimed_row(unit, key, s, claim, now=now)
        | {
            "loop_kind": claim.loop_kind,
            "owner": claim.owner,
            "waiting_for": claim.waiting_for,
            "due_on": claim.due_on,
            "due_text": claim.due_text,
        }
        for key, s, claim in drawn
    ]
    return _upsert("open_loop", rows, _SEEN, _FRESH)


_HANDLE = re.compile(r"(?P<name>.+?) \(@(?P<handle>[^()]+)\)")


def _people(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    """A person claim reads `Ann Lee (@ann)`, or the name alone."""
    rows = []
    for key, stored, claim in drawn:
        found = _HANDLE.fullmatch(claim.text)
        name, handle = (found["name"], found["handle"]) if found else (claim.text, None)
        rows.append(_named_row(unit, key, stored, now) | {"name": name, "handle": handle})
    return _upsert("person", rows, _SEEN, "handle = COALESCE({0}.handle, EXCLUDED.handle)")


def _domain_of_project(stored: Stored) -> Domain:
    """Return project, or the restricted domain of the words that named it: a name alone may tell too much."""
    domain = Domain(stored.prepared.item.domain)
    return domain if domain in RESTRICTED_DOMAINS else Domain.PROJECT


def _projects(unit: Unit, drawn: list[tuple[str, Stored, Claim]], now: datetime) -> Upserted:
    rows = [
        _named_row(unit, key, stored, now) | {"name": claim.text, "domain": _domain_of_project(stored)}
        for key, stored, claim in drawn
    ]
    return _upsert("project", rows, _SEEN)


_KINDS = (
    (frozenset(MEMORY_TYPES), _memories),
    (frozenset({"open_loop"}), _loops),
    (frozenset({"person"}), _people),
    (frozenset({"project"}), _projects),
)


def _insert(table: str, rows: Sequence[Row], rest: str) -> list[tuple[Any, ...]]:
    """Insert `rows`, dicts by column, in one statement whose text does not grow with them; return what it returns."""
    if not rows:
        return []
    columns = ", ".join(f'"{name}"' for name in rows[0])
    sql = (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s::json) {rest}"
    )
    return database.query(sql, json.dumps(rows, ensure_ascii=False, default=_plain))


def _plain(value: UUID | datetime | date | bytes) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    return str(value) if isinstance(value, UUID) else value.isoformat()


def _copy(into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with database.handle.connection().cursor().copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
