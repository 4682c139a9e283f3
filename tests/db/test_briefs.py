"""Briefs on a real database: what is news, what is stale, who sees it, and that every quote stands where it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from alice.db import database
from alice.domain.policy import Action, Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, Sensitivity, WorkflowType
from alice.errors import InvalidInput, NotFound, PolicyBlocked
from alice.ledger import gate
from alice.ledger.events import SourceSeenAgain
from alice.queries.composing import briefing
from alice.queries.library import artifacts
from alice.services import brains
from alice.services.composing import briefs
from alice.services.evidence import capture
from alice.services.reviewing import loops

DAILY = WorkflowType.DAILY_BRIEF


def minutes(day: str, *lines: str) -> Item:
    body = "\n".join(f"  * {line}" for line in lines)
    text = f"# Board {day}\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* Roof repair of {day}\n{body}\n"
    return Item(text, connector="local_folder", name=f"{day}.md")


def keep(actor: Actor, item: Item, now: datetime) -> str:
    return str(capture.capture(actor, item, zone="UTC", now=now).source_id)


def brief(actor: Actor, now: datetime) -> dict[str, Any]:
    return briefs.generate(DAILY, actor, now=now, zone="UTC")


def texts(told: dict[str, Any], key: str) -> list[str]:
    return [s["text"] for section in told["sections"] if section["key"] == key for s in section["statements"]]


def inputs(actor: Actor, now: datetime) -> Any:
    return briefing.inputs(gate.scope(actor), now=now, zone="UTC")


@pytest.fixture
def hall(db: str, alice: Actor, now: datetime) -> dict[str, Any]:
    """A brief over two meetings of this week and one of long ago."""
    keep(
        alice,
        minutes("2026-03-03", "Ann will order the slates by Friday.", "Decision: we take the offer of Brandt."),
        now,
    )
    keep(alice, minutes("2026-02-24", "Tom will measure the chimney and the gutter."), now)
    keep(alice, minutes("2024-05-01", "Tom will send the old plans of the hall to Ann."), now)
    return brief(alice, now)


# -- the artifact


def test_it_has_the_keys_that_scripts_expect(hall: dict[str, Any]) -> None:
    assert set(hall) >= {
        "id", "artifact_type", "title", "content_markdown", "status", "domain", "sensitivity", "generated_by",
        "created_at", "reviewed_at", "promoted_at", "prompt_hash", "model_info", "metadata", "sections",
    }  # fmt: skip
    assert set(hall["metadata"]) >= {
        "generated_by", "workflow_type", "scheduler_run_id", "trace_id", "source_refs", "domain", "sensitivity",
        "review_status", "generation_mode", "input_context_hash", "routing",
    }  # fmt: skip
    assert (hall["status"], hall["artifact_type"], hall["generated_by"]) == ("needs_review", "daily_brief", "owner")
    assert hall["content_markdown"].startswith(f"# {hall['title']}\n")


def test_every_quote_stands_word_for_word_in_its_source(hall: dict[str, Any]) -> None:
    found = [c for section in hall["sections"] for s in section["statements"] for c in s["citations"]]
    assert len({c["number"] for c in found}) >= 3
    sources = dict(database.query("SELECT id::text, content_text FROM source"))
    for one in found:
        assert sources[one["source_id"]][one["start"] : one["end"]] == one["quote"] != ""


def test_every_fact_cites(hall: dict[str, Any]) -> None:
    said = [s for section in hall["sections"] for s in section["statements"]]
    assert said
    assert [s["text"] for s in said if s["kind"] == "fact" and not s["citations"]] == []


def test_it_tells_who_owes_what_and_what_was_decided(hall: dict[str, Any]) -> None:
    assert any("Ann will order the slates" in text for text in texts(hall, "owed"))
    assert any("take the offer of Brandt" in text for text in texts(hall, "decided"))
    assert "Daily Brief" not in hall["title"]


def test_a_citation_opens_the_words_around_it(hall: dict[str, Any], alice: Actor) -> None:
    scope = gate.scope(alice)
    number = hall["sections"][0]["statements"][0]["citations"][0]["number"]
    told = artifacts.citation(scope, hall["id"], number)
    assert told["before"] + told["quote"] + told["after"] == told["chunk_text"]
    assert told["source"]["connector"] == "local_folder"
    assert 1 <= told["chunk_number"] <= told["chunk_count"]
    with pytest.raises(NotFound, match="There is no citation 999"):
        artifacts.citation(scope, hall["id"], 999)


def test_it_leaves_an_event_and_the_chain_holds(hall: dict[str, Any]) -> None:
    [(kind, subject)] = database.query(
        "SELECT event_type, subject_id FROM event_log WHERE event_type LIKE %s", "artifact.%"
    )
    assert (kind, subject) == ("artifact.generated", hall["id"])


def test_a_loop_in_the_brief_shows_how_it_stands_now(hall: dict[str, Any], alice: Actor) -> None:
    def statuses() -> set[str]:
        told = artifacts.get(gate.scope(alice), hall["id"])
        return {s["loop"]["status"] for section in told["sections"] for s in section["statements"] if "loop" in s}

    [note, *_] = [s["loop"] for section in hall["sections"] for s in section["statements"] if "loop" in s]
    assert statuses() == {"candidate"}
    loops.review(alice, note["id"], "close")
    assert "closed" in statuses()


def test_the_same_brain_at_the_same_moment_gives_the_same_bytes(
    hall: dict[str, Any], alice: Actor, now: datetime
) -> None:
    first, again = (briefs.compose(DAILY, alice, now=now, zone="UTC") for _ in range(2))
    assert (first.markdown, first.sections, first.input_context_hash) == (
        again.markdown, again.sections, again.input_context_hash
    )  # fmt: skip


def test_it_is_published_in_the_unit_of_a_run(db: str, alice: Actor, now: datetime) -> None:
    scheduler, run = system("scheduler", alice.user_id), uuid4()
    composed = briefs.compose(DAILY, scheduler, now=now, zone="UTC")
    with gate.write(scheduler, Action.GENERATE, composed.subject) as unit:
        artifact_id = briefs.publish(unit, composed, run_id=run)
    told = artifacts.get(gate.scope(alice), artifact_id)
    assert (told["generated_by"], told["metadata"]["scheduler_run_id"]) == ("system:scheduler", str(run))
    assert told["title"] == "Nothing has come in yet"


def test_a_unit_that_fails_publishes_nothing(db: str, alice: Actor, now: datetime) -> None:
    composed = briefs.compose(DAILY, alice, now=now, zone="UTC")

    def fail() -> None:
        with gate.write(alice, Action.GENERATE) as unit:
            briefs.publish(unit, composed)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert artifacts.latest(gate.scope(alice), "daily_brief") is None


# -- time


def test_on_a_first_import_the_newest_two_weeks_are_news(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    given = inputs(alice, now)
    assert [s.occurred_at.date().isoformat() for s in given.sources] == ["2026-03-03", "2026-02-24"]
    assert (given.captured, given.older.count, given.news_count) == (3, 1, 2)
    assert any("One older note, from 1 May 2024, came in as well" in text for text in texts(hall, "changed"))


def test_news_that_are_old_are_still_the_news_of_a_first_import(db: str, alice: Actor, now: datetime) -> None:
    for day in ("2025-05-07", "2025-04-30", "2025-01-08"):
        keep(alice, minutes(day, f"Ann will sweep the roof of {day}."), now)
    told = brief(alice, now)
    assert [s.occurred_at.date().day for s in inputs(alice, now).sources] == [7, 30]
    assert any("newest note is from 7 May 2025" in text for text in texts(told, "changed"))
    assert len(texts(told, "owed")) == 2


def test_the_next_brief_covers_what_came_in_since(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    keep(alice, minutes("2026-03-05", "Tom will call the mason about the north wall."), tomorrow - timedelta(hours=1))
    told = brief(alice, tomorrow)
    assert told["covers_from"] == now
    assert [s.title for s in inputs(alice, tomorrow).sources] == ["Board 2026-03-05"]
    assert not texts(told, "decided")


def test_a_second_brief_of_the_day_covers_the_day_anew(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    again = brief(alice, now + timedelta(hours=2))
    assert again["covers_from"] is None
    assert texts(again, "decided") == texts(hall, "decided")


def test_a_few_old_things_that_somebody_picked_are_news(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    for day in ("2019-01-01", "2026-03-05"):
        keep(alice, minutes(day, "Ann will read it."), tomorrow)
    assert len(inputs(alice, tomorrow).sources) == 2


def test_a_loop_goes_stale_by_the_silence_of_its_own_connector(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, minutes("2025-05-07", "Ann will order the slates."), now)
    assert len(inputs(alice, now).loops) == 1
    keep(alice, replace(minutes("2026-03-03", "Tom is well."), connector="telegram"), now)
    assert len(inputs(alice, now).loops) == 1
    keep(alice, minutes("2026-03-04", "Tom was here."), now)
    given = inputs(alice, now)
    assert (given.loops, given.stale) == ((), 1)


def test_a_due_date_to_come_keeps_a_loop_from_going_stale(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, minutes("2025-11-05", "Ann will pay the tax by 2026-04-30."), now)
    keep(alice, minutes("2026-03-03", "Tom was here."), now)
    assert [loop.owner for loop in inputs(alice, now).loops] == ["Ann"]


def test_what_a_person_settled_is_not_owed(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    first, second = inputs(alice, now).loops
    loops.review(alice, first.id, "close", now=tomorrow)
    loops.review(alice, second.id, "snooze", until=now + timedelta(days=3), now=now)
    assert inputs(alice, tomorrow).loops == ()
    assert texts(brief(alice, tomorrow), "quiet")[0] == "One loop closed since the last brief."
    assert [loop.id for loop in inputs(alice, now + timedelta(days=4)).loops] == [second.id]


def test_the_age_counts_from_the_first_time_it_was_said(db: str, alice: Actor, now: datetime) -> None:
    for day in ("2026-02-10", "2026-03-03"):
        text = (
            "# Board\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Agenda\n\n* Roof\n  * Ann will order the new slates.\n"
        )
        keep(alice, Item(text + f"  * Said on {day}.\n", name=f"{day}.md"), now)
    [loop] = inputs(alice, now).loops
    assert (loop.first_at.day, loop.seen_at.day) == (10, 3)
    assert len(loop.words) == 2


def test_you_are_who_you_said_you_are(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    brains.set_owner_names(alice, ["Ann Lee"])
    told = brief(alice, now)
    assert any("order the slates" in text for text in texts(told, "owed_by_you"))


def test_the_backlog_does_not_wait_in_the_inbox(hall: dict[str, Any]) -> None:
    assert texts(hall, "inbox")
    assert "two sources" in texts(hall, "inbox")[0]


# -- who sees it


def scout(alice: Actor, *domains: Domain) -> Actor:
    return Actor("agent", "scout", alice.user_id, Profile.TRUSTED_LOCAL_AGENT, frozenset(domains), agent_id=UUID(int=5))


def test_an_agents_brief_holds_only_what_it_may_see(db: str, alice: Actor, now: datetime) -> None:
    secret = replace(minutes("2026-03-03", "Ann will see the doctor."), domain=Domain.HEALTH)
    private = replace(minutes("2026-03-02", "Tom will tell the bank."), sensitivity=Sensitivity.HIGHLY_SENSITIVE)
    for item in (
        secret,
        private,
        replace(minutes("2026-03-01", "Ann will order the slates."), sensitivity=Sensitivity.PUBLIC),
    ):
        keep(alice, item, now)
    told = brief(scout(alice), now)
    assert "slates" in told["content_markdown"]
    assert "doctor" not in str(told)
    assert "bank" not in str(told)


def test_an_artifact_is_as_private_as_what_it_used(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, replace(minutes("2026-03-03", "Ann will see the doctor."), domain=Domain.HEALTH), now)
    keep(
        alice, replace(minutes("2026-03-02", "Tom will tell the bank."), sensitivity=Sensitivity.HIGHLY_SENSITIVE), now
    )
    told = brief(alice, now)
    assert (told["domain"], told["sensitivity"]) == ("health", "highly_sensitive")
    agent = gate.scope(scout(alice, Domain.HEALTH))
    assert artifacts.latest(agent, "daily_brief") is None
    assert artifacts.page(agent).total == 0
    with pytest.raises(NotFound):
        artifacts.get(agent, told["id"])
    with pytest.raises(NotFound):
        artifacts.citation(agent, told["id"], 1)


def test_who_may_not_see_one_cited_source_sees_no_such_artifact(hall: dict[str, Any], alice: Actor) -> None:
    agent = gate.scope(scout(alice))
    assert artifacts.page(agent).total == 1
    with gate.write(alice, Action.CAPTURE) as unit:
        unit.record(SourceSeenAgain(hall["id"], "manual"))
        database.query("UPDATE source SET domain = 'legal' WHERE id = %s", hall["metadata"]["source_refs"][0])
    assert artifacts.page(agent).total == 0


def test_another_brain_sees_nothing_of_it(hall: dict[str, Any], bob: Actor, now: datetime) -> None:
    scope = gate.scope(bob)
    assert artifacts.page(scope).items == []
    with pytest.raises(NotFound):
        artifacts.get(scope, hall["id"])
    assert brief(bob, now)["title"] == "Nothing has come in yet"


def test_a_reading_agent_generates_nothing(db: str, alice: Actor) -> None:
    reader = replace(scout(alice), profile=Profile.READ_ONLY_AGENT)
    with pytest.raises(PolicyBlocked, match="may not generate"):
        brief(reader, datetime(2026, 3, 4, tzinfo=UTC))


# -- lists


def test_artifacts_are_listed_the_newest_first(hall: dict[str, Any], alice: Actor, now: datetime) -> None:
    later = brief(alice, now + timedelta(days=1))
    scope = gate.scope(alice)
    first = artifacts.page(scope, limit=1)
    assert [item["id"] for item in first.items] == [later["id"]]
    rest = artifacts.page(scope, limit=1, cursor=first.next, artifact_type="daily_brief", status="needs_review")
    assert [item["id"] for item in rest.items] == [hall["id"]]
    assert artifacts.latest(scope, "daily_brief") == artifacts.get(scope, later["id"])
    assert artifacts.latest(scope, "weekly_synthesis") is None


@pytest.mark.parametrize("field", ["artifact_type", "status"])
def test_it_names_a_filter_that_it_does_not_know(db: str, alice: Actor, field: str) -> None:
    with pytest.raises(InvalidInput, match=f"{field}: must be one of"):
        artifacts.page(gate.scope(alice), **{field: "nonsense"})


def test_an_id_that_is_none_is_not_found(db: str, alice: Actor) -> None:
    with pytest.raises(NotFound, match="There is no artifact brief-1"):
        artifacts.get(gate.scope(alice), "brief-1")


def test_every_report_has_all_eight_keys_in_a_list_as_well(db: str, alice: Actor, now: datetime) -> None:
    capture.capture(alice, capture.Item("TODO: Ann paints the door by Friday.", occurred_at=now), zone="UTC", now=now)
    for kind in WorkflowType:
        briefs.generate(kind, alice, now=now, zone="UTC")
    told = artifacts.page(gate.scope(alice)).items
    assert {item["artifact_type"] for item in told} == {kind.value for kind in WorkflowType}
    eight = {"generated_by", "workflow_type", "scheduler_run_id", "trace_id", "source_refs", "domain", "sensitivity",
             "review_status"}  # fmt: skip
    for item in told:
        whole = artifacts.get(gate.scope(alice), item["id"])["metadata"]
        assert eight <= set(item["metadata"]) == set(whole)
        assert item["metadata"]["source_refs"] == whole["source_refs"]
    assert any(item["metadata"]["source_refs"] for item in told)
