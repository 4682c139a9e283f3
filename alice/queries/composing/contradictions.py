"""What a contradiction report is composed from: what is new, and older claims and passages that it might contradict.

Every list is bounded and served by an index. It chooses no words, and judges nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime

from alice.db import database
from alice.domain.composing.briefing import ClaimNote, Inputs
from alice.domain.composing.reports import Contradictions, Fresh
from alice.domain.policy import Scope
from alice.domain.vocab import WorkflowType
from alice.queries.composing import briefing, connections
from alice.queries.library import claims
from alice.queries.scoping import visible_sql

MOST_ASKED, HITS, MOST_HELD, MOST_SUBJECTS = 16, 8, 80, 40


def base(scope: Scope, *, now: datetime, zone: str) -> Inputs:
    """Return what is new since the last contradiction report."""
    return briefing.inputs(scope, now=now, zone=zone, workflow=WorkflowType.CONTRADICTION_REPORT)


def inputs(scope: Scope, new: Inputs, fresh: Sequence[Fresh]) -> Contradictions:
    """Return `new` with what was held before on the same subjects, and passages that recall finds for `fresh`."""
    older = connections.recalled(scope, [(one, one.occurred_at) for one in fresh[:MOST_ASKED]], HITS)
    return Contradictions(new, tuple(fresh), held(scope, new.claims), older)


def held(scope: Scope, new: Sequence[ClaimNote]) -> tuple[ClaimNote, ...]:
    """Return the newest claims on the first subjects of `new` that are not among them."""
    named = dict.fromkeys(claim.subject.lower() for claim in new if claim.subject)
    subjects = list(itertools.islice(named, MOST_SUBJECTS))
    if not subjects:
        return ()
    seen, values = visible_sql(scope, "m")
    found = database.rows(
        f"SELECT {claims.CLAIM} FROM memory m LEFT JOIN project j ON j.id = m.project_id WHERE {seen}"
        " AND m.status IN ('candidate', 'accepted') AND lower(m.subject) = ANY(%s) AND m.id <> ALL(%s)"
        " ORDER BY m.occurred_at DESC, m.id LIMIT %s",
        *values, subjects, [claim.id for claim in new], MOST_HELD,
    )  # fmt: skip
    return claims.notes(scope, claims.sealed(scope, found))
