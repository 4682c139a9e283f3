"""The shape of Telegram Desktop's export: where chats and messages lie in it, and what an entry says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from alice.connectors.telegram import texts
from alice.connectors.telegram.messages import external_id
from alice.connectors.telegram.settings import CHANNEL_BASE
from alice.connectors.telegram.streams import Malformed, Reader
from alice.domain.preparation import Item
from alice.domain.vocab import Domain, Sensitivity

_PERSONAL = ("personal_chat", "bot_chat", "saved_messages", "replies", "verification_codes")
_WIDE = ("private_supergroup", "public_supergroup", "private_channel", "public_channel")
_PEER = re.compile(r"(user|chat|channel)(\d{1,16})")


class Misshapen(Exception):
    """An entry that is no message; `number` is its id when it has one."""

    def __init__(self, number: int | None) -> None:
        super().__init__("wrong shape")
        self.number = number


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of the export."""

    marked: int
    name: str
    saved: bool


def entries(reader: Reader) -> Iterator[tuple[Chat, Any]]:
    """Yield each entry of each chat, of an export of one chat or of an account; raise Malformed for anything else."""
    if reader.peek() != "{":
        raise Malformed("is not an export of Telegram")
    header: dict[str, Any] = {}
    for key in reader.names():
        if key in ("chats", "left_chats") and reader.peek() == "{":
            yield from _listed(reader)
        else:
            yield from _member(reader, key, header)
    if reader.peek():
        raise Malformed("goes on after its end")


def _listed(reader: Reader) -> Iterator[tuple[Chat, Any]]:
    for key in reader.names():
        if key != "list":
            reader.skip()
            continue
        for _ in reader.entries():
            header: dict[str, Any] = {}
            for inner in reader.names():
                yield from _member(reader, inner, header)


def _member(reader: Reader, key: str, header: dict[str, Any]) -> Iterator[tuple[Chat, Any]]:
    if key in ("name", "type", "id"):
        header[key] = reader.value()
    elif key == "messages":
        chat = _chat(header)
        for _ in reader.entries():
            yield chat, reader.value()
    else:
        reader.skip()


def _chat(header: dict[str, Any]) -> Chat:
    number, kind, name = header.get("id"), header.get("type"), header.get("name")
    if not isinstance(number, int) or not 0 < number < CHANNEL_BASE or not isinstance(kind, str):
        raise Malformed("has messages without the id and the type of their chat before them")
    if kind in _WIDE:
        marked = -(CHANNEL_BASE + number)
    else:
        marked = number if kind in _PERSONAL else -number
    return Chat(marked, name if isinstance(name, str) else "Saved Messages", kind == "saved_messages")


def unsuitable(entry: Any) -> str | None:
    """Return the word for why an entry is no evidence, or None when it is; raise Misshapen when it is no entry."""
    if not isinstance(entry, dict) or not _is_number(entry.get("id")):
        raise Misshapen(None)
    if entry.get("type") != "message":
        return "service"
    return None if _text(entry).strip() else "no_text"


def item(entry: dict[str, Any], chat: Chat, zone: str, *, domain: Domain, sensitivity: Sensitivity) -> Item:
    """Return a message of the export as an item, with the names that a sync gives."""
    author = _word(entry, "forwarded_from") or _word(entry, "author") or _word(entry, "from")
    reply = answered if _is_number(answered := entry.get("reply_to_message_id")) else None
    metadata = {
        "chat_id": chat.marked,
        "chat": chat.name,
        "message_id": entry["id"],
        "sender_id": _peer(entry.get("from_id")),
        "sent_by": _word(entry, "from"),
        "reply_to": external_id(_peer(entry.get("reply_to_peer_id")) or chat.marked, reply) if reply else None,
        "forwarded": True if "forwarded_from" in entry else None,
        "forwarded_from": _word(entry, "forwarded_from"),
        "edited_at": edited.isoformat() if (edited := _moment(entry, "edited", zone)) else None,
        "attachment": _attachment(entry),
    }
    return Item(
        _text(entry),
        connector="telegram",
        external_id=external_id(chat.marked, entry["id"]),
        author=author,
        occurred_at=_moment(entry, "date", zone),
        domain=domain,
        sensitivity=sensitivity,
        metadata={name: value for name, value in metadata.items() if value is not None},
    )


def revision(entry: dict[str, Any], zone: str) -> int:
    """Return when the entry was last edited, in seconds, as a sync counts revisions; 0 when it never was."""
    edited = _moment(entry, "edited", zone)
    return int(edited.timestamp()) if edited else 0


def _text(entry: dict[str, Any]) -> str:
    """Return the words: a text, or an array of texts and of objects that carry one and perhaps an address."""
    written = entry.get("text", "")
    pieces = written if isinstance(written, list) else [written]
    return "".join(_piece(entry, piece) for piece in pieces)


def _piece(entry: dict[str, Any], piece: Any) -> str:
    if isinstance(piece, str):
        return piece
    if not isinstance(piece, dict) or not isinstance(piece.get("text"), str):
        raise Misshapen(entry["id"])
    words: str = piece["text"]
    address = piece.get("href")
    return words + (texts.linked(words, address) if isinstance(address, str) and address else "")


def _moment(entry: dict[str, Any], name: str, zone: str) -> datetime | None:
    """Return a time of the entry: the seconds when they are there, else the local time at which it was shown."""
    seconds, shown = entry.get(f"{name}_unixtime"), entry.get(name)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(int(seconds), UTC)
        if isinstance(shown, str):
            local = datetime.fromisoformat(shown)
            return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        raise Misshapen(entry["id"]) from None
    return None


def _peer(named: Any) -> int | None:
    match = _PEER.fullmatch(named) if isinstance(named, str) else None
    if match is None:
        return None
    number = int(match[2])
    return {"user": number, "chat": -number, "channel": -(CHANNEL_BASE + number)}[match[1]]


def _attachment(entry: dict[str, Any]) -> str | None:
    named = _word(entry, "file_name") or _word(entry, "media_type")
    return named or ("photo" if "photo" in entry else "document" if "file" in entry else None)


def _word(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) and value else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**62
