"""Model calls that wait for the owner: what would be sent is shown to the byte, and nothing goes before a yes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alice import config
from alice.db import database
from alice.domain import routing
from alice.domain.llm.model_options import ModelOptions
from alice.domain.policy import Actor, system
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Profile, RoutingMode, Sensitivity, WorkflowType
from alice.errors import Conflict, InvalidInput, NotConfigured, NotFound, PolicyBlocked, Upstream
from alice.ledger import gate
from alice.queries.library import artifacts, inbox, model_calls
from alice.services.agency import charters
from alice.services.composing import model_briefs
from alice.services.composing import model_calls as services
from alice.services.composing.model_askings import Patience
from alice.services.evidence import capture, removals
from tests.support import model_server
from tests.support.model_server import Model, status

DAILY = WorkflowType.DAILY_BRIEF
QUICK = Patience(attempts=2, seconds=5.0, pause=0.01)
SCHEDULER = "scheduler"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """A model server that counts as another machine, though it is on this one: no test leaves it."""
    with model_server.serving() as model:
        monkeypatch.setattr(routing, "is_loopback", lambda _host: False)
        yield model


@pytest.fixture
def hall(db: str, alice: Actor, now: datetime) -> None:
    for name, text, sensitivity in (
        ("a.md", "Ann will order 120 slates by Friday.", Sensitivity.INTERNAL),
        ("b.md", "Tom will tell nobody of the canaryprivate debt by Monday.", Sensitivity.PRIVATE),
    ):
        item = Item(text, connector="local_folder", name=name, sensitivity=sensitivity, domain=Domain.PROJECT)
        capture.capture(alice, item, zone="UTC", now=now)


def run(actor: Actor, server: Model, now: datetime, **more: Any) -> dict[str, Any]:
    asked = replace(
        ModelOptions(model="big", base_url=server.url, route_mode=RoutingMode.CLOUD_REQUIRES_APPROVAL), **more
    )
    return model_briefs.generate(DAILY, actor, options=asked, now=now, zone="UTC", patience=QUICK)


def waiting(actor: Actor) -> list[dict[str, Any]]:
    return model_calls.page(gate.scope(actor)).items


def review(actor: Actor, call: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
    return services.review(actor, call["id"], action, patience=QUICK, **more)


@pytest.fixture
def call(hall: None, alice: Actor, now: datetime, server: Model) -> dict[str, Any]:
    run(system(SCHEDULER, alice.user_id), server, now)
    [found] = waiting(alice)
    return model_calls.get(gate.scope(alice), found["id"])


def test_the_run_succeeds_by_rules_and_the_inbox_holds_what_would_be_sent(
    call: dict[str, Any], alice: Actor, server: Model
) -> None:
    [made] = artifacts.page(gate.scope(alice)).items
    meta = made["metadata"]
    assert server.asked == []
    assert (meta["generation_mode"], meta["routing"]["decision"]) == ("deterministic", "awaiting_approval")
    assert inbox.waiting(gate.scope(alice))["model_calls"] == 1
    assert (call["status"], call["source_artifact_id"], call["artifact_id"]) == ("waiting", made["id"], None)
    assert (call["prompt_hash"], call["input_context_hash"]) == (made["prompt_hash"], meta["input_context_hash"])
    assert "120 slates" in call["request"]
    assert "canaryprivate" not in call["request"]
    assert (call["sensitivity"], call["routing"]["held_back"] > 0) == ("internal", True)
    assert [p["quote"] for p in call["passages"]] == ["Ann will order 120 slates by Friday."]


def test_approving_sends_exactly_that_and_makes_the_artifact(
    call: dict[str, Any], alice: Actor, server: Model, now: datetime
) -> None:
    done = review(alice, call, "approve", reason="It is harmless.", now=now)
    assert [asked.body for asked in server.asked] == [call["request"]]
    assert (done["status"], done["reason"]) == ("done", "It is harmless.")
    made = artifacts.get(gate.scope(alice), done["artifact_id"])
    meta = made["metadata"]
    assert (made["status"], meta["generation_mode"]) == ("needs_review", "model_backed")
    assert (meta["routing"]["decision"], meta["routing"]["mode"]) == ("approved", "cloud_requires_approval")
    assert (made["prompt_hash"], meta["input_context_hash"]) == (call["prompt_hash"], call["input_context_hash"])
    assert made["model_info"]["model"] == "big"
    assert made["sensitivity"] == "internal"
    facts = [s for section in made["sections"] if section["key"] == "facts" for s in section["statements"]]
    assert facts[0]["citations"][0]["quote"] == "Ann will order 120 slates by Friday."
    assert "canaryprivate" not in json.dumps(made, default=str)
    names = [name for (name,) in database.query("SELECT event_type FROM event_log ORDER BY seq")]
    assert [name for name in names if name.startswith("model_call")] == [
        "model_call.proposed", "model_call.reviewed", "model_call.ended"
    ]  # fmt: skip
    assert waiting(alice) == []


def test_under_a_charter_that_says_never_nothing_is_sent_nor_even_prepared(
    call: dict[str, Any], alice: Actor, server: Model, now: datetime
) -> None:
    charters.save(alice, "---\ncloud: never\n---\n", now=now)
    with pytest.raises(NotConfigured, match="charter"):
        review(alice, call, "approve", now=now)
    made = run(alice, server, now, route_mode=RoutingMode.CLOUD_ALLOWED)
    assert made["metadata"]["routing"]["reason"] == "the charter lets nothing leave this machine"
    assert (made["metadata"]["generation_mode"], server.asked) == ("deterministic", [])
    assert review(alice, call, "refuse", now=now)["status"] == "refused"


def test_refusing_takes_the_words_away_and_sends_nothing(call: dict[str, Any], alice: Actor, server: Model) -> None:
    done = review(alice, call, "refuse")
    assert (done["status"], done["request"], done["passages"]) == ("refused", "", [])
    assert server.asked == []
    assert inbox.waiting(gate.scope(alice))["model_calls"] == 0
    assert "120 slates" not in str(database.query("SELECT c::text FROM model_call c"))


def test_only_one_decides_once(call: dict[str, Any], alice: Actor, server: Model) -> None:
    review(alice, call, "approve")
    for action in ("approve", "refuse"):
        with pytest.raises(Conflict) as caught:
            review(alice, call, action)
        assert caught.value.extra["current"]["status"] == "done"
    assert len(server.asked) == 1


def test_a_version_that_was_not_looked_at_is_a_conflict(call: dict[str, Any], alice: Actor) -> None:
    with pytest.raises(Conflict):
        review(alice, call, "approve", version=call["version"] + 1)


def test_nobody_but_the_owner_approves(call: dict[str, Any], alice: Actor, bob: Actor, server: Model) -> None:
    hermes = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT)
    for actor in (hermes, system(SCHEDULER, alice.user_id)):
        with pytest.raises(PolicyBlocked):
            review(actor, call, "approve")
    with pytest.raises(NotFound):
        review(bob, call, "approve")
    with pytest.raises(InvalidInput, match="action"):
        review(alice, call, "send")
    assert server.asked == []


def test_a_failed_call_can_be_approved_again(call: dict[str, Any], alice: Actor, server: Model) -> None:
    server.then(status(500), status(500), model_server.honest)
    with pytest.raises(Upstream, match="status 500"):
        review(alice, call, "approve")
    [failed] = model_calls.page(gate.scope(alice), status="failed").items
    assert failed["id"] == call["id"]
    assert review(alice, call, "approve")["status"] == "done"


def test_one_that_was_cut_off_can_be_approved_again(
    call: dict[str, Any], alice: Actor, server: Model, now: datetime
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(services, "_send", crash)
        with pytest.raises(KeyboardInterrupt):
            services.review(alice, call["id"], "approve", now=now)
    with pytest.raises(Conflict):
        review(alice, call, "approve", now=now + timedelta(minutes=1))
    assert review(alice, call, "approve", now=now + timedelta(hours=1))["status"] == "done"


def test_a_newer_request_takes_the_place_of_an_older(
    call: dict[str, Any], alice: Actor, server: Model, now: datetime
) -> None:
    run(alice, server, now + timedelta(days=1), max_tokens=50)
    [newer] = waiting(alice)
    assert newer["id"] != call["id"]
    older = model_calls.get(gate.scope(alice), call["id"])
    assert (older["status"], older["request"]) == ("withdrawn", "")


def test_what_is_taken_back_is_gone_from_the_request(call: dict[str, Any], alice: Actor, server: Model) -> None:
    removals.remove(alice, "local_folder", settings=config.load().changed(user_id=alice.user_id))
    told = model_calls.get(gate.scope(alice), call["id"])
    assert (told["status"], told["request"], told["passages"]) == ("withdrawn", "", [])
    with pytest.raises(Conflict):
        review(alice, call, "approve")
    assert server.asked == []


def test_comparing_leaves_no_request(hall: None, alice: Actor, server: Model, now: datetime) -> None:
    asked = ModelOptions(model="big", base_url=server.url, route_mode=RoutingMode.CLOUD_REQUIRES_APPROVAL)
    told = model_briefs.compare(DAILY, alice, options=asked, now=now, zone="UTC", patience=QUICK)
    assert told["model_backed"]["routing"]["decision"] == "awaiting_approval"
    assert waiting(alice) == []
    assert server.asked == []


def test_a_cloud_that_is_allowed_is_asked_without_what_is_private(
    hall: None, alice: Actor, server: Model, now: datetime
) -> None:
    told = run(alice, server, now, route_mode=RoutingMode.CLOUD_ALLOWED)
    assert told["metadata"]["generation_mode"] == "model_backed"
    assert (told["metadata"]["routing"]["decision"], told["metadata"]["routing"]["held_back"] > 0) == ("cloud", True)
    assert "canaryprivate" not in server.asked[0].body
    assert told["sensitivity"] == "private", "the rules' own loops are in it"
