"""Updates of projects: proposed by a scan, decided on by a person, and never back without new evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, WorkflowType
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.models import Project
from alice.queries.library import projects as shelves
from alice.services.composing import briefs
from alice.services.evidence import capture
from alice.services.reviewing import project_updates

SCAN = WorkflowType.PROJECT_UPDATE_SCAN


def board(day: str, *news: str) -> Item:
    listed = "\n".join(f"* {one}" for one in news)
    text = f"# Board {day}\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Projects\n\n{listed}\n\nWritten on {day}.\n"
    return Item(text, connector="local_folder", name=f"{day}.md")


def keep(actor: Actor, item: Item, now: datetime) -> None:
    capture.capture(actor, item, zone="UTC", now=now)


def scan(actor: Actor, now: datetime) -> dict[str, Any]:
    return briefs.generate(SCAN, actor, now=now, zone="UTC")


def waiting(actor: Actor) -> list[dict[str, Any]]:
    return shelves.updates(gate.scope(actor), status="candidate").items


@pytest.fixture
def update(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    keep(alice, board("2026-03-03", "Ann - Seed library, the shelf was approved."), now)
    told = scan(alice, now)
    [one] = waiting(alice)
    assert one["artifact_id"] == told["id"]
    return one


def test_a_scan_proposes_a_state_with_the_words_behind_it(update: dict[str, Any], alice: Actor) -> None:
    assert update["suggested_state"] == "2026-03-03: decided: Ann: the shelf was approved."
    assert (update["current_state"], update["added"], update["dropped"]) == (None, [update["suggested_state"]], [])
    [words] = shelves.get_update(gate.scope(alice), update["id"])["evidence"]
    assert "the shelf was approved" in words["quote"]


def test_an_accepted_update_is_the_state_of_its_project(update: dict[str, Any], alice: Actor, now: datetime) -> None:
    told = project_updates.review(alice, update["id"], "accept", version=1, now=now)
    project = shelves.get(gate.scope(alice), update["project_id"])
    assert (told["status"], told["accepted_state"]) == ("accepted", update["suggested_state"])
    assert (project["state"], project["status"]) == (update["suggested_state"], "accepted")
    assert [one["id"] for one in project["updates"]] == [update["id"]]


def test_an_edited_update_keeps_what_the_person_wrote(update: dict[str, Any], alice: Actor) -> None:
    told = project_updates.review(alice, update["id"], "edit", edit="The shelf stands.")
    assert told["accepted_state"] == "The shelf stands."
    assert shelves.get(gate.scope(alice), update["project_id"])["state"] == "The shelf stands."


def test_a_rejected_one_does_not_return_without_new_evidence(
    update: dict[str, Any], alice: Actor, now: datetime
) -> None:
    project_updates.review(alice, update["id"], "reject", reason="not a project")
    told = scan(alice, now)
    assert waiting(alice) == []
    assert "nothing new said of it: Seed library" in told["content_markdown"]
    assert shelves.get(gate.scope(alice), update["project_id"])["state"] is None


def test_new_evidence_brings_a_new_one(update: dict[str, Any], alice: Actor, now: datetime) -> None:
    project_updates.review(alice, update["id"], "accept")
    later = now + timedelta(days=7)
    keep(
        alice, board("2026-03-10", "Ann - Seed library, the first seeds were delivered and the door was closed."), later
    )
    scan(alice, later)
    [one] = waiting(alice)
    assert one["current_state"] == update["suggested_state"]
    assert one["added"][0].startswith("2026-03-10: The first seeds were delivered")


def test_one_that_waits_stays_until_other_words_come(update: dict[str, Any], alice: Actor, now: datetime) -> None:
    scan(alice, now)
    assert [one["id"] for one in waiting(alice)] == [update["id"]]
    keep(alice, board("2026-03-04", "Ann - Seed library, the old door was closed and painted green."), now)
    scan(alice, now)
    assert [one["id"] == update["id"] for one in waiting(alice)] == [False]
    assert shelves.get_update(gate.scope(alice), update["id"])["status"] == "superseded"


def test_whoever_decides_second_is_shown_what_the_first_did(update: dict[str, Any], alice: Actor) -> None:
    project_updates.review(alice, update["id"], "accept")
    with pytest.raises(Conflict, match="This update is accepted") as caught:
        project_updates.review(alice, update["id"], "reject")
    assert caught.value.extra["current"]["status"] == "accepted"
    with pytest.raises(Conflict, match="after you saw it"):
        project_updates.review(alice, update["id"], "accept", version=1)


def test_a_state_that_moved_meanwhile_is_not_overwritten(update: dict[str, Any], alice: Actor, now: datetime) -> None:
    project_updates.review(alice, update["id"], "edit", edit="By hand.")
    later = now + timedelta(days=7)
    keep(
        alice, board("2026-03-10", "Ann - Seed library, the first seeds were delivered and the door was closed."), later
    )
    composed = briefs.compose(SCAN, alice, now=later, zone="UTC")
    [(stale, mark)] = composed.proposed
    with gate.write(alice, briefs.Action.GENERATE) as unit:
        artifact = briefs.publish(unit, replace(composed, proposed=((replace(stale, current="Older."), mark),)))
    [one] = waiting(alice)
    assert one["artifact_id"] == str(artifact)
    with pytest.raises(Conflict, match="state changed after this update was proposed"):
        project_updates.review(alice, one["id"], "accept")
    assert Project.get_by_id(one["project_id"]).state == "By hand."
    assert waiting(alice) == [one]


@pytest.mark.parametrize(
    ("action", "edit", "problem"),
    [
        ("merge", None, "action: must be one of accept, edit, reject"),
        ("edit", None, "edit: holds the state to keep"),
        ("accept", "text", "edit: holds the state to keep"),
        ("edit", "  ", "edit: is empty"),
        ("edit", "x" * 8001, "edit: has 8001 characters"),
    ],
)
def test_it_names_what_it_cannot_do(update: dict[str, Any], alice: Actor, action: str, edit: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        project_updates.review(alice, update["id"], action, edit=edit)
    assert waiting(alice) == [update]


def test_only_the_owner_decides(update: dict[str, Any], alice: Actor) -> None:
    agent = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT, frozenset(Domain), agent_id=UUID(int=5))
    with pytest.raises(PolicyBlocked):
        project_updates.review(agent, update["id"], "accept")


def test_another_brain_sees_no_project_and_no_update(update: dict[str, Any], bob: Actor) -> None:
    scope = gate.scope(bob)
    assert (shelves.page(scope).items, shelves.updates(scope).items) == ([], [])
    for call in (
        lambda: shelves.get(scope, update["project_id"]),
        lambda: shelves.get_update(scope, update["id"]),
        lambda: project_updates.review(bob, update["id"], "accept"),
        lambda: shelves.get(scope, "shelf-1"),
    ):
        with pytest.raises(NotFound):
            call()


def test_projects_are_listed_the_last_seen_first(update: dict[str, Any], alice: Actor, now: datetime) -> None:
    keep(alice, board("2026-03-04", "Tom - Pond, no updates."), now)
    scope = gate.scope(alice)
    assert [one["name"] for one in shelves.page(scope).items] == ["Pond", "Seed library"]
    assert shelves.page(scope, status="accepted").items == []
    with pytest.raises(InvalidInput, match="status: must be one of"):
        shelves.updates(scope, status="open")


def test_events_tell_of_it_without_text(update: dict[str, Any], alice: Actor) -> None:
    project_updates.review(alice, update["id"], "edit", edit="The shelf stands.", reason="as it is")
    found = database.query("SELECT canonical FROM event_log WHERE event_type LIKE %s ORDER BY seq", "project_update.%")
    assert len(found) == 2
    assert "shelf" not in str(found)
    assert "as it is" not in str(found)
