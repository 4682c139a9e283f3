"""Notes that cannot be taken: named, tried again, put aside where the owner sees them; the others come in."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice import config
from alice.config import Settings
from alice.connectors import local_folder, local_notes
from alice.db import database
from alice.domain.policy import Actor
from alice.ledger import gate
from alice.queries import connectors as health
from alice.services.connecting import connectors, quarantine
from alice.services.evidence import capture
from alice.services.folders import local_folders
from tests.support.folders import GARDEN, edit, events, sync, two_notes


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


def test_an_empty_folder_marks_and_a_closed_one_does_not(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(alice, added)
    close(monkeypatch, "plans")
    told = sync(alice, added)
    assert (told["status"], told["failed_external_ids"], told["gone_count"]) == ("ok", ["plans"], 0)
    assert told["errors"] == [{"external_id": "plans", "message": "plans cannot be opened: permission denied"}]
    fares = connectors.standing(alice, "local_folder", settings=added)
    assert (fares["last_failure_at"], fares["last_error"]) == (None, None)


def test_a_closed_folder_is_told_each_time_and_noted_until_it_is_put_aside(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    sync(alice, added, now)
    close(monkeypatch, "plans")
    moments = [now + timedelta(minutes=minute) for minute in range(1, 180)]
    assert {tuple(sync(alice, added, moment)["failed_external_ids"]) for moment in moments} == {("plans",)}
    assert events("connector_item.failed") == 5
    assert events("import.started") == 6
    [item] = health.quarantine(gate.scope(alice)).items
    assert (item["status"], item["attempts"]) == ("quarantined", 5)
    quarantine.dismiss(alice, UUID(item["id"]))
    assert sync(alice, added, moments[-1])["failed_external_ids"] == []
    monkeypatch.undo()
    assert sync(alice, added, moments[-1])["failed_count"] == 0
    assert health.quarantine(gate.scope(alice)).items == []


def close(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith(name):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)


def test_a_name_that_is_no_text_is_told_as_text(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (notes / os.fsdecode(b"caf\xe9.md")).write_text("In Latin 1.")
    (notes / os.fsdecode(b"\xe9t\xe9")).mkdir()
    (notes / os.fsdecode(b"\xe9t\xe9") / "july.md").write_text("In a folder of Latin 1.")
    told = sync(alice, added)
    assert [(one["place"], one["reason"]) for one in told["rejected"]] == [
        ("caf\\xe9.md", "bad_name"), ("\\xe9t\\xe9/july.md", "bad_name"),
    ]  # fmt: skip
    close(monkeypatch, "\udce9t\udce9")
    assert sync(alice, added)["failed_external_ids"] == ["\\xe9t\\xe9"]
    [item] = health.quarantine(gate.scope(alice)).items
    assert item["external_id"] == "\\xe9t\\xe9"


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
    real = local_notes.prepare

    def prepare(item: Any, **more: Any) -> Any:
        if item.external_id == place:
            raise ZeroDivisionError("words of the note must not be told: " + item.text)
        return real(item, **more)

    monkeypatch.setattr(local_notes, "prepare", prepare)


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
        quarantine.retry(alice, UUID(item["id"]), now=now + timedelta(days=6))
    else:
        edit(notes / "garden.md", GARDEN + "More.\n")
    assert sync(alice, added, now + timedelta(days=7))["imported_count"] == 1
    assert health.quarantine(gate.scope(alice)).items == []


def test_a_dismissed_note_is_left_alone(
    alice: Actor, notes: Path, added: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
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
    one = connectors.standing(alice, "local_folder", settings=added)
    assert (one["items_seen"], one["items_captured"], one["items_rejected"]) == (3, 2, 1)
