"""What a workflow composes from: one bounded read of what the scope shows, as plain rows. It chooses no words.

Nothing here may grow with the brain: every list has a limit that an index serves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from alice import config
from alice.db import database
from alice.domain.composing.briefing import ClaimNote, Inputs, LoopRow, Older, Passage, Related, SourceNote, Waiting
from alice.domain.policy import Scope
from alice.domain.vocab import WorkflowType
from alice.queries import brains
from alice.queries.composing import recall
from alice.queries.library import candidates, claims
from alice.queries.scoping import visible_sql

NEWS_WINDOW = timedelta(days=14)
STALE_AFTER = timedelta(days=60)
OLDER_THAN = timedelta(days=21)  # a connection is to something from another time, not from last week
FEW = 12  # so few captures since the last brief are all news, however old: somebody picked them
MOST_SOURCES, MOST_READ, MOST_CLAIMS, MOST_LOOPS, MOST_CLOSED = 40, 8, 400, 200, 50
_LONGEST_READ = 60_000
_PASSAGES = {True: 400, False: 3}  # of a source that is read whole, and of the others


@dataclass(frozen=True, slots=True)
class Window:
    """What an artifact covers: captured after `since` until `now`. `newest` is how far each connector's evidence goes.

    `news` is how far back from its newest evidence a large import counts as news; `inbox` asks for what waits there.
    """

    since: datetime | None
    now: datetime
    newest: dict[str, datetime]
    news: timedelta = NEWS_WINDOW
    inbox: bool = False


def inputs(scope: Scope, *, now: datetime, zone: str, workflow: WorkflowType = WorkflowType.DAILY_BRIEF) -> Inputs:
    """Return what is new at `now` since the last artifact of `workflow`, and what is owed, for a reader in `zone`."""
    return gathered(scope, window(scope, workflow, now=now, zone=zone), zone=zone)


def window(scope: Scope, workflow: WorkflowType, *, now: datetime, zone: str) -> Window:
    """Return what an artifact of `workflow` at `now` covers: everything since the last one of an earlier day."""
    inbox = workflow is WorkflowType.DAILY_BRIEF
    return Window(_last(scope, now, zone, workflow), now, newest(scope, now), inbox=inbox)


def owed(scope: Scope, window: Window, *, zone: str) -> Inputs:
    """Return the loops at the end of `window`, and no news."""
    loops, stale = _fresh_loops(scope, window)
    return Inputs(
        now=window.now,
        zone=zone,
        since=window.since,
        newest_at=max(window.newest.values(), default=None),
        captured=0,
        loops=loops,
        closed=_closed(scope, window),
        stale=stale,
        owner_names=brains.owner_names(scope),
    )


def gathered(scope: Scope, window: Window, *, zone: str) -> Inputs:
    """Return what came in within `window`, what was drawn from it, and what is owed at its end."""
    now = window.now
    captured, first_news = _captured(scope, window)
    sources = _sources(scope, window, first_news)
    loops, stale = _fresh_loops(scope, window)
    found, unsealed = _claims(scope, window, [source.id for source in sources])
    return Inputs(
        now=now,
        zone=zone,
        since=window.since,
        newest_at=max(window.newest.values(), default=None),
        captured=captured,
        sources=sources,
        older=_older(scope, window, first_news),
        claims=found,
        loops=loops,
        closed=_closed(scope, window),
        stale=stale,
        waiting=_waiting(scope, window.now) if window.inbox else (),
        owner_names=brains.owner_names(scope),
        background=_background(scope, sources),
        unsealed=unsealed,
    )


def _last(scope: Scope, now: datetime, zone: str, workflow: WorkflowType) -> datetime | None:
    """Return until when the last one before today looked: a second one today tells the whole day again."""
    local = ZoneInfo(zone)
    midnight = datetime.combine(now.astimezone(local).date(), datetime.min.time(), local)
    seen, values = visible_sql(scope, "a")
    found = database.query(
        f"SELECT covers_to FROM artifact a WHERE {seen} AND artifact_type = %s AND created_at < %s"
        " ORDER BY created_at DESC, id DESC LIMIT 1",
        *values, workflow.value, midnight,
    )  # fmt: skip
    return found[0][0] if found else None


def newest(scope: Scope, now: datetime) -> dict[str, datetime]:
    """Return when the newest evidence of each connector occurred."""
    seen, values = visible_sql(scope, "s")
    sql = f"SELECT connector, max(occurred_at) FROM source s WHERE {seen} AND {claims.LIVE} AND captured_at <= %s"
    return dict(database.query(f"{sql} GROUP BY 1", *values, now))


def _since(window: Window) -> tuple[str, list[object]]:
    """Return the condition for what was captured in the window."""
    if window.since is None:
        return "s.captured_at <= %s", [window.now]
    return "s.captured_at > %s AND s.captured_at <= %s", [window.since, window.now]


def _captured(scope: Scope, window: Window) -> tuple[int, datetime | None]:
    """Return how many sources came in, and since when what occurred is news: None when all of it is."""
    seen, values = visible_sql(scope, "s")
    within, more = _since(window)
    sql = f"SELECT count(*), max(occurred_at) FROM source s WHERE {seen} AND {claims.LIVE} AND {within}"
    [(number, latest)] = database.query(sql, *values, *more)
    all_news = latest is None or (window.since is not None and number <= FEW)
    return number, None if all_news else latest - window.news


def _sources(scope: Scope, window: Window, first_news: datetime | None) -> tuple[SourceNote, ...]:
    """Return the news, newest first; the newest few of them whole."""
    seen, values = visible_sql(scope, "s")
    within, more = _since(window)
    found = database.rows(
        "SELECT id, title, connector, occurred_at, captured_at, domain, sensitivity, char_count FROM source s"
        f" WHERE {seen} AND {claims.LIVE} AND {within} AND occurred_at >= %s ORDER BY occurred_at DESC, id LIMIT %s",
        *values, *more, first_news or datetime.min.replace(tzinfo=ZoneInfo("UTC")), MOST_SOURCES,
    )  # fmt: skip
    whole = [row["id"] for row in found if row["char_count"] <= _LONGEST_READ][:MOST_READ]
    texts = dict(database.query("SELECT id, content_text FROM source WHERE id = ANY(%s)", whole))
    passages = _passages(found, set(whole))
    return tuple(_source(row, passages.get(row["id"], []), texts.get(row["id"], "")) for row in found)


def whole(scope: Scope, source_ids: Sequence[UUID]) -> tuple[SourceNote, ...]:
    """Return sources with all of their passages and their text; one that is too long is left out."""
    seen, values = visible_sql(scope, "s")
    found = database.rows(
        "SELECT id, title, connector, occurred_at, captured_at, domain, sensitivity, content_text FROM source s"
        f" WHERE {seen} AND {claims.LIVE} AND id = ANY(%s) AND char_count <= %s ORDER BY occurred_at DESC, id",
        *values, list(source_ids), _LONGEST_READ,
    )  # fmt: skip
    passages = _passages(found, {row["id"] for row in found})
    return tuple(_source(row, passages.get(row["id"], []), row["content_text"]) for row in found)


def _source(row: dict[str, Any], passages: list[Passage], text: str) -> SourceNote:
    return SourceNote(
        row["id"], row["title"], row["connector"], row["occurred_at"], row["captured_at"], tuple(passages), text
    )


def _passages(found: Sequence[dict[str, Any]], whole: set[UUID]) -> dict[UUID, list[Passage]]:
    """Return the passages of each source in order: all of one that is read whole, the first few of another."""
    told = {row["id"]: row for row in found}
    by_source: dict[UUID, list[Passage]] = {}
    for kind in (True, False):
        wanted = [identifier for identifier in told if (identifier in whole) is kind]
        rows = database.rows(
            "SELECT source_id, id, start, text, heading FROM chunk WHERE source_id = ANY(%s) AND ordinal < %s"
            " ORDER BY source_id, ordinal",
            wanted, _PASSAGES[kind],
        )  # fmt: skip
        for row in rows:
            words = claims.evidence(row | {"chunk_id": row["id"]}, told[row["source_id"]])
            by_source.setdefault(row["source_id"], []).append(Passage(words, row["heading"]))
    return by_source


def _older(scope: Scope, window: Window, first_news: datetime | None) -> Older | None:
    if first_news is None:
        return None
    seen, values = visible_sql(scope, "s")
    within, more = _since(window)
    [(number, first, last)] = database.query(
        f"SELECT count(*), min(occurred_at), max(occurred_at) FROM source s WHERE {seen} AND {claims.LIVE} AND {within}"
        " AND occurred_at < %s",
        *values, *more, first_news,
    )  # fmt: skip
    return Older(number, first, last) if number else None


def _background(scope: Scope, sources: Sequence[SourceNote]) -> tuple[str, ...]:
    """Return the texts of the two sources before the news, so that a form's wording is told from news."""
    if not sources:
        return ()
    seen, values = visible_sql(scope, "s")
    found = database.query(
        f"SELECT left(content_text, {_LONGEST_READ}) FROM source s WHERE {seen} AND {claims.LIVE} AND occurred_at < %s"
        f" AND char_count <= {_LONGEST_READ} ORDER BY occurred_at DESC, id LIMIT 2",
        *values, min(source.occurred_at for source in sources),
    )  # fmt: skip
    return tuple(row[0] for row in found)


def _claims(scope: Scope, window: Window, source_ids: list[UUID]) -> tuple[tuple[ClaimNote, ...], int]:
    """Return what was drawn from the news and was not known before the window, and how many no seal stands behind."""
    if not source_ids:
        return (), 0
    seen, values = visible_sql(scope, "m")
    found = database.rows(
        f"SELECT {claims.CLAIM}"
        " FROM memory m LEFT JOIN project j ON j.id = m.project_id"
        f" WHERE {seen} AND m.status IN ('candidate', 'accepted') AND m.created_at > %s AND m.id IN"
        " (SELECT subject_id FROM provenance WHERE source_id = ANY(%s) AND subject_kind = 'memory')"
        " ORDER BY m.occurred_at DESC, m.confidence DESC, m.id LIMIT %s",
        *values, window.since or datetime.min.replace(tzinfo=ZoneInfo("UTC")), source_ids, MOST_CLAIMS,
    )  # fmt: skip
    held = claims.sealed(scope, found)
    return claims.notes(scope, held), len(found) - len(held)


# Fresh is what was mentioned in the 60 days before the newest evidence of the connector it came from: silence says
# something only where somebody could have spoken. A due date still to come keeps a loop fresh. Where it came from is
# looked up only for what is not fresh by the reader's own clock, which no connector is ahead of.
_LOOPS = " FROM open_loop l LEFT JOIN project j ON j.id = l.project_id"
_FRESH = (
    "(l.last_seen_at >= %s OR l.due_on >= %s::timestamptz::date"
    " OR COALESCE((SELECT l.last_seen_at >= h.at - %s OR l.due_on >= h.at::date"
    " FROM (SELECT s.connector FROM provenance p JOIN source s ON s.id = p.source_id WHERE p.subject_id = l.id"
    " ORDER BY s.occurred_at DESC, s.id LIMIT 1) o"
    " JOIN unnest(%s::text[], %s::timestamptz[]) AS h (connector, at) ON h.connector = o.connector), false))"
)


def _fresh(window: Window) -> list[object]:
    """Return the parameters of `_FRESH`."""
    heard = _heard(window)
    return [window.now - STALE_AFTER, window.now, STALE_AFTER, list(heard), list(heard.values())]


def _fresh_loops(scope: Scope, window: Window) -> tuple[tuple[LoopRow, ...], int]:
    """Return the loops that are not stale, by due date and then the newest, and how many stale ones there are."""
    seen, values = visible_sql(scope, "l")
    sql = f"SELECT count(*) FROM open_loop l WHERE {seen} AND {claims.ACTIVE}"
    [(active,)] = database.query(sql, *values, window.now)
    floor = min([*_heard(window).values(), window.now]) - STALE_AFTER
    found = database.rows(
        f"SELECT {claims.LOOP}, count(*) OVER () AS fresh {_LOOPS}"
        f" WHERE {seen} AND {claims.ACTIVE} AND (l.last_seen_at >= %s OR l.due_on >= %s) AND {_FRESH}"
        " ORDER BY l.due_on NULLS LAST, l.last_seen_at DESC, l.confidence DESC, l.id LIMIT %s",
        *values, window.now, floor, floor.date(), *_fresh(window), MOST_LOOPS,
    )  # fmt: skip
    return claims.loops(scope, found), active - (found[0]["fresh"] if found else 0)


def quiet_loops(scope: Scope, window: Window, most: int) -> tuple[LoopRow, ...]:
    """Return the newest of the stale loops."""
    seen, values = visible_sql(scope, "l")
    found = database.rows(
        f"SELECT {claims.LOOP} {_LOOPS} WHERE {seen} AND {claims.ACTIVE} AND {_FRESH} IS NOT TRUE"
        " ORDER BY l.last_seen_at DESC, l.id LIMIT %s",
        *values, window.now, *_fresh(window), most,
    )  # fmt: skip
    return claims.loops(scope, found)


def _heard(window: Window) -> dict[str, datetime]:
    """Return until when each connector could have spoken."""
    return {connector: min(at, window.now) for connector, at in window.newest.items()}


def _closed(scope: Scope, window: Window) -> tuple[LoopRow, ...]:
    if window.since is None:
        return ()
    seen, values = visible_sql(scope, "l")
    found = database.rows(
        f"SELECT {claims.LOOP} FROM open_loop l LEFT JOIN project j ON j.id = l.project_id WHERE {seen}"
        " AND l.status = 'closed' AND l.closed_at > %s ORDER BY l.closed_at DESC, l.id LIMIT %s",
        *values, window.since, MOST_CLOSED,
    )  # fmt: skip
    return claims.loops(scope, found)


_WAITING = {
    "source": "SELECT count(*), min(captured_at) FROM source t WHERE {seen} AND status = 'new' AND NOT backlog",
    "open_loop": "SELECT count(*), min(created_at) FROM open_loop t WHERE {seen} AND status = 'candidate'"
    " AND NOT backlog",
    "artifact": "SELECT count(*), min(created_at) FROM artifact t WHERE {seen} AND status = 'needs_review'",
}


def _waiting(scope: Scope, now: datetime) -> tuple[Waiting, ...]:
    """Return what waits in the inbox by kind; the backlog of a first import does not count."""
    seen, values = visible_sql(scope, "t")
    memories = candidates.waiting(scope, now=now, days=config.load().candidate_days)
    oldest, found = memories["oldest_waiting_at"], []
    if oldest:
        found.append(Waiting("memory", memories["count"], oldest, memories["expiring_count"]))
    for kind, sql in _WAITING.items():
        [(number, oldest)] = database.query(sql.format(seen=seen), *values)
        if number:
            found.append(Waiting(kind, number, oldest))
    return tuple(found)


def related(scope: Scope, questions: Sequence[tuple[UUID, str]], inputs: Inputs) -> tuple[Related, ...]:
    """Return older passages that recall finds for each question; `questions` are a claim's or loop's id and words."""
    latest = inputs.newest_at or inputs.now
    found = []
    for identifier, words in questions:
        if any(char.isalnum() for char in words):
            hits = recall.passages(scope, words, limit=3, before=latest - OLDER_THAN)
            found += [claims.related(identifier, hit) for hit in hits]
    return tuple(found)


def sources(scope: Scope, source_ids: list[UUID], zone: str) -> list[tuple[UUID, str, str, date]]:
    """Return id, title, connector and local day of the sources that an artifact cites."""
    seen, values = visible_sql(scope, "s")
    found = database.query(
        f"SELECT id, title, connector, occurred_at FROM source s WHERE {seen} AND id = ANY(%s) ORDER BY id",
        *values, source_ids,
    )  # fmt: skip
    return [(i, title, connector, at.astimezone(ZoneInfo(zone)).date()) for i, title, connector, at in found]
