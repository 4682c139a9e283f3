"""Turns a message of Telegram into an item, or says why it is none. Pure: it asks nobody anything.

An album stays what it is on the wire: several messages, of which each with words is an item, tied by `album`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from alice.connectors.base import LeftOut, Received
from alice.connectors.telegram import texts
from alice.connectors.telegram.settings import CHANNEL_BASE, TelegramSettings
from alice.domain.preparation import Item

Names = Mapping[int, str]


def marked(peer: Any) -> int:
    """Return the id of a peer, an input peer or a channel as clients write it: see settings.reference."""
    if hasattr(peer, "channel_id"):
        return -int(CHANNEL_BASE + peer.channel_id)
    return -int(peer.chat_id) if hasattr(peer, "chat_id") else int(peer.user_id)


def names(answer: Any) -> dict[int, str]:
    """Return what the people and chats that came with an answer are called, by marked id."""
    found = {user.id: called(user) for user in answer.users}
    for chat in answer.chats:
        channel = type(chat).__name__.startswith("Channel")
        found[-(CHANNEL_BASE + chat.id) if channel else -chat.id] = chat.title
    return found


def called(user: Any) -> str:
    """Return a person's name, or what there is in its place."""
    full = f"{getattr(user, 'first_name', None) or ''} {getattr(user, 'last_name', None) or ''}".strip()
    return full or getattr(user, "username", None) or f"user {user.id}"


def unsuitable(message: Any) -> str | None:
    """Return the word for why a message is no evidence, or None when it is: `gone`, `service` or `no_text`."""
    kind = type(message).__name__
    if kind != "Message":
        return "gone" if kind == "MessageEmpty" else "service"
    return None if (message.message or "").strip() else "no_text"


def received(message: Any, known: Names, settings: TelegramSettings, *, account: int, late: bool = False) -> Received:
    """Return a message with words as what came in; `known` are the names that came with it."""
    chat = marked(message.peer_id)
    sender = _sender(message, chat, account)
    forwarded = _forwarded(message.fwd_from, known)
    item = Item(
        texts.plain(message.message, message.entities),
        connector="telegram",
        external_id=external_id(chat, message.id),
        uri=_address(chat, message.id),
        author=forwarded.get("forwarded_from") or message.post_author or known.get(sender),
        occurred_at=message.date,
        domain=settings.domain,
        sensitivity=settings.sensitivity,
        metadata=_kept({
            "chat_id": chat,
            "chat": known.get(chat),
            "message_id": message.id,
            "sender_id": sender,
            "sent_by": known.get(sender),
            "reply_to": _reply(message.reply_to, chat),
            **forwarded,
            "album": str(message.grouped_id) if message.grouped_id else None,
            "edited_at": _text(message.edit_date),
            "attachment": _attachment(message.media),
        }),
    )  # fmt: skip
    return Received(item, str(chat), message.id, _revision(message.edit_date), late)


def external_id(chat: int, number: int) -> str:
    """Return the name of a message that it has in a sync and in an export alike."""
    return f"{chat}/{number}"


def numbered(identifier: str) -> tuple[int, int]:
    """Return the chat and the number that `external_id` joined; raise ValueError for another text."""
    chat, _, number = identifier.partition("/")
    return int(chat), int(number)


def _sender(message: Any, chat: int, account: int) -> int:
    """Return who sent it; in a private chat Telegram leaves that to the direction."""
    if message.from_id is not None:
        return marked(message.from_id)
    return account if message.out and chat > 0 else chat


def _forwarded(header: Any, known: Names) -> dict[str, Any]:
    """Return whose words they were: the name that the sender shows, or that of the peer."""
    if header is None:
        return {}
    origin = marked(header.from_id) if header.from_id is not None else None
    link = external_id(origin, header.channel_post) if origin is not None and header.channel_post else None
    name = header.from_name or (known.get(origin) if origin is not None else None) or header.post_author
    return {
        "forwarded": True,
        "forwarded_from": name,
        "forwarded_from_id": origin,
        "forwarded_message": link,
        "forwarded_at": _text(header.date),
    }


def _reply(header: Any, chat: int) -> str | None:
    number = getattr(header, "reply_to_msg_id", None)
    if not number:
        return None
    other = getattr(header, "reply_to_peer_id", None)
    return external_id(marked(other) if other is not None else chat, number)


def _attachment(media: Any) -> str | None:
    """Return what hangs on a message: a file's name, else the kind, such as `photo`; a link's preview is nothing."""
    kind = type(media).__name__.removeprefix("MessageMedia").lower()
    if media is None or kind in ("webpage", "empty"):
        return None
    attributes = getattr(getattr(media, "document", None), "attributes", None) or ()
    return next((a.file_name for a in attributes if getattr(a, "file_name", None)), kind)


def _address(chat: int, number: int) -> str | None:
    return f"https://t.me/c/{-chat - CHANNEL_BASE}/{number}" if chat < -CHANNEL_BASE else None


def _revision(edited: datetime | None) -> int:
    return int(edited.timestamp()) if edited else 0


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def left_out(counted: Iterable[tuple[int, str]]) -> tuple[LeftOut, ...]:
    """Return the counts of what was passed by, given a chat and a word for each message."""
    return tuple(LeftOut(str(chat), why, n) for (chat, why), n in sorted(Counter(counted).items()))
