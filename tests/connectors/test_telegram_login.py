"""Signing in on a real wire, from the key exchange to a session that a sync can use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from alice.connectors.base import Secret
from alice.connectors.telegram import Application, TelegramSettings
from alice.connectors.telegram.logins import Login
from alice.connectors.telegram.sessions import READING, SIGNING_IN, Session
from alice.errors import Conflict, InvalidInput, Upstream
from alice.smokes.support.telegram import keys
from alice.smokes.support.telegram.logins import CODE
from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.servers import LoopbackTelegram
from tests.connectors.conftest import API_HASH, Keeper, application

TOKEN = "1234567890:" + "b" * 35
PASSWORD = "correct horse battery staple"


@pytest.fixture
def telegram() -> Iterator[LoopbackTelegram]:
    """A Telegram whose key this process trusts, and which must hear of nothing but signing in and reading."""
    keys.trust()
    with LoopbackTelegram() as server:
        yield server
        assert set(server.log) <= SIGNING_IN | READING | {"help.getConfig"}


def at(telegram: LoopbackTelegram) -> Application:
    return application(server=telegram.address)


def test_a_phone_and_a_code_give_a_session_that_reads(telegram: LoopbackTelegram) -> None:
    ada = telegram.world.person("Ada", phone="34600111222")
    telegram.world.say(ada, ada, "mine")
    with Login(at(telegram)) as login:
        assert login.send_code("+34 600 111 222") == "app"
        assert login.sign_in(f" {CODE}\n")
        session = login.session()
    assert Keeper(TelegramSettings(application(), session, ("me",))).sync().texts() == ["mine"]


def test_a_password_is_proved_and_never_sent(telegram: LoopbackTelegram) -> None:
    telegram.world.person("Ada", phone="34600111222", password=PASSWORD)
    with Login(at(telegram)) as login:
        login.send_code("34600111222")
        assert not login.sign_in(CODE)
        with pytest.raises(Conflict):
            login.session()
        with pytest.raises(InvalidInput) as caught:
            login.give_password(Secret("wrong horse"))
        assert set(caught.value.fields) == {"password"}
        login.give_password(Secret(PASSWORD))
        assert login.session()


def test_a_line_that_dies_while_somebody_types_is_opened_again(telegram: LoopbackTelegram) -> None:
    telegram.world.person("Ada", phone="34600111222", password=PASSWORD)
    with Login(at(telegram)) as login:
        login.send_code("34600111222")
        telegram.drop_all()
        assert not login.sign_in(CODE)
        telegram.drop_all()
        login.give_password(Secret(PASSWORD))
        assert login.session()
    assert telegram.calls()["auth.sendCode"] == 1


def test_a_bot_signs_in_with_its_token_once_and_listens(telegram: LoopbackTelegram) -> None:
    ada, bot = telegram.world.person("Ada"), telegram.world.person("Notes", bot=True, token=TOKEN)
    with Login(at(telegram)) as login:
        login.sign_in_bot(Secret(TOKEN))
        session = login.session()
    keeper = Keeper(TelegramSettings(application(), session, (str(ada.id),))).sync()
    telegram.world.say(ada, bot, "hello")
    assert keeper.sync().texts() == ["hello"]
    assert telegram.calls()["auth.importBotAuthorization"] == 1


def test_it_names_the_field_that_was_wrong(telegram: LoopbackTelegram) -> None:
    telegram.world.person("Ada", phone="34600111222")
    with Login(at(telegram)) as login:
        with pytest.raises(InvalidInput) as phone:
            login.send_code("+1 555 0100")
        login.send_code("34600111222")
        with pytest.raises(InvalidInput) as code:
            login.sign_in("11111")
        with pytest.raises(InvalidInput) as token:
            login.sign_in_bot(Secret("no token"))
    assert [set(e.value.fields) for e in (phone, code, token)] == [{"phone"}, {"code"}, {"bot_token"}]


def test_a_code_is_asked_for_before_it_is_given(telegram: LoopbackTelegram) -> None:
    with Login(at(telegram)) as login, pytest.raises(Conflict):
        login.sign_in(CODE)


def test_a_flood_while_signing_in_says_how_long(telegram: LoopbackTelegram) -> None:
    telegram.flood("auth.sendCode", 600)
    with Login(at(telegram)) as login, pytest.raises(Upstream) as caught:
        login.send_code("34600111222")
    assert caught.value.after_seconds == 600


def test_an_account_of_another_data_centre_is_followed_there(telegram: LoopbackTelegram) -> None:
    with LoopbackTelegram() as other:
        ada = other.world.person("Ada", phone="34600111222")
        other.world.say(ada, ada, "over here")
        telegram.world.data_centres[4] = other.address
        telegram.trouble("auth.sendCode", "refuse", refusal=Refusal(303, "PHONE_MIGRATE_4"))
        with Login(at(telegram)) as login:
            login.send_code("34600111222")
            assert login.sign_in(CODE)
            session = login.session()
        assert Keeper(TelegramSettings(application(), session, ("me",))).sync().texts() == ["over here"]


def test_a_data_centre_that_nobody_knows_ends_the_sign_in(telegram: LoopbackTelegram) -> None:
    telegram.trouble("auth.sendCode", "refuse", refusal=Refusal(303, "PHONE_MIGRATE_9"))
    with Login(at(telegram)) as login, pytest.raises(Upstream) as caught:
        login.send_code("34600111222")
    assert not caught.value.transient


def test_no_secret_shows_while_signing_in(telegram: LoopbackTelegram, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    telegram.world.person("Ada", phone="34600111222", password=PASSWORD)
    with Login(at(telegram)) as login:
        login.send_code("34600111222")
        login.sign_in(CODE)
        login.give_password(Secret(PASSWORD))
        with pytest.raises(InvalidInput) as caught:
            login.sign_in_bot(Secret(TOKEN))
        told = [repr(login), repr(login.session()), caplog.text, repr(caught.value)]
        for secret in (PASSWORD, TOKEN, API_HASH, login.session().reveal()):
            assert not [text for text in told if secret in text]


def test_a_sync_cannot_sign_in_and_a_sign_in_cannot_read(telegram: LoopbackTelegram) -> None:
    from telethon.tl.functions import auth, channels, contacts, messages, updates
    from telethon.tl.types import InputPeerSelf

    ada = telegram.world.person("Ada")
    writing = [
        messages.SendMessageRequest(InputPeerSelf(), "hello"),
        messages.ReadHistoryRequest(InputPeerSelf(), 0),
        messages.DeleteMessagesRequest([1]),
        channels.JoinChannelRequest("x"),
        contacts.AddContactRequest("x", "x", "x", "x"),
        auth.LogOutRequest(),
        auth.ImportBotAuthorizationRequest(0, 1, "x", "y"),
    ]
    with Session(application(), Secret(telegram.session(ada))) as session:
        for request in writing:
            with pytest.raises(AssertionError):
                session.call(request)
    with Session(at(telegram), None, allowed=SIGNING_IN) as session, pytest.raises(AssertionError):
        session.call(updates.GetStateRequest())
    assert set(telegram.log) == {"help.getConfig"}


def test_a_client_on_the_other_framing_is_understood_too(telegram: LoopbackTelegram) -> None:
    import asyncio

    from telethon import TelegramClient
    from telethon.network import ConnectionTcpAbridged
    from telethon.sessions import StringSession

    ada = telegram.world.person("Ada")

    async def name() -> str:
        kept = StringSession(telegram.session(ada))
        client = TelegramClient(kept, 1, "x", connection=ConnectionTcpAbridged, receive_updates=False)
        await client.connect()
        try:
            return str((await client.get_me()).first_name)
        finally:
            await client.disconnect()

    assert asyncio.run(name()) == "Ada"
