"""Evidence: what came in, cut into passages that keep their place in it."""

TABLES = """
CREATE TABLE import_batch (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector text NOT NULL,
    root text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX import_batch_user ON import_batch (user_id, started_at);

CREATE TABLE source (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector text NOT NULL,
    external_id text,
    import_id uuid REFERENCES import_batch,
    title text NOT NULL,
    uri text,
    author text,
    content_text text NOT NULL,
    content_hash text NOT NULL,
    char_count integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    captured_at timestamptz NOT NULL,
    status text NOT NULL DEFAULT 'new',
    domain text NOT NULL DEFAULT 'unknown',
    sensitivity text NOT NULL DEFAULT 'unknown',
    project_id uuid,
    backlog boolean NOT NULL DEFAULT false,
    metadata jsonb NOT NULL DEFAULT '{}',
    salt bytea NOT NULL,
    reviewed_at timestamptz,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX source_content ON source (user_id, content_hash) WHERE status <> 'forgotten';
CREATE INDEX source_external ON source (user_id, connector, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX source_captured ON source (user_id, captured_at, id);
CREATE INDEX source_occurred ON source (user_id, occurred_at, id);
CREATE INDEX source_waiting ON source (user_id, captured_at) WHERE status = 'new' AND NOT backlog;
CREATE INDEX source_import ON source (import_id) WHERE import_id IS NOT NULL;

CREATE TABLE chunk (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    source_id uuid NOT NULL REFERENCES source ON DELETE CASCADE,
    ordinal integer NOT NULL,
    start integer NOT NULL,
    "end" integer NOT NULL,
    heading text,
    text text NOT NULL,
    text_hash text NOT NULL,
    CHECK (start >= 0 AND "end" > start)
);
CREATE UNIQUE INDEX chunk_place ON chunk (source_id, ordinal);
CREATE INDEX chunk_user ON chunk (user_id, source_id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("import_batch", "source", "chunk"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
