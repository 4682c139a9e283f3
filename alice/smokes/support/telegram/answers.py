"""What the loopback Telegram answers to each method that it knows; everything else is refused.

An answer is a TL object, or a list for a vector. Bots may not read histories, as on the real one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from alice.smokes.support.telegram import differences, entities, logins
from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.worlds import Channel, Chat, Person, World


def answer(world: World, who: Person | None, login: logins.Login, request: Any) -> Any:
    """Return the answer to `request` by `who`, None before a sign-in; raise Refusal when it is not allowed."""
    name = method(request)
    with world.lock:
        if name in logins.METHODS:
            return logins.METHODS[name](world, login, request)
        if name == "help.getConfig":
            return _config(world)
        if who is None:
            raise Refusal(401, "AUTH_KEY_UNREGISTERED")
        if name not in METHODS:
            raise Refusal(400, "METHOD_INVALID")
        return METHODS[name](world, who, request)


def method(request: Any) -> str:
    """Return the name of a request as Telegram's own documentation writes it: `messages.getHistory`."""
    name = type(request).__name__.removesuffix("Request")
    return ".".join([*type(request).__module__.split(".")[3:], name[0].lower() + name[1:]])


def _users(world: World, who: Person, request: Any) -> list[Any]:
    return [entities.person(who, who) if type(asked).__name__ == "InputUserSelf" else _known(world, who, asked)
            for asked in request.id]  # fmt: skip


def _known(world: World, who: Person, asked: Any) -> Any:
    return entities.person(entities.named(world, who, asked), who)


def _history(world: World, who: Person, request: Any) -> Any:
    """Answer messages.getHistory, whose offsets count from the newest: core.telegram.org/api/offsets."""
    if who.bot:
        raise Refusal(400, "BOT_METHOD_INVALID")
    chat = entities.named(world, who, request.peer)
    found = _of(who, chat)
    older = [m for m in found if not request.offset_id or m.id < request.offset_id]
    start = max(len(found) - len(older) + request.add_offset, 0)
    end = max(len(found) - len(older) + request.add_offset + request.limit, 0)
    page = [m for m in found[start:end] if m.id > request.min_id and (not request.max_id or m.id < request.max_id)]
    return entities.messages(world, who, page, chat=chat, count=len(found))


def _of(who: Person, chat: Chat) -> list[Any]:
    """Return the messages of a chat that `who` sees, the newest first."""
    if isinstance(chat, Channel):
        found: Iterable[Any] = chat.box.messages.values()
    else:
        found = (m for m in who.box.messages.values() if entities.marked(m.peer_id) == chat.marked)
    return sorted(found, key=lambda message: message.id, reverse=True)


def _by_number(world: World, who: Person, request: Any) -> Any:
    chat = entities.named(world, who, request.channel) if hasattr(request, "channel") else None
    box = chat.box if isinstance(chat, Channel) else who.box
    from telethon.tl.types import InputMessageID, MessageEmpty

    asked = [i.id for i in request.id if isinstance(i, InputMessageID)]
    return entities.messages(world, who, [box.messages.get(n) or MessageEmpty(n, None) for n in asked], chat=chat)


def _channels(world: World, who: Person, request: Any) -> Any:
    from telethon.tl.types.messages import Chats

    return Chats([entities.chat(entities.named(world, who, asked), who) for asked in request.id])


def _resolve(world: World, who: Person, request: Any) -> Any:
    from telethon.tl.types.contacts import ResolvedPeer

    for chat in world.chats.values():
        if chat.username and chat.username.lower() == request.username.lower():
            return ResolvedPeer(entities.peer(chat), *entities.listed([chat], who))
    raise Refusal(400, "USERNAME_NOT_OCCUPIED")


def _dialogs(_world: World, who: Person, request: Any) -> Any:
    if who.bot:
        raise Refusal(400, "BOT_METHOD_INVALID")
    return entities.dialogs(who, request, top=lambda chat: next(iter(_of(who, chat)), None))


def _config(world: World) -> Any:
    from telethon.tl.types import Config, DcOption

    asked = inspect.signature(Config.__init__).parameters.values()
    zeros = {p.name: 0 for p in asked if p.default is p.empty and p.name != "self"}
    words = {"dc_txt_domain_name": "", "me_url_prefix": "https://t.me/"}
    others = [DcOption(number, *address) for number, address in world.data_centres.items()]
    times = {"date": world.now, "expires": world.now}
    return Config(**zeros | words | times | {"test_mode": True, "this_dc": 2, "dc_options": others})


METHODS: dict[str, Callable[[World, Person, Any], Any]] = {
    "users.getUsers": _users,
    "messages.getHistory": _history,
    "messages.getMessages": _by_number,
    "channels.getMessages": _by_number,
    "channels.getChannels": _channels,
    "contacts.resolveUsername": _resolve,
    "messages.getDialogs": _dialogs,
    "updates.getState": differences.state,
    "updates.getDifference": differences.common,
    "updates.getChannelDifference": differences.of_channel,
}
