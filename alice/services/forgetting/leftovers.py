"""Clears away what the database itself keeps of rows that are gone: old versions of them, and samples of their values.

It acts as whoever owns the tables, which is not `alice_app`, and says so when it may not.
"""

from __future__ import annotations

from typing import Any

import psycopg

from alice.db import database, locks
from alice.domain.phrases import Phrases
from alice.services.forgetting.searching import Looked

VACUUMED = (
    "source", "chunk", "provenance", "memory", "open_loop", "person", "project", "project_update", "graph_edge",
    "decision", "artifact", "citation", "model_call", "model_call_passage", "connector_item", "connector_quarantine",
    "recall_document", "recall_passage", "recall_change", "recall_term", "artifact_rating", "insight_feedback",
    "workflow_run", "connector_state",
)  # fmt: skip
REFUSED = "Old rows in the database's files: they could not be vacuumed now; the owner of the tables can."
_SAMPLES_CLEARED = 180000  # the first server that lets an owner take them away


def clear() -> list[str]:
    """Vacuum and analyse the tables that lost rows; return what is to be said when that was not possible."""
    refused: list[str] = []
    try:
        with locks.connect() as conn:
            conn.add_notice_handler(lambda notice: refused.append(notice.message_primary or ""))
            conn.execute("SET lock_timeout = '2s'")
            conn.execute(f"VACUUM (ANALYZE) {', '.join(VACUUMED)}")
            _forget_samples(conn)
    except psycopg.Error as error:
        refused.append(str(error))
    return [REFUSED] if refused else []


def _forget_samples(conn: psycopg.Connection[Any]) -> None:
    """Take away the samples of tables that are empty now: analysing these leaves the old ones as they were."""
    for table in VACUUMED:
        if conn.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone() == (True,):
            continue
        if conn.info.server_version >= _SAMPLES_CLEARED:
            conn.execute(
                "SELECT pg_clear_attribute_stats('public', %s, attname, false) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (table, table),
            )  # fmt: skip
        else:
            conn.execute("DELETE FROM pg_statistic WHERE starelid = %s::regclass", (table,))


def samples(phrases: Phrases, *, rightly: bool) -> Looked:
    """Return in how many samples of values the words stand; `rightly` where they stand in rows that stay, too."""
    looked = Looked("samples of values that the database's planner keeps")
    sql = (
        "SELECT tablename || '.' || attname, most_common_vals::text::text[], histogram_bounds::text::text[]"
        " FROM pg_stats WHERE schemaname = 'public'"
    )
    for place, *values in database.query(sql):
        looked.seen += 1
        if phrases.stands_in(values):
            looked.others += rightly
            looked.found += [] if rightly else [place]
    return looked
