"""What a connector has seen: state and not history, so that a second look at a folder costs a stat and not a read."""

TABLES = """
CREATE TABLE connector_item (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    connector text NOT NULL,
    root text NOT NULL,
    external_id text NOT NULL,
    size bigint NOT NULL,
    mtime_ns bigint NOT NULL,
    content_hash text,
    source_id uuid REFERENCES source ON DELETE CASCADE,
    problem text,
    seen_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX connector_item_place ON connector_item (user_id, connector, root, external_id);
CREATE INDEX connector_item_source ON connector_item (source_id) WHERE source_id IS NOT NULL;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_grant()")
