"""One fetch of an account: connects, reads what is new in the allowed chats, and hangs up. It stores nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta

from alice import clock
from alice.connectors.base import Cursor, Failure, Part, Run
from alice.connectors.telegram import chats, cursors, differences, failures, histories, messages
from alice.connectors.telegram.cursors import State
from alice.connectors.telegram.readings import Reading
from alice.connectors.telegram.sessions import Session
from alice.connectors.telegram.settings import TelegramSettings

log = logging.getLogger("alice.telegram")


@dataclass(frozen=True, slots=True)
class Account:
    """Who a session belongs to."""

    id: int
    name: str
    bot: bool


def fetch(
    settings: TelegramSettings,
    cursor: Cursor | None,
    *,
    again: Collection[str] = (),
    now: Callable[[], datetime] = clock.now,
) -> Run:
    """Return the parts of what is new since `cursor`; `again` names items, by external id, that are read once more.

    A user's chats are read from their histories, the oldest first, and edits from differences; a bot hears all by
    differences, from its first fetch on. While a flood wait lasts nothing is asked and one part says until when.
    Asking for a part raises NotConfigured when the session has ended, Upstream when Telegram cannot be reached.
    """
    state = cursors.load(cursor)
    return Run(_parts(settings, state, again, now), state.hold)


def probe(settings: TelegramSettings) -> tuple[Account, tuple[Failure, ...]]:
    """Return whose session it is and which of the chats cannot be read, without reading a message."""
    try:
        with Session(settings.application, settings.session) as session:
            state, account = State(), _account(session)
            state.belongs_to(account.id, bot=account.bot)
            return account, tuple(chats.find(session, state, settings.chats, clock.now()))
    except failures.INNER as error:
        raise failures.outer(error) from None


def _parts(
    settings: TelegramSettings, state: State, again: Collection[str], now: Callable[[], datetime]
) -> Generator[Part, None, None]:
    if state.not_before and now() < state.not_before:
        yield Part((), state.as_json(), not_before=state.not_before)
        return
    state.not_before = None
    try:
        with Session(settings.application, settings.session) as session:
            yield from _read(Reading(session, settings, state), again, now())
    except failures.Flood as flood:
        state.not_before = now() + timedelta(seconds=flood.seconds)
        log.warning("Telegram wants silence for %d s", flood.seconds)
        yield Part((), state.as_json(), not_before=state.not_before)
    except failures.INNER as error:
        raise failures.outer(error) from None


def _read(reading: Reading, again: Collection[str], now: datetime) -> Generator[Part, None, None]:
    account = _account(reading.session)
    reading.state.belongs_to(account.id, bot=account.bot)
    missing = tuple(chats.find(reading.session, reading.state, reading.settings.chats, now, again))
    if missing:
        yield Part((), reading.state.as_json(), failures=missing)
    _wait_for(reading, again)
    yield from histories.waiting(reading)
    yield from differences.all_updates(reading)
    if not account.bot:
        yield from histories.all_new(reading)
    yield Part((), reading.state.as_json())


def _account(session: Session) -> Account:
    from telethon.tl.functions.users import GetUsersRequest
    from telethon.tl.types import InputUserSelf

    found = session.call(GetUsersRequest([InputUserSelf()]))
    if not found or type(found[0]).__name__ != "User":
        raise failures.revoked()
    return Account(found[0].id, messages.called(found[0]), bool(found[0].bot))


def _wait_for(reading: Reading, again: Collection[str]) -> None:
    """Ask for what the caller names; the name of a whole chat, or of an entry of an export, is no message's."""
    for identifier in again:
        try:
            chat, number = messages.numbered(identifier)
        except ValueError:
            continue
        if chat in reading.allowed:
            reading.state.places[chat].waiting.add(number)
