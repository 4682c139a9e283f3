"""Evidence in by every connector, once around: what is allowed comes in for review, and what is not leaves no word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from alice.db import database
from alice.domain.policy import Actor
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person
from tests.smoke.stories import API, clip, note, output, stored

CONNECTORS = {"telegram", "local_folder", "browser_clipper", "agent_output"}


def test_every_connector_brings_in_what_it_may(
    alice: Actor, program: FlaskClient, telegram: LoopbackTelegram, ada: Person, notes: Path, signed_in: None
) -> None:
    bo = telegram.world.person("Bo")
    telegram.world.say(ada, ada, "Order the pump by Friday.")
    program.post(f"{API}/connectors/telegram/sync")
    telegram.world.say(bo, ada, "the combination is heliotrope")
    for place in ("garden.md", "node_modules/pump/readme.md", "alice-exports/brief.md", ".obsidian/x.md", "dist/y.md"):
        note(notes / place, f"# {place}\n\nAnn will order the seeds by Monday.\n")
    note(notes / "made.md", "---\ngenerated_by: alice\n---\nA brief.\n")
    folder = {"enabled": True, "options": {"folders": [str(notes)]}}
    program.patch(f"{API}/connectors/local-folder/config", json=folder)

    chat = program.post(f"{API}/connectors/telegram/sync").json
    folder_told = program.post(f"{API}/connectors/local-folder/sync").json
    clipped = program.post(f"{API}/connectors/browser-clipper/capture", json=clip("The club met in the boiler house."))
    handed = program.post(f"{API}/agents/ingest-output", json=output("I compared three pumps."))

    assert (chat["imported_count"], chat["rejected_count"]) == (0, 1)
    counts = ("item_count", "imported_count", "rejected_count")
    assert [folder_told[name] for name in counts] == [2, 1, 1]  # what Alice made herself is named and left out
    assert (clipped.status_code, handed.status_code) == (201, 201)
    assert (handed.json["review_required"], handed.json["review_status"]) == (True, "new")
    rows = database.query("SELECT connector, status, reviewed_at IS NULL, count(*) FROM source GROUP BY 1, 2, 3")
    assert {row[0] for row in rows} == CONNECTORS
    assert {row[1:] for row in rows} == {("new", True, 1)}
    undecided = "SELECT count(*) FROM memory WHERE status <> 'candidate' OR decided_at IS NOT NULL"
    assert database.query(undecided) == [(0,)]
    assert "heliotrope" not in stored()
    _health(program.get(f"{API}/connectors/health").json)


def _health(told: dict[str, Any]) -> None:
    items = {item["connector_name"]: item for item in told["items"]}
    assert told["arriving"]["ok"]
    assert set(items) == CONNECTORS
    assert all(item["items_captured"] == 1 and item["last_captured_item"] for item in items.values())
    assert all(item["enabled"] and item["configured"] and not item["validation_errors"] for item in items.values())
    assert items["telegram"]["items_rejected"] == 1
