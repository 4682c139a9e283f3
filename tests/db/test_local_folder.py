"""A folder of notes that lives on: edits become revisions, moves are recognised, deletions are marked."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.config import Settings
from alice.connectors import local_folder
from alice.db import database, locks
from alice.domain.policy import Actor
from alice.errors import Busy, InvalidInput, NotConfigured
from alice.ledger import gate
from alice.queries import connectors as health
from alice.services import capture, connectors, folder_reading, local_folders, quarantine

GARDEN = "# Garden\n\nAnn will order the seeds by Friday.\n"
HOUSE = "# House\n\nWe decided to repair the roof.\n"


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    (root / "plans").mkdir(parents=True)
    (root / "garden.md").write_text(GARDEN)
    (root / "plans" / "house.md").write_text(HOUSE)
    return root


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load().changed(local_folder_roots=(tmp_path,))


@pytest.fixture
def added(db: str, alice: Actor, notes: Path, settings: Settings) -> Settings:
    local_folders.add_path(alice, notes, settings=settings)
    return settings


def sync(actor: Actor, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    return connectors.sync(actor, "local_folder", settings=settings, now=now)


def sources() -> list[dict[str, Any]]:
    return database.rows(
        "SELECT id, external_id, title, uri, status, current, revision, revision_of, gone_at, content_text FROM source"
        " ORDER BY captured_at, id"
    )


def current(place: str) -> dict[str, Any]:
    [row] = [row for row in sources() if row["current"] and row["external_id"] == place]
    return row


def edit(file: Path, text: str) -> None:
    """Write `text` as an editor would, with a time that differs even on a coarse clock."""
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text)
    os.utime(file, ns=(before + 10**9, before + 10**9))


def events(name: str) -> int:
    return int(database.query("SELECT count(*) FROM event_log WHERE event_type = %s", name)[0][0])


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
    backlog = "SELECT backlog FROM open_loop WHERE text ILIKE '%%seeds%%' AND status = %s"
    assert database.query(backlog, "candidate") == [(False,)]
    edit(notes / "garden.md", "# Garden\n\nQuiet.\n")
    sync(alice, added)
    assert database.query(backlog, "candidate") == [(True,)]
    edit(notes / "garden.md", GARDEN)
    sync(alice, added)
    assert database.query(backlog, "candidate") == [(False,)]


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


def test_a_folder_that_is_gone_does_not_stop_the_others(
    alice: Actor, notes: Path, added: Settings, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "bees.md").write_text("Bees like thyme.")
    local_folders.add_path(alice, tmp_path / "more", settings=added)
    shutil.rmtree(notes)
    told = sync(alice, added)
    assert (told["status"], told["imported_count"]) == ("partial", 1)
    assert told["errors"] == [
        {"external_id": str(notes), "message": f"there is no folder {notes}; name one that exists."}
    ]
    assert told["sync_cursor"]["folders"][str(notes)]["problem"]
    assert not any(row["gone_at"] for row in sources())


def test_an_empty_folder_marks_and_a_closed_one_does_not(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(alice, added)
    real = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("plans"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    told = sync(alice, added)
    assert (told["status"], told["failed_external_ids"], told["gone_count"]) == ("ok", ["plans"], 0)


def test_a_failing_note_is_tried_again_and_then_put_aside(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    break_on(monkeypatch, "garden.md")
    moment = now
    for attempt in range(1, 6):
        told = sync(alice, added, moment)
        assert (told["failed_external_ids"], told["imported_count"]) == (["garden.md"], int(attempt == 1))
        assert sync(alice, added, moment)["failed_count"] == 0, "it rests until its next try"
        moment += timedelta(days=1)
    [item] = health.quarantine(gate.scope(alice)).items
    assert (item["status"], item["attempts"], item["external_id"]) == ("quarantined", 5, "garden.md")
    assert item["reason"] == "garden.md could not be taken: ZeroDivisionError"
    assert sync(alice, added, moment)["failed_count"] == 0


def break_on(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    real = folder_reading.prepare

    def prepare(item: Any, **more: Any) -> Any:
        if item.external_id == place:
            raise ZeroDivisionError("words of the note must not be told: " + item.text)
        return real(item, **more)

    monkeypatch.setattr(folder_reading, "prepare", prepare)


def test_the_cursor_stands_still_while_a_note_fails(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    sync(alice, added, now)
    (notes / "bad.md").write_text("Bad.")
    break_on(monkeypatch, "bad.md")
    later = now + timedelta(hours=1)
    told = sync(alice, added, later)
    assert told["sync_cursor"]["folders"][str(notes)]["complete_at"] == now.isoformat()


@pytest.mark.parametrize("way", ["retry", "edit"])
def test_a_note_in_quarantine_comes_in_after_all(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime, way: str
) -> None:
    with monkeypatch.context() as broken:
        break_on(broken, "garden.md")
        for day in range(5):
            sync(alice, added, now + timedelta(days=day))
    assert sync(alice, added, now + timedelta(days=6))["imported_count"] == 0
    [item] = health.quarantine(gate.scope(alice)).items
    if way == "retry":
        from uuid import UUID

        quarantine.retry(alice, UUID(item["id"]), now=now + timedelta(days=6))
    else:
        edit(notes / "garden.md", GARDEN + "More.\n")
    assert sync(alice, added, now + timedelta(days=7))["imported_count"] == 1
    assert health.quarantine(gate.scope(alice)).items == []


def test_a_dismissed_note_is_left_alone(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    from uuid import UUID

    with monkeypatch.context() as broken:
        break_on(broken, "garden.md")
        sync(alice, added, now)
    [item] = health.quarantine(gate.scope(alice)).items
    quarantine.dismiss(alice, UUID(item["id"]))
    assert sync(alice, added, now + timedelta(days=9))["imported_count"] == 0
    assert [one["status"] for one in health.quarantine(gate.scope(alice)).items] == ["dismissed"]


def test_a_note_that_the_database_refuses_does_not_stop_its_neighbours(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (notes / f"n{number}.md").write_text(f"Note {number}.")
    real = capture.write_prepared

    def write(unit: Any, ready: Any, **more: Any) -> Any:
        if any(p.item.external_id == "n7.md" for p in ready):
            database.query("SELECT 1 / 0")
        return real(unit, ready, **more)

    monkeypatch.setattr(capture, "write_prepared", write)
    told = sync(alice, added)
    assert (told["imported_count"], told["failed_external_ids"]) == (51, ["n7.md"])


def test_a_rejected_note_is_named_each_time_and_read_once(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notes / "bad.md").write_bytes(b"a\x00b")
    assert sync(alice, added)["rejected_count"] == 1
    monkeypatch.setattr(local_folder, "read", lambda found: pytest.fail(f"read {found.place} again"))
    told = sync(alice, added)
    assert [(one["place"], one["reason"]) for one in told["rejected"]] == [("bad.md", "binary")]
    [one] = [c for c in health.health(gate.scope(alice), present=bool, now=datetime.now(tz=None).astimezone())["items"]
             if c["connector_name"] == "local_folder"]  # fmt: skip
    assert (one["items_seen"], one["items_captured"], one["items_rejected"]) == (3, 2, 1)


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


def test_a_sync_of_the_same_connector_waits_for_nobody(alice: Actor, notes: Path, added: Settings) -> None:
    with locks.held("connector", alice.user_id, "local_folder") as free:
        assert free
        with pytest.raises(Busy):
            sync(alice, added)


def test_it_refuses_to_sync_what_is_off_or_not_set_up(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(NotConfigured, match="switched off"):
        sync(alice, settings)
    connectors.configure(alice, "local_folder", {"enabled": True}, settings=settings)
    with pytest.raises(NotConfigured, match=r"options\.folders is not set"):
        sync(alice, settings)


BAD_FOLDERS = {
    "missing": "no such",
    "a file": "notes/garden.md",
    "hidden": "notes/.obsidian",
    "in a hidden one": "notes/.obsidian/themes",
    "Alice's own": "home/secrets",
    "a loop": "loop",
    "with a NUL": "a\x00b",
}


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_it_refuses_a_folder_that_cannot_be_read(
    db: str, alice: Actor, notes: Path, settings: Settings, tmp_path: Path, case: str
) -> None:
    (notes / ".obsidian" / "themes").mkdir(parents=True)
    (settings.home / "secrets").mkdir(parents=True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InvalidInput) as caught:
        local_folders.add_path(alice, tmp_path / BAD_FOLDERS[case], settings=settings, any_folder=True)
    assert "path" in caught.value.fields


def test_only_the_owner_s_command_line_reaches_beyond_the_roots(
    db: str, alice: Actor, notes: Path, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "out").symlink_to(notes)
    narrow = settings.changed(local_folder_roots=(tmp_path / "inside",))
    for path in (notes, tmp_path / "inside" / "out", tmp_path / "inside" / ".." / "notes"):
        with pytest.raises(InvalidInput, match="outside the allowed folders"):
            local_folders.add_path(alice, path, settings=narrow)
    with pytest.raises(InvalidInput, match="outside the allowed folders"):
        connectors.configure(alice, "local_folder", {"options": {"folders": [str(notes)]}}, settings=narrow)
    told = local_folders.add_path(alice, notes, settings=narrow, any_folder=True)
    assert told["options"]["folders"] == [str(notes)]
    assert sync(alice, narrow)["imported_count"] == 2


def test_it_refuses_a_folder_within_another(db: str, alice: Actor, notes: Path, added: Settings) -> None:
    with pytest.raises(InvalidInput, match="hold one another"):
        local_folders.add_path(alice, notes / "plans", settings=added)


def test_a_folder_that_turned_into_a_link_is_not_followed(
    alice: Actor, notes: Path, added: Settings, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.md").write_text("Not meant.")
    shutil.rmtree(notes)
    notes.symlink_to(tmp_path / "elsewhere")
    told = sync(alice, added)
    assert (told["imported_count"], told["status"]) == (0, "failed")


def test_adding_a_folder_twice_changes_nothing_and_removing_keeps_what_came(
    alice: Actor, notes: Path, added: Settings
) -> None:
    sync(alice, added)
    before = events("connector.configured")
    local_folders.add_path(alice, notes, settings=added)
    assert events("connector.configured") == before
    told = local_folders.remove_path(alice, notes, settings=added)
    assert (told["options"]["folders"], told["enabled"], len(sources())) == ([], False, 2)
    with pytest.raises(InvalidInput, match="not one of the folders"):
        local_folders.remove_path(alice, notes, settings=added)


def test_a_folder_that_is_gone_can_still_be_removed(alice: Actor, notes: Path, added: Settings) -> None:
    shutil.rmtree(notes)
    assert local_folders.remove_path(alice, notes, settings=added)["options"]["folders"] == []


def test_watching_takes_in_a_note_as_it_is_saved(alice: Actor, notes: Path, added: Settings) -> None:
    import threading

    stop = threading.Event()
    watching = local_folders.watch(alice, settings=added, stop=stop, step_ms=50)
    assert next(watching)["imported_count"] == 2
    writer = threading.Timer(0.4, lambda: (notes / "new.md").write_text("Saved just now."))
    writer.start()
    taken = 0
    for told in watching:
        taken += told["imported_count"]
        if taken:
            stop.set()
    writer.join()
    assert taken == 1
