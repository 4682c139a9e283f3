"""How each connector is set, how it fares, and the items that it could not take."""

TABLES = """
CREATE TABLE connector_setting (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector_name text NOT NULL,
    enabled boolean NOT NULL DEFAULT false,
    default_domain text NOT NULL DEFAULT 'unknown',
    default_sensitivity text NOT NULL DEFAULT 'unknown',
    sync_mode text NOT NULL DEFAULT 'manual',
    poll_interval_seconds integer NOT NULL DEFAULT 300,
    secret_ref text,
    options jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX connector_setting_name ON connector_setting (user_id, connector_name);

-- State and not history, so it is not audited.
CREATE TABLE connector_state (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector_name text NOT NULL,
    cursor jsonb NOT NULL DEFAULT '{}',
    not_before timestamptz,
    last_sync_at timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    last_error text,
    last_error_code text,
    failures_in_a_row integer NOT NULL DEFAULT 0,
    items_seen bigint NOT NULL DEFAULT 0,
    items_captured bigint NOT NULL DEFAULT 0,
    items_deduped bigint NOT NULL DEFAULT 0,
    items_rejected bigint NOT NULL DEFAULT 0,
    items_failed bigint NOT NULL DEFAULT 0,
    processing_ms bigint NOT NULL DEFAULT 0,
    processed bigint NOT NULL DEFAULT 0,
    last_captured_source_id uuid REFERENCES source ON DELETE SET NULL,
    last_captured_at timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX connector_state_name ON connector_state (user_id, connector_name);

-- An item that could not be taken: where it lies and why, never what it says.
CREATE TABLE connector_quarantine (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector_name text NOT NULL,
    stream text NOT NULL,
    external_id text NOT NULL,
    status text NOT NULL DEFAULT 'waiting',
    reason text NOT NULL,
    reason_code text NOT NULL,
    attempts integer NOT NULL DEFAULT 1,
    first_failed_at timestamptz NOT NULL,
    last_failed_at timestamptz NOT NULL,
    next_attempt_at timestamptz,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX connector_quarantine_item
    ON connector_quarantine (user_id, connector_name, stream, external_id);
ALTER TABLE connector_item ADD COLUMN reason text;
CREATE INDEX connector_quarantine_recent ON connector_quarantine (user_id, first_failed_at, id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("connector_setting", "connector_quarantine"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
