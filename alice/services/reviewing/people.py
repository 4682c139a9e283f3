"""Decisions on people whom evidence names: accepted, renamed, rejected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from alice.domain.policy import Actor
from alice.ledger.events import PersonReviewed
from alice.models import Person
from alice.queries.library import people
from alice.services.reviewing import named
from alice.services.reviewing.decisions import Kind

KIND = Kind("person", "person", Person, PersonReviewed, people.present)


def review(
    actor: Actor,
    person_id: UUID | str,
    action: str,
    *,
    edit: Mapping[str, Any] | None = None,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept, edit, reject or reopen a person and return them as they are then; an edit accepts a candidate.

    Raise InvalidInput for another action, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    wish = named.Wish(action, edit, reason, version)
    return named.review(actor, KIND, lambda scope: people.find(scope, person_id), wish, now=now)
