"""The commands about memories and decisions, as a person or a script types them."""

from __future__ import annotations

from typing import Any

import pytest

from alice.cli import output, root
from alice.db import database
from alice.domain.policy import Actor
from tests.support.decisions import claim, tell

TEXT = "Decision: the boathouse gets a new slipway before the regatta."
NOBODY = "00000000-0000-7000-8000-00000000dead"


@pytest.fixture
def ids(db: str, alice: Actor) -> tuple[str, str]:
    """Two candidates."""
    return str(tell(alice, TEXT)), str(claim(alice, "Ann drinks tea."))


def good(run: Any, *words: str) -> Any:
    code, told = run(*words)
    assert code == 0, told
    return told


def test_every_decision_can_be_typed(run: Any, ids: tuple[str, str]) -> None:
    memory, other = ids
    assert good(run, "memories", "list", "--waiting")["total"] == 2
    edited = good(run, "memories", "edit", memory, "--text", "The slipway comes in May.", "--domain", "personal")
    assert (edited["status"], edited["text"], edited["domain"]) == ("accepted", "The slipway comes in May.", "personal")
    assert good(run, "memories", "revisions", memory)["count"] == 1
    assert good(run, "memories", "supersede", memory, "--by", other)["superseded_by"] == other
    assert good(run, "memories", "undo", memory)["status"] == "accepted"
    assert good(run, "memories", "expire", memory)["status"] == "archived"
    assert good(run, "memories", "reopen", memory)["status"] == "candidate"
    until = good(run, "memories", "snooze", memory, "--until", "2999-01-01")["snoozed_until"]
    assert until.startswith("2999-01-01")
    assert good(run, "memories", "merge", memory, "--into", other)["merged"] is True
    assert good(run, "memories", "show", other)["replaced"][0]["id"] == memory
    [then] = good(run, "memories", "as-of", "2026-03-04", "slipway")["items"]
    assert (then["status"], then["now"]["status"]) == ("candidate", "superseded")
    newest = good(run, "decisions", "list", "--kind", "memory", "--limit", "1")["items"][0]
    assert good(run, "decisions", "undo", newest["id"])["items"][0]["subject"]["status"] == "candidate"


def test_many_ids_are_one_batch(run: Any, ids: tuple[str, str]) -> None:
    preview = good(run, "memories", "accept", *ids, NOBODY, "--preview")
    assert [one["outcome"] for one in preview["items"]] == ["possible", "possible", "refused"]
    done = good(run, "memories", "accept", *ids, "--reason", "Both.")
    assert (done["done_count"], done["refused_count"]) == (2, 0)
    assert good(run, "decisions", "list")["items"][0]["reason"] == "Both."
    assert good(run, "memories", "undo", ids[0])["status"] == "candidate"
    assert good(run, "memories", "show", ids[1])["status"] == "candidate"


@pytest.mark.parametrize(
    ("words", "exit_code", "code"),
    [
        (("accept", NOBODY), 3, "not_found"),
        (("show", NOBODY), 3, "not_found"),
        (("show", "me"), 2, "invalid_input"),
        (("accept",), 2, "invalid_input"),
        (("edit", NOBODY), 2, "invalid_input"),
        (("accept", NOBODY, NOBODY[:-1] + "e", "--version", "1"), 2, "invalid_input"),
        (("as-of", "2999-01-01"), 2, "invalid_input"),
        (("as-of", "2026-03-04", "?!"), 2, "invalid_input"),
    ],
)
def test_what_cannot_be_done_fails_with_its_code(run: Any, words: tuple[str, ...], exit_code: int, code: str) -> None:
    failed, told = run("memories", *words)
    assert (failed, told["code"]) == (exit_code, code)


def test_a_second_decision_is_a_conflict(run: Any, ids: tuple[str, str]) -> None:
    good(run, "memories", "reject", ids[0])
    failed, told = run("memories", "accept", ids[0])
    assert (failed, told["code"]) == (4, "conflict")
    assert "was rejected by you" in told["message"]


def test_a_person_sees_what_a_text_hides(
    run: Any, db: str, alice: Actor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hiding = str(claim(alice, "All is paid.\u202e\x1b[8m"))
    monkeypatch.setattr(output, "as_json", lambda: False)
    monkeypatch.setenv("COLUMNS", "200")
    for words in (("list",), ("show", hiding), ("as-of", "2026-03-04")):
        root.code(["vnext", "memories", *words])
        database.bind(db)
        said = capsys.readouterr().out
        assert "⟨U+202E⟩" in said
        assert "\u202e" not in said
        assert "\x1b[8m" not in said
