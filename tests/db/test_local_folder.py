"""A folder of notes that lives on: edits become revisions, moves are recognised, deletions are marked."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Actor
from alice.queries.library import claims
from alice.services.evidence import capture
from alice.services.folders import local_folders
from alice.services.reviewing import loops
from tests.support.folders import GARDEN, HOUSE, edit, events, sources, sync, two_notes


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return two_notes(tmp_path)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load().changed(local_folder_roots=(tmp_path,))


@pytest.fixture
def added(db: str, alice: Actor, notes: Path, settings: Settings) -> Settings:
    local_folders.add_path(alice, notes, settings=settings)
    return settings


def current(place: str) -> dict[str, Any]:
    [row] = [row for row in sources() if row["current"] and row["external_id"] == place]
    return row


def test_an_edit_is_a_revision_and_the_words_before_stay(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    first = current("garden.md")
    edit(notes / "garden.md", "# Garden\n\nThe seeds are here.\n")
    told = sync(alice, added)
    second = current("garden.md")
    assert (told["imported_count"], told["revised_count"]) == (1, 1)
    assert (second["revision"], second["revision_of"]) == (2, first["id"])
    [before] = [row for row in sources() if row["id"] == first["id"]]
    assert (before["content_text"], before["current"], before["status"]) == (GARDEN, False, "archived")


def test_what_cites_the_words_before_keeps_them(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    edit(notes / "garden.md", "# Garden\n\nNothing is left of the words before.\n")
    sync(alice, added)
    rows = database.query(
        'SELECT c.text, substr(s.content_text, c.start + 1, c."end" - c.start) FROM chunk c'
        " JOIN source s ON s.id = c.source_id JOIN provenance p ON p.chunk_id = c.id"
    )
    assert len(rows) >= 2
    assert all(text == words for text, words in rows)


def test_only_the_current_text_is_found(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    edit(notes / "garden.md", "# Garden\n\nThe tulips bloom.\n")
    sync(alice, added)
    indexed = {row[0] for row in database.query("SELECT subject_id FROM recall_document")}
    assert indexed == {row["id"] for row in sources() if row["current"]}


def test_a_claim_that_was_edited_away_waits_no_more_and_returns_with_its_words(
    alice: Actor, notes: Path, added: Settings
) -> None:
    sync(alice, added)
    backlog = "SELECT backlog, flags FROM open_loop WHERE text ILIKE '%%seeds%%' AND status = %s"
    assert database.query(backlog, "candidate") == [(False, [])]
    edit(notes / "garden.md", "# Garden\n\nQuiet.\n")
    sync(alice, added)
    assert database.query(backlog, "candidate") == [(True, ["withdrawn"])]
    edit(notes / "garden.md", GARDEN)
    sync(alice, added)
    assert database.query(backlog, "candidate") == [(False, [])]


def test_what_was_edited_away_is_no_active_loop_unless_a_person_took_it_up(
    alice: Actor, notes: Path, added: Settings, now: datetime
) -> None:
    active = f"SELECT count(*) FROM open_loop l WHERE text ILIKE '%%seeds%%' AND {claims.ACTIVE}"
    sync(alice, added)
    assert database.query(active, now) == [(1,)]
    edit(notes / "garden.md", "# Garden\n\nQuiet.\n")
    sync(alice, added)
    assert database.query(active, now) == [(0,)]
    [(loop_id,)] = database.query("SELECT id FROM open_loop WHERE text ILIKE '%%seeds%%'")
    loops.review(alice, loop_id, "accept", now=now)
    assert database.query(active, now) == [(1,)]


def test_a_claim_that_was_edited_away_returns_when_another_note_makes_it(
    alice: Actor, notes: Path, added: Settings
) -> None:
    sync(alice, added)
    edit(notes / "garden.md", "# Garden\n\nQuiet.\n")
    sync(alice, added)
    (notes / "again.md").write_text("A call.\n\n" + GARDEN)
    sync(alice, added)
    assert database.query("SELECT backlog, flags FROM open_loop WHERE text ILIKE '%%seeds%%'") == [(False, [])]


def test_a_claim_that_is_still_said_keeps_waiting(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    edit(notes / "garden.md", GARDEN + "\nAnd it rained.\n")
    sync(alice, added)
    assert database.query("SELECT backlog FROM open_loop WHERE text ILIKE '%%seeds%%'") == [(False,)]


def test_a_text_that_comes_back_is_the_same_source_again(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    first = current("garden.md")["id"]
    edit(notes / "garden.md", "# Garden\n\nOther.\n")
    sync(alice, added)
    edit(notes / "garden.md", GARDEN)
    told = sync(alice, added)
    again = current("garden.md")
    assert (again["id"], again["status"], told["imported_count"], told["revised_count"]) == (first, "new", 0, 1)
    assert len(sources()) == 3


def test_a_renamed_note_keeps_its_source(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    before = current("garden.md")["id"]
    (notes / "garden.md").rename(notes / "plans" / "herb garden.md")
    told = sync(alice, added)
    after = current("plans/herb garden.md")
    assert (told["moved_count"], told["gone_count"], told["imported_count"]) == (1, 0, 0)
    assert after["id"] == before
    assert after["uri"] == (notes / "plans" / "herb garden.md").as_uri()
    assert events("source.moved") == 1
    assert sync(alice, added)["skipped_count"] == 2


def test_a_title_that_was_the_name_goes_with_it(alice: Actor, notes: Path, added: Settings) -> None:
    (notes / "Ferns.md").write_text("They like shade.")
    sync(alice, added)
    (notes / "Ferns.md").rename(notes / "Shade plants.md")
    sync(alice, added)
    assert current("Shade plants.md")["title"] == "Shade plants"


def test_a_folder_that_was_moved_keeps_every_source(alice: Actor, notes: Path, added: Settings) -> None:
    for number in range(90):
        (notes / "plans" / f"{number:02}.md").write_text(f"Plan number {number}.")
    sync(alice, added)
    kept = {row["id"] for row in sources()}
    (notes / "plans").rename(notes / "old plans")
    told = sync(alice, added)
    assert (told["moved_count"], told["imported_count"], told["gone_count"]) == (91, 0, 0)
    assert {row["id"] for row in sources() if row["gone_at"] is None} == kept


def test_a_deleted_note_is_marked_and_not_erased(alice: Actor, notes: Path, added: Settings, now: datetime) -> None:
    sync(alice, added)
    (notes / "garden.md").unlink()
    told = sync(alice, added, now)
    row = current("garden.md")
    assert told["gone_count"] == 1
    assert (row["gone_at"], row["content_text"], row["status"]) == (now, GARDEN, "new")
    assert sync(alice, added)["gone_count"] == 0


def test_a_note_that_returns_is_not_gone_any_more(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    (notes / "garden.md").unlink()
    sync(alice, added)
    (notes / "garden.md").write_text(GARDEN)
    told = sync(alice, added)
    assert (told["duplicate_count"], current("garden.md")["gone_at"]) == (1, None)
    assert events("source.returned") == 1


def test_one_of_two_copies_may_be_edited_or_deleted(alice: Actor, notes: Path, added: Settings) -> None:
    shutil.copy(notes / "garden.md", notes / "copy.md")
    shutil.copy(notes / "garden.md", notes / "third.md")
    sync(alice, added)
    edit(notes / "copy.md", "# Garden\n\nAnother thing.\n")
    (notes / "third.md").unlink()
    told = sync(alice, added)
    assert (told["revised_count"], told["gone_count"]) == (0, 0)
    kept = current("copy.md") if any(r["external_id"] == "copy.md" for r in sources()) else None
    assert kept is not None
    assert [row["current"] for row in sources()] == [True, True, True]


def test_two_notes_may_change_places(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    edit(notes / "garden.md", HOUSE)
    edit(notes / "plans" / "house.md", GARDEN)
    sync(alice, added)
    assert {(row["content_text"], row["current"]) for row in sources()} == {(GARDEN, True), (HOUSE, True)}


def test_what_was_captured_by_hand_is_not_the_folder_s_to_change(alice: Actor, notes: Path, added: Settings) -> None:
    mine = capture.capture(alice, capture.Item(GARDEN), zone="UTC").source_id
    sync(alice, added)
    edit(notes / "garden.md", "# Garden\n\nEdited in the folder.\n")
    sync(alice, added)
    (notes / "garden.md").unlink()
    sync(alice, added)
    [row] = [row for row in sources() if row["id"] == mine]
    assert (row["current"], row["gone_at"], row["status"]) == (True, None, "new")


def test_a_look_without_news_writes_nothing(alice: Actor, notes: Path, added: Settings) -> None:
    sync(alice, added)
    before = database.query("SELECT count(*) FROM event_log")
    told = sync(alice, added)
    assert (told["status"], told["item_count"], told["skipped_count"]) == ("ok", 2, 2)
    assert database.query("SELECT count(*) FROM event_log") == before


def test_metadata_tells_path_links_tags_and_attachments(alice: Actor, notes: Path, added: Settings) -> None:
    (notes / "2026-02-01.md").write_text(
        "---\ntags: [water]\nmood: calm\n---\n# Pump\n\nSee [[House]] and ![[pump drawing.png]] or"
        " [the bill](<files/bill march.pdf>), not [the web](https://example.org/a.pdf). #garden\n"
    )
    sync(alice, added)
    [(meta, day)] = database.query(
        "SELECT metadata, occurred_at::date::text FROM source WHERE external_id = '2026-02-01.md'"
    )
    assert day == "2026-02-01"
    assert meta["attachments"] == ["pump drawing.png", "files/bill march.pdf"]
    assert (meta["path"], set(meta["tags"])) == ("2026-02-01.md", {"water", "garden"})
    assert (meta["front_matter"]["mood"], "House" in meta["links"]) == ("calm", True)
