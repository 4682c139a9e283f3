"""What a daily brief is composed from beside the news: what was held before, and what became of what is owed.

Every list is bounded and served by an index. It chooses no words, and judges nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from alice.domain.composing.briefing import Inputs, Related
from alice.domain.composing.reports import Fresh
from alice.domain.policy import Scope
from alice.queries.composing import briefing, connections, contradictions, loop_reviews

MOST_OPPOSED, HITS = 4, 6


def inputs(scope: Scope, news: Inputs, asked: Sequence[tuple[UUID, str]], fresh: Sequence[Fresh]) -> Inputs:
    """Return `news` with older passages for each of `asked`, what `fresh` might contradict, and what spoke of loops."""
    return replace(
        news,
        related=briefing.related(scope, asked, news),
        held=contradictions.held(scope, news.claims),
        opposed=_opposed(scope, fresh),
        later=loop_reviews.later(scope, news.loops, news.now),
    )


def _opposed(scope: Scope, fresh: Sequence[Fresh]) -> tuple[Related, ...]:
    found = connections.recalled(scope, [(one, one.occurred_at) for one in fresh[:MOST_OPPOSED]], HITS)
    return tuple(Related(o.fresh_id, o.passage, o.source_title, o.occurred_at, 0.0, o.above) for o in found)
