"""Copies of artifacts in a folder of the owner's choice: there, whole, marked as Alice's, and nowhere else."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Profile, WorkflowType
from alice.errors import InvalidInput, NotConfigured, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries import brains
from alice.services.composing import briefs, copies
from alice.services.evidence import capture, imports

TEXT = "# Board\n\n## Present\n\n* Ann Lee\n\n## Agenda\n\n* Roof\n  * Ann will order the slates by 2026-03-06.\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    folder = tmp_path / "my notes"
    folder.mkdir()
    return folder.resolve()


@pytest.fixture
def brief(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    capture.capture(alice, Item(TEXT, connector="local_folder", name="2026-03-03.md"), zone="UTC", now=now)
    return make(alice, now)


def make(actor: Actor, now: datetime) -> dict[str, Any]:
    return briefs.generate(WorkflowType.DAILY_BRIEF, actor, now=now, zone="UTC")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_a_copy_holds_the_artifact_and_says_who_wrote_it(brief: dict[str, Any], alice: Actor, vault: Path) -> None:
    made = copies.write(alice, brief["id"], vault)
    text = made.markdown.read_text(encoding="utf-8")
    assert made.markdown.name == "2026-03-04 daily-brief.md"
    assert text.startswith("---\ngenerated_by: alice\ntitle: ")
    assert text.endswith(brief["content_markdown"])
    assert stat.S_IMODE(made.markdown.stat().st_mode) == 0o600


def test_a_calendar_of_due_loops_lies_beside_it_if_asked(
    brief: dict[str, Any], alice: Actor, vault: Path, now: datetime
) -> None:
    copies.write(alice, brief["id"], vault, with_calendar=True, now=now)
    assert names(vault) == ["2026-03-04 daily-brief.md", "alice-open-loops.ics"]
    text = (vault / "alice-open-loops.ics").read_bytes().decode()
    assert "DTSTART;VALUE=DATE:20260306\r\n" in text
    assert "SUMMARY:Ann will order the slates" in text


def test_what_alice_wrote_is_never_taken_in_again(
    brief: dict[str, Any], alice: Actor, vault: Path, now: datetime, tmp_path: Path
) -> None:
    copies.write(alice, brief["id"], vault, with_calendar=True)
    report = imports.import_folder(alice, vault, zone="UTC", home=tmp_path / "home", now=now)
    assert (report.imported, report.duplicates) == (0, 0)


def test_the_second_of_a_day_replaces_the_first(
    brief: dict[str, Any], alice: Actor, vault: Path, now: datetime
) -> None:
    copies.write(alice, brief["id"], vault)
    again = make(alice, now)
    copies.write(alice, again["id"], vault)
    assert names(vault) == ["2026-03-04 daily-brief.md"]
    assert again["id"] in (vault / names(vault)[0]).read_text()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_file_of_somebody_else_is_not_replaced(
    brief: dict[str, Any], alice: Actor, vault: Path, tmp_path: Path, kind: str
) -> None:
    mine, name = tmp_path / "mine.md", vault / "2026-03-04 daily-brief.md"
    mine.write_text("my own words")
    if kind == "link":
        name.symlink_to(mine)
    else:
        name.write_text("my own words")
    with pytest.raises(InvalidInput, match="is there and not written by Alice"):
        copies.write(alice, brief["id"], vault)
    assert (name.read_text(), mine.read_text()) == ("my own words", "my own words")


def test_copies_follow_each_new_artifact_once_a_folder_is_chosen(
    brief: dict[str, Any], alice: Actor, vault: Path, now: datetime
) -> None:
    assert copies.choose(alice, vault, with_calendar=True) == vault
    scheduler = system("scheduler", alice.user_id)
    make(scheduler, now)
    assert names(vault) == ["2026-03-04 daily-brief.md", "alice-open-loops.ics"]
    copies.choose(alice, None)
    for path in vault.iterdir():
        path.unlink()
    make(scheduler, now)
    assert names(vault) == []


def test_what_an_agent_made_is_not_copied(brief: dict[str, Any], alice: Actor, vault: Path, now: datetime) -> None:
    copies.choose(alice, vault)
    make(Actor("agent", "hermes", alice.user_id, Profile.TRUSTED_LOCAL_AGENT, agent_id=UUID(int=5)), now)
    assert names(vault) == []


def test_a_folder_that_is_gone_fails_no_morning(
    brief: dict[str, Any], alice: Actor, vault: Path, now: datetime
) -> None:
    copies.choose(alice, vault)
    vault.rmdir()
    assert make(alice, now)["status"] == "needs_review"
    assert not vault.exists()


def test_a_folder_that_became_a_link_is_refused(
    brief: dict[str, Any], alice: Actor, vault: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    vault.rmdir()
    vault.symlink_to(elsewhere)
    with pytest.raises(NotConfigured, match="leads to .*elsewhere now"):
        copies.write(alice, brief["id"], vault)
    assert names(elsewhere) == []


def test_only_a_folder_that_may_be_used_is_chosen(db: str, alice: Actor, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    for folder, problem in ((tmp_path / "none", "there is no folder"), (home, "holds Alice's own files")):
        with pytest.raises(InvalidInput, match=problem):
            copies.choose(alice, folder)
    assert brains.copies(gate.scope(alice)) is None


def test_only_the_owner_chooses_and_the_log_does_not_tell_where(db: str, alice: Actor, vault: Path) -> None:
    with pytest.raises(PolicyBlocked):
        copies.choose(system("scheduler", alice.user_id), vault)
    copies.choose(alice, vault)
    copies.choose(alice, vault)
    found = database.query("SELECT canonical FROM event_log WHERE event_type = 'brain.copies_chosen'")
    assert len(found) == 1
    assert vault.name not in found[0][0]


def test_an_artifact_that_is_not_there_is_not_copied(db: str, alice: Actor, vault: Path) -> None:
    with pytest.raises(NotFound):
        copies.write(alice, UUID(int=1), vault)
    assert names(vault) == []
