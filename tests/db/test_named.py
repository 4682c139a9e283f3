"""Decisions on what evidence names: projects and people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.errors import Conflict, InvalidInput, NotFound
from alice.ledger import gate
from alice.queries.library import people as people_reads
from alice.services.evidence import capture
from alice.services.reviewing import people, projects, undoing


@pytest.fixture
def ann(db: str, alice: Actor) -> dict[str, Any]:
    """Somebody whom a note names."""
    capture.capture(alice, Item("# Roof\n\n## Present\n\n* Ann Lee (@ann)\n"), zone="UTC")
    [found] = people_reads.page(gate.scope(alice)).items
    return found


def test_a_project_of_ones_own_is_accepted_and_added_once(db: str, alice: Actor) -> None:
    made = projects.add(alice, "  Roof   terrace ", state="Planned.")
    assert (made["name"], made["status"], made["state"], made["duplicate"]) == ("Roof terrace", "accepted", "Planned.",
                                                                               False)  # fmt: skip
    again = projects.add(alice, "roof terrace", state="Begun.")
    assert (again["id"], again["state"], again["duplicate"]) == (made["id"], "Planned.", True)


def test_an_edit_accepts_and_can_be_taken_back(alice: Actor, ann: dict[str, Any]) -> None:
    told = people.review(alice, ann["id"], "edit", edit={"name": "Ann Lee-Ray", "sensitivity": "private"})
    assert (told["name"], told["status"], told["sensitivity"]) == ("Ann Lee-Ray", "accepted", "private")
    undoing.undo_last(alice, "person", UUID(ann["id"]))
    assert people_reads.get(gate.scope(alice), ann["id"])["name"] == "Ann Lee"


def test_somebody_comes_with_the_words_that_name_them(alice: Actor, ann: dict[str, Any]) -> None:
    assert "Ann Lee" in people_reads.get(gate.scope(alice), ann["id"])["evidence"][0]["quote"]


def test_a_rejected_person_is_listed_no_more(alice: Actor, ann: dict[str, Any]) -> None:
    people.review(alice, ann["id"], "reject", reason="A cat.")
    assert people_reads.page(gate.scope(alice)).total == 0
    assert people_reads.page(gate.scope(alice), status="rejected").total == 1


def test_whoever_decides_second_is_shown_what_the_first_did(alice: Actor, ann: dict[str, Any]) -> None:
    people.review(alice, ann["id"], "accept", version=1)
    with pytest.raises(Conflict, match="after you saw it"):
        people.review(alice, ann["id"], "reject", version=1)
    with pytest.raises(Conflict, match="is accepted; accept is for what is candidate, rejected"):
        people.review(alice, ann["id"], "accept")


@pytest.mark.parametrize(
    ("action", "edit", "message"),
    [
        ("marry", None, "action: must be one of accept, edit, reject, reopen, not 'marry'"),
        ("edit", None, "edit: holds what to change"),
        ("accept", {"name": "x"}, "edit: holds what to change"),
        ("edit", {"name": "  "}, "name: must be 1 to 300 characters"),
        ("edit", {"name": "a\x00"}, "name: holds a NUL"),
    ],
)
def test_it_names_what_it_cannot_use(
    alice: Actor, ann: dict[str, Any], action: str, edit: dict[str, Any] | None, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        people.review(alice, ann["id"], action, edit=edit)


def test_another_brain_knows_nobody(bob: Actor, ann: dict[str, Any]) -> None:
    for wrong in (ann["id"], "no-id"):
        with pytest.raises(NotFound):
            people.review(bob, wrong, "accept")
