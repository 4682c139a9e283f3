"""What the smoke tests need: the served console, and a brain with a Telegram on loopback, a folder and a program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alice.config import Settings
from alice.connectors.base import Secret
from alice.domain.policy import Actor
from alice.services.access import secrets
from alice.services.connecting import connectors
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person
from tests.support.serving import served
from tests.web.conftest import app, program, settings

__all__ = ["app", "program", "served", "settings"]


@pytest.fixture
def telegram() -> Iterator[LoopbackTelegram]:
    """A Telegram on loopback."""
    with LoopbackTelegram() as server:
        yield server


@pytest.fixture
def ada(telegram: LoopbackTelegram) -> Person:
    """The owner, as Telegram knows her."""
    return telegram.world.person("Ada")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder of notes, which the console and the API may read."""
    (tmp_path / "notes").mkdir()
    return tmp_path / "notes"


@pytest.fixture
def signed_in(alice: Actor, settings: Settings, telegram: LoopbackTelegram, ada: Person) -> None:
    """Telegram is set up to read Saved Messages, and nothing else."""
    secrets.keep(alice, "file:session", Secret(telegram.session(ada)), settings=settings)
    secrets.keep(alice, "file:hash", Secret("0" * 32), settings=settings)
    options = {"api_id": 12345, "api_hash_ref": "file:hash", "chats": ["me"]}
    changes = {"enabled": True, "secret_ref": "file:session", "options": options}
    connectors.configure(alice, "telegram", changes, settings=settings)
