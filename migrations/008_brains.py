"""What the owner told Alice about the brain as a whole: the names that mean *you*."""

TABLES = """
CREATE TABLE brain (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    owner_names text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX brain_user ON brain (user_id);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_audit('brain')")
    migrator.sql("SELECT alice_grant()")
