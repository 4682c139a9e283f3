"""A thing is named by its id, or by as much of its end as tells it apart; lists show an end that will do."""

from __future__ import annotations

from typing import Any

import click
import pytest

from alice.cli import identifiers, output, root
from alice.cli.identifiers import Identifier, short
from alice.domain.policy import Actor
from alice.ledger import gate
from alice.queries import endings
from tests.cli.test_commands import _groups
from tests.support.decisions import claim, tell

TEXT = "Decision: the boathouse gets a new slipway before the regatta."


@pytest.fixture
def memory(db: str, alice: Actor) -> str:
    return str(tell(alice, TEXT))


@pytest.mark.parametrize("length", [6, 8, 12, 20, 32])
def test_the_end_of_an_id_names_it(run: Any, memory: str, length: int) -> None:
    end = memory.replace("-", "")[-length:]
    for typed in (end, end.upper(), f"  {end}"):
        assert run("memories", "show", typed)[1]["id"] == memory


def test_several_are_named_so_and_so_is_what_another_goes_into(run: Any, memory: str, alice: Actor) -> None:
    other = str(claim(alice, "Ann drinks tea."))
    code, told = run("memories", "merge", short(other), "--into", short(memory))
    assert (code, told["superseded_by"]) == (0, memory)


def test_an_end_that_no_id_has_is_not_found(run: Any, memory: str) -> None:
    end = "0" * 12 if not memory.endswith("0" * 6) else "1" * 12
    code, told = run("memories", "show", end)
    assert (code, told["code"], told["message"]) == (3, "not_found", f"There is no memory whose id ends in {end}.")


def test_an_end_of_another_brain_s_id_is_not_found(run: Any, memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICE_USER_ID", "00000000-0000-0000-0000-000000000b0b")
    assert run("memories", "show", short(memory))[0] == 3


def test_an_end_that_two_share_is_asked_for_in_more_words(
    run: Any, memory: str, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = [memory, str(claim(alice, "Ann drinks tea."))]
    monkeypatch.setattr(endings, "ending_in", lambda _scope, _kind, ends: dict.fromkeys(ends, two))
    code, told = run("memories", "show", "abcdef")
    assert (code, list(told["fields"])) == (2, ["memory_id"])
    assert "the end of 2 ids" in told["message"]


@pytest.mark.parametrize("typed", ["", "abc", "abcde", "zebra-zebra", "1" * 33, "☃☃☃☃☃☃", "%%%%%%", "abcdef'--"])
def test_what_is_no_end_is_refused(run: Any, memory: str, typed: str) -> None:
    code, told = run("memories", "show", typed)
    assert (code, list(told["fields"])) == (2, ["memory_id"])


def test_every_kind_that_a_command_names_has_a_table(db: str, alice: Actor) -> None:
    kinds = set()
    for path in _groups(root.cli):
        command: Any = root.cli
        for name in path:
            command = command.get_command(click.Context(command), name)
        kinds |= {param.type.kind for param in command.params if isinstance(param.type, Identifier)}
    assert kinds == set(endings.TABLES)
    for kind in kinds:
        assert endings.ending_in(gate.scope(alice), kind, ["abcdef"]) == {"abcdef": []}


def test_many_ends_are_looked_for_at_once_and_keep_their_order(
    run: Any, memory: str, alice: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = [], endings.ending_in

    def ending_in(*words: Any) -> Any:
        asked.append(words)
        return real(*words)

    monkeypatch.setattr(endings, "ending_in", ending_in)
    others = [str(claim(alice, f"Ann drinks tea number {number}.")) for number in range(5)]
    code, told = run("memories", "accept", others[3], *map(short, others[:3]), short(memory), "--preview")
    assert (code, len(asked)) == (0, 1)
    assert [one["memory"]["id"] for one in told["items"]] == [others[3], *others[:3], memory]


def test_a_list_shows_an_end_that_will_do_and_no_column_without_a_value(
    memory: str, capsys: pytest.CaptureFixture[str]
) -> None:
    columns: output.Columns = {"id": lambda r: short(r["id"]), "who": lambda r: r["who"], "what": lambda r: r["what"]}
    output.table([{"id": memory, "who": None, "what": "tea"}], columns, empty="Nothing.")
    said = capsys.readouterr().out
    assert memory[-identifiers.SHOWN :] in said
    assert memory not in said
    assert "who" not in said


def test_a_single_word_is_kept_in_one_piece_and_a_sentence_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    names = ("id", "what", "said")
    rows = [
        dict(zip(names, ("9e667f02d3fa", "workflow_run.succeeded", "Nothing was found that is new. " * 3), strict=True))
    ]
    output.table(rows, {name: lambda row, name=name: row[name] for name in names}, empty="Nothing.")
    said = capsys.readouterr().out
    assert "9e667f02d3fa  workflow_run.succeeded  " in said
    assert max(map(len, said.splitlines())) <= 60


def test_a_word_that_leaves_no_room_is_broken_after_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    output.table([{"at": "x" * 200, "why": "gone"}], {"at": lambda r: r["at"], "why": lambda r: r["why"]}, empty="")
    said = capsys.readouterr().out
    assert said.count("x") == 200
    assert "gone" in said
