"""The commands about models, as a person or a script types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from alice.cli import root
from alice.db import database
from alice.domain import routing
from alice.domain.policy import Actor
from tests.support import model_server
from tests.support.model_server import Model
from tests.support.models import hall

__all__ = ["hall"]  # a fixture
CLOUD = {"route_mode": "cloud_requires_approval", "cloud_sensitivity": "private"}


@pytest.fixture
def type_(
    hall: None, db: str, alice: Actor, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Type one command; return its exit code and what it printed, on either stream, as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)
    monkeypatch.setenv("ALICE_USER_ID", str(alice.user_id))

    def typed(*words: str) -> tuple[int, Any]:
        code = root.code(["--json", "vnext", *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out or err)

    return typed


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_server.serving() as model:
        monkeypatch.setenv("ALICE_MODEL_BASE_URL", model.url)
        monkeypatch.setenv("ALICE_MODEL", "village-7b")
        yield model


def test_both_modes_are_compared(type_: Any, server: Model) -> None:
    code, told = type_("artifacts", "compare", "daily_brief")
    assert code == 0
    assert (told["deterministic"]["generation_mode"], told["model_backed"]["generation_mode"]) == (
        "deterministic", "model_backed",
    )  # fmt: skip
    assert told["input_context_hash"].startswith("sha256:")
    assert type_("artifacts", "list")[1]["count"] == 0


def test_generate_writes_as_the_workflow_is_set_or_as_it_is_told(type_: Any, server: Model) -> None:
    assert type_("artifacts", "generate", "daily_brief")[1]["metadata"]["generation_mode"] == "deterministic"
    asked = ("artifacts", "generate", "daily_brief", "--generation-mode", "model_backed")
    assert type_(*asked)[1]["metadata"]["generation_mode"] == "model_backed"
    type_("scheduler", "configure", "daily_brief", "--generation-mode", "model_backed")
    assert type_("artifacts", "generate", "daily_brief")[1]["metadata"]["generation_mode"] == "model_backed"


def test_a_call_is_shown_and_approved_or_refused(type_: Any, server: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routing, "is_loopback", lambda _host: False)
    type_("scheduler", "configure", "daily_brief", "--generation-mode", "model_backed",
          "--model-options", json.dumps(CLOUD))  # fmt: skip
    type_("artifacts", "generate", "daily_brief")
    [call] = type_("model-calls", "list")[1]["items"]
    shown = type_("model-calls", "show", call["id"])[1]
    assert "120 slates" in shown["request"]
    code, done = type_("model-calls", "approve", call["id"])
    assert (code, done["status"], [asked.body for asked in server.asked]) == (0, "done", [shown["request"]])
    code, error = type_("model-calls", "refuse", call["id"])
    assert (code, error["error"]["code"]) == (4, "conflict")
    type_("artifacts", "generate", "daily_brief")
    [second] = type_("model-calls", "list")[1]["items"]
    assert type_("model-calls", "refuse", second["id"], "--reason", "No.")[1]["status"] == "refused"
    assert {one["status"] for one in type_("model-calls", "list", "--status", "all")[1]["items"]} == {"done", "refused"}
