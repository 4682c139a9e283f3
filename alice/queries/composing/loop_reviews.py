"""What a review of open loops is composed from: fresh and stale loops, and sources that spoke of them later.

Every list is bounded and served by an index. It chooses no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from alice.domain.composing.briefing import LoopRow, SourceNote
from alice.domain.composing.reports import LoopReview
from alice.domain.policy import Scope
from alice.domain.vocab import WorkflowType
from alice.queries.composing import briefing, mentions

MOST_QUIET, MOST_ASKED, MOST_LATER = 40, 24, 16


def inputs(scope: Scope, *, now: datetime, zone: str) -> LoopReview:
    """Return what an open loop review at `now`, for a reader in `zone`, is composed from."""
    window = briefing.window(scope, WorkflowType.OPEN_LOOP_REVIEW, now=now, zone=zone)
    base = briefing.owed(scope, window, zone=zone)
    quiet = briefing.quiet_loops(scope, window, MOST_QUIET)
    return LoopReview(base, quiet, later(scope, [*base.loops, *quiet], now))


def later(scope: Scope, loops: Sequence[LoopRow], now: datetime) -> tuple[SourceNote, ...]:
    """Return the sources that name the subjects of loops after those were last heard of."""
    asked: dict[str, mentions.Asked] = {}
    for loop in loops:
        subject = (loop.subject or "").rstrip("…")
        earlier = asked.get(subject)
        if subject and (earlier is None or loop.seen_at < earlier.after):
            asked[subject] = mentions.Asked(subject, loop.seen_at)
    return briefing.whole(scope, mentions.find(scope, list(asked.values())[:MOST_ASKED], until=now, most=MOST_LATER))
