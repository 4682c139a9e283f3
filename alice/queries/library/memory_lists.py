"""One list of memories for every face: as they are now, or as they were held on a day, beside how many wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from alice.domain.policy import Scope
from alice.domain.recall import periods, tokens
from alice.errors import InvalidInput
from alice.queries.composing import as_of
from alice.queries.library import candidates, memories
from alice.queries.page import DEFAULT_LIMIT


def listed(
    scope: Scope,
    wanted: Mapping[str, Any],
    *,
    now: datetime,
    zone: str,
    days: int,
) -> dict[str, Any]:
    """Return a page of memories, with `waiting` and `left_out`. `wanted` is what `ListMemories` takes.

    `left_out` counts what says that it was accepted on the day asked about, though no decision stands behind it.
    """
    told = dict(wanted)
    day, query = told.pop("as_of", None), told.pop("query", None)
    waiting = candidates.waiting(scope, now=now, days=days)
    if day is None and query is None:
        found = memories.page(scope, **told, now=now, days=days)
        return found.as_dict() | {"waiting": waiting, "left_out": 0}
    limit = told.pop("limit", DEFAULT_LIMIT)
    _check(day, query, told, now)
    until = periods.end_of(day, zone) if day else now
    found, left = as_of.page(scope, until, query=query, limit=limit)
    return found.as_dict() | {"waiting": waiting, "left_out": left}


def _check(day: date | None, query: str | None, others: Mapping[str, Any], now: datetime) -> None:
    wrong = {
        name: "cannot be given with as_of or query; leave it out."
        for name, value in others.items()
        if value is not None
    }  # fmt: skip
    if day is not None and day > now.date() + timedelta(days=1):
        wrong["as_of"] = f"must be a day that has been, not {day}."
    if query is not None and not tokens.words(query):
        wrong["query"] = "must have at least one word to look for."
    if wrong:
        raise InvalidInput(wrong)
