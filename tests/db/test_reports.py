"""The reports on a real database: what they read, what they propose, who sees it, and what a person decides on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from alice.db import database
from alice.domain.policy import Action, Actor, Scope, system
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.errors import Conflict, InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.queries.composing import recall
from alice.queries.library import artifacts, graph
from alice.services.composing import briefs
from alice.services.composing.composers import COMPOSERS
from alice.services.evidence import capture
from alice.services.reviewing import graph as edges

KEYS = {
    "generated_by", "workflow_type", "scheduler_run_id", "trace_id", "source_refs", "domain", "sensitivity",
    "review_status",
}  # fmt: skip


def minutes(day: str, topic: str, *said: str) -> Item:
    body = "\n".join(f"  * {one}" for one in said)
    text = (
        f"# Board {day}\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* {topic}\n{body}\n\nWritten on {day}.\n"
    )
    return Item(text, connector="local_folder", name=f"{day}.md")


def keep(actor: Actor, item: Item, now: datetime) -> str:
    return str(capture.capture(actor, item, zone="UTC", now=now).source_id)


def make(kind: WorkflowType, actor: Actor, now: datetime) -> dict[str, Any]:
    return briefs.generate(kind, actor, now=now, zone="UTC")


def texts(told: dict[str, Any], key: str) -> list[str]:
    return [s["text"] for section in told["sections"] if section["key"] == key for s in section["statements"]]


CHIMNEY = ("Chimney [#9](https://hall.example/9)", "Tom: the valve of the Vaillant came from a dealer in Ulm.")
HEATING = ("Heating [#15](https://hall.example/15)", "Ann will order a valve for the Vaillant by Friday.")


@pytest.fixture
def hall(db: str, alice: Actor, now: datetime) -> Actor:
    """A brain of two meetings: one of last autumn and one of yesterday."""
    keep(alice, minutes("2025-10-01", *CHIMNEY), now - timedelta(days=150))
    keep(alice, minutes("2026-03-03", *HEATING), now)
    return alice


# -- all of them


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_each_has_the_eight_keys_and_waits_for_review(hall: Actor, now: datetime, kind: WorkflowType) -> None:
    told = make(kind, hall, now)
    assert set(told["metadata"]) >= KEYS
    assert (told["metadata"]["workflow_type"], told["status"]) == (kind.value, "needs_review")
    assert kind.value.replace("_", " ") not in told["title"].lower()


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_each_says_something_honest_of_an_empty_brain(db: str, alice: Actor, now: datetime, kind: WorkflowType) -> None:
    told = make(kind, alice, now)
    assert told["sections"]
    assert len(told["content_markdown"]) < 500
    assert told["metadata"]["source_refs"] == []


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_the_same_brain_at_the_same_moment_gives_the_same_bytes(hall: Actor, now: datetime, kind: WorkflowType) -> None:
    first, again = (briefs.compose(kind, hall, now=now, zone="UTC") for _ in range(2))
    assert (first.markdown, first.sections, first.input_context_hash, first.proposed) == (
        again.markdown, again.sections, again.input_context_hash, again.proposed
    )  # fmt: skip


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_each_is_published_in_the_unit_of_a_run(hall: Actor, now: datetime, kind: WorkflowType) -> None:
    scheduler, run = system("scheduler", hall.user_id), uuid4()
    composed = briefs.compose(kind, scheduler, now=now, zone="UTC")
    with gate.write(scheduler, Action.GENERATE, composed.subject) as unit:
        artifact_id = briefs.publish(unit, composed, run_id=run)
    told = artifacts.get(gate.scope(hall), artifact_id)
    assert told["metadata"]["scheduler_run_id"] == str(run)
    assert told["metadata"]["generated_by"] == "system:scheduler"


def scout(actor: Actor) -> Actor:
    return Actor("agent", "scout", actor.user_id, Profile.TRUSTED_LOCAL_AGENT, frozenset(), agent_id=UUID(int=5))


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_nothing_restricted_is_in_what_an_agent_makes(db: str, alice: Actor, now: datetime, kind: WorkflowType) -> None:
    secret = replace(minutes("2026-03-03", *HEATING), domain=Domain.HEALTH, sensitivity=Sensitivity.PUBLIC)
    sacred = replace(minutes("2025-10-01", *CHIMNEY), sensitivity=Sensitivity.SACRED)
    keep(alice, sacred, now - timedelta(days=150))
    keep(alice, secret, now)
    told = str(make(kind, scout(alice), now))
    assert "Vaillant" not in told
    assert "Ann" not in told


# -- open loop review and weekly synthesis


def test_a_review_quotes_what_says_that_a_loop_was_done(hall: Actor, now: datetime) -> None:
    later = now + timedelta(days=7)
    keep(hall, minutes("2026-03-10", HEATING[0], "Ann ordered the valve on Monday."), later)
    told = make(WorkflowType.OPEN_LOOP_REVIEW, hall, later)
    [done] = texts(told, "done")
    assert "it was noted that “Ann ordered the valve on Monday”" in done
    assert texts(told, "overdue") == []


def test_a_review_lists_what_is_overdue(hall: Actor, now: datetime) -> None:
    told = make(WorkflowType.OPEN_LOOP_REVIEW, hall, now + timedelta(days=7))
    assert "Ann will order a valve for the Vaillant by Friday" in texts(told, "overdue")[0]


def test_a_week_counts_the_days_of_a_topic(db: str, alice: Actor, now: datetime) -> None:
    for days in (22, 15, 8, 1):
        day = (now - timedelta(days=days)).date().isoformat()
        said = f"Ann: we still have {days} opinions and no money for it at all."
        keep(alice, minutes(day, "Paving the yard [#13](https://hall.example/13)", said), now - timedelta(days=days))
    told = make(WorkflowType.WEEKLY_SYNTHESIS, alice, now)
    assert told["covers_from"] == now - timedelta(days=7)
    assert (
        "on four days by now, before this week on Tue 10 Feb, Tue 17 Feb and Tue 24 Feb" in texts(told, "patterns")[0]
    )


def test_both_sides_of_a_contradiction_are_quoted(db: str, alice: Actor, now: datetime) -> None:
    rent = "Rent of the hall [#3](https://hall.example/3)"
    keep(alice, minutes("2026-01-20", rent, "Decision: the hall costs 80 euros a month."), now - timedelta(days=43))
    keep(alice, minutes("2026-03-03", rent, "Decision: the hall costs 90 euros a month."), now)
    told = make(WorkflowType.CONTRADICTION_REPORT, alice, now)
    [text] = texts(told, "contradictions")
    assert "the hall costs 90 euros a month" in text.lower()
    assert "the hall costs 80 euros a month" in text.lower()
    assert "The numbers differ" in text
    assert len({s["source_id"] for s in told["sources"]}) == 2
    week = make(WorkflowType.WEEKLY_SYNTHESIS, alice, now)
    assert "80 euros" in texts(week, "assumptions")[0]


# -- connections and their edges


@pytest.fixture
def edge(hall: Actor, now: datetime) -> dict[str, Any]:
    told = make(WorkflowType.CONNECTION_REPORT, hall, now)
    [one] = graph.page(gate.scope(hall)).items
    assert one["artifact_id"] == told["id"]
    return one


def test_a_connection_is_told_and_proposed_as_an_edge_with_its_words(hall: Actor, edge: dict[str, Any]) -> None:
    assert (edge["status"], edge["relation"], edge["from_kind"]) == ("candidate", "bears_on", "open_loop")
    assert {"Vaillant", "valve"} <= set(edge["shared"])
    quotes = [one["quote"] for one in graph.get(gate.scope(hall), edge["id"])["evidence"]]
    assert any("Ann will order a valve" in quote for quote in quotes)
    assert any("dealer in Ulm" in quote for quote in quotes)


def test_an_edge_leaves_an_event_without_text(hall: Actor, edge: dict[str, Any]) -> None:
    [(canonical,)] = database.query("SELECT canonical FROM event_log WHERE event_type = 'graph_edge.proposed'")
    assert edge["id"] in canonical
    assert "Vaillant" not in canonical


@pytest.mark.parametrize(("action", "status"), [("accept", "accepted"), ("reject", "rejected")])
def test_a_person_decides_on_an_edge(hall: Actor, edge: dict[str, Any], action: str, status: str) -> None:
    told = edges.review(hall, edge["id"], action, reason="seen", version=1)
    assert (told["status"], told["reason"], told["version"]) == (status, "seen", 2)
    with pytest.raises(Conflict, match="already"):
        edges.review(hall, edge["id"], action)
    with pytest.raises(Conflict, match="after you saw it"):
        edges.review(hall, edge["id"], "reject" if action == "accept" else "accept", version=1)


def test_an_end_of_an_accepted_connection_counts_more_in_recall_for_who_sees_everything(
    hall: Actor, edge: dict[str, Any]
) -> None:
    def weight(scope: Scope) -> float:
        hits = recall.passages(scope, "a dealer in Ulm for the Vaillant", limit=20)
        [hit] = [hit for hit in hits if "dealer in Ulm" in hit.text]
        assert hit.score == pytest.approx(sum(hit.parts.values()))
        return hit.parts["trusted"]

    scope = gate.scope(hall)
    assert weight(scope) == 0
    edges.review(hall, edge["id"], "accept")
    assert weight(scope) > 0
    assert weight(replace(scope, domains=scope.domains - {Domain.HEALTH})) == 0
    edges.review(hall, edge["id"], "reject")
    assert weight(scope) == 0


def test_a_rejected_edge_does_not_come_back(hall: Actor, edge: dict[str, Any], now: datetime) -> None:
    edges.review(hall, edge["id"], "reject")
    again = make(WorkflowType.CONNECTION_REPORT, hall, now)
    assert texts(again, "connections")[0].startswith("No connection")
    assert [one["status"] for one in graph.page(gate.scope(hall)).items] == ["rejected"]


def test_an_edge_that_waits_is_not_doubled(hall: Actor, edge: dict[str, Any], now: datetime) -> None:
    make(WorkflowType.CONNECTION_REPORT, hall, now)
    assert graph.page(gate.scope(hall)).total == 1


def test_what_an_earlier_report_told_is_not_told_again(hall: Actor, edge: dict[str, Any], now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    keep(hall, minutes("2026-03-04", HEATING[0], "Ann will order a valve for the Vaillant by Friday."), tomorrow)
    assert texts(make(WorkflowType.CONNECTION_REPORT, hall, tomorrow), "connections")[0].startswith("No connection")


def test_only_the_owner_decides_on_an_edge(hall: Actor, edge: dict[str, Any]) -> None:
    agent = replace(scout(hall), profile=Profile.ADMIN_AGENT)
    with pytest.raises(PolicyBlocked):
        edges.review(agent, edge["id"], "accept")


def test_another_brain_sees_no_edge(edge: dict[str, Any], bob: Actor) -> None:
    assert graph.page(gate.scope(bob)).items == []
    with pytest.raises(NotFound):
        edges.review(bob, edge["id"], "accept")


def test_who_may_not_see_one_side_sees_no_edge(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, replace(minutes("2025-10-01", *CHIMNEY), domain=Domain.LEGAL), now - timedelta(days=150))
    keep(alice, minutes("2026-03-03", *HEATING), now)
    make(WorkflowType.CONNECTION_REPORT, alice, now)
    assert graph.page(gate.scope(alice)).items[0]["domain"] == "legal"
    assert graph.page(gate.scope(scout(alice))).items == []


def test_it_names_what_it_cannot_do_with_an_edge(hall: Actor, edge: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="action: must be one of accept, reject"):
        edges.review(hall, edge["id"], "merge")
    with pytest.raises(InvalidInput, match="reason: has 2001 characters"):
        edges.review(hall, edge["id"], "accept", reason="x" * 2001)
    with pytest.raises(NotFound, match="There is no connection edge-1"):
        edges.review(hall, "edge-1", "accept")
    with pytest.raises(InvalidInput, match="status: must be one of"):
        graph.page(gate.scope(hall), status="open")
