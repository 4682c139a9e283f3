"""Proposed updates of projects, what a person decided on them, and an index of claims by what they are about."""

TABLES = """
-- The words that an update rests on are in provenance, under its id: what was decided on does not come back with them.
CREATE TABLE project_update (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL REFERENCES project ON DELETE CASCADE,
    current_state text,
    suggested_state text NOT NULL,
    accepted_state text,
    status text NOT NULL DEFAULT 'candidate',
    confidence real NOT NULL,
    basis text NOT NULL,
    domain text NOT NULL,
    sensitivity text NOT NULL,
    artifact_id uuid REFERENCES artifact ON DELETE SET NULL,
    proposed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    reason text,
    version integer NOT NULL DEFAULT 1,
    CHECK (status IN ('candidate', 'accepted', 'rejected', 'superseded'))
);
CREATE UNIQUE INDEX project_update_waiting ON project_update (project_id) WHERE status = 'candidate';
CREATE INDEX project_update_recent ON project_update (user_id, status, created_at, id);
CREATE INDEX project_update_project ON project_update (project_id, created_at);
CREATE INDEX project_update_artifact ON project_update (artifact_id) WHERE artifact_id IS NOT NULL;
CREATE INDEX project_seen ON project (user_id, last_seen_at);
CREATE INDEX memory_subject ON memory (user_id, lower(subject)) WHERE subject IS NOT NULL;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_audit('project_update')")
    migrator.sql("SELECT alice_grant()")
