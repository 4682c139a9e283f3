"""Schedules: the six workflows of a brain, what was asked of them, their runs, and how each slot ended."""

TABLES = """
CREATE TABLE workflow (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workflow_type text NOT NULL,
    enabled boolean NOT NULL DEFAULT false,
    paused boolean NOT NULL DEFAULT false,
    schedule jsonb NOT NULL,
    timezone text NOT NULL,
    missed text NOT NULL DEFAULT 'latest',
    generation_mode text NOT NULL DEFAULT 'deterministic',
    model_options jsonb NOT NULL DEFAULT '{}',
    max_attempts integer NOT NULL DEFAULT 3,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX workflow_type ON workflow (user_id, workflow_type);

-- State and not history, so it is not audited. `next_run_at` is the slot that is not decided yet; `due_at` is when
-- to look at it: the slot itself, a retry, or a moment ahead while a worker is on its way; null while one works.
CREATE TABLE workflow_state (
    workflow_id uuid PRIMARY KEY REFERENCES workflow ON DELETE CASCADE,
    user_id uuid NOT NULL,
    workflow_type text NOT NULL,
    next_run_at timestamptz,
    retry_at timestamptz,
    due_at timestamptz,
    last_run_at timestamptz,
    last_result text,
    last_error text,
    last_success_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX workflow_state_due ON workflow_state (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX workflow_state_working ON workflow_state (user_id) WHERE due_at IS NULL AND next_run_at IS NOT NULL;
CREATE INDEX workflow_state_user ON workflow_state (user_id, workflow_type);

-- A run that somebody asked for: no slot. `due_at` as above; `closed_at` once a run has ended it, or it was refused.
CREATE TABLE workflow_request (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workflow_id uuid NOT NULL REFERENCES workflow,
    workflow_type text NOT NULL,
    requested_by text NOT NULL,
    agent_identity text,
    requested_at timestamptz NOT NULL,
    policy_decision jsonb NOT NULL DEFAULT '{}',
    due_at timestamptz,
    closed_at timestamptz,
    refusal text
);
CREATE INDEX workflow_request_due ON workflow_request (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE workflow_run (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workflow_id uuid NOT NULL REFERENCES workflow,
    workflow_type text NOT NULL,
    request_id uuid REFERENCES workflow_request,
    status text NOT NULL,
    triggered_by text NOT NULL,
    agent_identity text,
    scheduled_for timestamptz,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    lateness_ms bigint,
    attempt integer NOT NULL DEFAULT 1,
    lost boolean NOT NULL DEFAULT false,
    claim uuid NOT NULL,
    worker text,
    artifact_id uuid REFERENCES artifact,
    error_message text,
    trace_id text NOT NULL,
    policy_decision jsonb NOT NULL DEFAULT '{}',
    generation_mode text NOT NULL,
    notes jsonb NOT NULL DEFAULT '[]'
);
CREATE INDEX workflow_run_recent ON workflow_run (user_id, started_at, id);
CREATE INDEX workflow_run_failed ON workflow_run (user_id, started_at, id) WHERE status = 'failed';
CREATE INDEX workflow_run_running ON workflow_run (user_id, workflow_type) WHERE status = 'running';
CREATE INDEX workflow_run_slot ON workflow_run (workflow_id, scheduled_for);
CREATE INDEX workflow_run_request ON workflow_run (request_id) WHERE request_id IS NOT NULL;

-- `until` is set where one row tells of every slot from `scheduled_for` to it: too many to name had passed.
CREATE TABLE workflow_slot (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workflow_id uuid NOT NULL REFERENCES workflow,
    workflow_type text NOT NULL,
    scheduled_for timestamptz NOT NULL,
    until timestamptz,
    outcome text NOT NULL,
    reason text,
    run_id uuid REFERENCES workflow_run,
    artifact_id uuid REFERENCES artifact,
    decided_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX workflow_slot_once ON workflow_slot (workflow_id, scheduled_for);
CREATE INDEX workflow_slot_recent ON workflow_slot (user_id, scheduled_for, id);

CREATE TABLE daemon_heartbeat (
    id uuid PRIMARY KEY,
    user_id uuid,
    host text NOT NULL,
    pid integer NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'
);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    # A request's `due_at` is moved by whoever looks at it; that it was made, run and refused are events by themselves.
    for table in ("workflow", "workflow_run", "workflow_slot"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
