"""Decisions on projects: added, accepted, renamed, rejected. What a scan proposes for one is in project_updates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.domain.extraction.claims import PROJECT, claim_key
from alice.domain.policy import Action, Actor
from alice.domain.redaction import redact
from alice.domain.vocab import Domain, Sensitivity
from alice.ledger import gate
from alice.ledger.events import ProjectReviewed
from alice.models import Project
from alice.queries.library import projects
from alice.services.evidence.storage import short_key
from alice.services.reviewing import decisions, named
from alice.services.reviewing.decisions import Kind, Verdict
from alice.services.reviewing.named import ACCEPTED

KIND = Kind("project", "project", Project, ProjectReviewed, projects.present)


def add(
    actor: Actor,
    name: str,
    *,
    state: str | None = None,
    domain: Domain = Domain.PROJECT,
    sensitivity: Sensitivity = Sensitivity.UNKNOWN,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Add a project, accepted at once since a person says so, and return it with `duplicate`.

    One of that name that is known already is accepted instead of added twice, and takes the state when it has none.
    """
    moment, called = now or clock.now(), named.checked({"name": name})["name"]
    key = short_key(claim_key(PROJECT, called))
    with gate.write(actor, Action.REVIEW) as unit:
        made = Project.insert(
            id=ids.new_id(), user_id=unit.user_id, name=called, key=key, domain=domain.value,
            sensitivity=sensitivity.value, created_at=moment, last_seen_at=moment,
        ).on_conflict_ignore().returning(Project.id).execute()  # fmt: skip
        known = not list(made)
        row: Any = Project.get((Project.user_id == unit.user_id) & (Project.key == key))
        changes: dict[str, Any] = {"status": ACCEPTED, "last_seen_at": moment}
        if state and not (known and row.state):
            changes["state"] = redact(state).text
        fresh = decisions.take(unit, KIND, row, Verdict("add", changes, moment))
    return projects.present(fresh) | {"duplicate": known}


def review(
    actor: Actor,
    project_id: UUID | str,
    action: str,
    *,
    edit: Mapping[str, Any] | None = None,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, edit, reject or reopen a project and return it as it is then; an edit accepts a candidate.

    Raise InvalidInput for another action, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    wish = named.Wish(action, edit, reason, version)
    return named.review(actor, KIND, lambda scope: projects.find(scope, project_id), wish, now=now)
