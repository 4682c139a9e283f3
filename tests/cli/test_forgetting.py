"""Forgetting and traces on the command line: a preview that changes nothing, a receipt, a tree on a terminal."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from alice.cli import output, root
from alice.cli.vnext import forgetting, traces
from alice.db import database
from alice.domain.policy import Actor
from tests.support.absence import everywhere
from tests.support.diaries import DIARY, brief, ids, keep


@pytest.fixture
def run(db: str, alice: Actor, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command line on Alice's brain and return its exit code and what it printed."""

    def work(*words: str) -> tuple[int, str]:
        code = root.code(["--database-url", db, "--user-id", str(alice.user_id), "vnext", *words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return work


@pytest.fixture
def source(db: str, alice: Actor, now: datetime) -> UUID:
    return keep(alice, DIARY, now)


def left() -> list[str]:
    """Return where the words of the diary stand, on a connection of its own: a command ends with its own closed."""
    with database.session():
        return everywhere(DIARY)


def test_without_yes_nobody_is_asked_and_nothing_goes(source: UUID, run: Any) -> None:
    for words in (("--preview",), (), ("--preview", "--yes")):
        code, said = run("sources", "forget", str(source), *words)
        assert (code, json.loads(said)["status"]) == (0, "preview")
    assert left() != []


def test_with_yes_it_is_forgotten_and_the_receipt_is_listed_and_shown(source: UUID, run: Any) -> None:
    code, said = run("sources", "forget", str(source), "--yes")
    receipt = json.loads(said)
    assert (code, receipt["status"], left()) == (0, "complete", [])
    assert json.loads(run("receipts", "list")[1])["items"] == [receipt]
    assert json.loads(run("receipts", "show", receipt["id"])[1]) == receipt
    assert run("sources", "forget", str(source), "--yes")[0] == 4


def test_a_memory_is_forgotten(source: UUID, run: Any) -> None:
    [memory] = ids("SELECT id FROM memory WHERE text ~* 'marmalade'")
    code, said = run("memories", "forget", str(memory), "--yes")
    assert (code, json.loads(said)["gone"]["memories"]) == (0, [str(memory)])


def test_what_is_not_there_is_exit_code_three(db: str, run: Any) -> None:
    for words in (("sources", "forget"), ("memories", "forget"), ("receipts", "show"), ("traces", "source")):
        assert run(*words, "00000000-0000-7000-8000-00000000dead")[0] == 3


@pytest.mark.parametrize("kind", ["source", "artifact", "memory", "open-loop"])
def test_each_kind_is_traced(source: UUID, alice: Actor, now: datetime, run: Any, kind: str) -> None:
    made = brief(alice, now)
    tables = {"source": "source", "memory": "memory", "open-loop": "open_loop"}
    subject = made["id"] if kind == "artifact" else str(ids(f"SELECT id FROM {tables[kind]} LIMIT 1")[0])
    code, said = run("traces", kind, subject)
    assert (code, json.loads(said)["integrity"]) == (0, "ok")


def test_on_a_terminal_a_trace_is_a_tree_and_a_receipt_is_sentences(
    source: UUID, alice: Actor, now: datetime, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = brief(alice, now)
    monkeypatch.setattr(output, "as_json", lambda: False)
    _, tree = run("traces", "source", str(source))
    assert "Visit at the clinic (new)" in tree
    assert "drawn from it" in tree
    assert "cited by: 1" in tree
    assert "captured by owner" in tree
    _, tree = run("traces", "artifact", made["id"])
    assert "[1] “" in tree
    _, told = run("sources", "forget", str(source), "--preview")
    assert "It cannot be undone." in told
    _, told = run("sources", "forget", str(source), "--yes")
    assert "nothing is left" in told
    _, tree = run("traces", "source", str(source))
    assert "(forgotten) (forgotten)" in tree
    assert "receipt" in tree


def test_a_receipt_that_found_something_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    left = [{"place": "charter.content_markdown", "found": 1, "where": ["x"]}]
    told = {"counts": {"sources": 1}, "stays": {}, "status": "incomplete", "looked": left * 3, "left": left,
            "beyond": ["Backups."], "id": "r"}  # fmt: skip
    forgetting._print(told)
    said = capsys.readouterr().out
    assert "something is left in 1" in said
    assert "charter.content_markdown: 1 (x)" in said
    forgetting._print(told | {"status": "unchecked", "left": []})
    assert "crash" in capsys.readouterr().out


def test_what_loses_the_words_is_told_apart_from_what_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    forgetting._print_stays({"people": ["a", "b"], forgetting.SAME_WORDS: ["c"]})
    loses, keeps = capsys.readouterr().out.splitlines()
    assert loses == "Stays, without these words: 2 people."
    assert keeps == "Says the same, and keeps it until you forget that too: 1 source."


def test_what_does_not_hold_is_told_in_the_tree(capsys: pytest.CaptureFixture[str]) -> None:
    empty = {"items": [], "count": 0, "total": 0, "skipped": 0}
    traces._draw(
        {"kind": "memory", "integrity": "it was changed past its decision", "claim": {"text": "x", "status": "new"},
         "evidence": empty, "artifacts": empty, "decisions": [], "events": empty | {"total": 3, "skipped": 1},
         "held_back": {"events": 2}}
    )  # fmt: skip
    said = capsys.readouterr().out
    assert "it was changed past its decision" in said
    assert "… 1 before" in said
    assert "… 2 more" in said
    assert "not shown: 2 events" in said
