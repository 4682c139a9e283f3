"""Forgetting: the receipt of what went and where it was looked for, and keyed marks that keep it from coming again."""

TABLES = """
-- `gone` and `stays` hold ids, `looked` one entry for each place; none of them a word of what was forgotten.
CREATE TABLE receipt (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    status text NOT NULL DEFAULT 'unchecked',
    gone jsonb NOT NULL,
    stays jsonb NOT NULL,
    looked jsonb NOT NULL DEFAULT '[]',
    beyond jsonb NOT NULL DEFAULT '[]',
    forgotten_by text NOT NULL,
    forgotten_at timestamptz NOT NULL,
    checked_at timestamptz,
    event_id uuid NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CHECK (subject_kind IN ('source', 'memory')),
    CHECK (status IN ('unchecked', 'complete', 'incomplete'))
);
CREATE UNIQUE INDEX receipt_subject ON receipt (user_id, subject_kind, subject_id);
CREATE INDEX receipt_recent ON receipt (user_id, forgotten_at, id);
CREATE INDEX receipt_gone ON receipt USING gin (gone jsonb_path_ops);

-- `digest` is keyed with a file beside the database: whoever has only the database cannot guess what it is of.
CREATE TABLE forgotten_mark (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    receipt_id uuid NOT NULL REFERENCES receipt ON DELETE CASCADE,
    kind text NOT NULL,
    digest text NOT NULL,
    CHECK (kind IN ('content', 'item', 'claim'))
);
CREATE UNIQUE INDEX forgotten_mark_once ON forgotten_mark (user_id, kind, digest);
CREATE INDEX forgotten_mark_receipt ON forgotten_mark (receipt_id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    for table in ("receipt", "forgotten_mark"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
