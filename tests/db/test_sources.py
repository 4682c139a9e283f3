"""Decisions on sources, and how the claims drawn from one follow what is said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor, Scope, system
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries.composing import recall
from alice.queries.ledger import decisions, trust
from alice.queries.library import sources
from alice.services.evidence import capture
from alice.services.reviewing import loops, projects, undoing
from alice.services.reviewing import sources as reviews

NOTE = "Decision: we take the oak worktop.\n\nTODO: Mira sends the floor plan to Jonas by Friday."


@pytest.fixture
def source(db: str, alice: Actor, now: datetime) -> UUID:
    """A note with a decision and a promise in it."""
    return capture.capture(alice, Item(NOTE, title="Kitchen"), zone="UTC", now=now).source_id


def claims(column: str) -> set[Any]:
    sql = f"SELECT {column} FROM memory UNION ALL SELECT {column} FROM open_loop"
    return {row[0] for row in database.query(sql)}


def found(scope: Scope) -> set[str]:
    return {hit.source_title for hit in recall.passages(scope, "oak worktop")}


def test_looking_at_a_source_takes_it_out_of_what_waits(alice: Actor, source: UUID, now: datetime) -> None:
    told = reviews.review(alice, source, "review", reason="Read.", now=now)
    assert (told["status"], told["reviewed_at"], told["version"]) == ("reviewed", now, 2)
    with pytest.raises(Conflict, match="is reviewed; review is for what is new"):
        reviews.review(alice, source, "review")


def test_what_is_put_away_is_found_no_more_until_it_is_back(alice: Actor, source: UUID) -> None:
    scope = gate.scope(alice)
    assert found(scope) == {"Kitchen"}
    reviews.review(alice, source, "archive")
    assert found(scope) == set()
    assert sources.get(scope, source)["content_text"] == NOTE
    reviews.review(alice, source, "restore")
    assert found(scope) == {"Kitchen"}


def test_undoing_puts_it_back_into_the_index_too(alice: Actor, source: UUID) -> None:
    reviews.review(alice, source, "archive")
    undoing.undo_last(alice, "source", source)
    assert found(gate.scope(alice)) == {"Kitchen"}
    assert sources.get(gate.scope(alice), source)["status"] == "new"


def test_claims_follow_their_source_in_one_act_and_come_back_with_it(alice: Actor, source: UUID) -> None:
    home = projects.add(alice, "Home")
    edit = {"domain": "family", "sensitivity": "confidential", "project_id": UUID(home["id"])}
    reviews.review(alice, source, "edit", edit=edit)
    assert claims("domain") == {"family"}
    assert claims("sensitivity") == {"confidential"}
    assert claims("project_id") == {UUID(home["id"])}
    undoing.undo_last(alice, "source", source)
    assert claims("domain") == {"unknown"}
    assert claims("sensitivity") == {"unknown"}
    assert claims("project_id") == {None}
    acts = {one["act"] for one in decisions.page(gate.scope(alice)).items if one["subject_kind"] != "project"}
    assert len(acts) == 2


def test_a_claim_that_other_words_speak_for_is_only_made_more_private(alice: Actor, source: UUID) -> None:
    again = Item(f"{NOTE}\n\nThe plumber came.", sensitivity=Sensitivity.PUBLIC, domain=Domain.PERSONAL)
    other = capture.capture(alice, again, zone="UTC").source_id
    reviews.review(alice, other, "edit", edit={"sensitivity": "internal", "domain": "learning"})
    assert claims("sensitivity") == {"unknown"}
    assert claims("domain") == {"unknown"}
    reviews.review(alice, other, "edit", edit={"sensitivity": "regulated", "domain": "health"})
    assert claims("sensitivity") == {"regulated"}
    assert claims("domain") == {"health"}


def test_an_accepted_claim_is_still_vouched_for_when_it_followed(alice: Actor, source: UUID) -> None:
    [(loop,)] = database.query("SELECT id FROM open_loop")
    loops.review(alice, loop, "accept")
    reviews.review(alice, source, "review", edit={"sensitivity": "confidential"})
    assert trust.held(gate.scope(alice), "open_loop", [loop]) == {loop}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"action": "burn"}, "action: must be one of review, edit, archive, restore, not 'burn'"),
        ({"action": "edit"}, "edit: says what to change"),
        ({"action": "archive", "edit": {"domain": "family"}}, "has no meaning for archive"),
        ({"action": "edit", "edit": {"title": "x"}}, "edit.title: cannot be changed"),
        ({"action": "edit", "edit": {"project_id": UUID(int=7)}}, "project_id: must be one of your projects"),
        ({"action": "review", "reason": "a\x00"}, "reason: holds a NUL"),
    ],
)
def test_it_names_what_it_cannot_use(alice: Actor, source: UUID, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        reviews.review(alice, source, **more)


def test_whoever_decides_second_is_shown_what_the_first_did(alice: Actor, source: UUID) -> None:
    reviews.review(alice, source, "archive", version=1)
    with pytest.raises(Conflict, match="after you saw it") as caught:
        reviews.review(alice, source, "review", version=1)
    assert caught.value.extra["current"]["status"] == "archived"


def test_only_the_owner_of_the_brain_decides(alice: Actor, bob: Actor, source: UUID) -> None:
    with pytest.raises(NotFound):
        reviews.review(bob, source, "archive")
    with pytest.raises(PolicyBlocked):
        reviews.review(system("scheduler", alice.user_id), source, "archive")
