"""Taking an import back: a preview says what goes and stays, then it is so; what a person decided on stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice import clock, config, ids
from alice.config import Settings
from alice.db import database
from alice.domain.policy import Action, Actor, Subject, system
from alice.domain.preparation import Item
from alice.domain.vocab import Profile
from alice.errors import InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.ledger.events import SourceSeenAgain
from alice.services.connecting import connectors
from alice.services.evidence import capture, removals
from alice.services.folders import local_folders
from alice.services.reviewing import candidates, loops, memories, sources, undoing
from alice.services.reviewing.memories import Wish

NOTES = {
    "garden.md": "# Garden\n\nAnn will order the seeds by Friday.\n",
    "house.md": "# House\n\nDecision: we repair the roof.\n",
    "plans/bees.md": "# Bees\n\nTomás will bring the hive by Monday.\n",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load().changed(local_folder_roots=(tmp_path,))


@pytest.fixture
def notes(db: str, alice: Actor, tmp_path: Path, settings: Settings) -> Path:
    root = tmp_path / "notes"
    (root / "plans").mkdir(parents=True)
    for place, text in NOTES.items():
        (root / place).write_text(text)
    local_folders.add_path(alice, root, settings=settings)
    connectors.sync(alice, "local_folder", settings=settings)
    return root


def count(table: str) -> int:
    return int(database.query(f"SELECT count(*) FROM {table}")[0][0])


def source(place: str) -> UUID:
    return UUID(str(database.query("SELECT id FROM source WHERE external_id = %s", place)[0][0]))


def quote(actor: Actor, place: str, status: str) -> UUID:
    """Put an artifact into the brain that cites the first passage of a note."""
    artifact = ids.new_id()
    with gate.write(actor, Action.GENERATE, Subject()) as unit:
        database.query(
            "INSERT INTO artifact (id, user_id, artifact_type, title, content_markdown, sections, status, domain,"
            " sensitivity, generated_by, generation_mode, trace_id, input_context_hash, covers_to, created_at)"
            " VALUES (%s, %s, 'daily_brief', 't', 'm', '[]', %s, 'unknown', 'unknown', 'x', 'deterministic', 't', 'h',"
            " now(), now())",
            artifact, unit.user_id, status,
        )  # fmt: skip
        database.query(
            'INSERT INTO citation (id, user_id, artifact_id, number, source_id, chunk_id, start, "end")'
            ' SELECT %s, user_id, %s, 1, source_id, id, start, "end" FROM chunk WHERE source_id = %s LIMIT 1',
            ids.new_id(), artifact, source(place),
        )  # fmt: skip
        unit.record(SourceSeenAgain("none", "test"))
    return artifact


def test_a_preview_changes_nothing(alice: Actor, notes: Path, settings: Settings) -> None:
    before = [count(t) for t in ("source", "memory", "open_loop", "event_log", "connector_item")]
    told = removals.preview(alice, str(notes))
    assert (told["status"], told["goes"]["sources"], told["stays"]["sources"]) == ("preview", 3, 0)
    assert [count(t) for t in ("source", "memory", "open_loop", "event_log", "connector_item")] == before


@pytest.mark.parametrize("what", ["folder", "connector"])
def test_an_import_goes_with_everything_drawn_from_it(alice: Actor, notes: Path, settings: Settings, what: str) -> None:
    removals.remove(alice, str(notes) if what == "folder" else "local-folder", settings=settings)
    tables = ("source", "chunk", "memory", "open_loop", "provenance", "person", "connector_item", "recall_document",
              "recall_passage", "recall_term")  # fmt: skip
    assert {table: count(table) for table in tables} == dict.fromkeys(tables, 0)
    assert all("seeds" not in str(row) for row in database.query("SELECT canonical FROM event_log"))


def test_it_does_not_come_in_again_by_itself(alice: Actor, notes: Path, settings: Settings) -> None:
    removals.remove(alice, str(notes), settings=settings)
    told = connectors.standing(alice, "local_folder", settings=settings)
    assert (told["enabled"], told["options"]["folders"]) == (False, [])
    local_folders.add_path(alice, notes, settings=settings)
    assert connectors.sync(alice, "local_folder", settings=settings)["imported_count"] == 3


def the(table: str, sql: str = "") -> UUID:
    return UUID(str(database.query(f"SELECT id FROM {table} {sql}")[0][0]))


DECISIONS: dict[str, Callable[[Actor], object]] = {
    "accepted memory": lambda actor: memories.review(actor, the("memory"), Wish("accept")),
    "rejected memory": lambda actor: memories.review(actor, the("memory"), Wish("reject")),
    "archived memory": lambda actor: memories.review(actor, the("memory"), Wish("expire")),
    "reviewed by you": lambda actor: sources.review(actor, source("house.md"), "review"),
}


@pytest.mark.parametrize("why", DECISIONS)
def test_what_a_person_decided_on_stays_with_its_words(alice: Actor, notes: Path, settings: Settings, why: str) -> None:
    DECISIONS[why](alice)
    told = removals.preview(alice, str(notes))
    assert (told["goes"]["sources"], told["stays"]["sources"]) == (2, 1)
    assert told["stays"]["items"] == [{"source_id": str(source("house.md")), "title": "House", "because": [why]}]
    removals.remove(alice, str(notes), settings=settings)
    assert database.query("SELECT external_id FROM source") == [("house.md",)]
    assert count("memory") == 1


def test_what_waited_too_long_was_decided_on_by_nobody_and_goes(alice: Actor, notes: Path, settings: Settings) -> None:
    memory_id = the("memory")
    memories.review(alice, memory_id, Wish("edit", edit={"text": "Otherwise."}))
    undoing.undo_last(alice, "memory", memory_id)
    later = clock.now() + timedelta(days=91)
    assert candidates.expire(system("scheduler", alice.user_id), now=later, days=90) == 1
    removals.remove(alice, str(notes), settings=settings)
    assert [count(table) for table in ("source", "memory", "decision")] == [0, 0, 0]


def test_a_closed_loop_stays_with_its_words(alice: Actor, notes: Path, settings: Settings) -> None:
    loops.review(alice, the("open_loop", "WHERE strpos(text, 'seeds') > 0"), "close")
    removals.remove(alice, str(notes), settings=settings)
    assert database.query("SELECT external_id FROM source") == [("garden.md",)]
    assert database.query("SELECT status FROM open_loop") == [("closed",)]


def test_a_brief_that_nobody_has_read_goes_and_an_accepted_one_keeps_its_words(
    alice: Actor, notes: Path, settings: Settings
) -> None:
    quote(alice, "garden.md", "needs_review")
    kept = quote(alice, "house.md", "accepted")
    told = removals.remove(alice, str(notes), settings=settings)
    assert (told["goes"]["artifact_count"], told["stays"]["because"]) == (1, {"accepted daily brief": 1})
    assert database.query("SELECT id FROM artifact") == [(kept,)]
    assert count("citation") == 1


def test_a_claim_that_another_source_makes_as_well_stays(
    alice: Actor, notes: Path, settings: Settings, now: datetime
) -> None:
    capture.capture(alice, Item("From a call:\n\nAnn will order the seeds by Friday.\n"), zone="UTC", now=now)
    removals.remove(alice, str(notes), settings=settings)
    assert database.query("SELECT count(*) FROM open_loop WHERE text ILIKE %s", "%seeds%") == [(1,)]


def test_every_text_that_a_note_ever_had_goes(alice: Actor, notes: Path, settings: Settings) -> None:
    import os

    (notes / "garden.md").write_text("# Garden\n\nAll is sown.\n")
    os.utime(notes / "garden.md", ns=(10**18, 10**18))
    connectors.sync(alice, "local_folder", settings=settings)
    assert count("source") == 4
    assert removals.remove(alice, str(notes), settings=settings)["goes"]["sources"] == 4
    assert count("source") == 0


def test_what_another_folder_holds_as_well_stays(alice: Actor, notes: Path, settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "copies"
    other.mkdir()
    (other / "garden copy.md").write_text(NOTES["garden.md"])
    local_folders.add_path(alice, other, settings=settings)
    connectors.sync(alice, "local_folder", settings=settings)
    told = removals.remove(alice, str(notes), settings=settings)
    assert told["stays"]["because"] == {f"also in {other}": 1}
    assert connectors.sync(alice, "local_folder", settings=settings)["skipped_count"] == 1


def test_other_evidence_is_not_touched(alice: Actor, bob: Actor, notes: Path, settings: Settings) -> None:
    capture.capture(alice, Item("By hand."), zone="UTC")
    capture.capture(bob, Item(NOTES["garden.md"], connector="local_folder"), zone="UTC")
    removals.remove(alice, "local_folder", settings=settings)
    assert count("source") == 2


def test_part_of_a_folder_that_is_read_is_refused(alice: Actor, notes: Path, settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="move it out of there"):
        removals.remove(alice, str(notes / "plans"), settings=settings)
    assert count("source") == 3


@pytest.mark.parametrize("what", ["telegram", "/no/such/folder", "a\x00b"])
def test_what_nothing_came_from_is_said(alice: Actor, notes: Path, settings: Settings, what: str) -> None:
    with pytest.raises((NotFound, InvalidInput)):
        removals.preview(alice, what)


def test_only_the_owner_takes_back(alice: Actor, notes: Path, settings: Settings) -> None:
    admin: Any = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT)
    for work in (
        lambda: removals.preview(admin, str(notes)),
        lambda: removals.remove(admin, str(notes), settings=settings),
    ):
        with pytest.raises(PolicyBlocked):
            work()
    assert count("source") == 3
