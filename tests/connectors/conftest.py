"""A Telegram on loopback for each test, and a stand-in for the caller that stores parts and cursors as JSON."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from alice.connectors.base import Failure, Gap, LeftOut, Received, Secret
from alice.connectors.telegram import Application, TelegramSettings, fetch
from alice.connectors.telegram.sessions import READING
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person

API_HASH = "0123456789abcdef0123456789abcdef"
CONNECTING = {"help.getConfig"}


@pytest.fixture(autouse=True)
def _nothing_left_over(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No task is forgotten and no failure is left unheard: asyncio tells of both when they are collected."""
    gc.freeze()  # so that the collection below looks at what this test made, and at nothing else
    yield
    gc.collect()
    gc.unfreeze()
    assert [r.getMessage() for r in caplog.get_records("call") if r.name == "asyncio" and r.levelno >= 40] == []


@pytest.fixture
def telegram() -> Iterator[LoopbackTelegram]:
    """A Telegram whose every call must have been one that a reading connector may make."""
    with LoopbackTelegram() as server:
        yield server
        assert set(server.log) <= READING | CONNECTING


def application(**changes: Any) -> Application:
    return Application(12345, Secret(API_HASH), **changes)


def settings(telegram: LoopbackTelegram, who: Person, *chats: str, **changes: Any) -> TelegramSettings:
    timeout = changes.pop("timeout", 20.0)
    key = Secret(telegram.session(who))
    return TelegramSettings(application(timeout_seconds=timeout), key, chats, **changes)


@dataclass
class Keeper:
    """Does what a sync does: stores items by external id and revision, and the cursor in the same step."""

    settings: TelegramSettings
    cursor: Any = None
    stored: dict[tuple[str, int], Received] = field(default_factory=dict)
    again: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    not_before: datetime | None = None
    refused: set[str] = field(default_factory=set)

    def sync(self, *, parts: int | None = None, again: Sequence[str] = (), now: datetime | None = None) -> Keeper:
        """Take in what is new; `parts` is after how many the process is killed."""
        moment = now or datetime.now(UTC)
        held: set[str] = set()
        with fetch(self.settings, self.cursor, again=again, now=lambda: moment) as run:
            for count, part in enumerate(run, start=1):
                bad = []
                for received in part.items:
                    if received.item.text in self.refused or received.stream in held:
                        held.add(received.stream)
                        bad.append(received)
                    else:
                        self._store(received)
                self.cursor = json.loads(json.dumps(run.hold(bad) if bad else part.cursor))
                self.left_out += part.left_out
                self.failures += part.failures
                self.gaps += part.gaps
                self.not_before = part.not_before
                if count == parts:
                    break
        return self

    def _store(self, received: Received) -> None:
        name = (received.external_id, received.revision)
        self.again += name in self.stored
        self.stored[name] = received

    def texts(self) -> list[str]:
        """Return what is stored, in the order of coming in."""
        return [received.item.text for received in self.stored.values()]
