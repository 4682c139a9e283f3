"""Finds the sources that name a subject and occurred within a time. It ranks nothing and chooses no words.

It looks into the index of recall with all words of the subject at once: a topic is named the same way each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alice.db import database
from alice.domain.policy import Scope
from alice.domain.recall import questions, tokens
from alice.domain.recall.ranking import SLOT_BITS
from alice.queries.library import claims
from alice.queries.scoping import visible_sql

_LOOKED_AT = 500  # passages of one subject


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject to look for in what occurred after `after` and, when given, before `before`."""

    words: str
    after: datetime
    before: datetime | None = None


def find(scope: Scope, asked: Sequence[Asked], *, until: datetime, most: int) -> list[UUID]:
    """Return the sources, captured until `until`, that name the most of the subjects; the newest first among equals."""
    wanted = [one for one in asked if tokens.words(one.words)]
    if not wanted:
        return []
    seen, values = visible_sql(scope, "s")
    # One arm for each subject: with its words in the plan Postgres meets them in the index, rare ones first.
    arm = (
        "(SELECT {}, place FROM recall_passage WHERE words @@ (plainto_tsquery(%s::regconfig, %s) && %s::tsquery)"
        f" ORDER BY place DESC LIMIT {_LOOKED_AT})"
    )
    mark = questions.quoted(questions.mark(scope.user_id))
    arms = " UNION ALL ".join(arm.format(number) for number in range(len(wanted)))
    found = database.query(
        f"WITH p (subject, place) AS ({arms})"
        f" SELECT s.id FROM p JOIN recall_document d ON d.number = p.place >> {SLOT_BITS} AND d.kind = 'source'"
        f" JOIN source s ON s.id = d.subject_id WHERE {seen} AND {claims.LIVE} AND s.captured_at <= %s"
        " AND s.occurred_at > (%s::timestamptz[])[p.subject + 1]"
        " AND s.occurred_at < COALESCE((%s::timestamptz[])[p.subject + 1], 'infinity') GROUP BY s.id, s.occurred_at"
        " ORDER BY count(DISTINCT p.subject) DESC, s.occurred_at DESC, s.id LIMIT %s",
        *(part for one in wanted for part in (tokens.language(one.words), tokens.plain(one.words), mark)),
        *values, until, [one.after for one in wanted], [one.before for one in wanted], most,
    )  # fmt: skip
    return [row[0] for row in found]
