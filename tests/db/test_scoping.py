"""Visibility in SQL: what a scope hides stays hidden, also where a project is not set and the condition is negated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from alice.db import database
from alice.domain.policy import Action, Actor, visible
from alice.domain.preparation import Item
from alice.domain.vocab import Profile, Sensitivity, WorkflowType
from alice.errors import NotFound
from alice.ledger import gate
from alice.ledger.events import ArtifactReviewed
from alice.models import Project, Source
from alice.queries import scoping
from alice.queries.library import artifacts
from alice.services.composing import briefs
from alice.services.evidence import capture

GARDEN, HOUSE = UUID(int=7), UUID(int=8)


def agent(alice: Actor, *projects: UUID) -> Actor:
    return Actor("agent", "hermes", alice.user_id, Profile.PROJECT_SCOPED_AGENT, project_ids=frozenset(projects))


@pytest.fixture
def three_sources(db: str, alice: Actor) -> None:
    for text, project in (("In the garden.", GARDEN), ("In the house.", HOUSE), ("In no project.", None)):
        capture.capture(alice, Item(text, project_id=project, sensitivity=Sensitivity.INTERNAL), zone="UTC")


def seen(condition: object) -> set[str]:
    return {row.content_text for row in Source.select().where(condition)}


@pytest.mark.usefixtures("three_sources")
def test_a_scope_and_its_negation_part_everything_in_two(alice: Actor) -> None:
    condition = scoping.visible(visible(agent(alice, GARDEN)), Source)
    assert seen(condition) == {"In the garden."}
    assert seen(~condition) == {"In the house.", "In no project."}


@pytest.mark.usefixtures("three_sources")
def test_the_text_form_says_the_same(alice: Actor) -> None:
    sql, values = scoping.visible_sql(visible(agent(alice, GARDEN)), "s")
    assert database.query(f"SELECT content_text FROM source s WHERE {sql}", *values) == [("In the garden.",)]
    assert database.query(f"SELECT count(*) FROM source s WHERE NOT ({sql})", *values) == [(2,)]


def test_an_artifact_that_cites_a_source_without_a_project_is_hidden_from_who_sees_one_project(
    db: str, alice: Actor, now: datetime
) -> None:
    note = Item("Ann will mow the lawn by Friday.", sensitivity=Sensitivity.INTERNAL)
    capture.capture(alice, note, zone="UTC")
    made = briefs.generate(WorkflowType.DAILY_BRIEF, alice, zone="UTC")
    with gate.write(alice, Action.REVIEW) as unit:
        Project.insert(
            id=GARDEN, user_id=alice.user_id, name="Garden", key="garden", created_at=now, last_seen_at=now
        ).execute()
        database.query("UPDATE artifact SET project_id = %s", GARDEN)
        unit.record(ArtifactReviewed(made["id"], "accept", "needs_review", "needs_review", {}))
    with pytest.raises(NotFound):
        artifacts.get(visible(agent(alice, GARDEN)), made["id"])
    assert artifacts.get(visible(alice), made["id"])["id"] == made["id"]
