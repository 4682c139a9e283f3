"""Telegram's commands against a Telegram on loopback: signing in by what is asked, naming chats, looking, reading."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alice import config
from alice.cli import root
from alice.db import database
from alice.services.access import secrets
from alice.smokes.support.telegram import keys
from alice.smokes.support.telegram.logins import CODE
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person

API_HASH = "0123456789abcdef0123456789abcdef"
PHONE, PASSWORD = "34600111222", "correct horse battery staple"
TOKEN = "1234567890:" + "b" * 35


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackTelegram]:
    """A Telegram whose key this process trusts, in the place where a sign-in begins."""
    keys.trust()
    with LoopbackTelegram() as server:
        monkeypatch.setattr("telethon.client.telegrambaseclient.DEFAULT_IPV4_IP", server.address[0])
        monkeypatch.setattr("telethon.client.telegrambaseclient.DEFAULT_PORT", server.address[1])
        yield server


@pytest.fixture
def ada(telegram: LoopbackTelegram) -> Person:
    return telegram.world.person("Ada", phone=PHONE, password=PASSWORD)


@pytest.fixture
def type_(db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type one command line with lines of input; return its exit code and what it printed as JSON."""
    monkeypatch.setenv("ALICE_DATABASE_URL", db)

    def typed(*words: str, lines: tuple[str, ...] = ()) -> tuple[int, Any]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        code = root.code(["--json", "vnext", "connectors", "telegram", *words])
        database.bind(db)
        database.handle.connect(reuse_if_open=True)
        out, err = capsys.readouterr()
        return code, json.loads(out or err)

    return typed


def stored() -> str:
    tables = [row[0] for row in database.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return "\n".join(str(database.query(f"SELECT t::text FROM {table} t")) for table in tables)


def test_from_signing_in_to_the_first_notes(type_: Any, telegram: LoopbackTelegram, ada: Person) -> None:
    telegram.world.say(ada, ada, "Order the pump by Friday.")
    code, told = type_("login", "--api-id", "12345", lines=(API_HASH, PHONE, CODE, PASSWORD))
    assert (code, told["status"], told["account"]) == (0, "signed_in", {"id": ada.id, "name": "Ada", "bot": False})
    assert (told["secret_ref"], told["api_hash_ref"]) == ("file:telegram_session", "file:telegram_api_hash")
    code, told = type_("configure", "--chat", "me", "--enabled", "--sync-mode", "poll", "--poll-interval", "60")
    assert (code, told["options"]["chats"], told["sync_mode"]) == (0, ["me"], "poll")
    code, told = type_("test")
    assert (code, told["status"], told["chats"]) == (0, "ok", [{"chat": "me", "reachable": True, "reason": None}])
    code, told = type_("sync")
    assert (code, told["imported_count"], type_("sync")[1]["imported_count"]) == (0, 1, 0)


def test_of_what_was_typed_only_the_session_and_the_hash_are_kept(
    type_: Any, telegram: LoopbackTelegram, ada: Person
) -> None:
    told = str(type_("login", "--api-id", "12345", lines=(API_HASH, PHONE, CODE, PASSWORD)))
    session = secrets.resolve("file:telegram_session", settings=config.load()).reveal()
    told += str(type_("login", "--api-id", "12345", lines=(PHONE, "11111", "22222", "33333"))) + stored()
    for value in (API_HASH, PASSWORD, session, PHONE):
        assert value not in told
    files = b"".join(path.read_bytes() for path in config.load().home.rglob("*") if path.is_file())
    for value in (API_HASH, PASSWORD, session):
        assert value.encode() not in files


def test_it_may_be_mistyped_twice(type_: Any, telegram: LoopbackTelegram, ada: Person) -> None:
    lines = (API_HASH, "+1 555 0100", PHONE, "11111", CODE, "wrong horse", "wrong too", PASSWORD)
    assert type_("login", "--api-id", "12345", lines=lines)[0] == 0
    code, told = type_("login", lines=(PHONE, "11111", "22222", "33333"))
    assert (code, list(told["error"]["fields"])) == (2, ["code"])


def test_what_is_missing_is_asked_for(type_: Any, telegram: LoopbackTelegram, ada: Person) -> None:
    for lines, field in (
        ((), "api_id"),
        (("seven",), "api_id"),
        (("12345",), "api_hash"),
        (("12345", API_HASH), "phone"),
    ):
        code, told = type_("login", lines=lines)
        assert (code, list(told["error"]["fields"])) == (2, [field])
    assert type_("login", "--session-ref", "env:SESSION")[1]["error"]["fields"].keys() == {"session_ref"}
    assert type_("test")[1]["error"]["code"] == "not_configured"


@pytest.mark.parametrize("by", ["a pipe", "the environment"])
def test_a_bot_signs_in_by_its_token(
    type_: Any, telegram: LoopbackTelegram, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    telegram.world.person("Notes", bot=True, token=TOKEN)
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    way = ("--bot-token",) if by == "a pipe" else ("--secret-ref", "env:TELEGRAM_BOT_TOKEN")
    lines = (API_HASH, TOKEN) if by == "a pipe" else (API_HASH,)
    code, told = type_("login", "--api-id", "12345", *way, lines=lines)
    assert (code, told["account"]["bot"], TOKEN in str(told) + stored()) == (0, True, False)
    [(options,)] = database.query("SELECT options FROM connector_setting WHERE connector_name = 'telegram'")
    assert options["account"] == "bot"


def test_chats_are_added_and_removed_by_name(type_: Any) -> None:
    type_("configure", "--chat", "me", "--chat", "https://t.me/Garden_Club")
    code, told = type_("configure", "--chat", "-1001234567890", "--remove-chat", "me", "--domain", "family")
    assert (code, told["options"]["chats"]) == (0, ["@garden_club", "-1001234567890"])
    assert told["default_domain"] == "family"
    assert type_("configure", "--chat", "no chat at all")[0] == 2
    code, told = type_("configure", "--remove-chat", "me")
    assert (code, list(told["error"]["fields"])) == (2, ["remove_chat"])


def test_a_chat_that_cannot_be_read_is_named_and_the_others_are_not_held_up(
    type_: Any, telegram: LoopbackTelegram, ada: Person
) -> None:
    type_("login", "--api-id", "12345", lines=(API_HASH, PHONE, CODE, PASSWORD))
    type_("configure", "--chat", "me", "--chat", "@nobody_here")
    told = type_("test")[1]
    assert [(one["chat"], one["reachable"]) for one in told["chats"]] == [("me", True), ("@nobody_here", False)]
    assert told["status"] == "partial"
    assert telegram.calls()["messages.getHistory"] == 0


def test_an_export_is_taken_in(type_: Any, tmp_path: Path) -> None:
    message = {"id": 1, "type": "message", "date_unixtime": "1770000000", "from": "Ada", "from_id": "user7",
               "text": "The pump is loud."}  # fmt: skip
    file = tmp_path / "result.json"
    file.write_text(json.dumps({"name": "Saved", "type": "saved_messages", "id": 7, "messages": [message]}))
    code, told = type_("import", str(file))
    assert (code, told["imported_count"]) == (0, 1)
    file.write_text("{")
    assert type_("import", str(file))[0] == 2


def test_what_people_see_is_words(
    type_: Any, telegram: LoopbackTelegram, ada: Person, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    type_("login", "--api-id", "12345", lines=(API_HASH, PHONE, CODE, PASSWORD))
    monkeypatch.setattr("alice.cli.output.as_json", lambda: False)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PHONE}\n{CODE}\n{PASSWORD}\n"))
    for words in (["test"], ["configure", "--chat", "me", "--chat", "@nobody_here"], ["test"], ["login"]):
        assert root.code(["vnext", "connectors", "telegram", *words]) == 0
    printed = capsys.readouterr().out
    for said in ("Signed in as Ada.", "No chat may be read yet", "me: can be read",
                 "@nobody_here: username not occupied", "Chats that are read: me, @nobody_here."):  # fmt: skip
        assert said in printed
