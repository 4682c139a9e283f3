"""What a weekly synthesis is composed from: the week's evidence, and older sources on the same subjects.

Every list is bounded and served by an index. It chooses no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alice.domain.composing.briefing import Inputs
from alice.domain.composing.reports import Week
from alice.domain.policy import Scope
from alice.queries.composing import briefing, contradictions, mentions

WEEK = timedelta(days=7)
LOOKING_BACK = timedelta(weeks=8)
MOST_SUBJECTS, MOST_EARLIER = 24, 24


def base(scope: Scope, *, now: datetime, zone: str) -> Inputs:
    """Return what came in within the seven days before `now`, and what is owed."""
    window = briefing.Window(now - WEEK, now, briefing.newest(scope, now), WEEK)
    return briefing.gathered(scope, window, zone=zone)


def inputs(scope: Scope, week: Inputs, subjects: Sequence[str]) -> Week:
    """Return the week with the sources of the eight weeks before it that name one of its `subjects`."""
    if not week.sources:
        return Week(week)
    start = min(source.occurred_at for source in week.sources)
    asked = [mentions.Asked(subject, start - LOOKING_BACK, start) for subject in subjects[:MOST_SUBJECTS]]
    found = mentions.find(scope, asked, until=week.now, most=MOST_EARLIER)
    held = contradictions.held(scope, week.claims)
    return Week(week, briefing.whole(scope, found), len(found) < MOST_EARLIER, held)
