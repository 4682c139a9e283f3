"""Turns the people and chats of the loopback world into TL objects, as one account sees them, and finds them again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.worlds import CHANNEL_BASE, Channel, Chat, Group, Person, World, access_hash, peer_of

peer = peer_of


def marked(of: Any) -> int:
    """Return the marked id of a TL peer."""
    if hasattr(of, "channel_id"):
        return -int(CHANNEL_BASE + of.channel_id)
    return -int(of.chat_id) if hasattr(of, "chat_id") else int(of.user_id)


def named(world: World, who: Person, asked: Any) -> Any:
    """Return the chat that an input peer, user or channel names; refuse a wrong access hash and a closed door.

    A bot may name a channel without its hash: core.telegram.org/api/peers.
    """
    if type(asked).__name__ in ("InputPeerSelf", "InputUserSelf"):
        return who
    chat = world.chats.get(marked(asked))
    if chat is None:
        raise Refusal(400, "CHANNEL_INVALID" if hasattr(asked, "channel_id") else "PEER_ID_INVALID")
    given = getattr(asked, "access_hash", None)
    free = isinstance(chat, Group) or (who.bot and not given) or chat is who
    if not free and given != access_hash(who, chat):
        raise Refusal(400, "CHANNEL_INVALID" if isinstance(chat, Channel) else "PEER_ID_INVALID")
    if isinstance(chat, Channel) and who.id in chat.closed_to:
        raise Refusal(400, "CHANNEL_PRIVATE")
    return chat


def person(of: Person, who: Person) -> Any:
    """Return the TL user."""
    from telethon.tl.types import User

    return User(
        of.id,
        is_self=of is who,
        bot=of.bot,
        bot_info_version=1 if of.bot else None,
        access_hash=access_hash(who, of),
        first_name=of.name,
        username=of.username,
        phone=of.phone if of is who else None,
    )


def chat(of: Chat, who: Person) -> Any:
    """Return the TL user, chat or channel."""
    from telethon.tl import types

    if isinstance(of, Person):
        return person(of, who)
    picture, begun = types.ChatPhotoEmpty(), None
    if isinstance(of, Group):
        return types.Chat(of.id, of.title, picture, len(of.members), begun, 1)
    kind = {"broadcast": True} if of.broadcast else {"megagroup": True}
    hashed = access_hash(who, of)
    return types.Channel(of.id, of.title, picture, begun, access_hash=hashed, username=of.username, **kind)


def listed(chats: Iterable[Chat], who: Person) -> tuple[list[Any], list[Any]]:
    """Return the TL chats and the TL users among `chats`, each once."""
    once = list(dict.fromkeys(chats))
    groups = [chat(c, who) for c in once if not isinstance(c, Person)]
    return groups, [person(c, who) for c in once if isinstance(c, Person)]


def around(world: World, who: Person, found: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return the TL chats and users that the messages `found` mention."""
    peers = [p for m in found for p in (getattr(m, "peer_id", None), getattr(m, "from_id", None)) if p]
    peers += [m.fwd_from.from_id for m in found if getattr(m, "fwd_from", None) and m.fwd_from.from_id]
    return listed([*(world.chats[marked(p)] for p in peers), who], who)


def messages(
    world: World, who: Person, page: Sequence[Any], *, chat: Chat | None = None, count: int | None = None
) -> Any:
    """Return the TL answer that carries `page`; a slice when there are more than `page` holds."""
    from telethon.tl.types.messages import ChannelMessages, Messages, MessagesSlice

    chats, users = around(world, who, page)
    if isinstance(chat, Channel):
        return ChannelMessages(chat.box.pts, count or len(page), list(page), [], chats, users)
    if count is not None and count > len(page):
        return MessagesSlice(count, list(page), [], chats, users)
    return Messages(list(page), [], chats, users)


def dialogs(who: Person, request: Any, *, top: Callable[[Chat], Any]) -> Any:
    """Return one page of the chats of `who`, the latest first; those without messages stand last."""
    from telethon.tl.types.messages import DialogsSlice

    tops = [(chat, top(chat)) for chat in who.dialogs]
    tops = sorted(((c, m) for c, m in tops if m), key=lambda pair: (pair[1].date, pair[1].id), reverse=True)
    if request.offset_id:
        place = [marked(m.peer_id) for _, m in tops].index(marked(request.offset_peer))
        tops = tops[place + 1 :]
    page = tops[: request.limit]
    chats, users = listed([c for c, _ in page], who)
    return DialogsSlice(len(who.dialogs), [_dialog(c, m) for c, m in page], [m for _, m in page], chats, users)


def _dialog(of: Chat, last: Any) -> Any:
    from telethon.tl.types import Dialog, PeerNotifySettings

    pts = of.box.pts if isinstance(of, Channel) else None
    return Dialog(peer(of), last.id, 0, 0, 0, 0, 0, 0, PeerNotifySettings(), pts=pts)
