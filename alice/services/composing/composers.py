"""How each workflow is composed: what is read for it, and the rules that make a draft of that. It writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from alice.brain import (
    connection_report,
    contradiction_report,
    daily_brief,
    open_loop_review,
    project_update_scan,
    weekly_synthesis,
)
from alice.brain.conflicts import Conflict, Said
from alice.domain import contradiction
from alice.domain.composing.briefing import Inputs
from alice.domain.composing.grounding import Draft, Evidence, Marking
from alice.domain.policy import Scope
from alice.domain.vocab import WorkflowType
from alice.errors import NotConfigured
from alice.queries.composing import (
    briefing,
    connections,
    contradictions,
    daily_briefs,
    loop_reviews,
    project_scans,
    weeks,
)
from alice.services.composing.proposals import Proposal


class Given(Protocol):
    """What a workflow is composed from: plain rows, of which the words may be cited."""

    @property
    def base(self) -> Inputs: ...

    def evidence(self) -> Iterator[Evidence]: ...

    def marks(self) -> Iterator[Marking]: ...


@dataclass(frozen=True, slots=True)
class Composer:
    """`read` takes the scope, the moment and the zone; `compose` makes a draft of what was read.

    `propose` returns what the artifact proposes beside its words, for a person to decide on.
    """

    read: Callable[[Scope, datetime, str], Given]
    compose: Callable[[Any], Draft]
    propose: Callable[[Any], Sequence[Proposal]] = lambda _: ()


def _brief(scope: Scope, now: datetime, zone: str) -> Inputs:
    news = briefing.inputs(scope, now=now, zone=zone)
    return daily_briefs.inputs(scope, news, daily_brief.questions(news), contradiction_report.fresh(news))


def _loop_review(scope: Scope, now: datetime, zone: str) -> Given:
    return loop_reviews.inputs(scope, now=now, zone=zone)


def _week(scope: Scope, now: datetime, zone: str) -> Given:
    base = weeks.base(scope, now=now, zone=zone)
    return weeks.inputs(scope, base, weekly_synthesis.subjects(base))


def _connections(scope: Scope, now: datetime, zone: str) -> Given:
    base = connections.base(scope, now=now, zone=zone)
    fresh = connection_report.fresh(base)
    return connections.inputs(scope, base, fresh, connection_report.words(fresh))


def _contradictions(scope: Scope, now: datetime, zone: str) -> Given:
    base = contradictions.base(scope, now=now, zone=zone)
    return contradictions.inputs(scope, base, contradiction_report.fresh(base))


def _conflict(one: Said, other: Said) -> Conflict | None:
    """Ask the rules whether two statements contradict each other."""
    return contradiction.between(
        contradiction.Side(one.text, one.occurred_at), contradiction.Side(other.text, other.occurred_at)
    )


def _project_scan(scope: Scope, now: datetime, zone: str) -> Given:
    return project_scans.inputs(scope, now=now, zone=zone)


COMPOSERS = {
    WorkflowType.DAILY_BRIEF: Composer(_brief, partial(daily_brief.compose, detector=_conflict)),
    WorkflowType.WEEKLY_SYNTHESIS: Composer(_week, partial(weekly_synthesis.compose, detector=_conflict)),
    WorkflowType.CONNECTION_REPORT: Composer(_connections, connection_report.compose, connection_report.proposals),
    WorkflowType.CONTRADICTION_REPORT: Composer(
        _contradictions, partial(contradiction_report.compose, detector=_conflict)
    ),
    WorkflowType.PROJECT_UPDATE_SCAN: Composer(
        _project_scan, project_update_scan.compose, project_update_scan.proposals
    ),
    WorkflowType.OPEN_LOOP_REVIEW: Composer(_loop_review, open_loop_review.compose),
}


def of(workflow_type: WorkflowType) -> Composer:
    """Return how `workflow_type` is composed; raise NotConfigured for one without rules."""
    composer = COMPOSERS.get(workflow_type)
    if composer is None:
        known = ", ".join(sorted(COMPOSERS))
        raise NotConfigured(f"{workflow_type} cannot be composed by this version.", f"It composes: {known}.")
    return composer
