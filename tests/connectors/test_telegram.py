"""A user's session against a real wire: what is read, what is passed by, and where the next sync goes on."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from alice.smokes.support.telegram.servers import LoopbackTelegram
from tests.connectors.conftest import Keeper, settings


def test_it_reads_saved_messages_from_the_first_to_the_last(telegram: LoopbackTelegram) -> None:
    ada = telegram.world.person("Ada")
    for number in range(7):
        telegram.world.say(ada, ada, f"note {number}")
    keeper = Keeper(settings(telegram, ada, "me", page=3)).sync()
    assert keeper.texts() == [f"note {number}" for number in range(7)]
    assert [r.external_id for r in keeper.stored.values()] == [f"{ada.id}/{n}" for n in range(1, 8)]
    assert next(iter(keeper.stored.values())).item.author == "Ada"


def test_the_next_sync_brings_only_what_is_new(telegram: LoopbackTelegram) -> None:
    ada = telegram.world.person("Ada")
    telegram.world.say(ada, ada, "first")
    keeper = Keeper(settings(telegram, ada, "me")).sync().sync()
    assert keeper.again == 0
    telegram.world.say(ada, ada, "second")
    assert keeper.sync().texts() == ["first", "second"]
    assert keeper.again == 0


def test_a_chat_that_is_not_allowed_leaves_a_count_and_no_word(
    telegram: LoopbackTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ada, bo = telegram.world.person("Ada"), telegram.world.person("Bo")
    telegram.world.say(ada, ada, "mine")
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    for _ in range(3):
        telegram.world.say(bo, ada, "the combination is heliotrope")
    keeper.sync()
    assert keeper.texts() == ["mine"]
    assert [(e.stream, e.reason, e.count) for e in keeper.left_out] == [(str(bo.id), "not_allowed", 3)]
    assert f"left out 3 messages of chat {bo.id}" in caplog.text
    assert "heliotrope" not in caplog.text + repr(keeper.cursor) + repr(keeper.left_out)


def test_each_kind_of_chat_is_found_and_read(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo", username="bo_writes")
    family, club = world.group("Family", ada, bo), world.channel("Club", ada, bo)
    news = world.channel("News", ada, bo, broadcast=True, username="daily_news")
    for chat in (ada, bo, family, club, news):
        world.say(bo if chat in (family, club, news) else ada, chat, f"in {chat.marked}")
    wanted = ("me", "@bo_writes", str(family.marked), str(club.marked), "@daily_news")
    keeper = Keeper(settings(telegram, ada, *wanted)).sync()
    assert sorted(keeper.texts()) == sorted(f"in {chat.marked}" for chat in (ada, bo, family, club, news))
    assert not keeper.failures
    by_text = {r.item.text: r.item for r in keeper.stored.values()}
    assert by_text[f"in {bo.marked}"].author == "Ada"
    assert by_text[f"in {family.marked}"].author == "Bo"
    assert by_text[f"in {news.marked}"].author == "News"
    assert by_text[f"in {club.marked}"].uri == f"https://t.me/c/{club.id}/1"
    before = telegram.calls()
    keeper.sync()
    found_once = telegram.calls() - before
    assert not found_once["contacts.resolveUsername"]
    assert not found_once["messages.getDialogs"]


def test_a_person_who_wrote_is_the_author_in_a_private_chat(telegram: LoopbackTelegram) -> None:
    ada, bo = telegram.world.person("Ada"), telegram.world.person("Bo")
    telegram.world.say(bo, ada, "from Bo")
    telegram.world.say(ada, bo, "from Ada")
    keeper = Keeper(settings(telegram, ada, str(bo.id))).sync()
    assert [(r.item.text, r.item.author) for r in keeper.stored.values()] == [("from Bo", "Bo"), ("from Ada", "Ada")]


def test_an_edit_is_a_new_revision_of_the_same_item(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo")
    club = world.channel("Club", ada, bo)
    saved, said = world.say(ada, ada, "helo"), world.say(bo, club, "wrold")
    keeper = Keeper(settings(telegram, ada, "me", str(club.marked))).sync()
    world.edit(saved, "hello")
    world.edit(said, "world")
    keeper.sync()
    assert sorted(keeper.texts()) == ["hello", "helo", "world", "wrold"]
    for post, old, new in ((saved, "helo", "hello"), (said, "wrold", "world")):
        forms = sorted(
            (r for r in keeper.stored.values() if r.order == post.number and r.item.text in (old, new)),
            key=lambda r: r.revision,
        )
        assert [r.item.text for r in forms] == [old, new]
        assert len({r.external_id for r in forms}) == 1
        assert forms[0].revision == 0 < forms[1].revision


def test_service_messages_and_pictures_without_words_are_left_out(telegram: LoopbackTelegram) -> None:
    from telethon.tl.types import MessageActionPinMessage, MessageMediaPhoto

    world = telegram.world
    ada = world.person("Ada")
    world.say(ada, ada, "words")
    world.say(ada, ada, action=MessageActionPinMessage())
    world.say(ada, ada, "", media=MessageMediaPhoto())
    world.say(ada, ada, "a caption", media=MessageMediaPhoto())
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    assert keeper.texts() == ["words", "a caption"]
    assert {(e.reason, e.count) for e in keeper.left_out} == {("service", 1), ("no_text", 1)}
    assert [r.item.metadata.get("attachment") for r in keeper.stored.values()] == [None, "photo"]


def test_an_album_is_its_messages_with_words_tied_together(telegram: LoopbackTelegram) -> None:
    from telethon.tl.types import MessageMediaPhoto

    ada = telegram.world.person("Ada")
    for caption in ("the trip", "", "day two"):
        telegram.world.say(ada, ada, caption, media=MessageMediaPhoto(), grouped_id=77)
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    assert keeper.texts() == ["the trip", "day two"]
    assert {r.item.metadata["album"] for r in keeper.stored.values()} == {"77"}


def test_a_chat_that_does_not_exist_is_named_and_the_others_are_read(telegram: LoopbackTelegram) -> None:
    ada = telegram.world.person("Ada")
    telegram.world.say(ada, ada, "mine")
    keeper = Keeper(settings(telegram, ada, "me", "@nobody_here", "-1000000009999", "424242")).sync()
    assert keeper.texts() == ["mine"]
    assert {f.stream: f.reason for f in keeper.failures} == {
        "@nobody_here": "username_not_occupied",
        "-1000000009999": "not_among_the_chats_of_this_account",
        "424242": "not_among_the_chats_of_this_account",
    }


def test_a_chat_that_closes_keeps_its_cursor_and_stops_no_other(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada = world.person("Ada")
    club = world.channel("Club", ada)
    world.say(ada, club, "open")
    keeper = Keeper(settings(telegram, ada, "me", str(club.marked))).sync()
    club.closed_to.add(ada.id)
    world.say(ada, ada, "mine")
    world.say(ada, club, "unheard")
    keeper.sync()
    assert keeper.texts() == ["open", "mine"]
    assert {(f.stream, f.reason) for f in keeper.failures} == {(str(club.marked), "channel_private")}
    club.closed_to.clear()
    assert keeper.sync().texts() == ["open", "mine", "unheard"]


def test_a_chat_taken_from_the_list_is_read_no_more_and_goes_on_when_put_back(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo")
    world.say(bo, ada, "one")
    keeper = Keeper(settings(telegram, ada, "me", str(bo.id))).sync()
    both, keeper.settings = keeper.settings, settings(telegram, ada, "me")
    world.say(bo, ada, "two")
    assert keeper.sync().texts() == ["one"]
    keeper.settings = both
    assert keeper.sync().texts() == ["one", "two"]
    assert keeper.again == 0


def test_a_long_chat_does_not_hold_up_a_short_one(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo")
    for number in range(30):
        world.say(ada, ada, f"long {number}")
    world.say(bo, ada, "short")
    keeper = Keeper(settings(telegram, ada, "me", str(bo.id), page=5)).sync(parts=4)
    assert "short" in keeper.texts()
    assert len(keeper.texts()) < 31


def test_a_chat_that_is_not_there_is_asked_for_once_an_hour_or_when_the_owner_wants(
    telegram: LoopbackTelegram,
) -> None:
    ada = telegram.world.person("Ada")
    telegram.world.say(ada, ada, "mine")
    keeper = Keeper(settings(telegram, ada, "me", "@late_bird", "424242"))
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)

    def asked(minute: int, *again: str) -> tuple[bool, bool, int]:
        before, failed = telegram.calls(), len(keeper.failures)
        keeper.sync(now=noon + timedelta(minutes=minute), again=again)
        made = telegram.calls() - before
        told = len(keeper.failures) - failed
        return made["contacts.resolveUsername"] > 0, made["messages.getDialogs"] > 0, told

    assert asked(0) == (True, True, 2)
    assert asked(5) == (False, False, 2)
    assert asked(10, "@late_bird") == (True, False, 2)
    assert asked(61) == (False, True, 2)
    telegram.world.person("Late", username="late_bird")
    assert asked(71) == (True, False, 1)
    assert "@late_bird" in keeper.cursor["names"]


def test_a_long_list_of_chats_is_read_to_the_end(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada = world.person("Ada")
    people = [world.person(f"Friend {number}") for number in range(230)]
    for friend in people:
        world.say(friend, ada, f"I am {friend.name}")
    keeper = Keeper(settings(telegram, ada, str(people[0].id))).sync()
    assert keeper.texts() == ["I am Friend 0"]
    assert telegram.calls()["messages.getDialogs"] >= 3


def test_another_account_begins_anew(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo")
    world.say(ada, ada, "Ada's")
    world.say(bo, bo, "Bo's")
    keeper = Keeper(settings(telegram, ada, "me")).sync()
    keeper.settings = settings(telegram, bo, "me")
    assert keeper.sync().texts() == ["Ada's", "Bo's"]


def test_edits_that_were_missed_are_recorded_and_looked_for(telegram: LoopbackTelegram) -> None:
    world = telegram.world
    ada, bo = world.person("Ada"), world.person("Bo")
    club = world.channel("Club", ada, bo)
    saved, said = world.say(ada, ada, "helo"), world.say(bo, club, "wrold")
    keeper = Keeper(settings(telegram, ada, "me", str(club.marked))).sync()
    world.edit(saved, "hello")
    world.edit(said, "world")
    ada.box.forget_log()
    club.box.forget_log()
    keeper.sync()
    assert {"hello", "world"} <= set(keeper.texts())
    assert {(g.stream, g.reason, g.filled) for g in keeper.gaps} == {
        ("account", "too_long", True),
        (str(club.marked), "too_long", True),
    }
    keeper.gaps.clear()
    assert keeper.sync().gaps == []
