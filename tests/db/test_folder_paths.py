"""Which folders are read: added, refused, removed, gone, watched."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alice import config
from alice.config import Settings
from alice.db import locks
from alice.domain.policy import Actor
from alice.errors import Busy, InvalidInput, NotConfigured
from alice.services.connecting import connectors
from alice.services.folders import local_folders
from tests.support.folders import events, sources, sync, two_notes


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


def test_a_folder_that_is_gone_does_not_make_the_others_wait(
    alice: Actor, notes: Path, added: Settings, tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "more").mkdir()
    local_folders.add_path(alice, tmp_path / "more", settings=added)
    shutil.rmtree(notes)
    for minute in (0, 5, 10):
        assert connectors.due(alice.user_id, now + timedelta(minutes=minute)) == ["local_folder"]
        sync(alice, added, now + timedelta(minutes=minute))
    told = connectors.standing(alice, None, settings=added, now=now + timedelta(minutes=10))
    assert told["arriving"]["ok"]
    assert told["arriving"]["message"] == (
        f"Local folder works in part: there is no folder {notes}; name one that exists."
    )
    shutil.rmtree(tmp_path / "more")
    sync(alice, added, now + timedelta(minutes=15))
    assert connectors.due(alice.user_id, now + timedelta(minutes=20)) == []
    says = connectors.standing(alice, "local_folder", settings=added, now=now + timedelta(minutes=20))["says"]
    assert says.startswith("Nothing comes from Local folder since 10 minutes ago: there is no folder")


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
