"""The graph: what a report proposed to tie together, and what a person decided on it."""

TABLES = """
-- An end is a memory, an open_loop or a passage (a chunk). The words behind an edge are in provenance, under its id.
CREATE TABLE graph_edge (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    from_kind text NOT NULL,
    from_id uuid NOT NULL,
    to_kind text NOT NULL,
    to_id uuid NOT NULL,
    relation text NOT NULL,
    status text NOT NULL DEFAULT 'candidate',
    explanation text NOT NULL,
    shared text[] NOT NULL DEFAULT '{}',
    confidence real NOT NULL,
    domain text NOT NULL,
    sensitivity text NOT NULL,
    project_id uuid REFERENCES project,
    artifact_id uuid REFERENCES artifact ON DELETE SET NULL,
    proposed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    reason text,
    version integer NOT NULL DEFAULT 1,
    CHECK (status IN ('candidate', 'accepted', 'rejected'))
);
-- One row for a pair whatever was decided: a rejected edge does not come back.
CREATE UNIQUE INDEX graph_edge_once ON graph_edge (user_id, from_id, to_id, relation);
CREATE INDEX graph_edge_to ON graph_edge (user_id, to_id);
CREATE INDEX graph_edge_recent ON graph_edge (user_id, status, created_at, id);
CREATE INDEX graph_edge_artifact ON graph_edge (artifact_id) WHERE artifact_id IS NOT NULL;
CREATE INDEX person_seen ON person (user_id, last_seen_at);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_audit('graph_edge')")
    migrator.sql("SELECT alice_grant()")
