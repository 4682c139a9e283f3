"""Where the owner wants copies of briefs and reports written, if anywhere, and whether due loops go into a calendar."""

COLUMNS = """
ALTER TABLE brain
    ADD COLUMN copies_folder text,
    ADD COLUMN copies_calendar boolean NOT NULL DEFAULT false;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(COLUMNS)
