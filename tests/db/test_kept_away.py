"""What was forgotten does not come in again by itself, under any name, edited or not; by hand the owner takes it in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice import config
from alice.config import Settings
from alice.connectors import local_folder
from alice.db import database
from alice.domain.policy import Action, Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Profile
from alice.errors import Conflict
from alice.ledger import gate
from alice.services import forgetting
from alice.services.agency import agents
from alice.services.connecting import connectors, quarantine
from alice.services.evidence import capture, forgotten, removals
from alice.services.folders import local_folders
from tests.support.absence import everywhere
from tests.support.diaries import count, ids
from tests.support.folders import GARDEN, HOUSE, edit, events, sync, two_notes
from tests.support.postmen import Postman, deliver


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load().changed(local_folder_roots=(tmp_path,))


@pytest.fixture
def notes(db: str, alice: Actor, tmp_path: Path, settings: Settings) -> Path:
    root = two_notes(tmp_path)
    local_folders.add_path(alice, root, settings=settings)
    sync(alice, settings)
    return root


def source(place: str) -> UUID:
    return ids("SELECT id FROM source WHERE external_id = %s", place)[0]


def counts(told: dict[str, Any]) -> tuple[int, ...]:
    return tuple(told[name] for name in ("imported_count", "forgotten_count", "failed_count"))


def test_the_next_sync_passes_the_note_by_and_writes_nothing(alice: Actor, notes: Path, settings: Settings) -> None:
    forgetting.source(alice, source("garden.md"))
    before = count("event_log")
    for _ in range(2):
        assert counts(sync(alice, settings)) == (0, 1, 0)
    assert count("event_log") == before
    assert everywhere(GARDEN) == []


def test_the_database_does_not_even_know_what_the_note_was_called(
    alice: Actor, notes: Path, settings: Settings
) -> None:
    forgetting.source(alice, source("garden.md"))
    sync(alice, settings)
    for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        assert count(table, f"{table}::text ~ 'garden'") == 0, table


def test_edited_at_its_place_it_stays_away(alice: Actor, notes: Path, settings: Settings) -> None:
    forgetting.source(alice, source("garden.md"))
    edit(notes / "garden.md", GARDEN + "\nAnd beans.\n")
    assert counts(sync(alice, settings)) == (0, 1, 0)
    assert everywhere(GARDEN) == []


def test_under_another_name_it_is_known_by_its_words_and_then_by_that_name(
    alice: Actor, notes: Path, settings: Settings
) -> None:
    forgetting.source(alice, source("garden.md"))
    (notes / "garden.md").rename(notes / "allotment.md")
    assert counts(sync(alice, settings)) == (0, 1, 0)
    assert events("source.kept_away") == 1
    before = count("event_log")
    assert counts(sync(alice, settings)) == (0, 1, 0)
    assert count("event_log") == before
    assert count("source", "status <> 'forgotten'") == 1


def test_every_text_that_the_note_ever_had_goes_and_stays_away(alice: Actor, notes: Path, settings: Settings) -> None:
    edit(notes / "garden.md", "# Garden\n\nAnn sowed seventeen rows of scarlet runner beans.\n")
    sync(alice, settings)
    first, second = ids("SELECT id FROM source WHERE external_id = 'garden.md' ORDER BY revision")
    receipt = forgetting.source(alice, second)
    assert receipt["gone"]["sources"] == sorted([str(first), str(second)])
    edit(notes / "garden.md", GARDEN)
    assert counts(sync(alice, settings)) == (0, 1, 0)
    assert (everywhere(GARDEN), everywhere("Ann sowed seventeen rows of scarlet runner beans.")) == ([], [])


@pytest.mark.parametrize("number", [0, 1])
def test_whichever_text_of_a_chain_is_named_all_of_them_go(
    alice: Actor, notes: Path, settings: Settings, number: int
) -> None:
    edit(notes / "garden.md", "# Garden\n\nAll is sown.\n")
    sync(alice, settings)
    chain = ids("SELECT id FROM source WHERE external_id = 'garden.md' ORDER BY revision")
    assert len(forgetting.source(alice, chain[number])["gone"]["sources"]) == 2
    with pytest.raises(Conflict):
        forgetting.source(alice, chain[1 - number])


def test_another_note_that_comes_to_say_the_same_keeps_what_it_said(
    alice: Actor, notes: Path, settings: Settings
) -> None:
    forgetting.source(alice, source("garden.md"))
    edit(notes / "plans" / "house.md", GARDEN)
    assert counts(sync(alice, settings)) == (0, 2, 0)
    assert database.query("SELECT content_text FROM source WHERE current") == [(HOUSE,)]
    edit(notes / "plans" / "house.md", HOUSE + "\nAnd the door.\n")
    sync(alice, settings)
    assert database.query("SELECT content_text, revision FROM source WHERE current") == [
        (HOUSE + "\nAnd the door.\n", 2)
    ]


def test_a_folder_that_is_taken_back_and_added_again_brings_all_but_the_forgotten(
    alice: Actor, notes: Path, settings: Settings
) -> None:
    forgetting.source(alice, source("garden.md"))
    removals.remove(alice, str(notes), settings=settings)
    local_folders.add_path(alice, notes, settings=settings)
    assert counts(connectors.sync(alice, "local_folder", settings=settings)) == (1, 1, 0)


def test_a_message_stays_away_also_when_the_whole_chat_is_read_again(db: str, alice: Actor, now: datetime) -> None:
    postman = Postman(red=["The first letter of the vicar about tulips.", "The second letter about the bells."])
    deliver(alice, postman, now)
    first = source("red/1")
    forgetting.source(alice, first, now=now)
    database.query("UPDATE connector_state SET cursor = '{}'")
    told = deliver(alice, postman, now)
    assert (told["imported_count"], told["duplicate_count"], told["forgotten_count"], told["status"]) == (0, 1, 1, "ok")
    postman.boxes["red"][0] = "The first letter of the vicar about roses."
    database.query("UPDATE connector_state SET cursor = '{}'")
    assert deliver(alice, postman, now)["forgotten_count"] == 1
    assert count("source", "status <> 'forgotten'") == 1
    assert deliver(alice, postman, now)["forgotten_count"] == 0


def test_an_item_that_was_put_aside_is_forgotten_with_its_source(db: str, alice: Actor, now: datetime) -> None:
    deliver(alice, Postman(red=["The first letter of the vicar about tulips."]), now)
    with gate.write(alice, Action.CAPTURE) as unit:
        quarantine.fail(unit, "telegram", [quarantine.Trouble("red", "red/1", "was odd", "odd")], now=now)
    assert forgetting.source(alice, source("red/1"), now=now)["status"] == "complete"
    assert count("connector_quarantine") == 0


def test_by_hand_the_owner_takes_the_same_words_in_again_and_is_told(
    alice: Actor, notes: Path, settings: Settings, now: datetime
) -> None:
    forgetting.source(alice, source("garden.md"), now=now)
    again = capture.capture(alice, Item(GARDEN), zone="UTC", now=now)
    assert (again.duplicate, again.forgotten_at) == (False, now)
    assert capture.capture(alice, Item("By hand, anew."), zone="UTC", now=now).forgotten_at is None
    assert counts(sync(alice, settings)) == (0, 1, 0)
    assert forgetting.source(alice, again.source_id, now=now)["status"] == "complete"
    assert everywhere(GARDEN) == []


def test_an_agent_that_brings_it_is_refused(alice: Actor, notes: Path, settings: Settings) -> None:
    forgetting.source(alice, source("garden.md"))
    hermes = Actor("agent", "hermes", alice.user_id, Profile.TRUSTED_LOCAL_AGENT)
    with pytest.raises(Conflict, match="forgotten"):
        agents.ingest_output(hermes, agents.Output(GARDEN), settings=settings)
    assert everywhere(GARDEN) == []


def test_marks_are_of_no_use_without_the_key(alice: Actor, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forgetting.source(alice, source("garden.md"))
    known = forgotten.items(alice.user_id)
    assert forgotten.item("local_folder", str(notes.resolve()), "garden.md") in known
    monkeypatch.setenv("ALICE_HOME", str(notes / "elsewhere"))
    assert forgotten.item("local_folder", str(notes.resolve()), "garden.md") not in known


def test_a_file_that_was_forgotten_is_not_opened(
    alice: Actor, notes: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgetting.source(alice, source("garden.md"))

    def read(*_: object) -> object:
        raise AssertionError("it was read")

    monkeypatch.setattr(local_folder, "read", read)
    assert counts(sync(alice, settings)) == (0, 1, 0)
