"""The connectors' commands, as a person or a script types them: what they print, and how they exit."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from alice.cli import root
from alice.db import database
from alice.domain.vocab import Connector


@pytest.fixture
def type_(db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type one command line; return its exit code and what it printed, on either stream, as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)

    def typed(*words: str, stdin: str = "") -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        code = root.code(["--json", *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out or err)

    return typed


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    root = tmp_path / "notes"
    root.mkdir()
    (root / "garden.md").write_text("# Garden\n\nAnn will order the seeds by Friday.\n")
    return root


SYNC = {
    "status", "connector_name", "item_count", "imported_count", "duplicate_count", "skipped_count", "rejected_count",
    "failed_count", "previous_cursor", "sync_cursor", "source_ids", "failed_external_ids", "errors",
}  # fmt: skip


def test_a_folder_is_added_read_and_taken_back(type_: Any, notes: Path) -> None:
    code, told = type_("vnext", "connectors", "local-folder", "add-path", str(notes))
    assert (code, told["options"]["folders"]) == (0, [str(notes)])
    code, told = type_("vnext", "connectors", "local-folder", "sync")
    assert (code, told["imported_count"], set(told) >= SYNC) == (0, 1, True)
    code, told = type_("vnext", "connectors", "health")
    assert (told["count"], told["arriving"]["ok"]) == (len(Connector), True)
    code, told = type_("vnext", "sources", "remove-import", str(notes))
    assert (code, told["status"], told["goes"]["sources"]) == (0, "preview", 1)
    code, told = type_("vnext", "sources", "remove-import", str(notes), "--yes")
    assert (code, told["status"]) == (0, "removed")
    assert database.query("SELECT count(*) FROM source") == [(0,)]


def test_a_folder_is_removed(type_: Any, notes: Path) -> None:
    type_("vnext", "connectors", "local-folder", "add-path", str(notes))
    code, told = type_("vnext", "connectors", "local-folder", "remove-path", str(notes))
    assert (code, told["options"]["folders"]) == (0, [])


def test_a_connector_is_set_listed_and_told(type_: Any) -> None:
    code, told = type_(
        "vnext", "connectors", "configure", "telegram", "--enabled", "--sync-mode", "poll", "--poll-interval", "60",
        "--secret-ref", "file:session", "--option", 'chats=["me"]', "--option", "account=user",
    )  # fmt: skip
    assert (code, told["options"]) == (0, {"chats": ["me"], "account": "user"})
    assert type_("vnext", "connectors", "list")[1]["items"][0] == told
    code, told = type_("vnext", "connectors", "status", "telegram")
    assert (code, told["validation_errors"]["secret_ref"]) == (0, "names file:session, and there is no such secret.")


REFUSED = {
    "an unknown connector": (("sync", "fax"), 3, "not_found"),
    "one that is off": (("sync", "telegram"), 6, "not_configured"),
    "one that fetches nothing": (("sync", "agent-output"), 2, "invalid_input"),
    "a wrong interval": (("configure", "telegram", "--poll-interval", "1"), 2, "invalid_input"),
    "an option without a value": (("configure", "telegram", "--option", "chats"), 2, "invalid_input"),
    "no folder": (("local-folder", "add-path", "/no/such"), 2, "invalid_input"),
    "no item": (("quarantine", "retry", "00000000-0000-0000-0000-00000000000a"), 3, "not_found"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_one_sentence_and_a_code(type_: Any, case: str) -> None:
    words, expected, name = REFUSED[case]
    code, told = type_("vnext", "connectors", *words)
    assert (code, told["error"]["code"]) == (expected, name)
    assert told["error"]["message"]


def test_the_quarantine_is_listed(type_: Any) -> None:
    code, told = type_("vnext", "connectors", "quarantine", "list")
    assert (code, told) == (0, {"items": [], "count": 0, "total": 0, "next": None})


@pytest.mark.parametrize(
    "words", [("vnext", "agents", "ingest-output"), ("vnext", "connectors", "agent-output", "ingest")]
)
def test_an_agent_hands_in_by_pipe(type_: Any, words: tuple[str, ...]) -> None:
    code, told = type_(
        *words, "-", "--agent-id", "openclaw", "--agent-run-id", "r1", "--agent-task-id", "t1",
        "--propose-memory", "Pumps are loud.", stdin="Pumps are loud.",
    )  # fmt: skip
    assert (code, told["status"], told["review_required"]) == (0, "imported", True)
    [row] = database.rows("SELECT metadata FROM source")
    assert row["metadata"]["agent"]["run_id"] == "r1"


def test_a_narrower_agent_is_refused(type_: Any) -> None:
    code, told = type_(
        "vnext", "agents", "ingest-output", "x", "--agent-id", "scout", "--permission-profile", "read_only_agent"
    )
    assert (code, told["error"]["code"]) == (5, "policy_blocked")


def test_secrets_are_set_by_pipe_listed_and_removed(type_: Any) -> None:
    assert type_("secrets", "set", "file:bot", stdin="s3cret-value\n")[0] == 0
    code, told = type_("secrets", "list")
    assert (code, told["items"][0]["reference"], "s3cret" in str(told)) == (0, "file:bot", False)
    assert type_("secrets", "remove", "file:bot") == (0, {"status": "ok", "reference": "file:bot"})
    assert type_("secrets", "remove", "file:bot")[0] == 3


def test_what_people_see_is_words(db: str, notes: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICE_DATABASE_URL", db)
    monkeypatch.setattr("alice.cli.output.as_json", lambda: False)
    for words in (
        ["vnext", "connectors", "local-folder", "add-path", str(notes)],
        ["vnext", "connectors", "sync", "local-folder"],
        ["vnext", "connectors", "health"],
        ["vnext", "connectors", "status"],
        ["vnext", "connectors", "list"],
        ["vnext", "connectors", "quarantine", "list"],
        ["vnext", "sources", "remove-import", str(notes)],
        ["secrets", "list"],
    ):
        assert root.code(words) == 0
    printed = capsys.readouterr().out
    lines = "\nTelegram is switched off.\nLocal folder works; the newest item came in just now.\n"
    assert printed.count(lines) == 2, "by health and by status"
    for said in (
        "Looked at 1: 1 new.", "Evidence is arriving", "Everything could be taken.", "Goes: 1 sources",
        "Telegram is switched off.", "No secrets are kept.",
    ):  # fmt: skip
        assert said in printed
    database.bind(db)
