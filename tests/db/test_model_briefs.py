"""Briefs that a model writes: a scheduled run of them, and every way in which a model fails or lies."""

from __future__ import annotations

import json
import logging
import socket
from datetime import datetime, timedelta

import pytest

from alice import config
from alice.db import database
from alice.domain.llm import model_options
from alice.domain.llm.model_options import ModelOptions
from alice.domain.policy import Actor
from alice.domain.vocab import Profile, RoutingMode, WorkflowType
from alice.errors import PolicyBlocked
from alice.ledger import gate
from alice.llm import openai_compatible
from alice.queries.library import artifacts
from alice.runs import scan, workflows
from alice.services import schedules
from alice.services.composing import briefs, model_briefs
from alice.services.composing.model_askings import Patience
from tests.support import model_server
from tests.support.model_server import Model, item, says, shaped, status
from tests.support.models import DAILY, QUICK, hall, options, server, texts, write

__all__ = ["hall", "server"]  # fixtures

EIGHT = {"generated_by", "workflow_type", "scheduler_run_id", "trace_id", "source_refs", "domain", "sensitivity",
         "review_status"}  # fmt: skip


# -- a model that does as it is told


def test_a_due_scan_makes_a_reviewable_artifact_of_it(
    hall: None, alice: Actor, now: datetime, server: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the specification's smoke checks: local routing, provider metadata, sources, the grounded sections."""
    monkeypatch.setattr(workflows, "_own", {})
    monkeypatch.setenv("ALICE_MODEL_BASE_URL", server.url)
    monkeypatch.setenv("ALICE_MODEL", "village-7b")
    schedules.ensure_rows(alice, zone="UTC")
    schedules.configure(alice, DAILY, enabled=True, schedule={"every": 30}, generation_mode="model_backed",
                        model_options={"temperature": 0.2, "route_mode": "local_only"}, now=now)  # fmt: skip
    told = scan.run_due(config.load().changed(user_id=alice.user_id), now=now + timedelta(hours=1), wait=60)
    assert (told["due_count"], told["failed_count"]) == (1, 0)
    [made] = artifacts.page(gate.scope(alice)).items
    whole = artifacts.get(gate.scope(alice), made["id"])
    meta, info = whole["metadata"], whole["model_info"]
    assert set(meta) >= EIGHT
    assert (whole["status"], meta["generation_mode"]) == ("needs_review", "model_backed")
    assert meta["scheduler_run_id"] == told["runs"][0]["id"]
    assert (meta["routing"]["mode"], meta["routing"]["decision"], meta["routing"]["endpoint_host"]) == (
        "local_only", "local", "127.0.0.1"
    )  # fmt: skip
    assert (info["provider"], info["model"], info["temperature"]) == ("openai_compatible", "village-7b", 0.2)
    assert (info["prompt_tokens"], info["completion_tokens"], info["served_model"]) == (812, 96, "village-7b-q4")
    assert (info["attempts"], info["fallback"]) == (1, None)
    assert whole["prompt_hash"].startswith("sha256:")
    assert meta["input_context_hash"].startswith("sha256:")
    assert meta["source_refs"]
    keys = [section["key"] for section in whole["sections"]]
    assert keys[:6] == [
        "facts", "inferences", "recommendations", "contradictions_considered", "uncertainties", "open_questions"
    ]  # fmt: skip
    assert "owed" in keys, "the loops that a person ticks off stay"
    assert "## Sources" in whole["content_markdown"]
    [[mode]] = database.query("SELECT generation_mode FROM workflow_run WHERE id = %s", meta["scheduler_run_id"])
    assert mode == "model_backed"


def test_every_fact_cites_words_that_are_there(hall: None, alice: Actor, now: datetime, server: Model) -> None:
    told = write(alice, now, options(server))
    sources = dict(database.query("SELECT id::text, content_text FROM source"))
    facts = [s for section in told["sections"] if section["key"] == "facts" for s in section["statements"]]
    assert facts
    for citation in [c for s in facts for c in s["citations"]]:
        assert sources[citation["source_id"]][citation["start"] : citation["end"]] == citation["quote"] != ""
    assert all(s["citations"] for s in facts)


def test_equal_inputs_send_equal_bytes(hall: None, alice: Actor, now: datetime, server: Model) -> None:
    for _ in range(3):
        model_briefs.compose(DAILY, alice, options=options(server), now=now, zone="UTC", patience=QUICK)
    assert len({asked.body for asked in server.asked}) == 1
    body = json.loads(server.asked[0].body)
    assert set(body) == {"model", "messages", "temperature", "max_tokens", "stream", "response_format"}
    assert body["response_format"]["type"] == "json_schema"
    assert server.asked[0].path == "/v1/chat/completions"


@pytest.mark.parametrize("kind", [DAILY, WorkflowType.WEEKLY_SYNTHESIS, WorkflowType.OPEN_LOOP_REVIEW])
def test_other_workflows_are_written_too(
    hall: None, alice: Actor, now: datetime, server: Model, kind: WorkflowType
) -> None:
    told = model_briefs.compose(kind, alice, options=options(server), now=now, zone="UTC", patience=QUICK)
    assert told.generation_mode.value == "model_backed"
    assert {section["key"] for section in told.sections} >= {"facts", "how_written"}


def test_the_model_inside_alice_needs_no_server(hall: None, alice: Actor, now: datetime) -> None:
    told = write(alice, now, ModelOptions(provider="deterministic"))
    assert (told["metadata"]["generation_mode"], told["model_info"]["provider"]) == ("model_backed", "deterministic")
    assert told["metadata"]["routing"]["endpoint_host"] is None
    assert "Ann will order 120 slates by Friday." in texts(told, "facts")


def test_both_modes_stand_side_by_side_and_nothing_is_kept(
    hall: None, alice: Actor, now: datetime, server: Model
) -> None:
    told = model_briefs.compare(DAILY, alice, options=options(server), now=now, zone="UTC", patience=QUICK)
    rules, model = told["deterministic"], told["model_backed"]
    assert (rules["generation_mode"], model["generation_mode"]) == ("deterministic", "model_backed")
    assert rules["content_markdown"] != model["content_markdown"]
    composed = briefs.compose(DAILY, alice, now=now, zone="UTC")
    assert (told["input_context_hash"], rules["content_markdown"]) == (composed.input_context_hash, composed.markdown)
    assert database.query("SELECT count(*) FROM artifact") == [(0,)]


# -- a model that fails

FAILURES = {
    "silent": (model_server.silent, 3),
    "dripping": (model_server.dripping, 3),
    "500": (status(500), 3),
    "429": (status(429, Retry_After="0"), 3),
    "429 for an hour": (status(429, Retry_After="3600"), 1),
    "429 until a date": (status(429, Retry_After="Wed, 21 Oct 2099 07:28:00 GMT"), 1),
    "401": (status(401), 1),
    "cut off": (model_server.cut_off, 3),
    "at its limit": (model_server.at_its_limit, 3),
    "redirecting": (model_server.redirecting, 1),
    "not JSON": (says("Good morning! Here is your brief."), 3),
    "no completion": (lambda handler, _: handler.answer(200, b'{"choices": []}'), 3),
    "too long": (lambda handler, _: handler.answer(200, b" " * 2_100_000), 3),
    "wrong schema": (says(shaped() | {"facts": "Ann orders."}), 3),
    "invented citations": (says(shaped(facts=[item("Ann will order 120 slates by Friday.", 77)])), 3),
    "invented facts": (says(shaped(facts=[item("The hall was sold for 900 euros.", 1)])), 3),
    "nothing": (says(shaped()), 3),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_rules_write_when_the_model_fails(hall: None, alice: Actor, now: datetime, server: Model, failure: str) -> None:
    turn, asked = FAILURES[failure]
    server.then(turn)
    told = write(alice, now, options(server, seconds=0.3), Patience(attempts=3, seconds=2.5, pause=0.01))
    assert told["metadata"]["generation_mode"] == "deterministic"
    assert "Ann will order" in " ".join(texts(told, "owed"))
    [note] = texts(told, "how_written")
    assert "rules wrote it instead" in note
    assert told["model_info"]["fallback"]
    assert told["prompt_hash"].startswith("sha256:")
    assert len(server.asked) == asked == told["model_info"]["attempts"]


def test_nobody_listening_is_no_failed_morning(hall: None, alice: Actor, now: datetime) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        told = write(alice, now, ModelOptions(model="m", base_url=url, seconds=1.0))
    assert "nothing listens there" in texts(told, "how_written")[0]


def test_a_second_try_is_enough(hall: None, alice: Actor, now: datetime, server: Model) -> None:
    server.then(status(429, Retry_After="0"), model_server.cut_off, model_server.honest)
    told = write(alice, now, options(server))
    assert (told["metadata"]["generation_mode"], told["model_info"]["attempts"]) == ("model_backed", 3)


def test_a_server_that_knows_no_schemas_is_asked_without(
    hall: None, alice: Actor, now: datetime, server: Model
) -> None:
    server.then(status(400), model_server.honest)
    told = write(alice, now, options(server))
    assert told["metadata"]["generation_mode"] == "model_backed"
    assert ["response_format" in json.loads(asked.body) for asked in server.asked] == [True, False]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (ModelOptions(), "its address is missing"),
        (ModelOptions(base_url="http://127.0.0.1:1/v1"), "its name is missing"),
        (ModelOptions(provider="disabled"), "disabled"),
        (ModelOptions(provider="deterministic", route_mode=RoutingMode.MODEL_DISABLED), "models are disabled"),
        (ModelOptions(model="m", base_url="http://192.0.2.7/v1"), "local_only"),
        (ModelOptions(model="m", base_url="http://127.0.0.1:1/v1", secret_ref="file:none"), "There is no secret"),
    ],
)
def test_a_model_that_is_not_set_up_or_not_allowed_is_said_so(
    hall: None, alice: Actor, now: datetime, given: ModelOptions, said: str
) -> None:
    told = write(alice, now, given)
    assert said in texts(told, "how_written")[0]
    assert told["metadata"]["generation_mode"] == "deterministic"


def test_a_name_that_leads_elsewhere_gets_nothing(
    hall: None, alice: Actor, now: datetime, server: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a hosts file sends localhost away: the peer is looked at before anything is sent."""
    monkeypatch.setattr(openai_compatible, "is_loopback", lambda host: host == "localhost")
    told = write(alice, now, options(server, base_url=f"http://localhost:{server.port}/v1"))
    assert server.asked == []
    assert "does not lead to this machine" in texts(told, "how_written")[0]


def test_an_empty_brain_asks_nobody(db: str, alice: Actor, now: datetime, server: Model) -> None:
    told = write(alice, now, options(server))
    assert server.asked == []
    assert "no evidence" in texts(told, "how_written")[0]


# -- secrets, and who may say where evidence goes

KEY = "sk-test-canary-0123456789abcdef"


def test_the_key_is_sent_and_kept_nowhere(
    hall: None, alice: Actor, now: datetime, server: Model, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv("MODEL_KEY", KEY)
    server.then(status(500), status(401))
    with caplog.at_level(logging.DEBUG):
        told = write(alice, now, options(server, secret_ref="env:MODEL_KEY"))
    assert server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    rows = database.query("SELECT a::text FROM artifact a UNION ALL SELECT e::text FROM event_log e")
    assert KEY not in f"{told} {rows} {caplog.text}"


def test_the_environments_key_goes_to_the_environments_address_alone(
    hall: None, alice: Actor, now: datetime, server: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALICE_MODEL_API_KEY", KEY)
    monkeypatch.setenv("ALICE_MODEL_BASE_URL", "http://127.0.0.1:9/v1")
    write(alice, now, options(server))
    monkeypatch.setenv("ALICE_MODEL_BASE_URL", server.url)
    write(alice, now, options(server))
    assert ["Authorization" in asked.headers for asked in server.asked] == [False, True]


def test_a_key_that_no_header_can_carry_is_not_shown(
    hall: None, alice: Actor, now: datetime, server: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_KEY", f"{KEY}\nX-Evil: 1")
    told = write(alice, now, options(server, secret_ref="env:MODEL_KEY"))
    assert server.asked == []
    assert KEY not in str(told)
    assert "no header can carry" in texts(told, "how_written")[0]


def test_an_agent_does_not_choose_where_evidence_goes(db: str, alice: Actor, now: datetime) -> None:
    schedules.ensure_rows(alice, zone="UTC")
    hermes = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT)
    schedules.configure(hermes, DAILY, model_options={"temperature": 0.1}, now=now)
    for name, value in {
        "base_url": "http://127.0.0.1:1/v1", "route_mode": "cloud_allowed", "cloud_sensitivity": "private",
        "cloud_domains": ["health"], "secret_ref": "env:HOME",
    }.items():  # fmt: skip
        with pytest.raises(PolicyBlocked, match="may not configure"):
            schedules.configure(hermes, DAILY, model_options={name: value}, now=now)
    schedules.configure(alice, DAILY, model_options={"route_mode": "cloud_allowed"}, now=now)
    assert model_briefs.options_of(alice, DAILY)[1].route_mode is RoutingMode.CLOUD_ALLOWED


def test_options_are_read_as_they_are_set(db: str, alice: Actor, now: datetime) -> None:
    schedules.ensure_rows(alice, zone="UTC")
    told = {"provider": "deterministic", "max_tokens": 77}
    schedules.configure(alice, DAILY, generation_mode="model_backed", model_options=told, now=now)
    mode, read = model_briefs.options_of(alice, DAILY)
    assert (mode.value, read) == ("model_backed", model_options.read(told))


def test_what_was_left_out_is_counted_in_plain_words(hall: None, alice: Actor, now: datetime, server: Model) -> None:
    fair = item("Ann will order 120 slates by Friday.", 1, 2, 3, 4, 5, 6)
    server.then(says(shaped(facts=[fair, item("Ann will order 900 slates by Friday.", 1, 2, 3, 4, 5, 6)])))
    [note] = texts(write(alice, now, options(server)), "how_written")
    assert note.endswith("did not bear out all that it said: one statement left out.")
