"""The commands about agents and the charter, as a person or a script types them: what they print and how they exit."""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.cli import root
from alice.db import database
from alice.domain.policy import owner
from alice.domain.vocab import Domain, Sensitivity
from alice.services import schedules
from alice.services.agency import charters
from alice.services.evidence import capture
from tests.support import agents


@pytest.fixture
def type_(db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type one command line; return its exit code and what it printed, on either stream, as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)

    def typed(*words: str, stdin: str = "") -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = root.code(["--json", *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out or err)

    return typed


@pytest.fixture
def me(db: str) -> Any:
    """The owner of the brain that commands work on when nothing is said."""
    return owner(config.load().user_id)


def keep(me: Any, now: datetime, text: str, domain: Domain = Domain.PROFESSIONAL, **more: Any) -> None:
    item = capture.Item(text, domain=domain, sensitivity=Sensitivity.INTERNAL, **more)
    capture.capture(me, item, zone="UTC", now=now)


def test_a_key_is_made_listed_rotated_and_revoked(type_: Any, me: Any) -> None:
    code, made = type_("vnext", "agents", "keys", "create", "openclaw", "--profile", "trusted_local_agent",
                       "--grant", "health", "--label", "laptop", "--expires-in-days", "30")  # fmt: skip
    assert (code, made["grants"], made["label"]) == (0, ["health"], "laptop")
    code, told = type_("vnext", "agents", "keys", "list", "--active")
    assert (code, told["count"], "key" in told["items"][0]) == (0, 1, False)
    code, fresh = type_("vnext", "agents", "keys", "rotate", made["prefix"], "--grace-minutes", "5")
    assert (code, fresh["rotated_from"]) == (0, made["id"])
    code, gone = type_("vnext", "agents", "keys", "revoke", fresh["id"])
    assert (code, gone["status"]) == (0, "revoked")
    assert type_("vnext", "agents", "keys", "revoke", fresh["id"])[0] == 4
    assert type_("vnext", "agents", "keys", "revoke", "alice_agent_nobody")[0] == 3
    code, listed = type_("vnext", "agents", "list")
    assert [(one["name"], len(one["keys"])) for one in listed["items"]] == [("openclaw", 1)]


BAD = [
    ("agent", ["create", "Open Claw", "--profile", "read_only_agent"]),
    ("permission_profile", ["create", "openclaw", "--profile", "god"]),
    ("requests_per_minute", ["create", "openclaw", "--profile", "read_only_agent", "--per-minute", "0"]),
    ("projects", ["create", "openclaw", "--profile", "project_scoped_agent"]),
    ("projects", ["create", "openclaw", "--profile", "read_only_agent", "--project", "nowhere"]),
    ("expires_in_days", ["create", "openclaw", "--profile", "read_only_agent", "--expires-in-days", "0"]),
    ("grace_minutes", ["rotate", "x", "--grace-minutes", "-1"]),
]


@pytest.mark.parametrize(("field", "words"), BAD)
def test_bad_input_names_its_field(type_: Any, field: str, words: list[str]) -> None:
    code, told = type_("vnext", "agents", "keys", *words)
    assert (code, list(told["error"]["fields"])) == (2, [field])


def test_a_proposal_is_made_as_an_agent_and_recorded_as_asserted(type_: Any, me: Any) -> None:
    words = ("vnext", "agents", "propose-memory", "Oak is heavy.", "--agent-id", "openclaw", "--agent-run-id", "r1",
             "--permission-profile", "memory_proposal_agent", "--memory-type", "belief")  # fmt: skip
    code, told = type_(*words)
    assert (code, told["status"], told["memory_type"], told["sensitivity"]) == (0, "candidate", "belief", "internal")
    code, again = type_(*words)
    assert (code, again["known"], again["memory_id"]) == (0, True, told["memory_id"])
    rows = database.query("SELECT actor, canonical FROM event_log WHERE event_type = 'policy.decided' ORDER BY seq")
    assert rows[0][0] == "agent:openclaw"
    assert '"agent_run_id":"r1"' in rows[0][1]
    assert '"asserted":true' in rows[0][1]
    code, told = type_("vnext", "agents", "policy-telemetry", "--days", "7")
    assert (code, told["summary"]["memory_proposals_by_agent"]) == (0, {"openclaw": 2})
    code, told = type_("vnext", "agents", "list")
    assert [(one["name"], one["registered"]) for one in told["items"]] == [("openclaw", False)]


def test_a_proposal_comes_from_standard_input_and_needs_a_name(type_: Any, me: Any) -> None:
    code, told = type_("vnext", "agents", "propose-memory", "-", "--agent-id", "scout", stdin="Beech is light.\n")
    assert (code, told["known"]) == (0, False)
    code, told = type_("vnext", "agents", "propose-memory", "x")
    assert (code, list(told["error"]["fields"])) == (2, ["agent_id"])
    code, told = type_("vnext", "agents", "propose-memory", "x", "--agent-id", "scout", "--permission-profile",
                       "read_only_agent")  # fmt: skip
    assert (code, told["error"]["code"]) == (5, "policy_blocked")


def test_a_context_pack_as_an_agent_holds_less(type_: Any, me: Any, now: datetime) -> None:
    garden = agents.project(me, "Garden", now=now)
    keep(me, now, "The oak table stands in the hall.")
    keep(me, now, "The oak bed is for my back.", Domain.HEALTH)
    keep(me, now, "The oak by the pond is sick.", project_id=garden)
    ask = ("vnext", "context-pack", "oak")
    whole = type_(*ask)[1]
    assert len(whole["supporting_evidence"]) == 3
    assert whole["policy_decision"]["permission_profile"] is None
    as_agent = type_(*ask, "--agent-id", "openclaw")[1]
    assert len(as_agent["supporting_evidence"]) == 2
    scoped = type_(*ask, "--agent-id", "openclaw", "--project-scope", "garden", "--permission-profile",
                   "project_scoped_agent")[1]  # fmt: skip
    assert [one["quote"] for one in scoped["supporting_evidence"]] == ["The oak by the pond is sick."]
    code, told = type_(*ask, "--agent-id", "openclaw", "--project-scope", "nowhere")
    assert (code, list(told["error"]["fields"])) == (2, ["project_scope"])
    code, told = type_(*ask, "--agent-run-id", "r1")
    assert (code, list(told["error"]["fields"])) == (2, ["agent_id"])


def test_an_artifact_and_a_run_are_asked_for_as_an_agent(type_: Any, me: Any, now: datetime) -> None:
    who = ("--agent-id", "openclaw")
    code, made = type_("vnext", "artifacts", "generate", "daily_brief", *who)
    assert (code, made["generated_by"]) == (0, "agent:openclaw")
    schedules.configure(me, "daily_brief", enabled=True, timezone="UTC", now=now)
    code, told = type_("vnext", "scheduler", "run-now", "daily_brief", *who)
    assert (code, told["requested_by"]) == (0, "agent:openclaw")
    for words in (("artifacts", "generate", "daily_brief"), ("scheduler", "run-now", "daily_brief"),
                  ("scheduler", "run-due")):  # fmt: skip
        code, told = type_("vnext", *words, *who, "--permission-profile", "memory_proposal_agent")
        assert (code, told["error"]["code"]) == (5, "policy_blocked"), words
    charters.save(me, "---\nallowed_workflows: {trusted_local_agent: [daily_brief]}\n---\n")
    code, told = type_("vnext", "scheduler", "run-due", *who)
    assert (code, "charter" in told["error"]["message"]) == (5, True)


def test_the_charter_is_shown_and_written_from_a_file_or_standard_input(type_: Any, me: Any, tmp_path: Path) -> None:
    code, told = type_("charter", "show")
    assert (code, told["version"], told["is_default"]) == (0, 0, True)
    file = tmp_path / "charter.md"
    file.write_text("---\nnever_domains: [health]\n---\n\nMine alone.\n")
    code, told = type_("charter", "edit", "--file", str(file))
    assert (code, told["version"], told["constraints"]["never_domains"]) == (0, 1, ["health"])
    code, told = type_("charter", "edit", "--file", "-", stdin="All yours.\n")
    assert (code, told["version"]) == (0, 2)
    code, told = type_("charter", "show", "--version", "1")
    assert (code, told["content_markdown"], [r["version"] for r in told["revisions"]]) == (
        0, file.read_text(), [2, 1],
    )  # fmt: skip
    assert type_("charter", "show", "--version", "9")[0] == 3


def test_a_charter_that_cannot_be_read_leaves_the_one_that_stands(type_: Any, me: Any, tmp_path: Path) -> None:
    code, told = type_("charter", "edit", "--file", "-", stdin="---\ncolour: red\n---\n")
    assert (code, "never_domains" in told["error"]["fields"]["colour"]) == (2, True)
    (tmp_path / "latin.md").write_bytes(b"\xff\xfe")
    for name in ("latin.md", "missing.md"):
        code, told = type_("charter", "edit", "--file", str(tmp_path / name))
        assert (code, list(told["error"]["fields"])) == (2, ["--file"])
    code, told = type_("charter", "edit")
    assert (code, told["error"]["code"]) == (6, "not_configured")
    assert type_("charter", "show")[1]["version"] == 0


def test_what_was_typed_and_cannot_be_saved_is_not_lost(type_: Any, me: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = "---\nnever_domain: [health]\n---\n\nAn hour of thought.\n"
    monkeypatch.setattr("alice.cli.charter._edited", lambda _text: typed)
    code, told = type_("charter", "edit")
    draft = config.load().home / "charter-draft.md"
    assert (code, draft.read_text(), draft.stat().st_mode & 0o777) == (2, typed, 0o600)
    assert str(draft) in told["error"]["hint"]
    draft.write_text(typed.replace("never_domain:", "never_domains:"))
    assert type_("charter", "edit", "--file", str(draft))[1]["version"] == 1


def test_an_editor_that_is_closed_without_saving_changes_nothing(
    type_: Any, me: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    charters.save(me, "All yours.\n")
    monkeypatch.setattr("alice.cli.charter.click.edit", lambda _text, **_how: None)
    monkeypatch.setattr("alice.cli.charter._is_at_a_terminal", lambda: True)
    code, told = type_("charter", "edit")
    assert (code, told["version"]) == (0, 1)


def test_an_editor_that_leaves_the_first_text_as_it_is_writes_none_down(
    type_: Any, me: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alice.cli.charter._edited", lambda text: text)
    assert type_("charter", "edit")[1]["version"] == 0
    assert type_("charter", "show")[1]["version"] == 0


def test_a_person_is_told_in_words(
    type_: Any, me: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = type_("vnext", "agents", "keys", "create", "openclaw", "--profile", "trusted_local_agent")[1]
    monkeypatch.setattr("alice.cli.output.as_json", lambda: False)
    monkeypatch.setenv("COLUMNS", "160")

    def read(*words: str) -> str:
        assert root.code(list(words)) == 0
        database.bind(config.load().database_url or "")
        database.handle.connect(reuse_if_open=True)
        return capsys.readouterr().out

    assert "No agent did anything" in read("vnext", "agents", "policy-telemetry")
    said = read("vnext", "agents", "propose-memory", "Oak is heavy.", "--agent-id", "openclaw", "--domain", "project")
    assert "it waits for you" in said
    assert "openclaw" in read("vnext", "agents", "list")
    assert "openclaw" in read("vnext", "agents", "policy-telemetry", "--agent", "openclaw")
    assert key["prefix"] in read("vnext", "agents", "keys", "list")
    fresh = read("vnext", "agents", "keys", "rotate", key["id"])
    assert fresh.startswith("alice_agent_")
    assert "not shown again" in fresh
    assert "opens nothing any more" in read("vnext", "agents", "keys", "revoke", fresh.splitlines()[0][:18])
    assert "alicebot charter edit" in read("charter", "show")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"All yours.\n")))
    assert "Saved as revision 1" in read("charter", "edit", "--file", "-")
    assert "revision 1" in read("charter", "show")
