"""Which functions make a workflow's artifact: one composes outside any transaction, the other stores inside the run's.

It knows no schedule and no run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol
from uuid import UUID

from alice.domain.policy import Actor, Subject
from alice.domain.vocab import GenerationMode, WorkflowType
from alice.ledger.unit import Unit
from alice.services.composing import briefs, model_briefs
from alice.services.composing.model_askings import Patience


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


def _compose(kind: WorkflowType, actor: Actor, now: datetime, zone: str, *, within: float) -> Composition:
    """Compose as the workflow is set; a model gets half of the run's time, so that rules can still write after it."""
    mode, options = model_briefs.options_of(actor, kind)
    if mode is GenerationMode.DETERMINISTIC:
        return briefs.compose(kind, actor, now=now, zone=zone)
    patience = Patience(seconds=min(within / 2, Patience().seconds))
    return model_briefs.compose(kind, actor, options=options, now=now, zone=zone, patience=patience)


def _publish(unit: Unit, composed: Composition, run_id: UUID) -> UUID:
    assert isinstance(composed, briefs.Composed)
    return briefs.publish(unit, composed, run_id=run_id)


_own: dict[WorkflowType, Recipe] = {}


def register(kind: WorkflowType, recipe: Recipe) -> None:
    """Make the artifacts of `kind` by `recipe` from now on, in this process."""
    _own[kind] = recipe


def recipe(kind: WorkflowType, *, within: float) -> Recipe:
    """Return how the artifacts of `kind` are made in a run of at most `within` seconds.

    One without rules raises NotConfigured when it is composed.
    """
    return _own.get(kind, Recipe(partial(_compose, within=within), _publish))
