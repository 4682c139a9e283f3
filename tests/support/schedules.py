"""Small workflows for the tests of the scheduler: what they compose, and how they hang, fail and crash when told to.

Imported by name in a worker process, it makes them known there too.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import ids
from alice.db import database
from alice.domain.policy import Actor, Subject, owner
from alice.domain.vocab import GenerationMode, WorkflowType
from alice.ledger.events import ArtifactGenerated
from alice.ledger.unit import Unit
from alice.runs import worker, workflows
from alice.runs.jobs import Job
from alice.services import brains


@dataclass(frozen=True, slots=True)
class Note:
    """The smallest thing that can be published."""

    kind: WorkflowType
    moment: datetime
    generation_mode: GenerationMode = GenerationMode.DETERMINISTIC

    @property
    def subject(self) -> Subject:
        return Subject()


def _behaviour(actor: Actor) -> str:
    """Return how the brain's workflows are told to behave: the owner's first name, which is at hand."""
    with database.session():
        found = database.query("SELECT owner_names[1] FROM brain WHERE user_id = %s", actor.user_id)
    return found[0][0] if found else "quick"


def compose(kind: WorkflowType, actor: Actor, now: datetime, zone: str) -> Note:
    """Compose as told: quick, slow:SECONDS, fail, crash, or hang."""
    word, _, value = _behaviour(actor).partition(":")
    if word == "slow":
        time.sleep(float(value))
    elif word == "fail":
        raise RuntimeError("it was told to fail")
    elif word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif word == "hang":
        time.sleep(3600)
    return Note(kind, now)


def publish(unit: Unit, composed: workflows.Composition, run_id: UUID) -> UUID:
    """Store it as an artifact."""
    assert isinstance(composed, Note)
    artifact_id = ids.new_id()
    database.query(
        "INSERT INTO artifact (id, user_id, artifact_type, title, content_markdown, sections, domain, sensitivity,"
        " generated_by, generation_mode, scheduler_run_id, trace_id, input_context_hash, covers_to, created_at)"
        " VALUES (%s, %s, %s, 'A note', '', %s, 'unknown', 'private', %s, 'deterministic', %s, %s, 'none', %s, %s)",
        artifact_id, unit.user_id, composed.kind.value, Jsonb([]), unit.actor.identity, run_id, unit.trace_id,
        composed.moment, composed.moment,
    )  # fmt: skip
    unit.record(ArtifactGenerated(str(artifact_id), composed.kind.value, "deterministic", str(run_id), 0, 0, "none"))
    return artifact_id


def behave(user_id: UUID, how: str) -> None:
    """Tell every workflow of a brain how to behave from now on."""
    brains.set_owner_names(owner(user_id), [how])


class Inline:
    """A worker that works at once in this process, so that a test can hand it any clock."""

    def __init__(self, job: Job) -> None:
        self.pid = None
        try:
            self._code = int(worker.perform(job))
        except Exception:
            self._code = int(worker.Code.FAILED)

    def code(self) -> int | None:
        return self._code

    def kill(self) -> None:
        """Nothing is left to end."""

    def stop(self) -> None:
        """Nothing is left to end."""

    def sentinel(self) -> int | None:
        return None


for _kind in WorkflowType:
    workflows.register(_kind, workflows.Recipe(compose, publish))
