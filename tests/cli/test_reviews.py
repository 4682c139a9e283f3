"""Decisions on the command line, from a fresh note to a brief that was rated and taken out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.test_commands import run

__all__ = ["run"]  # a fixture from elsewhere

NOTE = """# Roof

## Present

* Ann Lee (@ann)

## Next

Decision: we take slate.

TODO: Ann orders the gutter by Friday.
"""


def asked(run: Any, *words: str) -> Any:
    code, told, error = run("vnext", *words)
    assert code == 0, error
    return told


def test_a_note_is_decided_on_piece_by_piece(run: Any) -> None:
    source = asked(run, "sources", "capture-text", NOTE)["source_id"]
    assert asked(run, "sources", "review", source, "--sensitivity", "private")["status"] == "reviewed"
    [loop] = asked(run, "open-loops", "list")["items"]
    assert loop["sensitivity"] == "private"
    edited = asked(run, "open-loops", "edit", loop["id"], "--owner", "Tom", "--due", "2026-04-01")
    assert (edited["owner"], edited["due_on"], edited["status"]) == ("Tom", "2026-04-01", "open")
    mine = asked(run, "open-loops", "add", "Pay for the slate", "--kind", "promise")
    assert (mine["status"], mine["loop_kind"]) == ("open", "promise")
    assert asked(run, "open-loops", "merge", mine["id"], "--into", loop["id"])["merged_into"] == loop["id"]
    assert asked(run, "open-loops", "undo", mine["id"])["items"][0]["subject"]["status"] == "open"
    [person, *_] = asked(run, "people", "list")["items"]
    assert asked(run, "people", "review", person["id"], "--action", "accept")["status"] == "accepted"
    assert asked(run, "sources", "archive", source)["status"] == "archived"


def test_a_brief_is_decided_on_rated_and_written_out(run: Any, tmp_path: Path) -> None:
    asked(run, "sources", "capture-text", NOTE)
    brief = asked(run, "artifacts", "generate", "daily_brief")["id"]
    promoted = asked(run, "artifacts", "review", brief, "--action", "promote")
    assert promoted["memory_ids"]
    assert asked(run, "artifacts", "review", brief, "--action", "accept")["status"] == "accepted"
    assert asked(run, "artifacts", "rate", brief, "--usefulness", "4")["usefulness"] == 4
    assert asked(run, "artifacts", "insight", brief, "--not-useful", "--statement", "0", "0")["useful"] is False
    file = tmp_path / "brief.md"
    assert asked(run, "artifacts", "export", brief, "--to", str(file))["path"] == str(file)
    assert "generated_by: alice" in file.read_text()


def test_a_project_has_its_updates(run: Any) -> None:
    made = asked(run, "projects", "add", "Roof", "--state", "Planned.")
    shown = asked(run, "projects", "show", made["id"])
    assert (shown["state"], shown["updates"]) == ("Planned.", [])
    renamed = asked(run, "projects", "review", made["id"], "--action", "edit", "--name", "New roof")
    assert renamed["name"] == "New roof"
    assert asked(run, "projects", "updates")["items"] == []
    assert asked(run, "connections", "list")["items"] == []


def test_what_cannot_be_decided_says_why(run: Any) -> None:
    loop = asked(run, "open-loops", "add", "Pay for the slate")["id"]
    code, _, error = run("vnext", "open-loops", "edit", loop)
    assert (code, "Say what to change" in error["message"]) == (2, True)
    code, _, error = run("vnext", "open-loops", "close", loop, "--version", "7")
    assert (code, error["code"], error["current"]["status"]) == (4, "conflict", "open")
    code, _, error = run("vnext", "artifacts", "rate", loop)
    assert (code, list(error["fields"])) == (2, ["usefulness"])
