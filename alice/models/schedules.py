"""Workflows, where they stand in their schedule, what was asked of them, their runs, and how each slot ended."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField, UUIDField
from playhouse.postgres_ext import BinaryJSONField

from alice.models.artifacts import Artifact
from alice.models.base import DateTimeTZField, Table


class Workflow(Table):
    """One of the six workflows of a brain, as the owner set it up; disabled by default."""

    workflow_type = TextField()
    enabled = BooleanField(default=False)
    paused = BooleanField(default=False)
    schedule = BinaryJSONField(index=False)
    timezone = TextField()
    missed = TextField(default="latest")
    generation_mode = TextField(default="deterministic")
    model_options = BinaryJSONField(default=dict, index=False)
    max_attempts = IntegerField(default=3)
    version = IntegerField(default=1)


class WorkflowState(Table):
    """Where a workflow stands. State and not history: it leaves no events.

    `next_run_at` is the slot that is not decided yet; `due_at` is when to look at it, and null while a worker does.
    """

    id = None  # type: ignore[assignment]
    workflow = ForeignKeyField(Workflow, primary_key=True)
    workflow_type = TextField()
    next_run_at = DateTimeTZField(null=True)
    retry_at = DateTimeTZField(null=True)
    due_at = DateTimeTZField(null=True)
    last_run_at = DateTimeTZField(null=True)
    last_result = TextField(null=True)
    last_error = TextField(null=True)
    last_success_at = DateTimeTZField(null=True)


class WorkflowRequest(Table):
    """A run that somebody asked for, outside every schedule; closed once a run has ended it, or it was refused."""

    workflow = ForeignKeyField(Workflow)
    workflow_type = TextField()
    requested_by = TextField()
    agent_identity = TextField(null=True)
    requested_at = DateTimeTZField()
    policy_decision = BinaryJSONField(default=dict, index=False)
    due_at = DateTimeTZField(null=True)
    closed_at = DateTimeTZField(null=True)
    refusal = TextField(null=True)


class WorkflowRun(Table):
    """One attempt at a slot or a request. `claim` is the fence: only its holder publishes. `lost`: its worker died."""

    workflow = ForeignKeyField(Workflow)
    workflow_type = TextField()
    request = ForeignKeyField(WorkflowRequest, null=True)
    status = TextField()
    triggered_by = TextField()
    agent_identity = TextField(null=True)
    scheduled_for = DateTimeTZField(null=True)
    started_at = DateTimeTZField()
    finished_at = DateTimeTZField(null=True)
    lateness_ms = BigIntegerField(null=True)
    attempt = IntegerField(default=1)
    lost = BooleanField(default=False)
    claim = UUIDField()
    worker = TextField(null=True)
    artifact = ForeignKeyField(Artifact, null=True)
    error_message = TextField(null=True)
    trace_id = TextField()
    policy_decision = BinaryJSONField(default=dict, index=False)
    generation_mode = TextField()
    notes = BinaryJSONField(default=list, index=False)


class WorkflowSlot(Table):
    """How one moment of a schedule ended, exactly once; with `until`, how all moments up to that one did."""

    workflow = ForeignKeyField(Workflow)
    workflow_type = TextField()
    scheduled_for = DateTimeTZField()
    until = DateTimeTZField(null=True)
    outcome = TextField()
    reason = TextField(null=True)
    run = ForeignKeyField(WorkflowRun, null=True)
    artifact = ForeignKeyField(Artifact, null=True)
    decided_at = DateTimeTZField()


class DaemonHeartbeat(Table):
    """A daemon that serves this database, and when it was last seen. `user_id` is empty when it serves all brains."""

    user_id = UUIDField(null=True)  # type: ignore[assignment]
    host = TextField()
    pid = IntegerField()
    started_at = DateTimeTZField()
    seen_at = DateTimeTZField()
    details = BinaryJSONField(default=dict, index=False)
