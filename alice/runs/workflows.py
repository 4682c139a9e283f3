"""Which functions make a workflow's artifact: one composes outside any transaction, the other stores inside the run's.

It knows no schedule and no run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from alice.domain.policy import Actor, Subject
from alice.domain.vocab import GenerationMode, WorkflowType
from alice.ledger.unit import Unit
from alice.services import briefs


class Composition(Protocol):
    """What a recipe composes: anything that the policy can be asked about."""

    @property
    def subject(self) -> Subject: ...

    @property
    def generation_mode(self) -> GenerationMode: ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """`compose` takes the workflow, the actor, the moment and the zone; `publish` the unit, the whole, the run's id."""

    compose: Callable[[WorkflowType, Actor, datetime, str], Composition]
    publish: Callable[[Unit, Composition, UUID], UUID]


def _compose(kind: WorkflowType, actor: Actor, now: datetime, zone: str) -> Composition:
    return briefs.compose(kind, actor, now=now, zone=zone)


def _publish(unit: Unit, composed: Composition, run_id: UUID) -> UUID:
    assert isinstance(composed, briefs.Composed)
    return briefs.publish(unit, composed, run_id=run_id)


_own: dict[WorkflowType, Recipe] = {}


def register(kind: WorkflowType, recipe: Recipe) -> None:
    """Make the artifacts of `kind` by `recipe` from now on, in this process."""
    _own[kind] = recipe


def recipe(kind: WorkflowType) -> Recipe:
    """Return how the artifacts of `kind` are made; one without rules raises NotConfigured when it is composed."""
    return _own.get(kind, Recipe(_compose, _publish))
