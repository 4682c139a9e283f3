"""Decisions: what a person did with a claim, what it was before and after, and the seal that says it was they."""

TABLES = """
-- One row for each change that a decision made; `act` is shared by those that were decided together. `before` and
-- `after` hold the columns that changed. `evidence` is the words it rested on: source, start, end and a keyed digest.
CREATE TABLE decision (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    act uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    action text NOT NULL,
    version integer NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    reason text,
    evidence jsonb NOT NULL DEFAULT '[]',
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL,
    undoes uuid REFERENCES decision,
    event_id uuid NOT NULL,
    seal text NOT NULL
);
CREATE UNIQUE INDEX decision_subject ON decision (subject_id, version);
CREATE INDEX decision_recent ON decision (user_id, decided_at, id);
CREATE INDEX decision_act ON decision (act);
CREATE INDEX decision_undone ON decision (undoes) WHERE undoes IS NOT NULL;

ALTER TABLE memory
    ADD COLUMN reason text,
    ADD COLUMN snoozed_until timestamptz;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_audit('decision')")
    migrator.sql("SELECT alice_grant()")
