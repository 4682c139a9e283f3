"""What a wire does to a reader: floods, hang-ups in the middle, silence, answers told twice, sessions that end."""

from __future__ import annotations

import json
import logging
import pickle
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alice.connectors.base import Secret
from alice.connectors.telegram import TelegramSettings, fetch, probe
from alice.errors import AliceError, NotConfigured, Upstream
from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.servers import LoopbackTelegram
from alice.smokes.support.telegram.worlds import Person
from tests.connectors.conftest import API_HASH, Keeper, application, settings


@pytest.fixture
def ada(telegram: LoopbackTelegram) -> Person:
    """Someone with twelve saved messages."""
    who = telegram.world.person("Ada")
    for number in range(12):
        telegram.world.say(who, who, f"note {number}")
    return who


NOTES = [f"note {number}" for number in range(12)]
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def test_a_flood_wait_is_obeyed_by_the_next_sync_too(telegram: LoopbackTelegram, ada: Person) -> None:
    telegram.flood("messages.getHistory", 90, skip=2)
    keeper = Keeper(settings(telegram, ada, "me", page=3)).sync(now=NOON)
    assert keeper.texts() == NOTES[:6]
    assert keeper.not_before == NOON + timedelta(seconds=90)
    asked = len(telegram.log)
    keeper.sync(now=NOON + timedelta(seconds=89))
    assert len(telegram.log) == asked
    assert keeper.not_before == NOON + timedelta(seconds=90)
    keeper.sync(now=NOON + timedelta(seconds=91))
    assert keeper.texts() == NOTES
    assert keeper.not_before is None
    assert keeper.again == 0


@pytest.mark.parametrize("method", ["help.getConfig", "users.getUsers", "updates.getState"])
def test_a_flood_wait_before_the_first_message_is_obeyed(telegram: LoopbackTelegram, ada: Person, method: str) -> None:
    telegram.flood(method, 30)
    keeper = Keeper(settings(telegram, ada, "me")).sync(now=NOON)
    assert keeper.not_before == NOON + timedelta(seconds=30)
    assert keeper.sync(now=NOON + timedelta(seconds=31)).texts() == NOTES


def test_a_flood_wait_for_accounts_that_do_not_pay_counts_as_one(telegram: LoopbackTelegram, ada: Person) -> None:
    telegram.trouble("messages.getHistory", "refuse", refusal=Refusal(420, "FLOOD_PREMIUM_WAIT_7"))
    assert Keeper(settings(telegram, ada, "me")).sync(now=NOON).not_before == NOON + timedelta(seconds=7)


@pytest.mark.parametrize("how", ["reset", "hang_up", "cut"])
@pytest.mark.parametrize("skip", [0, 1, 3])
def test_a_connection_that_breaks_loses_nothing(telegram: LoopbackTelegram, ada: Person, how: str, skip: int) -> None:
    telegram.trouble("messages.getHistory", how, skip=skip)
    keeper = Keeper(settings(telegram, ada, "me", page=3))
    with pytest.raises(Upstream) as caught:
        keeper.sync()
    assert caught.value.transient
    assert keeper.texts() == NOTES[: skip * 3]
    assert keeper.sync().texts() == NOTES
    assert keeper.again == 0


@pytest.mark.parametrize("method", ["help.getConfig", "users.getUsers", "updates.getState", "messages.getHistory"])
def test_silence_is_not_waited_out(telegram: LoopbackTelegram, ada: Person, method: str) -> None:
    telegram.trouble(method, "mute")
    keeper = Keeper(settings(telegram, ada, "me", timeout=0.3))
    with pytest.raises(Upstream) as caught:
        keeper.sync()
    assert caught.value.transient
    keeper.settings = settings(telegram, ada, "me")
    assert keeper.sync().texts() == NOTES


def test_answers_that_arrive_twice_count_once(telegram: LoopbackTelegram, ada: Person) -> None:
    telegram.trouble("messages.getHistory", "twice", times=99)
    keeper = Keeper(settings(telegram, ada, "me", page=2)).sync()
    assert keeper.texts() == NOTES
    assert keeper.again == 0


@pytest.mark.parametrize("refusal", [Refusal(500, "INTERNAL"), Refusal(-503, "Timeout")])
def test_trouble_of_telegrams_own_is_worth_another_try(
    telegram: LoopbackTelegram, ada: Person, refusal: Refusal
) -> None:
    telegram.trouble("messages.getHistory", "refuse", refusal=refusal)
    keeper = Keeper(settings(telegram, ada, "me"))
    with pytest.raises(Upstream) as caught:
        keeper.sync()
    assert caught.value.transient
    assert keeper.sync().texts() == NOTES


@pytest.mark.parametrize("key_too", [False, True])
def test_a_revoked_session_says_how_to_sign_in_again(telegram: LoopbackTelegram, ada: Person, *, key_too: bool) -> None:
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    telegram.revoke(ada, key_too=key_too)
    with pytest.raises(NotConfigured) as caught:
        keeper.sync()
    assert "telegram login" in str(caught.value.hint)


def test_a_place_in_the_log_that_telegram_does_not_know_is_a_gap(telegram: LoopbackTelegram, ada: Person) -> None:
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    telegram.trouble("updates.getDifference", "refuse", refusal=Refusal(400, "PERSISTENT_TIMESTAMP_INVALID"))
    keeper.sync()
    assert [(g.stream, g.filled) for g in keeper.gaps] == [("account", True)]


def test_nobody_listening_is_a_failure_worth_another_try() -> None:
    with LoopbackTelegram() as telegram:
        who = telegram.world.person("Ada")
        dead = settings(telegram, who, "me")
    with pytest.raises(Upstream) as caught:
        Keeper(dead).sync()
    assert caught.value.transient


@pytest.mark.parametrize("session", ["", "x", "1abc", "1" + "A" * 352, "2" + "A" * 352, "\udc80"])
def test_a_session_that_is_none_never_dials(session: str) -> None:
    chosen = TelegramSettings(application(), Secret(session), ("me",))
    with pytest.raises(NotConfigured):
        Keeper(chosen).sync()


def test_an_item_that_cannot_be_stored_stops_its_chat_and_no_other(telegram: LoopbackTelegram, ada: Person) -> None:
    bo = telegram.world.person("Bo")
    telegram.world.say(bo, ada, "hello")
    keeper = Keeper(settings(telegram, ada, "me", str(bo.id), page=3), refused={"note 4"}).sync()
    assert sorted(keeper.texts()) == sorted([*NOTES[:4], "hello"])
    assert keeper.cursor["chats"][str(ada.id)]["last"] == 4
    keeper.refused = set()
    assert sorted(keeper.sync().texts()) == sorted([*NOTES, "hello"])
    assert keeper.again == 0


def test_an_edit_that_cannot_be_stored_comes_again_without_the_chat_being_read_anew(
    telegram: LoopbackTelegram, ada: Person
) -> None:
    said = telegram.world.say(ada, ada, "helo")
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    telegram.world.edit(said, "hello")
    keeper.refused = {"hello"}
    keeper.sync()
    keeper.refused = set()
    assert keeper.sync().texts()[-1] == "hello"
    assert keeper.again == 0


@pytest.mark.parametrize("parts", range(1, 7))
def test_a_run_that_is_broken_off_after_any_part_loses_and_doubles_nothing(
    telegram: LoopbackTelegram, ada: Person, parts: int
) -> None:
    keeper = Keeper(settings(telegram, ada, "me", page=3)).sync(parts=parts).sync()
    assert keeper.texts() == NOTES
    assert keeper.again == 0


CHILD = """
import json, sys, time
from pathlib import Path
from alice.connectors.base import Secret
from alice.connectors.telegram import Application, TelegramSettings, fetch

kept = Path(sys.argv[1])
told = json.loads(sys.stdin.readline())
settings = TelegramSettings(Application(1, Secret("x")), Secret(told["session"]), ("me",), page=2)
before = json.loads(kept.read_text()) if kept.exists() else {"texts": [], "cursor": None}
with fetch(settings, before["cursor"]) as run:
    for part in run:
        texts = before["texts"] + [r.item.text for r in part.items]
        before = {"texts": texts, "cursor": dict(part.cursor)}
        fresh = kept.with_suffix(".new")
        fresh.write_text(json.dumps(before))
        fresh.rename(kept)
        print("part", flush=True)
        if told["slow"]:
            time.sleep(60)
"""


def test_a_child_that_is_killed_leaves_a_cursor_that_goes_on(
    telegram: LoopbackTelegram, ada: Person, tmp_path: Path
) -> None:
    kept, session = tmp_path / "kept.json", telegram.session(ada)
    for slow in (True, True, True, False):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(kept)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdin is not None
        assert child.stdout is not None
        with child:
            child.stdin.write(json.dumps({"session": session, "slow": slow}) + "\n")
            child.stdin.flush()
            assert child.stdout.readline() == "part\n"
            if slow:
                child.send_signal(signal.SIGKILL)
            child.stdout.read()
    assert json.loads(kept.read_text())["texts"] == NOTES


def test_no_secret_shows_anywhere(telegram: LoopbackTelegram, ada: Person, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    chosen = settings(telegram, ada, "me")
    session = chosen.session.reveal()
    keeper = Keeper(chosen).sync()
    telegram.trouble("messages.getHistory", "reset")
    errors: list[AliceError] = []
    with pytest.raises(Upstream) as first:
        keeper.sync()
    telegram.revoke(ada)
    with pytest.raises(NotConfigured) as second:
        keeper.sync()
    errors += [first.value, second.value]
    told = [repr(chosen), str(chosen), f"{chosen.session} {chosen.session!r}", json.dumps(keeper.cursor), caplog.text]
    told += [f"{e!r} {e.message} {e.hint} {e.extra}" for e in errors]
    told += [repr(fetch(chosen, None))]
    for secret in (session, session[20:60], API_HASH):
        assert not [text for text in told if secret in text]
    with pytest.raises(TypeError):
        pickle.dumps(chosen)


def test_no_words_of_a_message_reach_the_log(
    telegram: LoopbackTelegram, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    telegram.world.say(ada, ada, "heliotrope")
    telegram.trouble("messages.getHistory", "twice", times=9)
    assert "heliotrope" in Keeper(settings(telegram, ada, "me")).sync().texts()
    assert "heliotrope" not in caplog.text


def test_a_probe_names_the_account_and_the_chats_that_are_not_there(telegram: LoopbackTelegram, ada: Person) -> None:
    account, failures = probe(settings(telegram, ada, "me", "@nobody_here"))
    assert (account.id, account.name, account.bot) == (ada.id, "Ada", False)
    assert [f.stream for f in failures] == ["@nobody_here"]
    assert "messages.getHistory" not in telegram.log
