"""Many notes are read by a second process; whatever becomes of it, the import is the same."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from alice.connectors import local_folder, local_notes_ahead
from alice.connectors.local_folder import Found, Rejected
from alice.connectors.local_notes import Reading, Ready
from alice.connectors.local_notes_ahead import Ahead
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.domain.vocab import Domain, Sensitivity
from alice.services.evidence import imports
from alice.services.folders import folder_reading

NOTES = 2 * folder_reading.FILES_IN_A_PART + 5


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    root.mkdir()
    for number in range(NOTES):
        (root / f"{number:03}.md").write_text(
            f"# Bed {number}\n\nTODO: weed bed {number} by Friday.\n\nüber {number}\n"
        )
    return root


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Keep every process that is started to read ahead."""
    started, real = [], local_notes_ahead._started

    def keep() -> Any:
        started.append(real())
        return started[-1]

    monkeypatch.setattr(local_notes_ahead, "_started", keep)
    return started


def bring(actor: Actor, root: Path, **more: Any) -> imports.Report:
    return imports.import_folder(actor, root, zone="UTC", home=root.parent / "home", **more)


def test_what_another_process_reads_is_what_this_one_would_have_read(
    db: str, alice: Actor, notes: Path, now: datetime, children: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(alice, notes, now=now)
    assert len(children) == 1
    monkeypatch.setattr(folder_reading, "MANY_FILES", NOTES + 1)
    bring(owner(uuid4()), notes, now=now)
    assert len(children) == 1
    for sql in (
        "SELECT array_agg((title, content_hash, occurred_at, char_count) ORDER BY content_hash) FROM source",
        "SELECT array_agg((text, due_on, status, owner) ORDER BY key) FROM open_loop",
        "SELECT array_agg((text, heading) ORDER BY text_hash) FROM chunk",
        "SELECT array_agg((language, passages, length) ORDER BY number) FROM recall_document",
    ):
        assert len({str(row[0]) for row in database.query(f"{sql} GROUP BY user_id")}) == 1, sql


def test_a_few_notes_start_no_process(db: str, alice: Actor, notes: Path, children: list[Any]) -> None:
    for path in sorted(notes.iterdir())[folder_reading.MANY_FILES - 1 :]:
        path.unlink()
    assert bring(alice, notes).imported == folder_reading.MANY_FILES - 1
    assert children == []


def test_no_process_is_left_behind(db: str, alice: Actor, notes: Path, children: list[Any]) -> None:
    bring(alice, notes)
    assert [child.poll() is not None for child in children] == [True]


def test_an_import_that_stops_in_the_middle_leaves_no_process_behind(
    db: str, alice: Actor, notes: Path, children: list[Any]
) -> None:
    def stop(_report: imports.Report) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(alice, notes, progress=stop)
    assert [child.poll() is not None for child in children] == [True]
    assert bring(alice, notes).imported == NOTES - folder_reading.FILES_IN_A_PART


@pytest.mark.parametrize("moment", ["before it answers", "after it answered"])
def test_when_the_process_dies_the_import_reads_for_itself(
    db: str, alice: Actor, notes: Path, children: list[Any], monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    real = Ahead.ask

    def ask(self: Ahead, files: list[Found]) -> None:
        if children and moment == "after it answered":
            kill(children[-1])
        real(self, files)
        if moment == "before it answers":
            kill(children[-1])

    monkeypatch.setattr(Ahead, "ask", ask)
    report = bring(alice, notes)
    assert (report.imported, report.failed, report.rejected) == (NOTES, [], [])


def kill(child: Any) -> None:
    child.kill()
    child.wait()


def test_a_note_that_the_process_dies_of_is_named_and_the_rest_comes_in(
    db: str, alice: Actor, notes: Path, children: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process is killed by the kernel; the note then breaks the reading here in an ordinary way."""
    poison, read, real = f"{folder_reading.FILES_IN_A_PART + 3:03}.md", local_folder.read, Ahead.ask

    def ask(self: Ahead, files: list[Found]) -> None:
        real(self, files)
        if any(file.place == poison for file in files):
            kill(children[-1])

    def broken(found: Found) -> str | Rejected:
        if found.place == poison:
            raise ZeroDivisionError
        return read(found)

    monkeypatch.setattr(Ahead, "ask", ask)
    monkeypatch.setattr(local_folder, "read", broken)
    report = bring(alice, notes)
    assert (report.imported, [one.place for one in report.failed]) == (NOTES - 1, [poison])
    assert len(children) == 2, "another process reads what comes after"


def test_a_renamed_folder_is_known_again_though_its_notes_are_many(
    db: str, alice: Actor, notes: Path, children: list[Any]
) -> None:
    bring(alice, notes)
    inside = notes / "moved"
    inside.mkdir()
    for path in list(notes.glob("*.md")):
        path.rename(inside / path.name)
    report = bring(alice, notes)
    assert (report.moved, report.imported, report.gone) == (NOTES, 0, 0)
    assert len(children) == 1


def test_a_file_that_cannot_be_taken_is_named_by_the_process_too(reading: Reading, ahead: Ahead) -> None:
    (reading.root / "good.md").write_text("Ann will call.")
    (reading.root / "bad.md").write_bytes(b"\xff\xfe\x00")
    files = [one for one in local_folder.walk(reading.root) if isinstance(one, Found)]
    ahead.ask([*files, Found("none.md", reading.root / "none.md", 1, 1)])
    bad, good, none = answered(ahead)
    assert isinstance(good, Ready)
    assert good.prepared.text == "Ann will call."
    assert [one.reason for one in (bad, none) if isinstance(one, Rejected)] == ["binary", "vanished"]


def answered(ahead: Ahead) -> list[Ready | Rejected]:
    told = ahead.answer()
    assert told is not None
    return told


@pytest.fixture
def reading(tmp_path: Path, now: datetime) -> Reading:
    return Reading(tmp_path, "UTC", now, Domain.UNKNOWN, Sensitivity.UNKNOWN, ("Ann",))


@pytest.fixture
def ahead(reading: Reading) -> Iterator[Ahead]:
    made = Ahead(reading)
    yield made
    made.close()


def test_the_process_is_handed_neither_environment_nor_working_folder(
    reading: Reading, ahead: Ahead, children: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALICE_TELEGRAM_SESSION", "a secret")
    ahead.ask([])
    assert answered(ahead) == []
    place = Path(f"/proc/{children[0].pid}")
    if not place.exists():
        pytest.skip("this system shows no environment of a process")
    assert b"ALICE" not in (place / "environ").read_bytes()
    assert (place / "cwd").readlink() == Path("/")


def waits_for(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def ask_and_tell(reading: Reading, pids: Any) -> None:
    ahead = Ahead(reading)
    ahead.ask([])
    ahead.answer()
    assert ahead._process is not None
    pids.put(ahead._process.pid)
    signal.pause()


def test_the_process_ends_when_the_import_is_killed(reading: Reading) -> None:
    context = multiprocessing.get_context("spawn")
    pids = context.Queue()
    parent = context.Process(target=ask_and_tell, args=(reading, pids))
    parent.start()
    child = pids.get(timeout=60)
    assert parent.pid is not None
    os.kill(parent.pid, signal.SIGKILL)
    parent.join()
    assert waits_for(lambda: not runs(child))


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
