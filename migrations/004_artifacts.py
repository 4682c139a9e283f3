"""Artifacts: what the workflows compose, and the words each statement cites."""

TABLES = """
CREATE TABLE artifact (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    artifact_type text NOT NULL,
    title text NOT NULL,
    content_markdown text NOT NULL,
    sections jsonb NOT NULL,
    status text NOT NULL DEFAULT 'needs_review',
    domain text NOT NULL,
    sensitivity text NOT NULL,
    project_id uuid REFERENCES project,
    generated_by text NOT NULL,
    generation_mode text NOT NULL,
    scheduler_run_id uuid,
    trace_id text NOT NULL,
    input_context_hash text NOT NULL,
    prompt_hash text,
    model_info jsonb NOT NULL DEFAULT '{}',
    routing jsonb NOT NULL DEFAULT '{}',
    covers_from timestamptz,
    covers_to timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    reviewed_at timestamptz,
    promoted_at timestamptz,
    version integer NOT NULL DEFAULT 1
);
CREATE INDEX artifact_type ON artifact (user_id, artifact_type, created_at, id);
CREATE INDEX artifact_waiting ON artifact (user_id, created_at) WHERE status = 'needs_review';

CREATE TABLE citation (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    artifact_id uuid NOT NULL REFERENCES artifact ON DELETE CASCADE,
    number integer NOT NULL,
    source_id uuid NOT NULL REFERENCES source ON DELETE CASCADE,
    chunk_id uuid NOT NULL REFERENCES chunk ON DELETE CASCADE,
    start integer NOT NULL,
    "end" integer NOT NULL,
    CHECK (start >= 0 AND "end" > start)
);
CREATE UNIQUE INDEX citation_number ON citation (artifact_id, number);
CREATE INDEX citation_source ON citation (source_id);
CREATE INDEX citation_chunk ON citation (chunk_id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("artifact", "citation"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
