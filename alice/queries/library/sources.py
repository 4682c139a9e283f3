"""Reads of evidence: sources, their passages, and how much has come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from peewee import fn

from alice.db import database
from alice.domain.policy import Scope
from alice.errors import NotFound
from alice.models import Chunk, Source
from alice.queries.page import Page, paged
from alice.queries.scoping import identified, visible, visible_sql

# Everything but the text itself, which a list has no room for.
LISTED = (Source.id, Source.connector, Source.external_id, Source.import_batch, Source.title, Source.uri, Source.author,
          Source.content_hash, Source.char_count, Source.occurred_at, Source.captured_at, Source.status, Source.domain,
          Source.sensitivity, Source.project_id, Source.backlog, Source.reviewed_at, Source.revision, Source.current,
          Source.gone_at, Source.version)  # fmt: skip


def page(
    scope: Scope,
    *,
    connector: str | None = None,
    status: str | None = None,
    domain: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page:
    """Return sources without their text, the newest capture first; forgotten ones are gone."""
    select: Any = Source.select(*LISTED).where(visible(scope, Source), Source.status != "forgotten")
    for field, wanted in ((Source.connector, connector), (Source.status, status), (Source.domain, domain)):
        if wanted is not None:
            select = select.where(field == wanted)
    return paged(select, (Source.captured_at, Source.id), present=present, limit=limit, cursor=cursor)


def present(row: Any) -> dict[str, Any]:
    """Return one source as it is listed and sent."""
    told = {field.name: getattr(row, field.name) for field in LISTED if field is not Source.import_batch}
    return told | {"import_id": row.import_id}


def find(scope: Scope, source_id: UUID | str) -> Source:
    """Return the row of a source in the scope, forgotten ones left out; raise NotFound."""
    identifier = identified("source", source_id)
    shown = visible(scope, Source) & (Source.id == identifier) & (Source.status != "forgotten")
    row = Source.select().where(shown).first()
    if row is None:
        raise NotFound("source", source_id)
    return row


def get(scope: Scope, source_id: UUID) -> dict[str, Any]:
    """Return one source with its text, metadata and the number of its passages; raise NotFound."""
    row = (
        Source.select(*LISTED, Source.content_text, Source.metadata)
        .where(visible(scope, Source), Source.id == source_id, Source.status != "forgotten")
        .first()
    )
    if row is None:
        raise NotFound("source", source_id)
    chunks = Chunk.select().where(Chunk.source == source_id).count()
    return {**present(row), "content_text": row.content_text, "metadata": row.metadata, "chunk_count": chunks}


def passages(scope: Scope, source_id: UUID, *, first: int = 0, limit: int = 50) -> list[dict[str, Any]]:
    """Return passages of a source in the order of the text, from ordinal `first` on.

    Each has id, ordinal, start, end, heading and text. The scope counts here too: none is seen without its source.
    """
    select = (
        Chunk.select(Chunk.id, Chunk.ordinal, Chunk.start, Chunk.end, Chunk.heading, Chunk.text)
        .join(Source)
        .where(visible(scope, Source), Chunk.source == source_id, Chunk.ordinal >= first)
        .order_by(Chunk.ordinal)
        .limit(limit)
    )
    return [
        {"id": row.id, "ordinal": row.ordinal, "start": row.start, "end": row.end,
         "heading": row.heading, "text": row.text}
        for row in select
    ]  # fmt: skip


def ordinal_at(scope: Scope, source_id: UUID, offset: int) -> int:
    """Return the ordinal of the passage that holds code point `offset`, or of the last one before it; 0 at least."""
    return (
        Chunk.select(fn.MAX(Chunk.ordinal))
        .join(Source)
        .where(visible(scope, Source), Chunk.source == source_id, Chunk.start <= offset)
        .scalar()
        or 0
    )


@dataclass(frozen=True, slots=True)
class Activity:
    """How much came in: for each of the last days, today, since Monday, and ever."""

    days: list[dict[str, Any]]
    today: int
    week: int
    total: int


def activity(scope: Scope, *, zone: str, now: datetime, days: int = 14) -> Activity:
    """Return how many sources were captured, by calendar days of the IANA zone `zone`; the last day is today."""
    today = now.astimezone(ZoneInfo(zone)).date()
    first = today - timedelta(days=max(days - 1, today.weekday()))
    seen, values = visible_sql(scope, "s")
    rows = database.query(
        f"SELECT (s.captured_at AT TIME ZONE %s)::date, count(*) FROM source s WHERE {seen}"
        " AND s.status <> 'forgotten' AND s.captured_at >= (%s::timestamp AT TIME ZONE %s) GROUP BY 1",
        zone, *values, first, zone,
    )  # fmt: skip
    counts: dict[date, int] = {day: int(count) for day, count in rows}
    listed = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    monday = today - timedelta(days=today.weekday())
    return Activity(
        [{"day": day, "count": counts.get(day, 0)} for day in listed],
        counts.get(today, 0),
        sum(count for day, count in counts.items() if day >= monday),
        Source.select().where(visible(scope, Source), Source.status != "forgotten").count(),
    )
