"""Revisions: each text of a note is a source of its own, so that whatever cites its words keeps them."""

COLUMNS = """
ALTER TABLE source
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD COLUMN revision_of uuid REFERENCES source ON DELETE SET NULL,
    ADD COLUMN current boolean NOT NULL DEFAULT true,
    ADD COLUMN gone_at timestamptz;
CREATE INDEX source_revision ON source (revision_of) WHERE revision_of IS NOT NULL;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(COLUMNS)
