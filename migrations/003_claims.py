"""Claims drawn from evidence: memories, open loops, people and projects, and the words each was drawn from."""

TABLES = """
CREATE TABLE project (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    key text NOT NULL,
    status text NOT NULL DEFAULT 'candidate',
    state text,
    domain text NOT NULL DEFAULT 'project',
    sensitivity text NOT NULL DEFAULT 'unknown',
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX project_key ON project (user_id, key);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    handle text,
    key text NOT NULL,
    status text NOT NULL DEFAULT 'candidate',
    domain text NOT NULL DEFAULT 'unknown',
    sensitivity text NOT NULL DEFAULT 'unknown',
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX person_key ON person (user_id, key);

CREATE TABLE memory (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    memory_type text NOT NULL,
    text text NOT NULL,
    key text NOT NULL,
    subject text,
    status text NOT NULL DEFAULT 'candidate',
    domain text NOT NULL DEFAULT 'unknown',
    sensitivity text NOT NULL DEFAULT 'unknown',
    project_id uuid REFERENCES project,
    confidence real NOT NULL,
    rule text NOT NULL,
    proposed_by text NOT NULL,
    flags text[] NOT NULL DEFAULT '{}',
    backlog boolean NOT NULL DEFAULT false,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    decided_at timestamptz,
    superseded_by uuid REFERENCES memory,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX memory_key ON memory (user_id, key);
CREATE INDEX memory_status ON memory (user_id, status, occurred_at);
CREATE INDEX memory_waiting ON memory (user_id, created_at) WHERE status = 'candidate' AND NOT backlog;

CREATE TABLE open_loop (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    loop_kind text NOT NULL,
    text text NOT NULL,
    key text NOT NULL,
    subject text,
    owner text,
    waiting_for text,
    due_on date,
    due_text text,
    status text NOT NULL DEFAULT 'candidate',
    domain text NOT NULL DEFAULT 'unknown',
    sensitivity text NOT NULL DEFAULT 'unknown',
    project_id uuid REFERENCES project,
    confidence real NOT NULL,
    rule text NOT NULL,
    proposed_by text NOT NULL,
    flags text[] NOT NULL DEFAULT '{}',
    backlog boolean NOT NULL DEFAULT false,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    snoozed_until timestamptz,
    closed_at timestamptz,
    reason text,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX open_loop_key ON open_loop (user_id, key);
CREATE INDEX open_loop_status ON open_loop (user_id, status, due_on);
CREATE INDEX open_loop_seen ON open_loop (user_id, last_seen_at);
CREATE INDEX open_loop_waiting ON open_loop (user_id, created_at) WHERE status = 'candidate' AND NOT backlog;

-- Which words a claim was drawn from: offsets count code points of source.content_text.
CREATE TABLE provenance (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    source_id uuid NOT NULL REFERENCES source ON DELETE CASCADE,
    chunk_id uuid NOT NULL REFERENCES chunk ON DELETE CASCADE,
    start integer NOT NULL,
    "end" integer NOT NULL,
    rule text NOT NULL,
    CHECK (start >= 0 AND "end" > start)
);
CREATE UNIQUE INDEX provenance_span ON provenance (subject_id, source_id, start, "end");
CREATE INDEX provenance_source ON provenance (source_id);
CREATE INDEX provenance_chunk ON provenance (chunk_id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("project", "person", "memory", "open_loop", "provenance"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
