"""Decisions on sources: looked at, put away, brought back, and what each is about and how private it is.

Claims drawn from a source follow what is said about it, in the same act: none is less private than its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.policy import Action, Actor, Subject
from alice.domain.vocab import Domain, Sensitivity, SourceStatus
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import SourceReviewed
from alice.ledger.unit import Unit
from alice.models import Source
from alice.queries.library import projects, sources
from alice.services.evidence import indexing
from alice.services.reviewing import decisions, followers
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.graph import check_reason

NEW, REVIEWED, ARCHIVED = SourceStatus.NEW.value, SourceStatus.REVIEWED.value, SourceStatus.ARCHIVED.value
ACTIONS = {"review": {NEW}, "edit": {NEW, REVIEWED}, "archive": {NEW, REVIEWED}, "restore": {ARCHIVED}}
SAID = ("domain", "sensitivity", "project_id")


def _index(unit: Unit, before: Any, after: Any) -> None:
    """Let what is put away leave the index of recall, and come back with it."""
    if after.status == ARCHIVED and before.status != ARCHIVED:
        indexing.remove(unit, after.id)
    elif before.status == ARCHIVED and after.status in (NEW, REVIEWED) and after.current:
        indexing.add(unit, [after.id])


KIND = Kind("source", "source", Source, SourceReviewed, sources.present, _index)


def review(
    actor: Actor,
    source_id: UUID | str,
    action: str,
    *,
    edit: Mapping[str, Any] | None = None,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Review, edit, archive or restore a source and return it as it is then.

    `edit` holds `domain`, `sensitivity` or `project_id`; it goes with any action but archive. Raise InvalidInput for
    another action, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    _check(action, edit)
    check_reason(reason)
    moment = now or clock.now()
    with database.session():
        scope = gate.scope(actor)
        row: Any = sources.find(scope, source_id)
        projects.check(scope, (edit or {}).get("project_id"))
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)
        with gate.write(actor, Action.REVIEW, subject) as unit:
            _guard(row, action, version)
            verdict = Verdict(action, _changes(row, action, edit or {}, moment), moment, reason, act=ids.new_id())
            fresh = decisions.take(unit, KIND, row, verdict)
            followers.follow(unit, row, fresh, verdict)
            return sources.present(fresh)


def _check(action: str, edit: Mapping[str, Any] | None) -> None:
    if action not in ACTIONS:
        raise InvalidInput({"action": f"must be one of {', '.join(ACTIONS)}, not {action!r}."})
    if action == "edit" and not edit:
        raise InvalidInput({"edit": f"says what to change: {', '.join(SAID)}."})
    if action == "archive" and edit:
        raise InvalidInput({"edit": "has no meaning for archive; edit first, then archive."})
    if strange := sorted(set(edit or {}) - set(SAID)):
        raise InvalidInput({f"edit.{strange[0]}": f"cannot be changed; what can: {', '.join(SAID)}."})


def _guard(row: Any, action: str, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this source after you saw it.", sources.present(row))
    if row.status not in ACTIONS[action]:
        allowed = " or ".join(sorted(ACTIONS[action]))
        raise Conflict(f"This source is {row.status}; {action} is for what is {allowed}.", sources.present(row))
    if not row.current:
        raise Conflict("This is an earlier text of the source; decide on the one that stands.", sources.present(row))


def _changes(row: Any, action: str, edit: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the columns that a decision changes; looking at a source takes it out of the inbox, and the backlog."""
    leads_to = {"review": REVIEWED, "archive": ARCHIVED, "restore": REVIEWED, "edit": row.status}[action]
    looked_at = {} if action == "edit" else {"reviewed_at": now, "backlog": False}
    return {"status": leads_to, **looked_at, **edit}
