"""What an artifact proposes beside its words: only what its checked statements still cite, each as private as its
words. It stores candidates inside the unit that publishes the artifact, and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from alice.domain.composing.grounding import Checked, Evidence, Marking, inherited
from alice.domain.composing.reports import Edge, Update
from alice.ledger.unit import Unit
from alice.services.reviewing import graph, project_updates

Proposal = Edge | Update
Marked = tuple[Proposal, Marking]


def borne_out(proposed: Iterable[Proposal], checked: Checked, evidence: Iterable[Evidence]) -> tuple[Marked, ...]:
    """Return the proposals whose words stand in the checked draft, each with how private these words are."""
    cited = {citation for statement in checked.statements() for citation in statement.citations}
    given = list(evidence)
    return tuple((one, inherited(one.citations, given)) for one in proposed if cited.issuperset(one.citations))


def store(unit: Unit, proposed: Sequence[Marked], artifact_id: UUID, *, project_id: UUID | None, now: datetime) -> None:
    """Write the proposals of an artifact inside `unit`."""
    edges = [(one, mark) for one, mark in proposed if isinstance(one, Edge)]
    graph.propose(unit, edges, artifact_id, project_id=project_id, now=now)
    updates = [(one, mark) for one, mark in proposed if isinstance(one, Update)]
    project_updates.propose(unit, updates, artifact_id, now=now)
