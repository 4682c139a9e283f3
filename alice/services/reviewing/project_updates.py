"""Updates of projects: scans propose a new state, a person accepts, edits or rejects it. Nothing else sets a state."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.composing.grounding import Citation, Marking
from alice.domain.composing.reports import Update
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import check_text
from alice.domain.vocab import Domain, Sensitivity, UpdateStatus
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import (
    ProjectUpdateProposed,
    ProjectUpdateReviewed,
    ProjectUpdateSuperseded,
)
from alice.ledger.unit import Unit
from alice.models import Project, ProjectUpdate
from alice.queries.library import projects
from alice.services.reviewing import decisions
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason, note_words
from alice.services.reviewing.projects import KIND as PROJECT

KIND = Kind("project_update", "update", ProjectUpdate, ProjectUpdateReviewed, projects.present_update)
LONGEST_STATE = 8_000
ACTIONS = ("accept", "edit", "reject")


def propose(unit: Unit, updates: Sequence[tuple[Update, Marking]], artifact_id: UUID, *, now: datetime) -> list[UUID]:
    """Store updates as candidates inside `unit` and return the new ones.

    One that waits stays when the same words are behind it, and gives way to one from other words.
    """
    made = []
    for update, mark in updates:
        identifier, basis = ids.new_id(), basis_of(update.citations)
        if not _give_way(unit, update.project_id, basis, identifier):
            continue
        ProjectUpdate.insert(
            id=identifier,
            user_id=unit.user_id,
            project=update.project_id,
            current_state=update.current,
            suggested_state=update.suggested[:LONGEST_STATE],
            confidence=update.confidence,
            basis=basis,
            domain=mark.domain.value,
            sensitivity=mark.sensitivity.value,
            artifact_id=artifact_id,
            proposed_by=unit.actor.identity,
            created_at=now,
        ).execute()
        note_words(unit, "project_update", identifier, update.citations, rule="project.update")
        spans = len(set(update.citations))
        unit.record(ProjectUpdateProposed(str(identifier), str(artifact_id), str(update.project_id), spans))
        made.append(identifier)
    return made


def _give_way(unit: Unit, project_id: UUID, basis: str, by: UUID) -> bool:
    """Withdraw what waits for the project; False when it rests on the same words and may stay."""
    waiting = (ProjectUpdate.project == project_id) & (ProjectUpdate.status == UpdateStatus.CANDIDATE.value)
    row: Any = ProjectUpdate.select().where(waiting).for_update().first()
    if row is None:
        return True
    if row.basis == basis:
        return False
    ProjectUpdate.update(status=UpdateStatus.SUPERSEDED.value, version=ProjectUpdate.version + 1).where(
        ProjectUpdate.id == row.id
    ).execute()
    unit.record(ProjectUpdateSuperseded(str(row.id), str(project_id), str(by)))
    return True


def basis_of(citations: Sequence[Citation]) -> str:
    """Return a digest of the places of some words, the same whatever their order."""
    places = sorted(f"{c.source_id}:{c.start}:{c.end}" for c in set(citations))
    return hashlib.sha256("\n".join(places).encode()).hexdigest()[:40]


def review(
    actor: Actor,
    update_id: UUID | str,
    action: str,
    *,
    edit: str | None = None,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, edit or reject a proposed update and return it as it is then.

    Accepting sets the project's state to what was suggested, editing to `edit`. Raise InvalidInput for another action
    or a text that cannot be kept, NotFound, or Conflict with the fresh row when it was decided on or the project moved.
    """
    _check(action, edit)
    check_reason(reason)
    moment = now or clock.now()
    with database.session():
        row: Any = projects.find_update(gate.scope(actor), update_id)
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity))
        with gate.write(actor, Action.REVIEW, subject) as unit:
            _guard(row, version)
            state = None if action == "reject" else (edit or row.suggested_state)
            verdict = Verdict(action, _decided(state, reason, moment), moment, reason, act=ids.new_id())
            fresh = decisions.take(unit, KIND, row, verdict)
            if state is not None:
                _set(unit, row, state, verdict)
            return projects.present_update(fresh)


def _decided(state: str | None, reason: str | None, now: datetime) -> dict[str, Any]:
    status = UpdateStatus.REJECTED if state is None else UpdateStatus.ACCEPTED
    return {"status": status.value, "accepted_state": state, "reason": reason, "decided_at": now}


def _set(unit: Unit, row: Any, state: str, verdict: Verdict) -> None:
    """Give the project its new state; whoever accepts an update of a project accepts the project."""
    project: Any = Project.get_by_id(row.project_id)
    if project.state != row.current_state:
        raise Conflict(
            "The project's state changed after this update was proposed; the next scan proposes one that fits.",
            projects.present_update(row),
        )
    changes = {"state": state, "status": "accepted", "last_seen_at": verdict.now}
    decisions.take(unit, PROJECT, project, Verdict("update", changes, verdict.now, verdict.reason, act=verdict.act))


def _check(action: str, edit: str | None) -> None:
    if action not in ACTIONS:
        raise InvalidInput({"action": f"must be one of {', '.join(ACTIONS)}, not {action!r}."})
    if (action == "edit") != (edit is not None):
        raise InvalidInput({"edit": "holds the state to keep; it is given with the action edit, and only with it."})
    if edit is not None:
        check_text("edit", edit)
        if not edit.strip():
            raise InvalidInput({"edit": "is empty; reject the update to keep the state as it is."})
        if len(edit) > LONGEST_STATE:
            raise InvalidInput({"edit": f"has {len(edit)} characters; at most {LONGEST_STATE} are kept."})


def _guard(row: Any, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this update after you saw it.", projects.present_update(row))
    if row.status != UpdateStatus.CANDIDATE.value:
        raise Conflict(f"This update is {row.status}; only one that waits is decided on.", projects.present_update(row))
