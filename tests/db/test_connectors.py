"""Connectors: what they may be told, what is told of them, and when they are due."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alice import config
from alice.config import Settings
from alice.connectors.base import Secret
from alice.db import database
from alice.domain.policy import Actor, system
from alice.domain.vocab import Connector, Profile
from alice.errors import AliceError, Conflict, InvalidInput, NotConfigured, NotFound, PolicyBlocked, Upstream
from alice.ledger import gate
from alice.queries import connectors as reads
from alice.services.access import secrets
from alice.services.connecting import connector_settings, connector_states, connectors

CANARY = "canary-3Kd-yellow-lantern"


@pytest.fixture
def settings() -> Settings:
    return config.load()


def configure(actor: Actor, name: str, settings: Settings, **changes: Any) -> dict[str, Any]:
    return connectors.configure(actor, name, changes, settings=settings)


def standing(actor: Actor, settings: Settings, now: datetime, name: str = "telegram") -> dict[str, Any]:
    told = connectors.standing(actor, None, settings=settings, now=now)
    [one] = [item for item in told["items"] if item["connector_name"] == name]
    return one


def test_every_connector_is_listed_before_anybody_set_it(db: str, alice: Actor) -> None:
    told = reads.listed(gate.scope(alice))
    names = [item["connector_name"] for item in told["items"]]
    assert sorted(names) == sorted(Connector)
    on = {item["connector_name"] for item in told["items"] if item["enabled"]}
    assert on == {"browser_clipper", "agent_output"}


def test_default_rows_are_made_once(db: str, alice: Actor) -> None:
    assert len(connectors.ensure(alice)) == len(Connector)
    assert connectors.ensure(alice) == []
    assert database.query("SELECT count(*) FROM connector_setting") == [(len(Connector),)]


def test_a_setting_is_kept_and_told(db: str, alice: Actor, settings: Settings) -> None:
    told = configure(
        alice, "local-folder", settings, enabled=True, default_domain="project", default_sensitivity="internal",
        sync_mode="poll", poll_interval_seconds=60,
    )  # fmt: skip
    assert told["version"] == 2
    assert reads.present(reads.setting(gate.scope(alice), "local_folder")) == told
    [event] = database.query("SELECT canonical FROM event_log WHERE event_type = 'connector.configured'")
    assert '"changed":["enabled","domain","sensitivity","sync_mode","poll_interval_seconds"]' in event[0]


def test_the_same_setting_again_changes_nothing(db: str, alice: Actor, settings: Settings) -> None:
    first = configure(alice, "telegram", settings, enabled=True)
    before = database.query("SELECT count(*) FROM event_log")
    assert configure(alice, "telegram", settings, enabled=True) == first
    assert database.query("SELECT count(*) FROM event_log") == before


def test_every_wrong_field_is_named_with_what_is_allowed(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(InvalidInput) as caught:
        configure(
            alice, "telegram", settings, enabled="perhaps", default_domain="work", default_sensitivity=7,
            sync_mode="push", poll_interval_seconds=1, secret_ref=CANARY, colour="red",
            options={"api_id": "twelve", "password": "x", "chats": ["me", "not a chat!"], "account": "robot"},
        )  # fmt: skip
    assert set(caught.value.fields) == {
        "enabled", "default_domain", "default_sensitivity", "sync_mode", "poll_interval_seconds", "secret_ref",
        "colour", "options.api_id", "options.password", "options.account",
    }  # fmt: skip
    assert "manual, poll" in caught.value.fields["sync_mode"]
    assert CANARY not in str(caught.value.fields)
    assert database.query("SELECT count(*) FROM connector_setting") == [(0,)]


@pytest.mark.parametrize("chat", ["not a chat!", "", "12 34", "@x", "\x00", "9" * 30])
def test_a_chat_id_that_is_none_is_refused(db: str, alice: Actor, settings: Settings, chat: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        configure(alice, "telegram", settings, options={"chats": ["me", chat]})
    assert set(caught.value.fields) == {"options.chats"}


def test_chats_are_kept_as_telegram_writes_them(db: str, alice: Actor, settings: Settings) -> None:
    told = configure(
        alice, "telegram", settings, options={"chats": ["Saved Messages", "https://t.me/Garden_Club", "me"]}
    )
    assert told["options"]["chats"] == ["me", "@garden_club"]


def test_an_option_is_taken_out_by_none_and_the_others_stay(db: str, alice: Actor, settings: Settings) -> None:
    configure(alice, "telegram", settings, options={"api_id": 7, "chats": ["me"]})
    assert configure(alice, "telegram", settings, options={"api_id": None})["options"] == {"chats": ["me"]}


def test_an_older_version_is_a_conflict(db: str, alice: Actor, settings: Settings) -> None:
    version = configure(alice, "telegram", settings, enabled=True)["version"]
    configure(alice, "telegram", settings, enabled=False)
    with pytest.raises(Conflict) as caught:
        connectors.configure(alice, "telegram", {"enabled": True}, settings=settings, version=version)
    assert caught.value.extra["current"]["enabled"] is False


def test_there_is_no_connector_of_another_name(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(NotFound, match="fax") as caught:
        configure(alice, "fax", settings, enabled=True)
    assert "telegram, local_folder" in str(caught.value.hint)


def test_an_agent_may_set_but_not_name_secrets_or_folders(db: str, alice: Actor, settings: Settings) -> None:
    admin = Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT)
    assert configure(admin, "telegram", settings, sync_mode="poll")["sync_mode"] == "poll"
    for changes in ({"secret_ref": "file:x"}, {"options": {"api_hash_ref": "env:HOME"}}, {"options": {"folders": []}}):
        with pytest.raises(PolicyBlocked):
            configure(admin, "telegram", settings, **changes)
    scout = Actor("agent", "scout", alice.user_id, Profile.READ_ONLY_AGENT)
    with pytest.raises(PolicyBlocked):
        configure(scout, "telegram", settings, enabled=True)


def test_brains_do_not_share_connectors(db: str, alice: Actor, bob: Actor, settings: Settings) -> None:
    configure(alice, "telegram", settings, enabled=True)
    assert reads.setting(gate.scope(bob), "telegram").enabled is False


def test_health_names_what_is_missing_and_shows_no_secret(
    db: str, alice: Actor, settings: Settings, now: datetime
) -> None:
    configure(alice, "telegram", settings, enabled=True, secret_ref="file:session", options={"api_id": 7})
    one = standing(alice, settings, now)
    assert (one["configured"], one["secret_configured"]) == (False, False)
    assert one["validation_errors"] == {
        "secret_ref": "names file:session, and there is no such secret.",
        "options.api_hash_ref": "is not set.",
        "options.chats": "is not set.",
    }
    assert one["says"] == "Telegram cannot work: secret_ref names file:session, and there is no such secret."
    secrets.keep(alice, "file:session", Secret(CANARY), settings=settings)
    secrets.keep(alice, "file:hash", Secret(CANARY), settings=settings)
    configure(alice, "telegram", settings, options={"chats": ["me"], "api_hash_ref": "file:hash"})
    one = standing(alice, settings, now)
    assert (one["configured"], one["secret_configured"], one["validation_errors"]) == (True, True, {})
    status = connectors.standing(alice, "telegram", settings=settings, now=now)
    assert (status["secret_ref"], CANARY in str(status)) == ("file:session", False)


CONTRACT = {
    "connector_name", "display_name", "enabled", "configured", "secret_configured", "sync_mode",
    "poll_interval_seconds", "default_domain", "default_sensitivity", "cursor_state", "items_seen", "items_captured",
    "items_deduped", "items_rejected", "items_failed", "average_processing_time_ms", "last_captured_item",
    "last_sync_at", "last_success_at", "last_failure_at", "last_error", "last_error_code", "validation_errors",
}  # fmt: skip


def test_health_has_the_keys_that_scripts_expect(db: str, alice: Actor, settings: Settings, now: datetime) -> None:
    told = connectors.standing(alice, None, settings=settings, now=now)
    assert told["count"] == len(Connector)
    assert all(set(item) >= CONTRACT for item in told["items"])


def test_health_says_since_when_nothing_comes_and_why(db: str, alice: Actor, settings: Settings, now: datetime) -> None:
    connector_states.succeeded(alice.user_id, "agent_output", now=now - timedelta(hours=2))
    connector_states.failed(alice.user_id, "agent_output", AliceError("The wire is cut."), now=now)
    one = standing(alice, settings, now, "agent_output")
    assert one["says"] == "Nothing comes from Agent output since 2 hours ago: The wire is cut."
    told = connectors.standing(alice, None, settings=settings, now=now)["arriving"]
    assert "Nothing comes from Agent output since 2 hours ago" in told["message"]


def test_an_error_is_redacted_before_it_is_kept(db: str, alice: Actor, settings: Settings, now: datetime) -> None:
    connector_states.failed(alice.user_id, "telegram", AliceError("token=abcdefgh12345678 was refused"), now=now)
    assert "abcdefgh12345678" not in str(database.query("SELECT last_error FROM connector_state"))


def test_what_is_due_is_polled_and_failures_slow_it_down(
    db: str, alice: Actor, settings: Settings, now: datetime
) -> None:
    user = alice.user_id
    assert connectors.due(user, now) == []
    configure(alice, "telegram", settings, enabled=True, sync_mode="poll", poll_interval_seconds=60)
    assert connectors.due(user, now) == ["telegram"]
    connector_states.begun(user, "telegram", now=now)
    assert connectors.due(user, now + timedelta(seconds=59)) == []
    assert connectors.due(user, now + timedelta(seconds=60)) == ["telegram"]
    connector_states.failed(user, "telegram", AliceError("no"), now=now)
    connector_states.failed(user, "telegram", AliceError("no"), now=now)
    assert connectors.due(user, now + timedelta(seconds=239)) == []
    assert connectors.due(user, now + timedelta(seconds=240)) == ["telegram"]
    connector_states.keep_cursor(user, "telegram", {}, not_before=now + timedelta(hours=5))
    assert connectors.due(user, now + timedelta(hours=4)) == []
    assert connectors.due(user, now + timedelta(hours=5)) == ["telegram"]
    configure(alice, "telegram", settings, enabled=False)
    assert connectors.due(user, now + timedelta(hours=9)) == []


def test_a_connector_that_is_handed_things_is_not_synced(db: str, alice: Actor, settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="fetches none"):
        connectors.sync(alice, "agent-output", settings=settings)


def test_telegram_without_its_secrets_says_what_to_set_and_notes_it(
    db: str, alice: Actor, settings: Settings, now: datetime
) -> None:
    configure(alice, "telegram", settings, enabled=True, secret_ref="env:NO_SUCH_TOKEN")
    with pytest.raises(NotConfigured, match="names env:NO_SUCH_TOKEN, and there is no such secret"):
        connectors.sync(alice, "telegram", settings=settings, now=now)
    assert standing(alice, settings, now)["last_error_code"] == "not_configured"


def test_what_stops_a_sync_as_a_whole_is_noted(
    db: str, alice: Actor, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_work: connectors.Work) -> dict[str, Any]:
        raise Upstream("Telegram does not answer.")

    monkeypatch.setitem(connectors._FETCHERS, Connector.TELEGRAM, down)
    secrets.keep(alice, "file:s", Secret("x"), settings=settings)
    configure(
        alice, "telegram", settings, enabled=True, secret_ref="file:s",
        options={"api_id": 1, "api_hash_ref": "file:s", "chats": ["me"]},
    )  # fmt: skip
    with pytest.raises(Upstream):
        connectors.sync(alice, "telegram", settings=settings, now=now)
    one = standing(alice, settings, now)
    assert (one["last_error"], one["last_error_code"], one["last_failure_at"]) == (
        "Telegram does not answer.", "upstream", now,
    )  # fmt: skip


def test_the_system_may_sync_and_an_agent_may_not(db: str, alice: Actor, settings: Settings) -> None:
    for actor in (Actor("agent", "hermes", alice.user_id, Profile.ADMIN_AGENT),):
        with pytest.raises(PolicyBlocked):
            connectors.sync(actor, "local_folder", settings=settings)
    with pytest.raises(NotConfigured):
        connectors.sync(system("scheduler", alice.user_id), "local_folder", settings=settings)


def test_connector_settings_cannot_be_changed_behind_the_log(db: str, alice: Actor) -> None:
    connector_settings.ensure(alice)
    with pytest.raises(Exception, match="left no event"), database.handle.atomic():
        database.query("UPDATE connector_setting SET enabled = true")
