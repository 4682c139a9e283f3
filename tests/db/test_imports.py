"""A folder of notes comes in whole: what cannot be taken is named, the rest goes on, the folder is never touched."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alice.connectors import local_folder
from alice.db import database
from alice.domain.policy import Actor, owner
from alice.errors import InvalidInput
from alice.services.evidence import imports


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "my notes"
    (root / "plans").mkdir(parents=True)
    (root / "2026-03-01 garden.md").write_text("# Garden\n\nAnn will order the seeds by Friday.\n")
    (root / "plans" / "house.txt").write_text("The roof is fine.")
    return root


def bring(actor: Actor, root: Path, **more: Any) -> imports.Report:
    return imports.import_folder(actor, root, zone="UTC", home=root.parent / "home", **more)


def count(table: str) -> int:
    return int(database.query(f"SELECT count(*) FROM {table}")[0][0])


def snapshot(root: Path) -> dict[str, tuple[int, int, int]]:
    return {str(p): (p.lstat().st_mtime_ns, p.lstat().st_size, p.lstat().st_mode) for p in sorted(root.rglob("*"))}


def test_it_takes_in_every_note_below_the_folder(db: str, alice: Actor, notes: Path) -> None:
    report = bring(alice, notes)
    assert (report.seen, report.imported, report.rejected) == (2, 2, [])
    titles = database.query("SELECT title, occurred_at::date::text FROM source ORDER BY title")
    assert titles[0] == ("Garden", "2026-03-01")


def test_a_second_import_adds_nothing_and_reads_nothing(
    db: str, alice: Actor, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(alice, notes)
    monkeypatch.setattr(local_folder, "read", lambda found: pytest.fail(f"read {found.place} again"))
    again = bring(alice, notes)
    assert (again.imported, again.unchanged) == (0, 2)
    assert count("source") == 2


def test_a_changed_note_comes_in_and_an_equal_copy_does_not(db: str, alice: Actor, notes: Path) -> None:
    bring(alice, notes)
    (notes / "copy.md").write_text((notes / "plans" / "house.txt").read_text())
    (notes / "plans" / "house.txt").write_text("The roof leaks now.")
    report = bring(alice, notes)
    assert (report.imported, report.duplicates, report.unchanged) == (1, 1, 1)


def test_the_folder_is_left_as_it_was(db: str, alice: Actor, notes: Path) -> None:
    before = snapshot(notes)
    bring(alice, notes)
    assert snapshot(notes) == before


def test_generated_and_hidden_folders_are_passed_by(db: str, alice: Actor, notes: Path) -> None:
    for name in (".obsidian", ".git", "node_modules", "__pycache__", "venv", "dist"):
        (notes / name).mkdir()
        (notes / name / "readme.md").write_text("Not a note.")
    (notes / ".hidden.md").write_text("Not a note.")
    (notes / "picture.png").write_bytes(b"\x89PNG")
    assert bring(alice, notes).imported == 2


BAD_FILES = {
    "binary": lambda p: p.write_bytes(b"text\x00more"),
    "not_utf8": lambda p: p.write_bytes("café".encode("latin-1")),
    "empty": lambda p: p.write_text(""),
    "only_blanks": lambda p: p.write_text("\n \t\n"),
    "too_large": lambda p: os.truncate(p, 200_000_000) if p.write_text("x") else None,
    "not_a_file": os.mkfifo,
    "link_outside": lambda p: p.symlink_to("/etc/hostname"),
    "own_export": lambda p: p.write_text("---\ngenerated_by: alice\n---\n# Brief\n"),
}


@pytest.mark.parametrize("reason", BAD_FILES)
def test_a_bad_file_is_named_and_the_rest_goes_on(db: str, alice: Actor, notes: Path, reason: str) -> None:
    BAD_FILES[reason](notes / "bad.md")
    report = bring(alice, notes)
    [rejected] = report.rejected
    assert (rejected.place, rejected.reason) == ("bad.md", reason.replace("only_blanks", "empty"))
    assert report.imported == 2


@pytest.mark.skipif(os.getuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_named_and_the_rest_goes_on(db: str, alice: Actor, notes: Path) -> None:
    (notes / "plans" / "house.txt").chmod(0)
    report = bring(alice, notes)
    assert [r.reason for r in report.failed] == ["unreadable"]
    assert report.imported == 1


def test_an_unreadable_folder_is_named(db: str, alice: Actor, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("plans"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    report = bring(alice, notes)
    assert [(r.place, r.reason) for r in report.failed] == [("plans", "unreadable")]


def test_a_file_that_vanishes_while_it_is_read_is_named(
    db: str, alice: Actor, notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = local_folder.read

    def read(found: local_folder.Found) -> Any:
        if found.place == "plans/house.txt":
            found.path.unlink()
        return real(found)

    monkeypatch.setattr(local_folder, "read", read)
    report = bring(alice, notes)
    assert [r.reason for r in report.rejected] == ["vanished"]
    assert report.imported == 1


def test_a_loop_of_links_ends(db: str, alice: Actor, notes: Path) -> None:
    (notes / "plans" / "up").symlink_to(notes)
    (notes / "a.md").symlink_to(notes / "b.md")
    (notes / "b.md").symlink_to(notes / "a.md")
    report = bring(alice, notes)
    assert report.imported == 2
    assert {(r.place, r.message) for r in report.rejected} == {
        ("plans/up", "is a link to what is read at its own place"),
        ("a.md", "is a link to nothing"),
        ("b.md", "is a link to nothing"),
    }


def test_a_link_to_a_folder_elsewhere_is_named_and_not_followed(
    db: str, alice: Actor, notes: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.md").write_text("Not to be read.")
    (notes / "shared").symlink_to(tmp_path / "elsewhere")
    report = bring(alice, notes)
    assert [(r.place, r.reason) for r in report.rejected] == [("shared", "link_outside")]
    assert report.imported == 2


def test_a_rejected_file_is_looked_at_again_until_it_can_be_taken(db: str, alice: Actor, notes: Path) -> None:
    (notes / "bad.md").write_text("")
    assert len(bring(alice, notes).rejected) == 1
    (notes / "bad.md").write_text("Now it says something.")
    assert (bring(alice, notes).imported, bring(alice, notes).rejected) == (1, [])


@pytest.mark.parametrize("name", ["no such folder", "my notes/plans/house.txt", "home/inside"])
def test_it_refuses_what_is_not_a_folder_of_notes(db: str, alice: Actor, notes: Path, name: str) -> None:
    (notes.parent / "home" / "inside").mkdir(parents=True)
    with pytest.raises(InvalidInput) as caught:
        imports.import_folder(alice, notes.parent / name, zone="UTC", home=notes.parent / "home")
    assert "path" in caught.value.fields


def test_alice_s_own_files_are_never_notes(db: str, alice: Actor, notes: Path) -> None:
    home = notes / "alice"
    home.mkdir()
    (home / "log.txt").write_text("not a note")
    assert imports.import_folder(alice, notes, zone="UTC", home=home).imported == 2


def _import_and_die(url: str, actor: Actor, root: Path, after: int) -> None:
    database.forget()
    database.bind(url)
    done = 0

    def progress(_: imports.Report) -> None:
        nonlocal done
        done += 1
        if done == after:
            os.kill(os.getpid(), signal.SIGKILL)

    bring(actor, root, progress=progress)


@pytest.mark.parametrize("after", [1, 2, 4])
def test_killed_in_the_middle_it_goes_on_where_it_was(db: str, alice: Actor, notes: Path, after: int) -> None:
    for number in range(200):
        (notes / f"n{number:03}.md").write_text(f"Note number {number} of the long list.")
    context = multiprocessing.get_context("fork")
    process = context.Process(target=_import_and_die, args=(db, owner(alice.user_id), notes, after))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    kept = count("source")
    assert 0 < kept < 202
    report = bring(alice, notes)
    assert (report.imported, report.unchanged) == (202 - kept, kept)
    assert count("source") == 202


def test_an_import_leaves_its_story(db: str, alice: Actor, notes: Path, now: datetime) -> None:
    report = bring(alice, notes, now=now)
    types = [row[0] for row in database.query("SELECT event_type FROM event_log ORDER BY seq")]
    assert types[0] == "import.started"
    assert types[-1] == "import.finished"
    assert types.count("source.captured") == 2
    [row] = database.rows("SELECT counts, finished_at FROM import_batch WHERE id = %s", report.import_id)
    assert row["counts"]["imported_count"] == 2
