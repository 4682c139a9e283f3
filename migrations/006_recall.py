"""The index of recall: words of every passage, and how many passages hold each word. All of it can be made anew."""

# A place is a document's number and a slot in it, so that neighbours are the numbers beside it and a whole document
# is a range: slot 0 holds the title's words, slot n + 1 those of the passage with ordinal n.
TABLES = """
CREATE TABLE recall_document (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    kind text NOT NULL DEFAULT 'source',
    subject_id uuid NOT NULL,
    language text NOT NULL,
    passages integer NOT NULL,
    length integer NOT NULL
);
CREATE UNIQUE INDEX recall_document_subject ON recall_document (user_id, kind, subject_id);

CREATE TABLE recall_passage (
    place bigint PRIMARY KEY,
    length integer NOT NULL,
    words tsvector NOT NULL
);
ALTER TABLE recall_passage ALTER words SET STORAGE MAIN;
CREATE INDEX recall_passage_words ON recall_passage USING gin (words) WITH (gin_pending_list_limit = 4096);

-- Writers only append here, so that many of them never wait for each other; one at a time folds it into the two below.
CREATE TABLE recall_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    language text NOT NULL,
    documents integer NOT NULL,
    passages integer NOT NULL,
    length bigint NOT NULL,
    terms text[] COLLATE "C" NOT NULL,
    counts integer[] NOT NULL
);
CREATE INDEX recall_change_user ON recall_change (user_id, id);

CREATE TABLE recall_term (
    user_id uuid NOT NULL,
    term text COLLATE "C" NOT NULL,
    passages integer NOT NULL,
    PRIMARY KEY (user_id, term)
) WITH (fillfactor = 80);

CREATE TABLE recall_total (
    user_id uuid NOT NULL,
    language text NOT NULL,
    documents integer NOT NULL,
    passages integer NOT NULL,
    length bigint NOT NULL,
    PRIMARY KEY (user_id, language)
);
"""


def migrate(migrator, database, *, fake=False):
    migrator.sql(TABLES)
    migrator.sql("SELECT alice_grant()")
