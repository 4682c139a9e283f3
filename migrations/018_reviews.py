"""What the owner says of artifacts: ratings and which insights helped; and what a merged loop went into."""

TABLES = """
ALTER TABLE open_loop ADD COLUMN merged_into uuid REFERENCES open_loop ON DELETE SET NULL;

-- One rating of an artifact for each who rates it; a later one replaces it.
CREATE TABLE artifact_rating (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    artifact_id uuid NOT NULL REFERENCES artifact ON DELETE CASCADE,
    usefulness smallint CHECK (usefulness BETWEEN 1 AND 5),
    accuracy smallint CHECK (accuracy BETWEEN 1 AND 5),
    source_grounding smallint CHECK (source_grounding BETWEEN 1 AND 5),
    novel_connections smallint CHECK (novel_connections BETWEEN 1 AND 5),
    actionability smallint CHECK (actionability BETWEEN 1 AND 5),
    hallucination_risk smallint CHECK (hallucination_risk BETWEEN 1 AND 5),
    verbosity text CHECK (verbosity IN ('too_shallow', 'right_sized', 'too_verbose')),
    missed_context text,
    comments text,
    rated_by text NOT NULL,
    rated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX artifact_rating_once ON artifact_rating (artifact_id, rated_by);
CREATE INDEX artifact_rating_recent ON artifact_rating (user_id, rated_at);

-- Whether one statement of an artifact, or the artifact as a whole (no section), helped.
CREATE TABLE insight_feedback (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    artifact_id uuid NOT NULL REFERENCES artifact ON DELETE CASCADE,
    section integer NOT NULL DEFAULT -1,
    statement integer NOT NULL DEFAULT -1,
    useful boolean NOT NULL,
    note text,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX insight_feedback_once ON insight_feedback (artifact_id, section, statement, given_by);
CREATE INDEX insight_feedback_recent ON insight_feedback (user_id, given_at);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("artifact_rating", "insight_feedback"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
