"""What is answered about the scheduler: the daemon, workflows, runs, slots and requests for a run."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from alice.domain.vocab import GenerationMode, MissedPolicy, RunStatus, SlotOutcome, WorkflowType
from alice.web.api.answers import Answer, Open, means


class Run(Answer):
    """One time that a workflow ran."""

    id: UUID = means("Its id.")
    workflow_type: WorkflowType = means("The workflow.")
    status: RunStatus = means("Where it stands.")
    triggered_by: str = means("Who let it run.", examples=["scheduler"])
    scheduled_for: datetime | None = means("The slot that it was for; null outside the schedule.")
    started_at: datetime = means("When it began.")
    finished_at: datetime | None = means("When it ended.")
    lateness_ms: int | None = means("How late it began, in milliseconds.")
    attempt: int = means("Which attempt at its slot it is.", ge=1)
    lost: bool = means("Whether its worker died without a word.")
    artifact_id: UUID | None = means("What it made.")
    error_message: str | None = means("Why it failed.")
    trace_id: str = means("What the log and the events call it.")
    policy_decision: dict[str, Any] | None = means("What the policy decided about it.")
    agent_identity: str | None = means("The agent that asked for it.")
    generation_mode: GenerationMode = means("Whether rules wrote, or a model.")
    request_id: UUID | None = means("The request that it answers.")
    worker: str | None = means("The process that worked on it.")
    notes: Any = means("What else is worth knowing about it.")


class Slot(Answer):
    """A moment at which a workflow was to run, and how that ended."""

    workflow_type: WorkflowType = means("The workflow.")
    scheduled_for: datetime = means("The moment.")
    until: datetime | None = means("The last of several moments that ended alike.")
    outcome: SlotOutcome = means("How it ended.")
    reason: str | None = means("Why it ended so.")
    run_id: UUID | None = means("The run that it led to.")
    artifact_id: UUID | None = means("What that made.")
    decided_at: datetime = means("When that was known.")


class ModelOptions(Open):
    """Which model a workflow asks, and how; what is null is as the environment says."""

    provider: str | None = means("Which kind of server it is.")
    model: str | None = means("The name of the model.")
    temperature: float | None = means("How freely it writes, from 0 to 2.")
    max_tokens: int | None = means("How long its answer may be.")
    route_mode: str | None = means("Where a call may go.")


class Workflow(Answer):
    """How a workflow is set, and where it stands."""

    workflow_type: WorkflowType = means("The workflow.")
    title: str = means("What people call it.")
    enabled: bool = means("Whether it runs at all.")
    paused: bool = means("Whether it rests for now.")
    schedule: dict[str, Any] = means("When it runs: one of daily, weekly, every, cron and manual.")
    schedule_text: str = means("The same as a sentence.")
    timezone: str | None = means("The IANA zone of its times; null for the owner's.")
    missed: MissedPolicy = means("What happens to slots that passed while nothing ran.")
    generation_mode: GenerationMode = means("Whether rules write, or a model.")
    model_options: ModelOptions = means("Which model, and how it may be asked.")
    max_attempts: int = means("How often a slot is tried.", ge=1)
    version: int = means("Counts its changes; send it along with a change.", ge=0)
    next_run_at: datetime | None = means("When it runs next.")
    retry_at: datetime | None = means("When it is tried again.")
    last_run_at: datetime | None = means("When it last began.")
    last_result: str | None = means("How that ended.")
    last_error: str | None = means("Why that failed.")
    last_successful_run: datetime | None = means("When it last ended well.")
    running_run: Run | None = means("The run of it that goes on now.")


class Daemon(Open):
    """What the daemon of this machine says about itself, checked against its process."""

    configured: bool = means("Whether one was ever started.")
    running: bool = means("Whether it runs, by its process and not by its word.")
    ownership_verified: bool = means("Whether the process is the one that wrote the files, by its birth.")
    pid: int | None = means("Its process.")
    started_at: datetime | None = means("When it began.")
    last_heartbeat_at: datetime | None = means("When it last gave a sign.")
    last_due_scan_at: datetime | None = means("When it last looked for what is due.")
    last_error: str | None = means("What last went wrong.")


class Heartbeat(Answer):
    """A daemon that serves this brain, on any host, by its own word."""

    host: str = means("The machine.")
    pid: int = means("Its process there.")
    started_at: datetime = means("When it began.")
    seen_at: datetime = means("When it last gave a sign.")
    all_brains: bool = means("Whether it serves every brain of the database.")
    details: dict[str, Any] = means("What else it says.")


class NextDue(Answer):
    """Which workflow runs next."""

    workflow_type: WorkflowType = means("The workflow.")
    next_run_at: datetime | None = means("When.")


class SchedulerStatus(Answer):
    """How the scheduler stands."""

    daemon: Daemon = means("The daemon of this machine.")
    workflows: list[Workflow] = means("Every workflow.")
    next_due_workflow: NextDue | None = means("Which runs next; null when nothing is planned.")
    daemons: list[Heartbeat] = means("The daemons of every host, the one seen last first.")
    recent_failures: list[Run] = means("The newest runs that failed.")


class DueRuns(Answer):
    """What became of a scan for what is due."""

    checked_at: datetime = means("When it looked.")
    due_count: int = means("How much was due.", ge=0)
    failed_count: int = means("How many runs failed.", ge=0)
    reaped_count: int = means("How many runs were found whose worker had died.", ge=0)
    runs: list[Run] = means("What ran, or still runs.")


class RunRequest(Answer):
    """A request for a run outside the schedule, and what became of it."""

    id: UUID = means("Its id.")
    workflow_type: WorkflowType = means("The workflow.")
    requested_by: str = means("Who asked.", examples=["owner"])
    requested_at: datetime = means("When.")
    closed_at: datetime | None = means("When it was done with.")
    run_id: UUID | None = means("The run that it led to.")
    artifact_id: UUID | None = means("What that made.")
    error_message: str | None = means("Why it failed.")
    status: Literal["waiting", "running", "succeeded", "failed"] = means("Where it stands.")
