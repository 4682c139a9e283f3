"""Requests to a model elsewhere, kept to the byte until the owner has decided: stored beside the rules' own artifact.

Nothing is sent here. One request of a workflow waits at a time; an older one gives way to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from alice import ids
from alice.db import database
from alice.domain.llm.prompts import Passage
from alice.domain.scheduling.workflows import ABOUT
from alice.domain.vocab import Domain, Sensitivity, WorkflowType
from alice.ledger.events import ModelCallProposed, ModelCallWithdrawn
from alice.ledger.unit import Unit
from alice.models import ModelCall, ModelCallPassage


@dataclass(frozen=True, slots=True)
class Pending:
    """What would be sent to `endpoint`: `body` is the request, `passages` the evidence in it."""

    endpoint: str
    endpoint_host: str
    options: Mapping[str, Any]
    body: str
    prompt_hash: str
    passages: Sequence[Passage]
    zone: str
    domain: Domain
    sensitivity: Sensitivity


class Beside(Protocol):
    """The artifact that rules wrote instead."""

    @property
    def workflow_type(self) -> WorkflowType: ...
    @property
    def routing(self) -> dict[str, Any]: ...
    @property
    def input_context_hash(self) -> str: ...
    @property
    def project_id(self) -> UUID | None: ...
    @property
    def covers_from(self) -> datetime | None: ...
    @property
    def covers_to(self) -> datetime: ...


def store(unit: Unit, pending: Pending, beside: Beside, artifact_id: UUID, *, run_id: UUID | None) -> UUID:
    """Keep a request for the owner's decision, in the place of an older one of the same workflow; return its id."""
    _give_way(unit, beside.workflow_type, beside.covers_to)
    call_id = ids.new_id()
    ModelCall.insert(
        id=call_id,
        user_id=unit.user_id,
        workflow_type=beside.workflow_type.value,
        endpoint=pending.endpoint,
        endpoint_host=pending.endpoint_host,
        options=dict(pending.options),
        routing=beside.routing,
        request=pending.body,
        prompt_hash=pending.prompt_hash,
        input_context_hash=beside.input_context_hash,
        title=f"{ABOUT[beside.workflow_type].title}, in the words of a model",
        timezone=pending.zone,
        domain=pending.domain.value,
        sensitivity=pending.sensitivity.value,
        project=beside.project_id,
        covers_from=beside.covers_from,
        covers_to=beside.covers_to,
        source_artifact=artifact_id,
        scheduler_run_id=run_id,
        created_at=beside.covers_to,
    ).execute()
    ModelCallPassage.insert_many([_row(unit, call_id, passage) for passage in pending.passages]).execute()
    kind, host = beside.workflow_type.value, pending.endpoint_host
    unit.record(ModelCallProposed(str(call_id), kind, host, pending.prompt_hash, len(pending.passages)))
    return call_id


def _row(unit: Unit, call_id: UUID, passage: Passage) -> dict[str, Any]:
    words = passage.words
    end = words.start + len(words.text)
    place = {"number": passage.number, "source": words.source_id, "chunk": words.chunk_id}
    return {"user_id": unit.user_id, "model_call": call_id, **place, "start": words.start, "end": end}


def _give_way(unit: Unit, kind: WorkflowType, now: datetime) -> None:
    older = database.query(
        "SELECT id, status FROM model_call WHERE user_id = %s AND workflow_type = %s"
        " AND status IN ('waiting', 'failed') FOR UPDATE",
        unit.user_id, kind.value,
    )  # fmt: skip
    for identifier, before in older:
        empty(identifier, "withdrawn", now=now)
        unit.record(ModelCallWithdrawn(str(identifier), before))


def empty(call_id: UUID, status: str, *, now: datetime, reason: str | None = None) -> None:
    """Take the words of a request away, inside the caller's unit, and leave it in `status`."""
    database.query(
        "UPDATE model_call SET status = %s, request = '', title = '', decided_at = %s, reason = %s,"
        " version = version + 1 WHERE id = %s",
        status, now, reason, call_id,
    )  # fmt: skip
    database.query("DELETE FROM model_call_passage WHERE model_call_id = %s", call_id)
