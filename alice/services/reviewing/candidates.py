"""Puts candidates away that nobody decided on for a long time. It is said beforehand, and each can be brought back.

It is the one decision that the system may take, and it takes it on what waits in the inbox alone.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.vocab import MemoryStatus
from alice.ledger import gate
from alice.queries.library import candidates
from alice.services.reviewing import decisions, memories
from alice.services.reviewing.decisions import Verdict

MOST_AT_ONCE = 200
REASON = "Nobody decided on it within {days} days."


def expire(actor: Actor, *, now: datetime, days: int) -> int:
    """Archive the candidates that have waited for `days` days, some hundred in a unit; return how many."""
    count = 0
    with database.session():
        scope = gate.scope(actor)
        while wanted := candidates.due(scope, now=now, days=days, limit=MOST_AT_ONCE):
            done = _expire(actor, wanted, now=now, days=days)
            count += done
            if done < len(wanted):
                break
    return count


def _expire(actor: Actor, wanted: list[UUID], *, now: datetime, days: int) -> int:
    changes = {"status": MemoryStatus.ARCHIVED.value, "reason": REASON.format(days=days), "decided_at": now}
    with gate.write(actor, Action.EXPIRE) as unit:
        decisions.one_at_a_time(unit)
        scope = unit.decision.scope
        still = candidates.due(scope, now=now, days=days, limit=MOST_AT_ONCE)
        rows = decisions.hold(unit, memories.KIND, set(wanted) & set(still))
        for row in rows.values():
            verdict = Verdict("expire", changes, now, str(changes["reason"]))
            decisions.take(unit, memories.KIND, row, verdict)
        return len(rows)
