"""Opens what a client sealed and seals the answers: MTProto 2 encryption, message ids and containers.

Source of the rules: core.telegram.org/mtproto/description. The server's side of the key schedule begins at byte 8.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Iterator
from typing import Any

from alice import clock

SERVER = 8


def key_id(packet: bytes) -> int:
    """Return the id of the key a packet is sealed with, 0 for a plain one."""
    return int.from_bytes(packet[:8], "little")


class MessageIds:
    """Hands out ids that are odd, unique and close to the present, as the client checks."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """Return the next id, greater than all before."""
        now = clock.now().timestamp()
        fresh = (int(now) << 32) | (int((now % 1) * 2**30) << 2) | 1
        self._last = max(fresh, self._last + 4)
        return self._last


class Envelope:
    """Seals and opens the packets of one key on one connection; the session id is the client's, new at each connect."""

    def __init__(self, key: Any) -> None:
        self._key = key
        self._ids = MessageIds()
        self._session = 0
        self._sequence = 0

    def open(self, packet: bytes) -> Iterator[tuple[int, Any]]:
        """Yield the message id and the object of each message in `packet`, containers and gzip unpacked."""
        from telethon.crypto import AES
        from telethon.extensions import BinaryReader
        from telethon.network.mtprotostate import MTProtoState

        key, iv = MTProtoState._calc_key(self._key.key, packet[8:24], True)
        with BinaryReader(AES.decrypt_ige(packet[24:], key, iv)) as reader:
            reader.read_long()  # the salt, which the loopback does not change
            self._session = reader.read_long()
            message_id = reader.read_long()
            reader.read_int()
            reader.read_int()
            yield from _unpacked(message_id, reader.tgread_object())

    def seal(self, body: bytes) -> bytes:
        """Return the packet that carries `body` to the client."""
        from telethon.crypto import AES
        from telethon.network.mtprotostate import MTProtoState

        self._sequence += 2
        data = struct.pack("<qqqii", 0, self._session, self._ids.next(), self._sequence + 1, len(body)) + body
        data += os.urandom(-(len(data) + 12) % 16 + 12)
        middle = hashlib.sha256(self._key.key[88 + SERVER : 120 + SERVER] + data).digest()[8:24]
        key, iv = MTProtoState._calc_key(self._key.key, middle, False)
        return struct.pack("<Q", self._key.key_id) + middle + bytes(AES.encrypt_ige(data, key, iv))


def _unpacked(message_id: int, found: Any) -> Iterator[tuple[int, Any]]:
    from telethon.extensions import BinaryReader
    from telethon.tl.core import GzipPacked, MessageContainer

    if isinstance(found, MessageContainer):
        for message in found.messages:
            yield from _unpacked(message.msg_id, message.obj)
    elif isinstance(found, GzipPacked):
        with BinaryReader(found.data) as reader:
            yield from _unpacked(message_id, reader.tgread_object())
    else:
        yield message_id, found


def result(message_id: int, answer: Any) -> bytes:
    """Return `rpc_result` for the request `message_id`; a list is packed as a boxed vector."""
    return struct.pack("<Iq", 0xF35C6D01, message_id) + packed(answer)


def packed(answer: Any) -> bytes:
    """Return the bytes of a TL object or of a vector of them."""
    if isinstance(answer, list):
        return struct.pack("<Ii", 0x1CB5C415, len(answer)) + b"".join(map(packed, answer))
    return bytes(answer)
