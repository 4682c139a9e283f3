"""Telegram through the store, over a real wire on loopback: each message once, edits as revisions, no strange word."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import Actor, system
from alice.errors import InvalidInput, NotConfigured
from alice.services.access import secrets
from alice.services.connecting import connectors
from alice.services.connecting.telegram import import_export
from alice.services.evidence import removals
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person

API_HASH = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def telegram() -> Iterator[LoopbackTelegram]:
    with LoopbackTelegram() as server:
        yield server


@pytest.fixture
def ada(telegram: LoopbackTelegram) -> Person:
    return telegram.world.person("Ada")


@pytest.fixture
def settings(db: str, alice: Actor, telegram: LoopbackTelegram, ada: Person) -> Settings:
    told = config.load()
    secrets.keep(alice, "file:session", Secret(telegram.session(ada)), settings=told)
    secrets.keep(alice, "file:hash", Secret(API_HASH), settings=told)
    changes = {
        "enabled": True, "sync_mode": "poll", "secret_ref": "file:session", "default_domain": "personal",
        "options": {"api_id": 12345, "api_hash_ref": "file:hash", "chats": ["me"]},
    }  # fmt: skip
    connectors.configure(alice, "telegram", changes, settings=told)
    return told


def sync(actor: Actor, settings: Settings, now: datetime | None = None) -> dict[str, Any]:
    return connectors.sync(system("scheduler", actor.user_id), "telegram", settings=settings, now=now)


def everything_stored() -> str:
    out = io.StringIO()
    for (table,) in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
        for (row,) in database.query(f"SELECT t::text FROM {table} t"):
            out.write(f"{row}\n")
    return out.getvalue()


def test_messages_come_in_once_and_the_cursor_outlives_a_restart(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings
) -> None:
    for number in range(5):
        telegram.world.say(ada, ada, f"Note {number} about the garden.")
    told = sync(alice, settings)
    assert (told["status"], told["imported_count"], told["failed_count"]) == ("ok", 5, 0)
    database.handle.close_all()
    database.handle.connect(reuse_if_open=True)
    telegram.world.say(ada, ada, "A sixth note.")
    again = sync(alice, settings)
    assert (again["imported_count"], again["duplicate_count"]) == (1, 0)
    rows = database.query("SELECT domain, status, author, count(*) FROM source GROUP BY 1, 2, 3")
    assert rows == [("personal", "new", "Ada", 6)]


def test_an_edited_message_is_a_revision(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings
) -> None:
    post = telegram.world.say(ada, ada, "The pump costs 300.")
    sync(alice, settings)
    telegram.world.edit(post, "The pump costs 350.")
    told = sync(alice, settings)
    rows = database.query("SELECT content_text, current, revision FROM source ORDER BY revision")
    assert (told["revised_count"], rows) == (1, [("The pump costs 300.", False, 1), ("The pump costs 350.", True, 2)])


def test_a_chat_that_is_not_allowed_leaves_a_count_and_no_word(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings
) -> None:
    telegram.world.say(ada, ada, "mine")
    sync(alice, settings)
    bo = telegram.world.person("Bo")
    telegram.world.say(bo, ada, "the combination is heliotrope")
    told = sync(alice, settings)
    assert (told["imported_count"], told["rejected_count"]) == (0, 1)
    assert database.query("SELECT count(*) FROM event_log WHERE event_type = 'connector.left_out'") == [(1,)]
    assert "heliotrope" not in everything_stored()


def test_no_secret_of_it_is_stored_or_told(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings, now: datetime
) -> None:
    telegram.world.say(ada, ada, "mine")
    told = str(sync(alice, settings)) + str(connectors.standing(alice, "telegram", settings=settings, now=now))
    for value in (API_HASH, telegram.session(ada)):
        assert value not in told + everything_stored()


def test_health_counts_what_came(alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings) -> None:
    telegram.world.say(ada, ada, "one")
    telegram.world.say(ada, ada, "two")
    sync(alice, settings)
    told = connectors.standing(alice, "telegram", settings=settings)
    assert (told["items_seen"], told["items_captured"], told["secret_configured"]) == (2, 2, True)
    assert told["cursor_state"]["chats"][str(ada.id)]["last"] == 2
    assert told["says"] == "Telegram works; the newest item came in just now."


def test_a_session_that_has_ended_is_noted_with_the_way_out(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings, now: datetime
) -> None:
    secrets.keep(alice, "file:session", Secret("not a session"), settings=settings)
    with pytest.raises(NotConfigured):
        sync(alice, settings, now)
    told = connectors.standing(alice, "telegram", settings=settings, now=now + timedelta(minutes=3))
    assert told["last_error_code"] == "not_configured"
    assert told["says"].startswith("Nothing comes from Telegram since 3 minutes ago:")


def test_health_says_how_long_telegram_wants_silence(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings, now: datetime
) -> None:
    telegram.world.say(ada, ada, "mine")
    telegram.flood("messages.getHistory", 600)
    assert sync(alice, settings)["not_before"] is not None
    soon = connectors.standing(alice, "telegram", settings=settings)
    assert soon["says"] == "Telegram wants silence for another 9 minutes; then it is read on."
    assert soon["not_before"] is not None
    later = connectors.standing(alice, "telegram", settings=settings, now=soon["not_before"])
    assert later["says"] == "Telegram works; nothing has come in yet."


def test_health_names_the_chat_that_cannot_be_read(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings
) -> None:
    telegram.world.say(ada, ada, "mine")
    connectors.configure(alice, "telegram", {"options": {"chats": ["me", "@nobody_here"]}}, settings=settings)
    assert sync(alice, settings)["imported_count"] == 1
    told = connectors.standing(alice, "telegram", settings=settings)
    assert told["says"] == "Telegram works in part: @nobody_here cannot be read: username not occupied."
    connectors.configure(alice, "telegram", {"options": {"chats": ["me"]}}, settings=settings)
    sync(alice, settings)
    told = connectors.standing(alice, "telegram", settings=settings)
    assert (told["says"], told["quarantine"]) == ("Telegram works; the newest item came in just now.", [])


def test_an_export_comes_in_once_beside_a_sync_and_can_be_taken_back(
    alice: Actor, telegram: LoopbackTelegram, ada: Person, settings: Settings, tmp_path: Path
) -> None:
    telegram.world.say(ada, ada, "Both in the sync and in the export.")
    sync(alice, settings)
    messages = [
        {"id": number, "type": "message", "date_unixtime": str(1_770_000_000 + number), "from": "Ada",
         "from_id": f"user{ada.id}", "text": text}
        for number, text in ((1, "Both in the sync and in the export."), (2, "Only in the export."))
    ]  # fmt: skip
    file = tmp_path / "result.json"
    file.write_text(json.dumps({"name": "Saved", "type": "saved_messages", "id": ada.id, "messages": messages}))
    before = connectors.standing(alice, "telegram", settings=settings)["cursor_state"]
    told = import_export(alice, file, settings=settings)
    assert (told["imported_count"], told["duplicate_count"]) == (1, 1)
    assert connectors.standing(alice, "telegram", settings=settings)["cursor_state"] == before
    assert import_export(alice, file, settings=settings)["item_count"] == 0
    removed = removals.remove(alice, str(file), settings=settings)
    assert (removed["connector_name"], removed["goes"]["sources"]) == ("telegram", 1)
    assert database.query("SELECT content_text FROM source") == [("Both in the sync and in the export.",)]
    assert import_export(alice, file, settings=settings)["imported_count"] == 1
    removals.remove(alice, "telegram", settings=settings)
    connectors.configure(alice, "telegram", {"enabled": True}, settings=settings)
    assert sync(alice, settings)["imported_count"] == 1


def test_a_bomb_that_poses_as_an_export_is_refused(alice: Actor, settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("result.json", b"0" * 50_000_000)
    with pytest.raises(InvalidInput, match="is an archive"):
        import_export(alice, file, settings=settings)
    assert database.query("SELECT count(*) FROM import_batch") == [(0,)]
