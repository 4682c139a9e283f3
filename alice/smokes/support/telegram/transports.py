"""The two framings that a client may choose on a TCP connection: full and abridged. It knows bytes, not messages."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

ABRIDGED = b"\xef"


class Line:
    """One client's connection, framed as its first byte asked for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._first = b""
        self._codec: Any = None

    async def readexactly(self, count: int) -> bytes:
        """Return `count` bytes, the first of which may have been read ahead. The codecs call this."""
        ahead, self._first = self._first[:count], self._first[count:]
        return ahead + await self._reader.readexactly(count - len(ahead))

    async def read(self) -> bytes:
        """Return the next packet; raise IncompleteReadError when the client has gone."""
        if self._codec is None:
            await self._choose()
        return bytes(await self._codec.read_packet(self))

    async def _choose(self) -> None:
        from telethon.network.connection.tcpabridged import AbridgedPacketCodec
        from telethon.network.connection.tcpfull import FullPacketCodec

        first = await self._reader.readexactly(1)
        abridged = first == ABRIDGED
        self._first = b"" if abridged else first
        self._codec = (AbridgedPacketCodec if abridged else FullPacketCodec)(None)

    async def write(self, packet: bytes) -> None:
        """Send one packet."""
        self._writer.write(self._codec.encode_packet(packet))
        await self._writer.drain()

    async def write_half(self, packet: bytes) -> None:
        """Send the first half of one packet, as a connection does that breaks in the middle."""
        framed = self._codec.encode_packet(packet)
        self._writer.write(framed[: len(framed) // 2])
        await self._writer.drain()

    async def refuse(self, code: int) -> None:
        """Send an error of the transport, such as 404 for a key that is not known."""
        await self.write(struct.pack("<i", -code))

    def close(self, *, rudely: bool = False) -> None:
        """Hang up; `rudely` with a reset, so that what was on its way is lost."""
        if rudely and (sock := self._writer.get_extra_info("socket")):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        else:
            self._writer.close()
