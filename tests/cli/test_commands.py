"""The command line as a program sees it: JSON out, errors as JSON on standard error, exit codes that mean something."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from alice.cli import root
from alice.cli.framework import Group
from alice.db import database
from tests.conftest import ALICE, BOB


@pytest.fixture
def run(db: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run one command line on an empty brain; returns exit code, what it printed as JSON, and its error as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)
    monkeypatch.setenv("ALICE_USER_ID", str(ALICE))
    database.handle.close()

    def command(*words: str) -> tuple[int, Any, Any]:
        code = root.code(list(words))
        out, err = capsys.readouterr()
        return code, json.loads(out) if out.strip() else None, json.loads(err)["error"] if err.strip() else None

    yield command
    database.handle.connect(reuse_if_open=True)


def test_captured_text_is_listed_and_shown(run: Any) -> None:
    code, told, _ = run("vnext", "sources", "capture-text", "Ann will send Bob the plan by Friday.")
    assert (code, told["status"], told["open_loop_count"]) == (0, "imported", 1)
    _, listed, _ = run("vnext", "sources", "list")
    assert (listed["total"], listed["count"], listed["next"]) == (1, 1, None)
    _, shown, _ = run("vnext", "sources", "show", told["source_id"])
    assert shown["content_text"] == "Ann will send Bob the plan by Friday."


def test_text_comes_from_standard_input_too(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("From a pipe."))
    assert run("vnext", "sources", "capture-text", "-")[1]["status"] == "imported"


def test_a_file_is_captured_once(run: Any, tmp_path: Path) -> None:
    note = tmp_path / "2026-02-03 plan.md"
    note.write_text("# The plan\n\nWe begin in March.")
    assert run("vnext", "sources", "capture-file", str(note))[1]["duplicate"] is False
    code, told, _ = run("vnext", "sources", "capture-file", str(note))
    assert (code, told["status"]) == (0, "duplicate")
    assert run("vnext", "sources", "list")[1]["items"][0]["title"] == "The plan"


@pytest.mark.parametrize(
    ("words", "exit_code", "code", "says"),
    [
        (["vnext", "sources", "capture-text", ""], 2, "invalid_input", "nothing to capture"),
        (["vnext", "sources", "capture-text", "a\x00b"], 2, "invalid_input", "NUL"),
        (["vnext", "sources", "capture-text", "x", "--domain", "astral"], 2, "invalid_input", "professional"),
        (["vnext", "sources", "capture-text", "x", "--occurred-at", "soon"], 2, "invalid_input", "occurred-at"),
        (["vnext", "sources", "capture-file", "/no/such/file.md"], 2, "invalid_input", "does not exist"),
        (["vnext", "sources", "capture-file", "/"], 2, "invalid_input", "not an ordinary file"),
        (["vnext", "sources", "show", "00000000-0000-0000-0000-00000000dead"], 3, "not_found", "no source"),
        (["vnext", "sources", "show", "not-an-id"], 2, "invalid_input", "no id"),
        (["vnext", "sources", "list", "--cursor", "rubbish"], 2, "invalid_input", "cursor"),
        (["vnext", "artifacts", "generate", "horoscope"], 2, "invalid_input", "daily_brief"),
        (["vnext", "open-loops", "close", "00000000-0000-0000-0000-00000000dead"], 3, "not_found", "no open loop"),
        (["vnext", "teleport"], 2, "invalid_input", "No such command"),
        (["--user-id", "alice", "vnext", "sources", "list"], 2, "invalid_input", "UUID"),
        (["--database-url", "postgresql://127.0.0.1:9/x", "vnext", "sources", "list"], 8, "database_unavailable",
         "does not answer"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_and_an_exit_code(
    run: Any, words: list[str], exit_code: int, code: str, says: str
) -> None:
    found, out, error = run(*words)
    assert (found, out) == (exit_code, None)
    assert error["code"] == code
    assert says.lower() in json.dumps(error, ensure_ascii=False).lower()
    assert error["trace_id"]


def test_common_options_are_taken_at_every_level(run: Any) -> None:
    for words in (
        ["--json", "vnext", "sources", "list"],
        ["vnext", "--json", "sources", "list"],
        ["vnext", "sources", "list", "--json"],
    ):
        assert run(*words)[1]["total"] == 0


def test_another_brain_is_another_brain(run: Any) -> None:
    run("vnext", "sources", "capture-text", "Only Alice's.")
    assert run("vnext", "sources", "list", "--user-id", str(BOB))[1]["total"] == 0


def test_a_loop_is_closed_and_a_second_decision_is_a_conflict(run: Any) -> None:
    run("vnext", "sources", "capture-text", "TODO: water the plants")
    [loop] = run("vnext", "open-loops", "list")[1]["items"]
    assert run("vnext", "open-loops", "close", loop["id"])[1]["status"] == "closed"
    code, _, error = run("vnext", "open-loops", "close", loop["id"])
    assert (code, error["code"], error["current"]["status"]) == (4, "conflict", "closed")
    assert run("vnext", "open-loops", "reopen", loop["id"])[1]["status"] == "open"


def test_a_brief_is_composed_and_read_again(run: Any) -> None:
    run("vnext", "sources", "capture-text", "Ann will send Bob the plan by Friday.")
    _, made, _ = run("vnext", "artifacts", "generate", "daily_brief")
    assert made["status"] == "needs_review"
    assert run("vnext", "artifacts", "show", made["id"])[1] == made
    assert run("vnext", "artifacts", "list", "--type", "daily_brief")[1]["total"] == 1


def test_the_log_is_listed_and_verified(run: Any) -> None:
    run("vnext", "sources", "capture-text", "Something.")
    assert run("vnext", "events", "list")[1]["items"][0]["event_type"] == "source.captured"
    code, told, _ = run("vnext", "events", "verify")
    assert (code, told["status"], told["checked"]) == (0, "ok", 1)


def test_a_log_whose_tail_was_cut_is_found_out(run: Any, db: str) -> None:
    import psycopg

    for text in ("One.", "Two.", "Three."):
        run("vnext", "sources", "capture-text", text)
    with psycopg.connect(db) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("DELETE FROM event_log WHERE seq = 3")
    code, told, _ = run("vnext", "events", "verify")
    assert (code, told["status"], told["first_bad_seq"]) == (1, "broken", 3)
    assert "cut" in told["problem"]


def test_migrations_are_said_to_be_complete(run: Any) -> None:
    _, told, _ = run("vnext", "migrations", "status")
    assert (told["status"], told["pending"], told["missing_tables"]) == ("ok", [], [])
    assert run("vnext", "migrations", "apply")[1]["applied"] == []


def _groups(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    ctx = click.Context(group)
    found = []
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += _groups(command, (*path, name))
    return found


def test_every_command_has_help_and_takes_the_common_options(capsys: pytest.CaptureFixture[str]) -> None:
    for path in _groups(root.cli):
        assert root.code([*path, "--help"]) == 0
        said = capsys.readouterr().out
        assert "--json" in said, path
        assert said.split("Options:")[0].strip().count("\n") >= 1, f"{path} does not say what it does"


def test_every_list_takes_a_limit_and_shows_the_first_fifty() -> None:
    lists = [path for path in _groups(root.cli) if path[-1] in ("list", "runs", "failures", "slots", "updates")]
    assert len(lists) > 15
    for path in lists:
        command: click.Command = root.cli
        for name in path:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), name)
            assert found is not None
            command = found
        assert [p.default for p in command.params if p.name == "limit"] == [50], path


@pytest.mark.parametrize("words", [("secrets", "list"), ("vnext", "connectors", "list"), ("vnext", "agents", "list")])
def test_a_short_list_is_cut_too(run: Any, words: tuple[str, ...]) -> None:
    _, whole, _ = run(*words, "--limit", "0")
    code, cut, _ = run(*words, "--limit", "1")
    assert (code, cut["items"], cut["total"]) == (0, whole["items"][:1], len(whole["items"]))


def test_a_late_command_is_described_where_it_is_listed() -> None:
    ctx = click.Context(root.cli)
    for name, (_, words) in {**root.TOP, **root.VNEXT}.items():
        assert words.endswith("."), name
    assert isinstance(root.cli, Group)
    assert set(root.TOP) <= set(root.cli.list_commands(ctx))


def test_help_imports_nothing_heavy() -> None:
    heavy = "{'flask', 'peewee', 'psycopg', 'rich', 'telethon', 'pydantic', 'gunicorn', 'cryptography', 'trafilatura'}"
    probe = (
        "import sys; from alice.cli import root; root.code(['--help']); root.code(['vnext', '--help']);"
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
