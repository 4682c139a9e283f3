"""Why a person decided on an open loop as they did. It stays with the loop: the log holds no text."""


def migrate(migrator, database, *, fake=False):
    migrator.sql("ALTER TABLE open_loop ADD COLUMN reason text")
