"""Model calls over the JSON API: listed, shown to the byte, approved and refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from alice.domain import routing
from alice.domain.llm.model_options import ModelOptions
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import RoutingMode, Sensitivity, WorkflowType
from alice.services.composing import model_briefs
from alice.services.evidence import capture
from tests.support import model_server
from tests.support.model_server import Model

PATH = "/v0/vnext/model-calls"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    with model_server.serving() as model:
        monkeypatch.setattr(routing, "is_loopback", lambda _host: False)
        yield model


@pytest.fixture
def call(program: FlaskClient, alice: Actor, now: datetime, server: Model) -> dict[str, Any]:
    item = Item("Ann will order 120 slates by Friday.", sensitivity=Sensitivity.PUBLIC)
    capture.capture(alice, item, zone="UTC", now=now)
    options = ModelOptions(model="big", base_url=server.url, route_mode=RoutingMode.CLOUD_REQUIRES_APPROVAL)
    model_briefs.generate(WorkflowType.DAILY_BRIEF, alice, options=options, now=now, zone="UTC")
    [listed] = program.get(PATH).json["items"]
    return program.get(f"{PATH}/{listed['id']}").json


def test_one_is_approved_and_makes_an_artifact(call: dict[str, Any], program: FlaskClient, server: Model) -> None:
    body = {"action": "approve", "version": call["version"]}
    done = program.post(f"{PATH}/{call['id']}/review", json=body)
    assert (done.status_code, done.json["status"]) == (200, "done")
    assert [asked.body for asked in server.asked] == [call["request"]]
    made = program.get(f"/v0/vnext/artifacts/{done.json['artifact_id']}").json
    assert made["metadata"]["routing"]["decision"] == "approved"
    again = program.post(f"{PATH}/{call['id']}/review", json=body)
    assert (again.status_code, again.json["error"]["current"]["status"]) == (409, "done")


def test_one_is_refused(call: dict[str, Any], program: FlaskClient, server: Model) -> None:
    done = program.post(f"{PATH}/{call['id']}/review", json={"action": "refuse", "reason": "Not this."})
    assert (done.json["status"], done.json["request"]) == ("refused", "")
    assert program.get(PATH).json["items"] == []
    assert program.get(f"{PATH}?status=refused").json["count"] == 1
    assert server.asked == []


def test_another_action_or_state_is_told_the_known_ones(call: dict[str, Any], program: FlaskClient) -> None:
    wrong = program.post(f"{PATH}/{call['id']}/review", json={"action": "send"})
    assert (wrong.status_code, "approve" in wrong.json["error"]["fields"]["action"]) == (422, True)
    state = program.get(f"{PATH}?status=lost")
    assert (state.status_code, "waiting" in state.json["error"]["fields"]["status"]) == (422, True)
