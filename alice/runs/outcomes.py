"""How a run ends: published with its artifact, slot and next slot in one commit, or failed with what comes after.

Both are fenced: they hold only while the run is still running under its claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.scheduling import timetable
from alice.domain.vocab import SlotOutcome
from alice.errors import Conflict
from alice.ledger import gate
from alice.ledger.events import RunFailed, RunSucceeded
from alice.ledger.unit import Unit
from alice.runs.workflows import Composition, Recipe
from alice.services import slots
from alice.services.slots import Standing

MOST_LOST = 10
LONGEST_MESSAGE = 500
LOST = "The worker was lost: its process ended, or the machine did, before the run was finished."


@dataclass(frozen=True, slots=True)
class Claimed:
    """A run that is this process's to make. `slot` is None for a request."""

    run_id: UUID
    claim: UUID
    actor: Actor
    at: Standing
    slot: datetime | None
    request_id: UUID | None
    trace_id: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a run failed. A `lost` one is tried again at once; `final` ones are not tried again."""

    message: str
    reason: str
    lost: bool = False
    final: bool = False


def publish(run: Claimed, recipe: Recipe, composed: Composition, *, now: datetime) -> UUID:
    """Store the artifact, end the run, decide the slot and move to the next, in one commit; return the artifact's id.

    Raise Conflict, having changed nothing, when the run is no longer this claim's to end.
    """
    with gate.write(run.actor, Action.GENERATE, composed.subject) as unit:
        at = _fenced(run)
        artifact_id = recipe.publish(unit, composed, run.run_id)
        database.query(
            "UPDATE workflow_run SET status = 'succeeded', finished_at = %s, artifact_id = %s, generation_mode = %s"
            " WHERE id = %s",
            now, artifact_id, composed.generation_mode.value, run.run_id,
        )  # fmt: skip
        database.query(
            "UPDATE workflow_state SET last_result = 'succeeded', last_error = NULL, last_success_at = %s"
            " WHERE workflow_id = %s",
            now, at.id,
        )  # fmt: skip
        unit.record(RunSucceeded(str(run.run_id), at.workflow_type.value, str(artifact_id)))
        if run.slot is None:
            _close(run.request_id, now)
        else:
            _succeed(unit, at, run, artifact_id, now=now)
    return artifact_id


def _fenced(run: Claimed) -> Standing:
    """Return the workflow, locked with the run, or raise Conflict when the run was given up in the meantime."""
    at = slots.locked(run.at.user_id, run.at.workflow_type)
    mine = database.query(
        "SELECT 1 FROM workflow_run WHERE id = %s AND claim = %s AND status = 'running' FOR UPDATE",
        run.run_id, run.claim,
    )  # fmt: skip
    if at is None or not mine:
        raise Conflict("The run was given up while it worked; what it made was not published.")
    return at


def _succeed(unit: Unit, at: Standing, run: Claimed, artifact_id: UUID, *, now: datetime) -> None:
    assert run.slot is not None
    if not slots.record(
        unit, at, run.slot, outcome=SlotOutcome.SUCCEEDED, reason=None, now=now,
        run_id=run.run_id, artifact_id=artifact_id,
    ):  # fmt: skip
        raise Conflict("The slot was decided while the run worked; what it made was not published.")
    if at.next_run_at == run.slot:
        slots.go_on(at, run.slot)


def published(run: Claimed) -> UUID | None:
    """Return the artifact that this claim has published already, for one who lost the answer to its commit."""
    found = database.query(
        "SELECT artifact_id FROM workflow_run WHERE id = %s AND claim = %s AND status = 'succeeded'",
        run.run_id, run.claim,
    )  # fmt: skip
    return found[0][0] if found else None


def fail(run: Claimed, ending: Ending, *, now: datetime) -> bool:
    """End this claim's run as failed and plan what comes after; False when it was ended before."""
    with gate.write(run.actor, Action.RUN_WORKFLOW) as unit:
        at = slots.locked(run.at.user_id, run.at.workflow_type)
        return at is not None and end(unit, at, run.run_id, ending, now=now)


def end(unit: Unit, at: Standing, run_id: UUID, ending: Ending, *, now: datetime) -> bool:
    """Mark a running run as failed and plan the retry, or decide its slot or request; False when it does not run."""
    message = ending.message[:LONGEST_MESSAGE]
    found = database.rows(
        "UPDATE workflow_run SET status = 'failed', lost = %s, finished_at = %s, error_message = %s"
        " WHERE id = %s AND status = 'running' RETURNING scheduled_for, request_id",
        ending.lost, now, message, run_id,
    )  # fmt: skip
    if not found:
        return False
    unit.record(RunFailed(str(run_id), at.workflow_type.value, ending.reason))
    database.query(
        "UPDATE workflow_state SET last_result = 'failed', last_error = %s WHERE workflow_id = %s", message, at.id
    )
    if found[0]["scheduled_for"] is None:
        _after_request(found[0]["request_id"], ending, now)
    else:
        _after_slot(unit, at, run_id, found[0]["scheduled_for"], ending=ending, now=now)
    return True


def _after_request(request_id: UUID, ending: Ending, now: datetime) -> None:
    """Try a lost request again; any other failure is told to who asked, who may ask again."""
    losses = database.query("SELECT count(*) FROM workflow_run WHERE request_id = %s AND lost", request_id)[0][0]
    if ending.lost and losses < MOST_LOST:
        again = now + _patience(losses)
        database.query("UPDATE workflow_request SET due_at = %s WHERE id = %s", again, request_id)
    else:
        _close(request_id, now)


def _close(request_id: UUID | None, now: datetime) -> None:
    database.query("UPDATE workflow_request SET due_at = NULL, closed_at = %s WHERE id = %s", now, request_id)


def _after_slot(unit: Unit, at: Standing, run_id: UUID, slot: datetime, *, ending: Ending, now: datetime) -> None:
    again = _again(at, slot, ending, now) if at.next_run_at == slot else None
    if again is not None:
        slots.stand(at, slot, due_at=again, retry_at=again)
        return
    slots.record(unit, at, slot, outcome=SlotOutcome.FAILED, reason=ending.message, now=now, run_id=run_id)
    if at.next_run_at == slot:
        slots.go_on(at, slot)


def _again(at: Standing, slot: datetime, ending: Ending, now: datetime) -> datetime | None:
    """Return when to try the slot again, or None. A lost worker is no verdict on the work, and has its own count."""
    tried = tries(at, slot)
    if ending.final:
        return None
    if ending.lost:
        losses = tried["lost"]
        return now + _patience(losses) if losses < MOST_LOST else None
    return timetable.retry_at(tried["failed"], now, at.after(slot), max_attempts=at.max_attempts)


def _patience(losses: int) -> timedelta:
    """Return how long to wait after so many lost workers: not at all at first, since most are lost by accident."""
    return timedelta(seconds=min(30, 2 ** (losses - 3)) if losses > 2 else 0)


def tries(at: Standing, slot: datetime) -> Mapping[str, Any]:
    """Return how often a slot was tried: `total` runs, `lost` ones, and those that `failed` by themselves."""
    return database.rows(
        "SELECT count(*) AS total, count(*) FILTER (WHERE lost) AS lost,"
        " count(*) FILTER (WHERE status = 'failed' AND NOT lost) AS failed"
        " FROM workflow_run WHERE workflow_id = %s AND scheduled_for = %s",
        at.id, slot,
    )[0]  # fmt: skip
