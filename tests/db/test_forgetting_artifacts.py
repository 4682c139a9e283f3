"""Forgetting, in what was composed: briefs lose the statements that tell of it and stay readable, copies follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from alice import config
from alice.db import database
from alice.domain import routing
from alice.domain.llm.model_options import ModelOptions
from alice.domain.policy import Action, Actor, Scope
from alice.domain.preparation import Item
from alice.domain.vocab import RoutingMode, Sensitivity, WorkflowType
from alice.errors import Busy
from alice.ledger import gate
from alice.ledger.events import ArtifactReviewed
from alice.queries.ledger import trust
from alice.queries.library import artifacts, model_calls, projects
from alice.services import forgetting
from alice.services.composing import briefs, copies, model_briefs
from alice.services.composing import model_calls as calls
from alice.services.composing.model_askings import Patience
from alice.services.evidence import capture
from alice.services.forgetting import blots
from alice.services.reviewing import project_updates, ratings
from tests.support import model_server
from tests.support.absence import below, everywhere
from tests.support.diaries import DIARY, MINUTES, brief, count, keep
from tests.support.model_server import Model

QUICK = Patience(attempts=2, seconds=5.0, pause=0.01)


@pytest.fixture
def diary(db: str, alice: Actor, now: datetime) -> UUID:
    keep(alice, MINUTES, now)
    return keep(alice, DIARY, now)


@pytest.fixture
def scope(db: str, alice: Actor) -> Scope:
    return gate.scope(alice)


def statements(artifact: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for section in artifact["sections"] for one in section["statements"]]


def test_a_brief_stays_readable_and_what_it_cites_else_is_right_to_the_letter(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    before = brief(alice, now)
    forgetting.source(alice, diary, now=now)
    after = artifacts.get(scope, before["id"])
    left = {one["text"] for one in statements(after)}
    assert left < {one["text"] for one in statements(before)}
    assert any("slate" in text for text in left)
    cited = {c["number"]: c for one in statements(after) for c in one["citations"]}
    was = {c["number"]: c for one in statements(before) for c in one["citations"]}
    assert cited
    assert all(was[number] == one for number, one in cited.items())
    assert all(one["quote"] == MINUTES[one["start"] : one["end"]] for one in cited.values())


def test_its_markdown_is_set_anew_with_the_numbers_that_it_had(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    before = brief(alice, now)
    forgetting.source(alice, diary, now=now)
    after = artifacts.get(scope, before["id"])
    lines = after["content_markdown"].splitlines()
    assert after["content_markdown"].startswith(f"# {after['title']}\n")
    assert [line for line in lines if "slate" in line or line.startswith("- Roof meeting")]
    assert {line for line in lines if line.startswith("- ") and "[" in line and "Roof meeting" not in line} <= set(
        before["content_markdown"].splitlines()
    )
    marks = {int(mark) for mark in re.findall(r"(?<!\\)\[(\d+)\]", after["content_markdown"])}
    assert marks == {c["number"] for one in statements(after) for c in one["citations"]}
    foot = [[int(n) for n in re.findall(r"\[(\d+)\]", line)] for line in lines if line.startswith("- Roof meeting")]
    assert [sorted(one) for one in foot] == foot
    assert (after["version"], after["status"]) == (before["version"] + 1, "needs_review")


@pytest.mark.parametrize("kind", list(WorkflowType))
def test_setting_anew_what_nothing_was_taken_from_changes_not_a_letter(
    diary: UUID, alice: Actor, scope: Scope, now: datetime, kind: WorkflowType
) -> None:
    made = brief(alice, now, kind)
    [row] = database.rows("SELECT * FROM artifact WHERE id = %s", made["id"])
    again = blots._markdown(scope, row, row["title"], row["sections"], "UTC", without=())
    assert again == made["content_markdown"]


def test_a_title_that_held_its_words_says_the_day_instead(db: str, alice: Actor, scope: Scope, now: datetime) -> None:
    diary = keep(alice, DIARY, now)
    before = brief(alice, now)
    assert "clinic" in before["title"]
    forgetting.source(alice, diary, now=now)
    assert artifacts.get(scope, before["id"])["title"] == "Daily Brief, 4 March 2026"


def test_a_brief_that_tells_of_other_things_alone_is_not_touched(
    db: str, alice: Actor, scope: Scope, now: datetime
) -> None:
    keep(alice, MINUTES, now)
    made = brief(alice, now)
    later = now + timedelta(hours=1)
    diary = keep(alice, DIARY, later)
    receipt = forgetting.source(alice, diary, now=later)
    assert "artifacts" not in receipt["gone"]
    assert artifacts.get(scope, made["id"]) == artifacts.get(scope, made["id"]) | {
        "content_markdown": made["content_markdown"], "version": made["version"], "title": made["title"],
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(WorkflowType))
def test_every_kind_of_artifact_loses_it(diary: UUID, alice: Actor, now: datetime, kind: WorkflowType) -> None:
    brief(alice, now, kind)
    receipt = forgetting.source(alice, diary, now=now)
    assert (everywhere(DIARY), receipt["status"]) == ([], "complete")


def test_words_that_stand_in_it_without_a_citation_take_all_of_its_text(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    with gate.write(alice, Action.REVIEW) as unit:
        note = '[{"key": "x", "title": "Mira collects the turquoise envelope from Doctor Quill", "statements":'
        note += ' [{"kind": "inference", "text": "As said above.", "topic": null, "citations": []}]}]'
        routed = '{"reason": "Ann will never mention the velvet trombone again."}'
        sql = "UPDATE artifact SET sections = sections || %s::jsonb, routing = %s::jsonb, domain = 'health'"
        database.query(sql, note, routed)
        unit.record(ArtifactReviewed(made["id"], "edit", "needs_review", "needs_review", {}))
    receipt = forgetting.source(alice, diary, now=now)
    assert (everywhere(DIARY), receipt["status"]) == ([], "complete")
    assert artifacts.get(scope, made["id"])["metadata"]["routing"] == {}


def test_what_was_said_of_a_statement_goes_with_it_or_stays_with_it(
    diary: UUID, alice: Actor, scope: Scope, now: datetime
) -> None:
    made = brief(alice, now)
    for s, section in enumerate(made["sections"]):
        for n, one in enumerate(section["statements"]):
            ratings.give_feedback(alice, made["id"], useful="slate" in one["text"], section=s, statement=n)
    forgetting.source(alice, diary, now=now)
    after = artifacts.get(scope, made["id"])
    rows = database.query("SELECT section, statement, useful FROM insight_feedback")
    places = {(s, n): "slate" in one["text"] for s, sec in enumerate(after["sections"])
              for n, one in enumerate(sec["statements"])}  # fmt: skip
    assert {(s, n): useful for s, n, useful in rows} == places


def test_copies_in_the_owner_s_folder_are_written_anew(
    diary: UUID, alice: Actor, now: datetime, tmp_path: Path
) -> None:
    folder = tmp_path / "my notes"
    folder.mkdir()
    (folder / "own.md").write_text("My own note.")
    copies.choose(alice, folder, with_calendar=True)
    made = brief(alice, now)
    assert len(below(folder, DIARY)) == 2
    receipt = forgetting.source(alice, diary, now=now)
    assert (below(folder, DIARY), receipt["status"]) == ([], "complete")
    copy = folder / "2026-03-04 daily-brief.md"
    assert made["id"] in copy.read_text()
    assert "slate" in copy.read_text() + (folder / "alice-open-loops.ics").read_text()
    assert (folder / "own.md").read_text() == "My own note."
    [told] = [one for one in receipt["looked"] if one["place"].startswith("copies of")]
    assert (told["looked_at"], told["found"]) == (2, 0)


def test_a_copy_that_cannot_be_written_is_said_to_be_left(
    diary: UUID, alice: Actor, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my notes"
    folder.mkdir()
    copies.choose(alice, folder)
    brief(alice, now)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space")

    monkeypatch.setattr(copies, "_put", full)
    receipt = forgetting.source(alice, diary, now=now)
    assert (receipt["status"], [one["place"] for one in receipt["left"]]) == (
        "incomplete", ["copies of artifacts in your folder"]
    )  # fmt: skip


def test_a_line_of_a_log_that_held_it_is_blanked_where_it_stood(diary: UUID, alice: Actor, now: datetime) -> None:
    home = config.load().home
    log = home / "vnext-scheduler" / "vnext-scheduler.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    lines = ["before", "DETAIL: (… Mira collects the turquoise envelope from Doctor Quill …)", "never mention the",
             "velvet trombone again.", "after"]  # fmt: skip
    log.write_text("\n".join(lines) + "\n")
    size = log.stat().st_size
    receipt = forgetting.source(alice, diary, now=now)
    assert receipt["status"] == "complete"
    assert below(home, DIARY) == []
    assert (log.stat().st_size, log.read_text().split()) == (size, ["before", "after"])


def test_a_file_of_another_kind_in_the_home_is_named(diary: UUID, alice: Actor, now: datetime) -> None:
    home = config.load().home
    home.mkdir(parents=True, exist_ok=True)
    (home / "dump.sql").write_text(DIARY)
    (home / "backups").mkdir()
    (home / "backups" / "2026-03-01.tar").write_text(DIARY)
    receipt = forgetting.source(alice, diary, now=now)
    assert [(one["place"], one["where"]) for one in receipt["left"]] == [("other files in ALICE_HOME", ["dump.sql"])]
    assert "2026-03-01.tar" in " ".join(receipt["beyond"])


def test_an_artifact_that_was_exported_is_told_to_be_out_of_reach(diary: UUID, alice: Actor, now: datetime) -> None:
    made = brief(alice, now)
    copies.export(alice, made["id"])
    assert "exported" in " ".join(forgetting.preview(alice, "source", diary)["beyond"])
    assert "exported" in " ".join(forgetting.source(alice, diary, now=now)["beyond"])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_server.serving() as model:
        monkeypatch.setattr(routing, "is_loopback", lambda _host: False)
        yield model


@pytest.fixture
def asked(db: str, alice: Actor, now: datetime, server: Model) -> tuple[UUID, dict[str, Any]]:
    """A diary, and a request to a model that holds words of it."""
    keep(alice, MINUTES, now, sensitivity=Sensitivity.PUBLIC)
    diary = keep(alice, DIARY, now, sensitivity=Sensitivity.PUBLIC)
    options = ModelOptions(model="big", base_url=server.url, route_mode=RoutingMode.CLOUD_REQUIRES_APPROVAL)
    model_briefs.generate(WorkflowType.DAILY_BRIEF, alice, options=options, now=now, zone="UTC", patience=QUICK)
    [call] = model_calls.page(gate.scope(alice)).items
    return diary, model_calls.get(gate.scope(alice), call["id"])


def test_a_request_to_a_model_that_held_it_is_withdrawn(
    asked: tuple[UUID, dict[str, Any]], alice: Actor, scope: Scope, now: datetime
) -> None:
    diary, call = asked
    assert "turquoise" in call["request"]
    receipt = forgetting.source(alice, diary, now=now)
    after = model_calls.get(scope, call["id"])
    assert (after["status"], after["request"], after["prompt_hash"]) == ("withdrawn", "", "")
    assert (everywhere(DIARY), receipt["status"]) == ([], "complete")
    assert count("event_log", "event_type = 'model_call.withdrawn'") == 1


def test_what_a_model_wrote_from_it_loses_all_that_rests_on_nothing(
    asked: tuple[UUID, dict[str, Any]], alice: Actor, scope: Scope, now: datetime
) -> None:
    diary, call = asked
    done = calls.review(alice, call["id"], "approve", patience=QUICK)
    before = artifacts.get(scope, done["artifact_id"])
    receipt = forgetting.source(alice, diary, now=now)
    after = artifacts.get(scope, done["artifact_id"])
    assert after["id"] == before["id"]
    assert all(one["citations"] for section in after["sections"] if section["key"] != "how_written"
               for one in section["statements"])  # fmt: skip
    assert (everywhere(DIARY), receipt["status"]) == ([], "complete")
    assert any("model server" in one for one in receipt["beyond"])


def board(day: str, news: str) -> Item:
    text = f"# Board {day}\n\n## Present\n\n* Ann Lee\n* Tom Rey\n\n## Projects\n\n* {news}\n\nWritten on {day}.\n"
    return Item(text, connector="local_folder", name=f"{day}.md")


def test_the_state_of_a_project_loses_its_lines_and_its_seal_holds(
    db: str, alice: Actor, scope: Scope, now: datetime
) -> None:
    shelf = board("2026-02-03", "Ann - Seed library, the shelf was approved.")
    first = capture.capture(alice, shelf, zone="UTC", now=now)
    for step, item in enumerate([None, board("2026-03-03", "Ann - Seed library, the purple cupboard was rejected.")]):
        at = now + timedelta(hours=step)
        if item:
            capture.capture(alice, item, zone="UTC", now=at)
        briefs.generate(WorkflowType.PROJECT_UPDATE_SCAN, alice, now=at, zone="UTC")
        for update in projects.updates(scope, status="candidate").items:
            project_updates.review(alice, update["id"], "accept", now=at)
    [project] = [one for one in projects.page(scope).items if one["state"]]
    assert "shelf" in project["state"]
    assert "cupboard" in project["state"]
    receipt = forgetting.source(alice, first.source_id, now=now)
    after = projects.get(scope, UUID(project["id"]))
    assert "shelf" not in str(after)
    assert "cupboard" in after["state"]
    assert trust.held(scope, "project", [UUID(project["id"])]) == {UUID(project["id"])}
    assert (everywhere("the shelf was approved"), receipt["status"]) == ([], "complete")


def test_what_was_composed_from_it_before_cannot_be_published_after(diary: UUID, alice: Actor, now: datetime) -> None:
    composed = briefs.compose(WorkflowType.DAILY_BRIEF, alice, now=now, zone="UTC")
    forgetting.source(alice, diary, now=now)
    with pytest.raises(Busy, match="forgotten while"), gate.write(alice, Action.GENERATE) as unit:
        briefs.publish(unit, replace(composed))
    assert everywhere(DIARY) == []
