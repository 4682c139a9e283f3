"""Finds the chats that the settings allow, once, and keeps what it takes to ask for them again. It reads no message."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from alice.connectors.base import Failure
from alice.connectors.telegram.cursors import Missed, Place, State
from alice.connectors.telegram.failures import Declined
from alice.connectors.telegram.messages import marked
from alice.connectors.telegram.sessions import Session
from alice.connectors.telegram.settings import CHANNEL_BASE, SAVED

_PAGES_OF_DIALOGS = 50
_PAGE = 100
_REST = timedelta(hours=1)


def find(
    session: Session, state: State, references: tuple[str, ...], now: datetime, again: Collection[str] = ()
) -> Iterator[Failure]:
    """Put into `state` the place of each chat that it does not know yet; yield a Failure for each that is not there.

    One that was not there a moment ago is not looked for anew, unless `again` names it: Telegram answers only so many
    such questions a day, and then wants silence for hours.
    """
    unknown = [r for r in references if state.names.get(r) not in state.places]
    known = {name: one for name, one in state.missed.items() if name in unknown}
    state.missed = {name: one for name, one in known.items() if name not in again and now - one.at < _REST}
    reasons = {name: one.reason for name, one in state.missed.items()}
    for name, reason in _look(session, state, [one for one in unknown if one not in state.missed]):
        state.missed[name], reasons[name] = Missed(reason, now), reason
    return (Failure(name, name, reasons[name], transient=False) for name in unknown if name in reasons)


def _look(session: Session, state: State, names: list[str]) -> Iterator[tuple[str, str]]:
    """Put the places of the chats `names` into `state`; yield each that is not there, and why."""
    listed = None
    for name in names:
        try:
            place = _direct(session, state, name)
            if place is None:
                listed = _dialogs(session, _numbers(names)) if listed is None else listed
                place = listed.get(int(name))
        except Declined as refusal:
            yield name, refusal.reason
            continue
        if place is None:
            yield name, "not_among_the_chats_of_this_account"
        else:
            state.names[name] = peer_id(place)
            state.places.setdefault(peer_id(place), place)


def _direct(session: Session, state: State, name: str) -> Place | None:
    """Return the place when one call, or none, is enough to know it; None when the list of chats must be read."""
    assert state.account is not None
    if name == SAVED:
        return Place("self", state.account)
    if name.startswith("@"):
        return _by_name(session, name[1:])
    number = int(name)
    if number == state.account:
        return Place("self", number)
    if -CHANNEL_BASE < number < 0:
        return Place("chat", -number)
    if not state.bot:
        return None
    if number > 0:
        return Place("user", number)
    return _channel_of_a_bot(session, -number - CHANNEL_BASE)


def _by_name(session: Session, name: str) -> Place | None:
    from telethon.tl.functions.contacts import ResolveUsernameRequest

    answer = session.call(ResolveUsernameRequest(name))
    return _places(answer).get(marked(answer.peer))


def _channel_of_a_bot(session: Session, identifier: int) -> Place | None:
    """Ask for a channel without its access hash, as bots may: core.telegram.org/api/peers."""
    from telethon.tl.functions.channels import GetChannelsRequest
    from telethon.tl.types import InputChannel

    answer = session.call(GetChannelsRequest([InputChannel(identifier, 0)]))
    return next((_channel(chat) for chat in answer.chats if chat.id == identifier), None)


def _numbers(references: list[str]) -> set[int]:
    return {int(r) for r in references if r != SAVED and not r.startswith("@")}


def _dialogs(session: Session, wanted: set[int]) -> dict[int, Place]:
    """Return the places of a user's chats, page by page until the wanted ones are there; their words stay unread."""
    from telethon.tl.functions.messages import GetDialogsRequest
    from telethon.tl.types import InputPeerEmpty

    found: dict[int, Place] = {}
    after: tuple[Any, int, Any] = (None, 0, InputPeerEmpty())
    for _ in range(_PAGES_OF_DIALOGS):
        answer = session.call(GetDialogsRequest(*after, limit=_PAGE, hash=0))
        fresh = _places(answer)
        last = _last(answer)
        if last is None or fresh.keys() <= found.keys():
            break
        found |= fresh
        if wanted <= found.keys() or type(answer).__name__ == "Dialogs":
            break
        after = (last.date, last.id, input_peer(found[marked(last.peer_id)]))
    return found


def _last(answer: Any) -> Any:
    """Return the top message of the last chat of a page, behind which the next page begins."""
    tops = {(marked(m.peer_id), m.id): m for m in answer.messages if m.peer_id is not None}
    places = ((marked(d.peer), d.top_message) for d in reversed(answer.dialogs))
    return next((tops[place] for place in places if place in tops), None)


def _places(answer: Any) -> dict[int, Place]:
    people = [Place("user", user.id, user.access_hash or 0) for user in answer.users]
    rooms = [_channel(c) if type(c).__name__.startswith("Channel") else Place("chat", c.id) for c in answer.chats]
    return {peer_id(place): place for place in [*people, *rooms]}


def _channel(chat: Any) -> Place:
    return Place("channel", chat.id, getattr(chat, "access_hash", None) or 0)


def peer_id(place: Place) -> int:
    """Return the marked id of a place."""
    if place.kind == "channel":
        return -(CHANNEL_BASE + place.id)
    return -place.id if place.kind == "chat" else place.id


def input_peer(place: Place) -> Any:
    """Return what a request takes to name a chat."""
    from telethon.tl import types

    if place.kind == "self":
        return types.InputPeerSelf()
    if place.kind == "chat":
        return types.InputPeerChat(place.id)
    if place.kind == "channel":
        return types.InputPeerChannel(place.id, place.access_hash)
    return types.InputPeerUser(place.id, place.access_hash)


def input_channel(place: Place) -> Any:
    """Return what a request takes to name a channel."""
    from telethon.tl.types import InputChannel

    return InputChannel(place.id, place.access_hash)
