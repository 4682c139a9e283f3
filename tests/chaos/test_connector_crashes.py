"""kill -9 in the middle of a sync, fifty times over: after the last one each item is there exactly once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
from pathlib import Path

from alice import config
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.ledger import gate
from alice.queries import events
from alice.services import connectors, local_folders
from tests.conftest import NOON
from tests.support.postmen import Postman, deliver

NOTES = 400
KILLS = 50


def _sync_and_die(url: str, user: Actor, roots: Path, after: float) -> None:
    """Sync in a child process that is killed from within by a timer, wherever it is then."""
    database.forget()
    database.bind(url)
    timer = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()
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
    killed = 0
    for _ in range(KILLS):
        killed += _once(db, alice, tmp_path, chance.uniform(0.02, 0.5))
        _touch(notes, chance)
    told = connectors.sync(alice, "local_folder", settings=settings)
    assert killed >= KILLS // 2, "most of them have to die in the middle, or nothing was shown"
    assert told["failed_count"] == 0
    there = {file.name: file.read_text() for file in notes.iterdir()}
    kept = database.query("SELECT i.external_id, s.content_text, s.current, s.gone_at FROM connector_item i"
                          " JOIN source s ON s.id = i.source_id")  # fmt: skip
    assert {row[0]: row[1] for row in kept} == there
    assert all(row[2] and row[3] is None for row in kept)
    _each_once(there)
    assert events.verify(gate.scope(alice))["status"] == "ok"
    assert connectors.sync(alice, "local_folder", settings=settings)["imported_count"] == 0


def _once(db: str, alice: Actor, roots: Path, after: float) -> int:
    process = multiprocessing.get_context("fork").Process(
        target=_sync_and_die, args=(db, owner(alice.user_id), roots, after)
    )
    process.start()
    process.join(60)
    assert not process.is_alive()
    return int(process.exitcode == -signal.SIGKILL)


def _each_once(there: dict[str, str]) -> None:
    current = database.query("SELECT content_text, count(*) FROM source WHERE current AND gone_at IS NULL GROUP BY 1")
    assert dict(current) == dict.fromkeys(there.values(), 1)
    chunks = database.query(
        "SELECT count(*) FROM source s WHERE NOT EXISTS (SELECT 1 FROM chunk c WHERE c.source_id = s.id)"
    )
    assert chunks == [(0,)]


def _deliver_and_die(url: str, user: Actor, after: float) -> None:
    database.forget()
    database.bind(url)
    timer = threading.Timer(after, lambda: os.kill(os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()
    with database.session():
        deliver(user, _postman(), NOON)


def _postman() -> Postman:
    return Postman(**{box: [f"The {box} letter {n}." for n in range(400)] for box in ("red", "blue", "green")})


def test_killed_fifty_times_each_letter_of_a_stream_is_there_once(db: str, alice: Actor) -> None:
    chance, killed = random.Random(7), 0
    for _ in range(KILLS):
        process = multiprocessing.get_context("fork").Process(
            target=_deliver_and_die, args=(db, owner(alice.user_id), chance.uniform(0.01, 0.12))
        )
        process.start()
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
    deliver(alice, _postman(), NOON)
    assert killed >= KILLS // 2
    rows = database.query("SELECT external_id, count(*) FROM source GROUP BY 1")
    assert dict(rows) == {f"{box}/{n}": 1 for box in ("red", "blue", "green") for n in range(1, 401)}
    [(captured,)] = database.query("SELECT items_captured FROM connector_state")
    assert captured == 1200
