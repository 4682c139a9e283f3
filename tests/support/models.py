"""What the tests of models share: a small hall's minutes, options that name the scripted server, and short answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from alice.domain.llm.model_options import ModelOptions
from alice.domain.policy import Actor
from alice.domain.preparation import Item
from alice.domain.vocab import WorkflowType
from alice.services.composing import model_briefs
from alice.services.composing.model_askings import Patience
from alice.services.evidence import capture
from tests.support import model_server
from tests.support.model_server import Model

DAILY = WorkflowType.DAILY_BRIEF
QUICK = Patience(attempts=3, seconds=5.0, pause=0.01)
MINUTES = (
    "# Board\n\n* Roof\n  * Ann will order 120 slates by Friday.\n  * Decision: we take the offer of Brandt.\n"
    "  * Who pays for the crane?\n"
)


@pytest.fixture
def server() -> Iterator[Model]:
    with model_server.serving() as model:
        yield model


def keep(actor: Actor, text: str, now: datetime, **more: Any) -> None:
    capture.capture(actor, Item(text, connector="local_folder", **more), zone="UTC", now=now)


@pytest.fixture
def hall(db: str, alice: Actor, now: datetime) -> None:
    keep(alice, MINUTES, now, name="2026-03-03.md")
    keep(alice, "# Garden\n\nTom will measure the old chimney on Monday.\n", now, name="2026-03-02.md")


def options(server: Model, **more: Any) -> ModelOptions:
    return replace(ModelOptions(model="village-7b", base_url=server.url, seconds=2.0), **more)


def write(actor: Actor, now: datetime, asked: ModelOptions, patience: Patience = QUICK) -> dict[str, Any]:
    return model_briefs.generate(DAILY, actor, options=asked, now=now, zone="UTC", patience=patience)


def texts(told: dict[str, Any], key: str) -> list[str]:
    return [s["text"] for section in told["sections"] if section["key"] == key for s in section["statements"]]
