"""Ties between pieces of evidence and claims: reports propose them, a person accepts or rejects. A rejected one does
not come back, whoever proposes it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from alice import clock, ids
from alice.db import database
from alice.domain.composing.grounding import Citation, Marking
from alice.domain.composing.reports import Edge
from alice.domain.policy import Action, Actor, Subject
from alice.domain.preparation import check_text
from alice.domain.vocab import Domain, EdgeStatus, Sensitivity
from alice.errors import Conflict, InvalidInput
from alice.ledger import gate
from alice.ledger.events import EdgeProposed, EdgeReviewed
from alice.ledger.unit import Unit
from alice.models import GraphEdge, Provenance
from alice.queries.library import graph
from alice.services.reviewing import decisions
from alice.services.reviewing.decisions import Kind, Verdict

KIND = Kind("graph_edge", "connection", GraphEdge, EdgeReviewed, graph.present)
LONGEST_REASON = 2_000
MOVES = {"accept": EdgeStatus.ACCEPTED, "reject": EdgeStatus.REJECTED}


def propose(
    unit: Unit, edges: Sequence[tuple[Edge, Marking]], artifact_id: UUID, *, project_id: UUID | None, now: datetime
) -> list[UUID]:
    """Store edges as candidates inside `unit` and return the new ones; a pair that is known stays as it is."""
    made = []
    for edge, mark in edges:
        row = _row(unit, edge, mark, artifact_id, project_id=project_id, now=now)
        inserted = GraphEdge.insert(**row).on_conflict_ignore().returning(GraphEdge.id).execute()
        if not list(inserted):
            continue
        note_words(unit, "graph_edge", row["id"], edge.citations, rule=f"edge.{edge.explanation}")
        unit.record(EdgeProposed(str(row["id"]), str(artifact_id), edge.relation))
        made.append(row["id"])
    return made


def _row(
    unit: Unit, edge: Edge, mark: Marking, artifact_id: UUID, *, project_id: UUID | None, now: datetime
) -> dict[str, Any]:
    return {
        "id": ids.new_id(),
        "user_id": unit.user_id,
        "from_kind": edge.from_kind,
        "from_id": edge.from_id,
        "to_kind": edge.to_kind,
        "to_id": edge.to_id,
        "relation": edge.relation,
        "explanation": edge.explanation,
        "shared": list(edge.shared),
        "confidence": edge.confidence,
        "domain": mark.domain.value,
        "sensitivity": mark.sensitivity.value,
        "project": project_id,
        "artifact": artifact_id,
        "proposed_by": unit.actor.identity,
        "created_at": now,
    }


def note_words(unit: Unit, kind: str, subject_id: UUID, citations: Sequence[Citation], *, rule: str) -> None:
    """Note the words that a proposal rests on, inside `unit`."""
    rows = [
        {"user_id": unit.user_id, "subject_kind": kind, "subject_id": subject_id, "source": c.source_id,
         "chunk": c.chunk_id, "start": c.start, "end": c.end, "rule": rule}
        for c in dict.fromkeys(citations)
    ]  # fmt: skip
    if rows:
        Provenance.insert_many(rows).on_conflict_ignore().execute()


def review(
    actor: Actor,
    edge_id: UUID | str,
    action: str,
    *,
    reason: str | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Accept or reject a connection and return it as it is then.

    A person may change their mind: an accepted one can be rejected later, and the other way round. Raise InvalidInput
    for another action, NotFound, or Conflict with the fresh row when somebody decided first.
    """
    if action not in MOVES:
        raise InvalidInput({"action": f"must be one of {', '.join(MOVES)}, not {action!r}."})
    check_reason(reason)
    with database.session():
        row: Any = graph.find(gate.scope(actor), edge_id)
        subject = Subject(Domain(row.domain), Sensitivity(row.sensitivity), row.project_id)
        with gate.write(actor, Action.REVIEW, subject) as unit:
            _guard(row, action, version)
            moment = now or clock.now()
            changes = {"status": MOVES[action].value, "reason": reason, "decided_at": moment}
            return graph.present(decisions.take(unit, KIND, row, Verdict(action, changes, moment, reason)))


def _guard(row: Any, action: str, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict("Somebody changed this connection after you saw it.", graph.present(row))
    if row.status == MOVES[action].value:
        raise Conflict(f"This connection is {row.status} already.", graph.present(row))


def check_reason(reason: str | None) -> None:
    """Raise InvalidInput when a reason cannot be stored or is too long."""
    if reason is None:
        return
    check_text("reason", reason)
    if len(reason) > LONGEST_REASON:
        raise InvalidInput({"reason": f"has {len(reason)} characters; at most {LONGEST_REASON} are kept."})
