"""From a message of Telegram to an item, without a wire: texts, links, people, albums, chats and their names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telethon.tl import types

from alice.connectors.base import Received, Secret
from alice.connectors.telegram import Application, TelegramSettings, messages, reference, texts
from alice.connectors.telegram.cursors import Clockwork, Missed, Place, State, load
from alice.connectors.telegram.logins import Login
from alice.domain.vocab import Domain, Sensitivity
from alice.errors import InvalidInput

ME, BO, CLUB = 101, 102, 9001
SENT = datetime(2026, 3, 4, 12, tzinfo=UTC)
SETTINGS = TelegramSettings(
    Application(1, Secret("x")), Secret("y"), domain=Domain.FAMILY, sensitivity=Sensitivity.PRIVATE
)
NAMES = {ME: "Ada", BO: "Bo", -(10**12 + CLUB): "Club", -55: "Family"}


def received(text: str = "words", **fields: Any) -> Received:
    peer = fields.pop("peer", types.PeerUser(BO))
    message = types.Message(7, peer, SENT, text, **fields)
    return messages.received(message, NAMES, SETTINGS, account=ME)


def test_a_message_becomes_an_item_with_the_settings_of_the_connector() -> None:
    found = received("words", out=True)
    assert (found.external_id, found.stream, found.order, found.revision) == (f"{BO}/7", str(BO), 7, 0)
    item = found.item
    assert (item.connector, item.text, item.author, item.occurred_at) == ("telegram", "words", "Ada", SENT)
    assert (item.domain, item.sensitivity, item.uri) == (Domain.FAMILY, Sensitivity.PRIVATE, None)


def test_a_forward_has_the_author_of_the_words_and_tells_who_sent_it() -> None:
    by_channel = types.MessageFwdHeader(SENT, from_id=types.PeerChannel(CLUB), channel_post=3)
    item = received(fwd_from=by_channel).item
    assert (item.author, item.metadata["sent_by"]) == ("Club", "Bo")
    assert item.metadata["forwarded_message"] == f"-{10**12 + CLUB}/3"
    hidden = types.MessageFwdHeader(SENT, from_name="Grace")
    assert received(fwd_from=hidden).item.author == "Grace"
    nobody = types.MessageFwdHeader(SENT, from_id=types.PeerUser(999))
    assert received(fwd_from=nobody).item.author == "Bo"


def test_a_reply_names_what_it_answers() -> None:
    here = types.MessageReplyHeader(reply_to_msg_id=3)
    assert received(reply_to=here).item.metadata["reply_to"] == f"{BO}/3"
    there = types.MessageReplyHeader(reply_to_msg_id=3, reply_to_peer_id=types.PeerChat(55))
    assert received(reply_to=there).item.metadata["reply_to"] == "-55/3"
    story = types.MessageReplyStoryHeader(types.PeerUser(BO), 3)
    assert "reply_to" not in received(reply_to=story).item.metadata


def test_what_hangs_on_a_message_is_named_and_a_preview_is_nothing() -> None:
    named = types.Document(1, 1, b"", SENT, "application/pdf", 1, 1, [types.DocumentAttributeFilename("plan.pdf")])
    media = (
        (types.MessageMediaDocument(document=named), "plan.pdf"),
        (types.MessageMediaPhoto(), "photo"),
        (types.MessageMediaWebPage(types.WebPageEmpty(1)), None),
    )
    for one, told in media:
        assert received(media=one).item.metadata.get("attachment") == told


def test_an_edit_counts_the_seconds_at_which_it_was_made() -> None:
    found = received(edit_date=datetime(2026, 3, 4, 13, tzinfo=UTC))
    assert found.revision == 1772629200
    assert found.item.metadata["edited_at"] == "2026-03-04T13:00:00+00:00"


def test_channels_groups_and_people_have_ids_that_never_meet() -> None:
    peers = (types.PeerUser(55), types.PeerChat(55), types.PeerChannel(55))
    assert [messages.marked(p) for p in peers] == [55, -55, -1000000000055]
    supergroup = received(peer=types.PeerChannel(CLUB), from_id=types.PeerUser(BO))
    assert (supergroup.item.uri, supergroup.item.author) == (f"https://t.me/c/{CLUB}/7", "Bo")
    signed = received(peer=types.PeerChannel(CLUB), post=True, post_author="Grace")
    assert signed.item.author == "Grace"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (types.MessageEmpty(1, None), "gone"),
        (types.MessageService(1, types.PeerUser(1), SENT, action=types.MessageActionPinMessage()), "service"),
        (types.Message(1, types.PeerUser(1), SENT, " \n"), "no_text"),
        (types.Message(1, types.PeerUser(1), SENT, "words"), None),
    ],
)
def test_what_is_no_evidence_is_told_by_a_word(message: Any, why: str | None) -> None:
    assert messages.unsuitable(message) == why


def link(offset: int, length: int, url: str) -> Any:
    return types.MessageEntityTextUrl(offset, length, url)


def test_a_hidden_link_is_written_behind_its_words() -> None:
    assert texts.plain("read this page now", [link(5, 9, "https://a.example/x")]) == (
        "read this page (https://a.example/x) now"
    )


def test_offsets_count_as_telegram_counts() -> None:
    assert texts.plain("👍🏽 ok", [link(5, 2, "https://a.example")]) == "👍🏽 ok (https://a.example)"


def test_a_link_that_says_where_it_leads_is_left_as_it_is() -> None:
    assert texts.plain("https://a.example/", [link(0, 18, "https://a.example")]) == "https://a.example/"


def test_other_entities_leave_the_text_alone() -> None:
    entities = [types.MessageEntityBold(0, 4), types.MessageEntityUrl(5, 9), types.MessageEntityCode(0, 2)]
    assert texts.plain("bold a.example", entities) == "bold a.example"


@given(st.text(), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_no_entity_breaks_a_text(text: str, places: list[tuple[int, int]]) -> None:
    made = texts.plain(text, [link(offset, length, "u") for offset, length in places])
    if text.isascii() and not set(text) & set("u()"):
        assert made.replace(" (u)", "") == text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("me", "me"), ("Saved Messages", "me"), ("@Some_Name", "@some_name"), ("some_name", "@some_name"),
        ("https://t.me/Some_Name", "@some_name"), ("t.me/some_name/15", "@some_name"),
        ("https://t.me/c/1234567/89", "-1000001234567"), (" -1001234567890 ", "-1001234567890"), ("42", "42"),
    ],
)  # fmt: skip
def test_a_chat_may_be_written_in_several_ways(written: str, kept: str) -> None:
    assert reference(written) == kept
    assert reference(kept) == kept


@pytest.mark.parametrize("written", ["", " ", "-", "0", "-0", "1e5", "٣", "a b", "@", "@1abc", "12345678901234567890",
                                     "https://example.org/x", "me\x00", "javascript:alert(1)"])  # fmt: skip
def test_what_is_no_chat_is_refused_with_the_ways_to_write_one(written: str) -> None:
    with pytest.raises(InvalidInput, match="Saved Messages"):
        reference(written)


def test_settings_are_checked_when_they_are_made() -> None:
    application = Application(1, Secret("x"))
    for make in (
        lambda: Application(0, Secret("x")),
        lambda: Application(2**31, Secret("x")),
        lambda: Login(Application(1)),
        lambda: TelegramSettings(application, Secret("y"), ("Saved Messages",)),
        lambda: TelegramSettings(application, Secret("y"), page=0),
    ):
        with pytest.raises(InvalidInput):
            make()


def test_a_state_survives_being_kept() -> None:
    places = {BO: Place("user", BO, 2**62, 4, 9, {3, 1}, (5, 8))}
    missed = {"@ada": Missed("username not occupied", SENT)}
    state = State(ME, True, Clockwork(5, 6, 7), places, {"@bo": BO}, missed, not_before=SENT)
    assert load(state.as_json()) == state
    assert load(None) == load({}) == load({"version": 99}) == State()


def test_holding_a_late_item_remembers_its_id_and_holding_another_goes_back() -> None:
    state = State(ME, False, None, {BO: Place("user", BO, last=20)})
    late = Received(received().item, str(BO), 7, 3, late=True)
    kept = state.hold([late])
    assert (kept["chats"][str(BO)]["last"], kept["chats"][str(BO)]["waiting"]) == (20, [7])
    kept = state.hold([Received(received().item, str(BO), order) for order in (12, 13)])
    assert kept["chats"][str(BO)]["last"] == 11
    assert state.resting == {BO}
