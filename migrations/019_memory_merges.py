"""Memories that were merged: told from those that gave way to another claim, since a merged one lends its words."""

TABLES = """
ALTER TABLE memory ADD COLUMN merged boolean NOT NULL DEFAULT false;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
