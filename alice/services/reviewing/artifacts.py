"""Decisions on artifacts: accepted, rejected, put away, or some statements of one made candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.policy import Action, Actor, Subject
from alice.domain.vocab import ArtifactStatus, Domain, Sensitivity
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import ArtifactReviewed
from alice.models import Artifact
from alice.queries.library import artifacts
from alice.services.reviewing import decisions, promotions
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason

KIND = Kind("artifact", "artifact", Artifact, ArtifactReviewed, artifacts.present)
WAITING, ACCEPTED, REJECTED, ARCHIVED = (s.value for s in ArtifactStatus)
MOVES = {
    "accept": (ACCEPTED, {WAITING, REJECTED}),
    "reject": (REJECTED, {WAITING, ACCEPTED}),
    "archive": (ARCHIVED, {WAITING, ACCEPTED, REJECTED}),
    "reopen": (WAITING, {ACCEPTED, REJECTED, ARCHIVED}),
    "promote": (None, {WAITING, ACCEPTED}),
}


def review(
    actor: Actor,
    artifact_id: UUID | str,
    action: str,
    *,
    statements: Sequence[tuple[int, int]] = (),
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, reject, archive, reopen or promote an artifact and return it as it is then.

    Promoting makes candidates of `statements`, each a section and a statement in it, or of every fact; the answer then
    has `memory_ids`. Raise InvalidInput, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    if action not in MOVES:
        raise InvalidInput({"action": f"must be one of {', '.join(MOVES)}, not {action!r}."})
    if statements and action != "promote":
        raise InvalidInput({"statements": f"says what to promote; it has no meaning for {action}."})
    check_reason(reason)
    moment = now or clock.now()
    with database.session():
        row: Any = artifacts.find(gate.scope(actor), artifact_id)
        with gate.write(actor, Action.REVIEW, _subject(row)) as unit:
            _guard(row, action, version)
            verdict = Verdict(action, _changes(action, moment), moment, reason, act=ids.new_id())
            fresh = decisions.take(unit, KIND, row, verdict)
            made = promotions.promote(unit, row, statements, now=moment) if action == "promote" else None
    told = artifacts.present(fresh)
    return told if made is None else told | {"memory_ids": [str(one) for one in made]}


def _subject(row: Any) -> Subject:
    return Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)


def _guard(row: Any, action: str, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this artifact after you saw it.", artifacts.present(row))
    taken_from = MOVES[action][1]
    if row.status not in taken_from:
        allowed = ", ".join(sorted(taken_from))
        raise Conflict(f"This artifact is {row.status}; {action} is for what is {allowed}.", artifacts.present(row))


def _changes(action: str, now: datetime) -> dict[str, Any]:
    if action == "promote":
        return {"promoted_at": now}
    status = MOVES[action][0]
    return {"status": status, "reviewed_at": None if status == WAITING else now}
