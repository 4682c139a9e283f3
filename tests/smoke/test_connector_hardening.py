"""Connectors that have been switched off and on again: their settings, cursors and counters outlive every process."""

from __future__ import annotations

from pathlib import Path

from alice.config import Settings
from alice.db import database
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person
from tests.smoke.stories import note, stored
from tests.support.typists import Typist


def test_what_connectors_know_outlives_their_processes(
    settings: Settings, telegram: LoopbackTelegram, ada: Person, notes: Path, signed_in: None
) -> None:
    typist, bo = Typist(settings), telegram.world.person("Bo")
    telegram.world.say(ada, ada, "One.")
    note(notes / "garden.md", "# Garden\n\nSeeds.\n")
    note(notes / "node_modules" / "x.md", "# Not mine\n")
    note(notes / "brief.md", "---\ngenerated_by: alice\n---\nA brief.\n")
    typist("vnext", "connectors", "local-folder", "add-path", str(notes))

    first = [typist("vnext", "connectors", "sync", name) for name in ("telegram", "local-folder")]
    telegram.world.say(ada, ada, "Two.")
    telegram.world.say(bo, ada, "the combination is heliotrope")
    then = [typist("vnext", "connectors", "sync", name) for name in ("telegram", "local-folder")]

    assert [one["imported_count"] for one in first] == [1, 1]
    assert [(one["imported_count"], one["duplicate_count"]) for one in then] == [(1, 0), (0, 0)]
    assert then[0]["previous_cursor"]["chats"] == first[0]["sync_cursor"]["chats"]
    assert then[0]["sync_cursor"]["chats"][str(ada.id)]["last"] == 2
    assert database.query("SELECT content_text FROM source WHERE connector = 'telegram' ORDER BY 1") == [
        ("One.",), ("Two.",),
    ]  # fmt: skip
    names = database.query("SELECT connector_name, enabled, version > 0 FROM connector_setting ORDER BY 1")
    assert {row for row in names if row[1]} >= {("local_folder", True, True), ("telegram", True, True)}
    left_out = database.query("SELECT count(*) FROM event_log WHERE event_type = 'connector.left_out'")
    assert left_out == [(1,)]
    assert "heliotrope" not in stored()
    counted = database.query(
        "SELECT connector_name, items_seen, items_captured, items_deduped, items_rejected, items_failed"
        " FROM connector_state ORDER BY 1"
    )
    assert counted == [("local_folder", 2, 1, 0, 1, 0), ("telegram", 3, 2, 0, 1, 0)]
