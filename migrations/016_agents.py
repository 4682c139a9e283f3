"""Agents: who they are, their keys, what they did each day, and the charter that binds them."""

TABLES = """
CREATE TABLE agent (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    name text NOT NULL,
    agent_type text,
    created_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX agent_name ON agent (user_id, name);

-- `key_hash` is SHA-256 of a random secret of 256 bits: there is nothing to guess, and so nothing to slow down.
CREATE TABLE agent_key (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    agent_id uuid NOT NULL REFERENCES agent,
    prefix text NOT NULL,
    key_hash text NOT NULL,
    label text NOT NULL,
    profile text NOT NULL,
    grants text[] NOT NULL DEFAULT '{}',
    project_ids uuid[],
    requests_per_minute integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    rotated_from uuid REFERENCES agent_key,
    version integer NOT NULL DEFAULT 1,
    CHECK (requests_per_minute > 0)
);
CREATE INDEX agent_key_prefix ON agent_key (user_id, prefix);
CREATE UNIQUE INDEX agent_key_rotated ON agent_key (rotated_from) WHERE rotated_from IS NOT NULL;
CREATE INDEX agent_key_recent ON agent_key (user_id, created_at, id);

-- State and not history, so it is not audited: the last use, and how often in the minute that began at `minute_at`.
CREATE TABLE agent_key_use (
    key_id uuid PRIMARY KEY REFERENCES agent_key ON DELETE CASCADE,
    user_id uuid NOT NULL,
    last_used_at timestamptz NOT NULL,
    minute_at timestamptz NOT NULL,
    minute_count integer NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE charter (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    content_markdown text NOT NULL,
    constraints jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX charter_user ON charter (user_id);

CREATE TABLE charter_revision (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    version integer NOT NULL,
    content_markdown text NOT NULL,
    saved_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX charter_revision_version ON charter_revision (user_id, version);
"""

# What agents did, by UTC day, counted from the log as it is written: telemetry reads a few rows, not the log.
ACTIVITY = """
CREATE TABLE agent_activity (
    user_id uuid NOT NULL,
    agent text NOT NULL,
    day date NOT NULL,
    measure text NOT NULL,
    count bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, agent, day, measure)
) WITH (fillfactor = 70);
CREATE INDEX event_log_agents ON event_log (user_id, actor, seq) WHERE starts_with(actor, 'agent:');

CREATE FUNCTION alice_agent_measures(event_type text, canonical text) RETURNS SETOF text
    LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    decision jsonb;
BEGIN
    RETURN NEXT 'events';
    IF event_type = 'policy.decided' THEN
        decision := canonical::jsonb -> 'payload' -> 'decision';
        RETURN NEXT decision ->> 'decision';
        RETURN QUERY SELECT 'domain:' || asked FROM jsonb_array_elements_text(decision -> 'requested_domains') asked
            WHERE asked IN ('family', 'health', 'spiritual', 'financial', 'legal', 'relationship');
    ELSE
        RETURN QUERY SELECT measure FROM (VALUES ('memory.proposed', 'memory_proposals'),
            ('artifact.generated', 'artifacts'), ('workflow_run.requested', 'workflows'),
            ('output.ingested', 'outputs')) known (name, measure) WHERE name = event_type;
    END IF;
END $$;

CREATE FUNCTION alice_count_agents() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO agent_activity AS a (user_id, agent, day, measure, count, first_at, last_at)
        SELECT e.user_id, substr(e.actor, 7), (e.recorded_at AT TIME ZONE 'UTC')::date, m, count(*),
            min(e.recorded_at), max(e.recorded_at)
        FROM fresh e CROSS JOIN LATERAL alice_agent_measures(e.event_type, e.canonical) m
        WHERE starts_with(e.actor, 'agent:') AND m IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (user_id, agent, day, measure) DO UPDATE SET count = a.count + EXCLUDED.count,
        first_at = LEAST(a.first_at, EXCLUDED.first_at), last_at = GREATEST(a.last_at, EXCLUDED.last_at);
    RETURN NULL;
END $$;

CREATE TRIGGER agents_counted AFTER INSERT ON event_log REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION alice_count_agents();

INSERT INTO agent_activity (user_id, agent, day, measure, count, first_at, last_at)
    SELECT e.user_id, substr(e.actor, 7), (e.recorded_at AT TIME ZONE 'UTC')::date, m, count(*),
        min(e.recorded_at), max(e.recorded_at)
    FROM event_log e CROSS JOIN LATERAL alice_agent_measures(e.event_type, e.canonical) m
    WHERE starts_with(e.actor, 'agent:') AND m IS NOT NULL GROUP BY 1, 2, 3, 4;
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql(ACTIVITY)
    for table in ("agent", "agent_key", "charter", "charter_revision"):
        migrator.sql(f"SELECT alice_audit('{table}')")
    migrator.sql("SELECT alice_grant()")
