"""kill -9 in the middle of a sync, fifty times over: after the last one each item is there exactly once."""

from __future__ import annotations

import random
from pathlib import Path

from alice import config
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.ledger import gate
from alice.queries.ledger import events
from alice.services.connecting import connectors
from alice.services.folders import local_folders
from tests.conftest import NOON
from tests.support.crashes import die_at, killed
from tests.support.postmen import Postman, deliver

NOTES = 400
KILLS = 50


def _sync_and_die(url: str, user: Actor, roots: Path, statement: int) -> None:
    die_at(url, statement)
    settings = config.load().changed(local_folder_roots=(roots,))
    connectors.sync(user, "local_folder", settings=settings)


def _touch(notes: Path, chance: random.Random) -> None:
    """Do what people do to notes: edit some, rename some, delete one, add one."""
    files = sorted(notes.rglob("*.md"))
    for file in chance.sample(files, 3):
        file.write_text(file.read_text() + f"\nEdited {chance.random()}.\n")
    moved = chance.choice(files)
    moved.rename(moved.with_name(f"moved {chance.randrange(10**9)}.md"))
    (notes / f"new {chance.randrange(10**9)}.md").write_text(f"New {chance.random()}.")
    chance.choice(sorted(notes.rglob("*.md"))).unlink()


def test_killed_fifty_times_each_note_is_there_once(db: str, alice: Actor, tmp_path: Path) -> None:
    chance = random.Random(20260304)
    notes = tmp_path / "notes"
    notes.mkdir()
    for number in range(NOTES):
        (notes / f"{number:03}.md").write_text(f"# Note {number}\n\nAnn will send paper {number} by Friday.\n")
    settings = config.load().changed(local_folder_roots=(tmp_path,))
    local_folders.add_path(alice, notes, settings=settings)
    assert _kill_often(db, alice, tmp_path, chance, times=KILLS // 2, most=60) == KILLS // 2  # while it comes in
    connectors.sync(alice, "local_folder", settings=settings)
    assert _kill_often(db, alice, tmp_path, chance, times=KILLS // 2, most=30) == KILLS // 2  # while it changes
    told = connectors.sync(alice, "local_folder", settings=settings)
    assert told["failed_count"] == 0
    there = {file.name: file.read_text() for file in notes.iterdir()}
    kept = database.query("SELECT i.external_id, s.content_text, s.current, s.gone_at FROM connector_item i"
                          " JOIN source s ON s.id = i.source_id")  # fmt: skip
    assert {row[0]: row[1] for row in kept} == there
    assert all(row[2] and row[3] is None for row in kept)
    _each_once(there)
    assert events.verify(gate.scope(alice))["status"] == "ok"
    assert connectors.sync(alice, "local_folder", settings=settings)["imported_count"] == 0


def _kill_often(db: str, alice: Actor, roots: Path, chance: random.Random, *, times: int, most: int) -> int:
    """Change some notes and kill a sync, until it was killed so many times; one that ends in time does not count."""
    count = 0
    for _ in range(10 * times):
        _touch(roots / "notes", chance)
        count += killed(_sync_and_die, db, owner(alice.user_id), roots, chance.randint(1, most))
        if count == times:
            break
    return count


def _each_once(there: dict[str, str]) -> None:
    current = database.query("SELECT content_text, count(*) FROM source WHERE current AND gone_at IS NULL GROUP BY 1")
    assert dict(current) == dict.fromkeys(there.values(), 1)
    chunks = database.query(
        "SELECT count(*) FROM source s WHERE NOT EXISTS (SELECT 1 FROM chunk c WHERE c.source_id = s.id)"
    )
    assert chunks == [(0,)]


def _deliver_and_die(url: str, user: Actor, statement: int) -> None:
    die_at(url, statement)
    with database.session():
        deliver(user, _postman(), NOON)


def _postman() -> Postman:
    return Postman(**{box: [f"The {box} letter {n}." for n in range(400)] for box in ("red", "blue", "green")})


def test_killed_fifty_times_each_letter_of_a_stream_is_there_once(db: str, alice: Actor) -> None:
    chance, count = random.Random(7), 0
    for _ in range(KILLS):
        count += killed(_deliver_and_die, db, owner(alice.user_id), chance.randint(1, 120))
    deliver(alice, _postman(), NOON)
    assert count >= KILLS // 2
    rows = database.query("SELECT external_id, count(*) FROM source GROUP BY 1")
    assert dict(rows) == {f"{box}/{n}": 1 for box in ("red", "blue", "green") for n in range(1, 401)}
    [(captured,)] = database.query("SELECT items_captured FROM connector_state")
    assert captured == 1200
