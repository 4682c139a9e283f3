"""The append-only event log, its heads, the roles, and the guard that refuses a silent write."""

TABLES = """
CREATE TABLE event_log (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    event_type text NOT NULL,
    actor text NOT NULL,
    subject_kind text NOT NULL,
    subject_id text NOT NULL,
    trace_id text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT transaction_timestamp(),
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    canonical text NOT NULL,
    previous_hash text NOT NULL,
    integrity_hash text NOT NULL
);
CREATE UNIQUE INDEX event_log_order ON event_log (user_id, seq);
CREATE INDEX event_log_txid ON event_log (txid);
CREATE INDEX event_log_subject ON event_log (user_id, subject_kind, subject_id, seq);
CREATE INDEX event_log_type ON event_log (user_id, event_type, seq);

CREATE TABLE event_head (
    user_id uuid PRIMARY KEY,
    seq bigint NOT NULL,
    integrity_hash text NOT NULL
) WITH (fillfactor = 50);
"""

GUARDS = """
CREATE FUNCTION alice_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'event_log is append-only: %% is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER event_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_log
    FOR EACH STATEMENT EXECUTE FUNCTION alice_refuse_change();

-- Looks for an event of this very transaction. The time is compared too: transaction ids start anew after a restore.
CREATE FUNCTION alice_require_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public AS $$
BEGIN
    PERFORM 1 FROM event_log
        WHERE txid = pg_current_xact_id() AND recorded_at = transaction_timestamp() LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a change to %% left no event in event_log', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Write through Alice: every change has to be told.';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION alice_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'truncate of %% is refused: it would leave no event', TG_TABLE_NAME;
END $$;

CREATE FUNCTION alice_audit(audited regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE CONSTRAINT TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON %%s '
        'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION alice_require_event()', audited);
    EXECUTE format('CREATE TRIGGER audited_truncate BEFORE TRUNCATE ON %%s '
        'FOR EACH STATEMENT EXECUTE FUNCTION alice_refuse_truncate()', audited);
END $$;
"""

# Roles belong to the whole server: another brain's database may have made them already, or at this very moment.
ROLES = """
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['alice_owner', 'alice_app', 'alice_read'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) THEN
                EXECUTE format('CREATE ROLE %%I', wanted);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                  WHEN insufficient_privilege THEN
            RAISE NOTICE 'role %% cannot be made here; the triggers alone guard the log', wanted;
        END;
    END LOOP;
END $$;

-- Run again by every migration that adds a table.
CREATE FUNCTION alice_grant() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('alice_app', 'alice_read')) < 2 THEN
        RETURN;
    END IF;
    GRANT USAGE ON SCHEMA public TO alice_app, alice_read;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO alice_app;
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO alice_read;
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO alice_app;
    REVOKE UPDATE, DELETE ON event_log FROM alice_app;
    REVOKE INSERT, UPDATE, DELETE ON migratehistory FROM alice_app;
END $$;
SELECT alice_grant();
"""


def migrate(migrator, database, *, fake=False):
    for statement in (TABLES, GUARDS, ROLES):
        migrator.sql(statement)
