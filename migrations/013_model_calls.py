"""Model calls that wait for the owner: exactly what would be sent, and which evidence is in it."""

TABLES = """
-- `request` is the body to the byte; it is emptied when the call is refused, replaced, or loses evidence.
CREATE TABLE model_call (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    workflow_type text NOT NULL,
    status text NOT NULL DEFAULT 'waiting',
    endpoint text NOT NULL,
    endpoint_host text NOT NULL,
    options jsonb NOT NULL,
    routing jsonb NOT NULL,
    request text NOT NULL,
    prompt_hash text NOT NULL,
    input_context_hash text NOT NULL,
    title text NOT NULL,
    timezone text NOT NULL,
    domain text NOT NULL,
    sensitivity text NOT NULL,
    project_id uuid REFERENCES project,
    covers_from timestamptz,
    covers_to timestamptz NOT NULL,
    source_artifact_id uuid REFERENCES artifact ON DELETE SET NULL,
    artifact_id uuid REFERENCES artifact ON DELETE SET NULL,
    scheduler_run_id uuid,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    reason text,
    version integer NOT NULL DEFAULT 1,
    CHECK (status IN ('waiting', 'approved', 'done', 'failed', 'refused', 'withdrawn'))
);
CREATE INDEX model_call_recent ON model_call (user_id, status, created_at, id);
CREATE INDEX model_call_from ON model_call (source_artifact_id) WHERE source_artifact_id IS NOT NULL;
CREATE INDEX model_call_made ON model_call (artifact_id) WHERE artifact_id IS NOT NULL;

CREATE TABLE model_call_passage (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    model_call_id uuid NOT NULL REFERENCES model_call ON DELETE CASCADE,
    number integer NOT NULL,
    source_id uuid NOT NULL REFERENCES source ON DELETE CASCADE,
    chunk_id uuid NOT NULL REFERENCES chunk ON DELETE CASCADE,
    start integer NOT NULL,
    "end" integer NOT NULL,
    CHECK (start >= 0 AND "end" > start)
);
CREATE UNIQUE INDEX model_call_passage_number ON model_call_passage (model_call_id, number);
CREATE INDEX model_call_passage_source ON model_call_passage (source_id);
CREATE INDEX model_call_passage_chunk ON model_call_passage (chunk_id);

-- What is forgotten is gone from here too: a call that held words of it cannot be sent any more.
CREATE FUNCTION alice_withdraw_model_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE model_call SET request = '', title = '', version = version + 1,
        status = CASE WHEN status IN ('waiting', 'failed') THEN 'withdrawn' ELSE status END
    WHERE id = OLD.model_call_id AND request <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER withdrawn AFTER DELETE ON model_call_passage
    FOR EACH ROW EXECUTE FUNCTION alice_withdraw_model_call();
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("model_call", "model_call_passage"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
