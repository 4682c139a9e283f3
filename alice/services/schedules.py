"""Sets up the six workflows: their rows, schedules, pauses, and requests for a run now. It runs nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from alice import clock, config, ids
from alice.db import database
from alice.domain.llm.model_options import OWNERS, checked
from alice.domain.policy import Action, Actor, Subject
from alice.domain.scheduling import schedules, timetable
from alice.domain.scheduling.schedules import Schedule
from alice.domain.scheduling.workflows import ABOUT, workflow_type
from alice.domain.vocab import GenerationMode, MissedPolicy, SlotOutcome, WorkflowType
from alice.errors import Conflict, InvalidInput, NotConfigured
from alice.ledger import gate
from alice.ledger.events import RunRequested, WorkflowConfigured, WorkflowCreated
from alice.ledger.unit import Unit
from alice.queries import schedules as queries
from alice.services import slots
from alice.services.slots import Standing

ENABLE = "`alicebot vnext scheduler configure {} --enabled` enables it."
RESUME = "`alicebot vnext scheduler resume {}` resumes it."
PAUSED = "the workflow was paused"
DISABLED = "the workflow was disabled before it ran"
CHANGED = "the schedule was changed before it ran"


def ensure_rows(actor: Actor, *, zone: str | None = None) -> None:
    """Give the brain its six workflows, disabled, in the IANA zone `zone`, by default the owner's.

    Those that it has stay as they are.
    """
    with database.session():
        there = database.query("SELECT count(*) FROM workflow WHERE user_id = %s", actor.user_id)
        if there[0][0] >= len(WorkflowType):
            return
        with gate.write(actor, Action.RUN_WORKFLOW) as unit:
            for kind in WorkflowType:
                _create(unit, kind, _zone(zone))


def _create(unit: Unit, kind: WorkflowType, zone: str) -> None:
    made = database.query(
        "INSERT INTO workflow (id, user_id, workflow_type, schedule, timezone) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, workflow_type) DO NOTHING RETURNING id",
        ids.new_id(), unit.user_id, kind.value, Jsonb(schedules.plain(ABOUT[kind].schedule)), zone,
    )  # fmt: skip
    if made:
        database.query(
            "INSERT INTO workflow_state (workflow_id, user_id, workflow_type) VALUES (%s, %s, %s)",
            made[0][0], unit.user_id, kind.value,
        )  # fmt: skip
        unit.record(WorkflowCreated(str(made[0][0]), kind.value))


def _zone(name: str | None) -> str:
    return timetable.zone(name or config.load().timezone).key


def _standing(unit: Unit, kind: WorkflowType) -> Standing:
    """Return the locked workflow, having made its row if the brain had none."""
    found = slots.locked(unit.user_id, kind)
    if found is None:
        _create(unit, kind, _zone(None))
        found = slots.locked(unit.user_id, kind)
    assert found is not None
    return found


def configure(
    actor: Actor,
    workflow: WorkflowType | str,
    *,
    enabled: bool | None = None,
    schedule: Mapping[str, Any] | Schedule | None = None,
    timezone: str | None = None,
    missed: MissedPolicy | str | None = None,
    generation_mode: GenerationMode | str | None = None,
    model_options: Mapping[str, Any] | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> dict[str, Any]:
    """Change how a workflow runs; what is None stays. Return it as `queries.schedules.workflow` does.

    `schedule` is what `domain.schedules.read` takes. Raise InvalidInput naming the field, and Conflict with the
    workflow as it is when its version is not `version`. Slots that passed under the old settings are recorded.
    """
    kind = workflow_type(workflow)
    wanted = _wanted(schedule, timezone, missed, generation_mode=generation_mode, model_options=model_options)
    if enabled is not None:
        wanted["enabled"] = enabled
    if OWNERS & set(wanted.get("model_options", {})):
        gate.allow(actor, Action.CONFIGURE)  # where evidence goes is the owner's to say
    moment = now or clock.now()
    with gate.write(actor, Action.CONFIGURE_SCHEDULE) as unit:
        at = _standing(unit, kind)
        if version is not None and version != at.version:
            raise Conflict("The workflow was changed in the meantime.", queries.workflow(gate_scope(unit), kind))
        changes = _changes(at, wanted)
        if changes:
            _apply(unit, at, changes)
            _realign(unit, at, changes, moment)
            slots.wake(unit.user_id)
        return queries.workflow(gate_scope(unit), kind)


def gate_scope(unit: Unit) -> Any:
    """Return the scope of the decision under which `unit` writes."""
    return unit.decision.scope


def _wanted(
    schedule: Mapping[str, Any] | Schedule | None,
    timezone: str | None,
    missed: MissedPolicy | str | None,
    *,
    generation_mode: GenerationMode | str | None,
    model_options: Mapping[str, Any] | None,
) -> dict[str, Any]:
    readers: dict[str, tuple[Any, Callable[[Any], Any]]] = {
        "schedule": (schedule, _schedule),
        "timezone": (timezone, lambda name: timetable.zone(name).key),
        "missed": (missed, lambda word: _word("missed", MissedPolicy, word)),
        "generation_mode": (generation_mode, lambda word: _word("generation_mode", GenerationMode, word)),
        "model_options": (model_options, checked),
    }
    wanted, wrong = dict[str, Any](), dict[str, str]()
    for name, (value, read) in readers.items():
        try:
            wanted |= {name: read(value)} if value is not None else {}
        except InvalidInput as error:
            wrong |= error.fields
    if wrong:
        raise InvalidInput(wrong)
    return wanted


def _schedule(value: Mapping[str, Any] | Schedule) -> dict[str, Any]:
    return schedules.plain(schedules.read(value) if isinstance(value, Mapping) else value)


def _word(field: str, words: Any, value: str) -> str:
    if value in {word.value for word in words}:
        return str(value)
    shown = repr(str(value))[:60]
    raise InvalidInput({field: f"must be one of {', '.join(word.value for word in words)}; {shown} is not."})


def _changes(at: Standing, wanted: Mapping[str, Any]) -> dict[str, Any]:
    row = database.rows(
        "SELECT enabled, schedule, timezone, missed, generation_mode, model_options FROM workflow WHERE id = %s", at.id
    )[0]
    return {name: value for name, value in wanted.items() if row[name] != value}


def _apply(unit: Unit, at: Standing, changes: Mapping[str, Any]) -> None:
    names = sorted(changes)
    values = [Jsonb(changes[name]) if name in ("schedule", "model_options") else changes[name] for name in names]
    database.query(
        f"UPDATE workflow SET {', '.join(f'{name} = %s' for name in names)}, version = version + 1 WHERE id = %s",
        *values, at.id,
    )  # fmt: skip
    told = {name: value for name, value in changes.items() if name != "model_options"}
    if "model_options" in changes:
        told["model_options"] = sorted(changes["model_options"])
    unit.record(WorkflowConfigured(str(at.id), at.workflow_type.value, told))


def _realign(unit: Unit, at: Standing, changes: Mapping[str, Any], now: datetime) -> None:
    """Record the slots that passed under the old settings, and stand at the next one under the new."""
    if not {"enabled", "schedule", "timezone"} & set(changes):
        return
    off = changes.get("enabled") is False
    settle(unit, at, now, SlotOutcome.SKIPPED if off else SlotOutcome.MISSED, DISABLED if off else CHANGED)
    after = slots.locked(at.user_id, at.workflow_type)
    assert after is not None
    following = after.after(now)
    slots.stand(after, following, due_at=following)


def settle(unit: Unit, at: Standing, now: datetime, outcome: SlotOutcome, reason: str) -> None:
    """Record every pending slot but the one at work as ended without a run, or as failed if one was tried."""
    passed, unnamed = slots.pending(at, now)
    slots.record_unnamed(unit, at, unnamed, outcome=outcome, reason=reason, now=now)
    rows = database.query(
        "SELECT scheduled_for, bool_or(status = 'running') FROM workflow_run WHERE workflow_id = %s"
        " AND scheduled_for = ANY(%s) GROUP BY 1",
        at.id, passed,
    )  # fmt: skip
    tried = dict(rows)
    for slot in passed:
        if not tried.get(slot):
            ended = SlotOutcome.FAILED if slot in tried else outcome
            slots.record(unit, at, slot, outcome=ended, reason=reason, now=now)


def pause(
    actor: Actor, workflow: WorkflowType | str | None = None, *, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Pause one workflow, or all; what works goes on. Return the workflows concerned. Pausing again changes nothing."""
    return _set_paused(actor, workflow, True, now=now)


def resume(
    actor: Actor, workflow: WorkflowType | str | None = None, *, now: datetime | None = None
) -> list[dict[str, Any]]:
    """Resume one workflow, or all. Slots that passed meanwhile are recorded as skipped, and none of them is run."""
    return _set_paused(actor, workflow, False, now=now)


def _set_paused(
    actor: Actor, workflow: WorkflowType | str | None, paused: bool, *, now: datetime | None
) -> list[dict[str, Any]]:
    kinds = list(WorkflowType) if workflow is None else [workflow_type(workflow)]
    moment = now or clock.now()
    with gate.write(actor, Action.CONFIGURE_SCHEDULE) as unit:
        for kind in kinds:
            at = _standing(unit, kind)
            if at.paused != paused:
                _set_one(unit, at, paused, moment)
        slots.wake(unit.user_id)
        return [queries.workflow(gate_scope(unit), kind) for kind in kinds]


def _set_one(unit: Unit, at: Standing, paused: bool, now: datetime) -> None:
    if not paused:
        settle(unit, at, now, SlotOutcome.SKIPPED, PAUSED)
        if at.next_run_at is not None and at.next_run_at <= now and not _working(at):
            following = at.after(now)
            slots.stand(at, following, due_at=following)
    database.query("UPDATE workflow SET paused = %s, version = version + 1 WHERE id = %s", paused, at.id)
    unit.record(WorkflowConfigured(str(at.id), at.workflow_type.value, {"paused": paused}))


def _working(at: Standing) -> bool:
    return bool(database.query("SELECT 1 FROM workflow_run WHERE workflow_id = %s AND status = 'running'", at.id))


def request_run(actor: Actor, workflow: WorkflowType | str, *, now: datetime | None = None) -> dict[str, Any]:
    """Ask for a run now, outside the schedule; return the request with its `id`, as `queries.schedules.requested`.

    A daemon takes it up at once. One that waits already is returned instead of a second. Raise NotConfigured with the
    command that mends it when the workflow is disabled or paused.
    """
    kind = workflow_type(workflow)
    with gate.write(actor, Action.RUN_WORKFLOW, Subject(workflow=kind)) as unit:
        at = _standing(unit, kind)
        refuse(at)
        waiting = database.query(
            "SELECT id FROM workflow_request r WHERE workflow_id = %s AND due_at IS NOT NULL AND closed_at IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM workflow_run n WHERE n.request_id = r.id)",
            at.id,
        )
        identifier = waiting[0][0] if waiting else _request(unit, at, now or clock.now())
        slots.wake(unit.user_id)
        return queries.requested(gate_scope(unit), identifier)


def refuse(at: Standing) -> None:
    """Raise NotConfigured, with the way out, for a workflow that may not run now."""
    name = at.workflow_type.value
    if not at.enabled:
        raise NotConfigured(f"{ABOUT[at.workflow_type].title} is disabled.", ENABLE.format(name))
    if at.paused:
        raise NotConfigured(f"{ABOUT[at.workflow_type].title} is paused.", RESUME.format(name))


def _request(unit: Unit, at: Standing, now: datetime) -> UUID:
    identifier = ids.new_id()
    agent = unit.actor.identity if unit.actor.kind == "agent" else None
    database.query(
        "INSERT INTO workflow_request (id, user_id, workflow_id, workflow_type, requested_by, agent_identity,"
        " requested_at, policy_decision, due_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        identifier, unit.user_id, at.id, at.workflow_type.value, unit.actor.identity, agent, now,
        Jsonb(unit.decision.as_dict(unit.trace_id)), now,
    )  # fmt: skip
    unit.record(RunRequested(str(identifier), at.workflow_type.value))
    return identifier
