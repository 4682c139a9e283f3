"""Connectors: what they may be told, what is told of them, and streams of which each item comes in once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from alice import config
from alice.config import Settings
from alice.connectors.base import Failure, Part, Received, Run, Secret
from alice.db import database
from alice.domain.policy import Actor, owner, system
from alice.domain.preparation import Item
from alice.domain.vocab import Connector, Profile
from alice.errors import AliceError, Conflict, InvalidInput, NotConfigured, NotFound, PolicyBlocked, Upstream
from alice.ledger import gate
from alice.queries import connectors as reads
from alice.services import connector_settings, connector_states, connectors, quarantine, secrets, streams
from tests.support.postmen import Postman, deliver, work

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
    assert names == ["telegram", "local_folder", "browser_clipper", "agent_output"]
    assert [item["enabled"] for item in told["items"]] == [False, False, True, True]


def test_default_rows_are_made_once(db: str, alice: Actor) -> None:
    assert len(connectors.ensure(alice)) == 4
    assert connectors.ensure(alice) == []
    assert database.query("SELECT count(*) FROM connector_setting") == [(4,)]


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
    assert told["count"] == 4
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


def test_telegram_without_its_secrets_says_what_to_set(db: str, alice: Actor, settings: Settings) -> None:
    configure(alice, "telegram", settings, enabled=True, secret_ref="env:NO_SUCH_TOKEN")
    with pytest.raises(NotConfigured, match="names env:NO_SUCH_TOKEN, and there is no such secret"):
        connectors.sync(alice, "telegram", settings=settings)


# Streams, by a postman whose letters lie in boxes.


def stored() -> set[str]:
    return {row[0] for row in database.query("SELECT external_id FROM source WHERE current")}


@pytest.fixture
def postman() -> Postman:
    return Postman(red=[f"Red letter {n}." for n in range(1, 8)], blue=[f"Blue letter {n}." for n in range(1, 8)])


@pytest.fixture
def break_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    real = streams.prepare

    def choose(text: str) -> None:
        def prepare(item: Item, **more: Any) -> Any:
            if text and text in item.text:
                raise ZeroDivisionError(item.text)
            return real(item, **more)

        monkeypatch.setattr(streams, "prepare", prepare)

    return choose


def test_every_letter_comes_in_once(db: str, alice: Actor, postman: Postman, now: datetime) -> None:
    told = deliver(alice, postman, now)
    assert (told["status"], told["item_count"], told["imported_count"], told["rejected_count"]) == ("ok", 14, 14, 2)
    assert (told["previous_cursor"], told["sync_cursor"]) == ({}, {"red": 7, "blue": 7})
    again = deliver(alice, postman, now)
    assert (again["item_count"], again["previous_cursor"]) == (0, {"red": 7, "blue": 7})
    assert len(stored()) == 14


def test_letters_that_come_twice_are_known(db: str, alice: Actor, postman: Postman, now: datetime) -> None:
    deliver(alice, postman, now)
    connector_states.keep_cursor(alice.user_id, "telegram", {})
    assert deliver(alice, postman, now)["duplicate_count"] == 14
    assert database.query("SELECT count(*) FROM source") == [(14,)]


def test_what_is_left_out_and_lost_is_told_without_its_words(
    db: str, alice: Actor, postman: Postman, now: datetime
) -> None:
    deliver(alice, postman, now)
    rows = database.query(
        "SELECT event_type FROM event_log WHERE event_type IN ('connector.left_out', 'connector.gap')"
    )
    assert sorted(rows) == [("connector.gap",), ("connector.left_out",)]
    assert database.query("SELECT items_seen, items_captured, items_rejected FROM connector_state") == [(16, 14, 2)]


def test_a_failing_letter_stops_its_box_and_not_the_other(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    told = deliver(alice, postman, now)
    assert stored() == {"red/1", "red/2", *(f"blue/{n}" for n in range(1, 8))}
    assert (told["status"], told["failed_external_ids"]) == ("partial", ["red/3"])
    assert {box: told["sync_cursor"][box] for box in ("red", "blue")} == {"red": 2, "blue": 7}


def test_it_is_tried_again_after_a_pause_and_then_the_box_goes_on(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    deliver(alice, postman, now)
    break_on("")
    assert deliver(alice, postman, now + timedelta(seconds=10))["imported_count"] == 0
    assert deliver(alice, postman, now + timedelta(seconds=31))["imported_count"] == 5
    assert len(stored()) == 14
    assert reads.quarantine(gate.scope(alice)).items == []


def test_after_five_tries_it_is_put_aside_and_can_be_tried_again(
    db: str, alice: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 3")
    for day in range(5):
        deliver(alice, postman, now + timedelta(days=day))
    assert stored() == {f"{box}/{n}" for box in ("red", "blue") for n in range(1, 8)} - {"red/3"}
    [item] = reads.quarantine(gate.scope(alice)).items
    assert (item["external_id"], item["status"], item["attempts"]) == ("red/3", "quarantined", 5)
    assert "Red letter" not in item["reason"]
    break_on("")
    assert deliver(alice, postman, now + timedelta(days=6))["imported_count"] == 0
    quarantine.retry(alice, UUID(item["id"]), now=now + timedelta(days=6))
    assert deliver(alice, postman, now + timedelta(days=6))["imported_count"] == 1
    assert reads.quarantine(gate.scope(alice)).items == []


def test_a_letter_that_the_database_refuses_is_found_among_its_neighbours(
    db: str, alice: Actor, postman: Postman, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = streams.capture.write_prepared

    def write(unit: Any, ready: Any, **more: Any) -> Any:
        if any(p.item.external_id == "blue/2" for p in ready):
            database.query("SELECT 1 / 0")
        return real(unit, ready, **more)

    monkeypatch.setattr(streams.capture, "write_prepared", write)
    told = deliver(alice, postman, now)
    assert (told["failed_external_ids"], told["sync_cursor"]["blue"], told["sync_cursor"]["red"]) == (["blue/2"], 1, 7)
    assert stored() == {"blue/1", *(f"red/{n}" for n in range(1, 8))}


def test_an_edited_letter_is_a_revision_and_an_older_text_is_passed_by(db: str, alice: Actor, now: datetime) -> None:
    def receive(text: str, revision: int) -> None:
        one = Received(Item(text, external_id="red/1"), "red", 1, revision, late=revision > 0)
        run = Run((part for part in [Part((one,), {})]), lambda _items: {})
        streams.take(work(alice, now), run, {})

    for text, revision in (("First.", 0), ("Third.", 2), ("Second.", 1), ("Third.", 2)):
        receive(text, revision)
    rows = database.query("SELECT content_text, current, revision FROM source ORDER BY revision")
    assert rows == [("First.", False, 1), ("Third.", True, 2)]


def test_a_box_that_cannot_be_opened_is_told_until_it_can(
    db: str, alice: Actor, postman: Postman, now: datetime
) -> None:
    postman.failures = (Failure("green", "green", "the box is locked", True),)
    told = deliver(alice, postman, now)
    assert told["errors"] == [{"external_id": "green", "message": "the box is locked"}]
    assert len(reads.quarantine(gate.scope(alice)).items) == 1
    postman.failures = ()
    deliver(alice, postman, now)
    assert reads.quarantine(gate.scope(alice)).items == []


def test_an_item_that_cannot_be_stored_is_put_aside_at_once_with_its_reason(
    db: str, alice: Actor, now: datetime
) -> None:
    postman = Postman(red=["Fine.", "a\x00b", "Fine too."])
    told = deliver(alice, postman, now)
    assert (told["imported_count"], told["failed_external_ids"]) == (2, ["red/2"])
    [item] = reads.quarantine(gate.scope(alice)).items
    assert (item["reason_code"], item["status"]) == ("invalid_input", "quarantined")


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


def test_an_item_can_be_decided_on_once_by_its_owner(
    db: str, alice: Actor, bob: Actor, postman: Postman, now: datetime, break_on: Callable[[str], None]
) -> None:
    break_on("Red letter 1")
    deliver(alice, postman, now)
    [item] = reads.quarantine(gate.scope(alice)).items
    identifier = UUID(item["id"])
    with pytest.raises(NotFound):
        quarantine.dismiss(bob, identifier)
    quarantine.dismiss(alice, identifier, version=item["version"])
    with pytest.raises(Conflict):
        quarantine.retry(alice, identifier, version=item["version"])
    assert reads.quarantine(gate.scope(owner(bob.user_id))).items == []


def test_connector_settings_cannot_be_changed_behind_the_log(db: str, alice: Actor) -> None:
    connector_settings.ensure(alice)
    with pytest.raises(Exception, match="left no event"), database.handle.atomic():
        database.query("UPDATE connector_setting SET enabled = true")
