"""The loopback Telegram itself: a thread that listens on 127.0.0.1, and the troubles it makes when told to.

A handler that crashes closes the server and is raised again on leaving it: a client would reconnect without end.
"""

from __future__ import annotations

import asyncio
import struct
import threading
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from alice import clock
from alice.smokes.support.telegram import answers, envelopes, keys, logins
from alice.smokes.support.telegram.handshakes import Handshake
from alice.smokes.support.telegram.refusals import Refusal
from alice.smokes.support.telegram.transports import Line
from alice.smokes.support.telegram.worlds import Person, World

_WRAPPERS = ("InvokeWithLayerRequest", "InitConnectionRequest", "InvokeWithoutUpdatesRequest")
_SERVICE = ("MsgsAck", "MsgsStateInfo", "DestroySessionRequest")


@dataclass(slots=True)
class Trouble:
    """What happens to the next `times` calls of a method, after `skip` of them went well.

    `how`: refuse (with `refusal`), reset, hang_up, cut (reset in the middle of the answer), mute, or twice.
    """

    method: str
    how: str
    times: int = 1
    skip: int = 0
    refusal: Refusal | None = None


class LoopbackTelegram:
    """A Telegram of its own world. `with LoopbackTelegram() as telegram:` listens until the end of the block.

    `log` holds the name of every method that was called, in order; refused ones too.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.log: list[str] = []
        self.address = ("127.0.0.1", 0)
        self._troubles: list[Trouble] = []
        self._logins: dict[int, tuple[Any, logins.Login]] = {}
        self._crash: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback-telegram", daemon=True)

    def __enter__(self) -> LoopbackTelegram:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: BaseException | TracebackType | None) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._crash is not None and kind is None:
            raise self._crash

    def session(self, who: Person) -> str:
        """Return the session string with which `who` is signed in."""
        name = f"person {who.id}"
        key = keys.auth_key(name)
        self._logins[key.key_id] = (key, logins.Login(who))
        return keys.session_string(name, self.address)

    def revoke(self, who: Person, *, key_too: bool = False) -> None:
        """End the sessions of `who`; with `key_too` the server does not even know their keys any more."""
        for key_id, (_, login) in list(self._logins.items()):
            if login.who is who:
                login.who = None
                if key_too:
                    del self._logins[key_id]

    def flood(self, method: str, seconds: int, *, skip: int = 0) -> None:
        """Answer the next call of `method` with a flood wait."""
        self.trouble(method, "refuse", skip=skip, refusal=Refusal(420, f"FLOOD_WAIT_{seconds}"))

    def trouble(self, method: str, how: str, **details: Any) -> None:
        """Plan a Trouble; the details are its other fields."""
        self._troubles.append(Trouble(method, how, **details))

    def calm(self) -> None:
        """Take back the troubles that have not happened yet."""
        self._troubles.clear()

    def drop_all(self) -> None:
        """Reset every connection there is."""
        self._do(self._stop_clients())

    def connections(self, within_seconds: float = 5.0) -> int:
        """Return how many clients are connected, after waiting a while for the last of them to hang up."""
        deadline = clock.monotonic() + within_seconds
        while self._tasks and clock.monotonic() < deadline:
            self._quiet.wait(0.01)
        return len(self._tasks)

    def calls(self) -> Counter[str]:
        """Return how often each method was called."""
        return Counter(self.log)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._meet, *self.address)
        self.address = self._server.sockets[0].getsockname()[:2]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._stop_clients()

    async def _stop_clients(self) -> None:
        others = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        line = Line(reader, writer)
        try:
            await self._serve(line)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the server goes
        except BaseException as crash:
            self._crash = self._crash or crash
            if self._server is not None:
                self._server.close()
            raise
        finally:
            self._tasks.discard(task)
            line.close(rudely=True)

    async def _serve(self, line: Line) -> None:
        handshake, envelope = Handshake(), None
        while True:
            packet = await line.read()
            key_id = envelopes.key_id(packet)
            if key_id == 0:
                await line.write(handshake.answer(packet))
                if handshake.key is not None:
                    self._logins[handshake.key.key_id] = (handshake.key, logins.Login())
            elif key_id not in self._logins:
                await line.refuse(404)
            else:
                key, login = self._logins[key_id]
                envelope = envelope or envelopes.Envelope(key)
                for message_id, request in envelope.open(packet):
                    if not await self._handle(line, envelope, login, (message_id, request)):
                        return

    async def _handle(
        self, line: Line, envelope: envelopes.Envelope, login: logins.Login, call: tuple[int, Any]
    ) -> bool:
        """Answer one call; return False when the connection is to end."""
        message_id, request = call
        while type(request).__name__ in _WRAPPERS:
            request = request.query
        if type(request).__name__ in _SERVICE:
            return True
        if type(request).__name__.startswith("Ping"):
            await line.write(envelope.seal(_pong(message_id, request)))
            return True
        name = answers.method(request)
        self.log.append(name)
        trouble = self._trouble(name)
        body = self._answer(login, message_id, request, trouble)
        return await _deliver(line, envelope.seal(body), trouble.how if trouble else "")

    def _answer(self, login: logins.Login, message_id: int, request: Any, trouble: Trouble | None) -> bytes:
        from telethon.tl.types import RpcError

        try:
            if trouble and trouble.refusal:
                raise trouble.refusal
            found = answers.answer(self.world, login.who, login, request)
        except Refusal as refusal:
            return envelopes.result(message_id, RpcError(refusal.code, refusal.message))
        return envelopes.result(message_id, found)

    def _trouble(self, name: str) -> Trouble | None:
        for trouble in self._troubles:
            if trouble.method == name and trouble.times > 0:
                if trouble.skip > 0:
                    trouble.skip -= 1
                    return None
                trouble.times -= 1
                return trouble
        return None


async def _deliver(line: Line, packet: bytes, how: str) -> bool:
    if how in ("reset", "hang_up"):
        line.close(rudely=how == "reset")
        return False
    if how == "cut":
        await line.write_half(packet)
        line.close()
        return False
    if how != "mute":
        for _ in range(2 if how == "twice" else 1):
            await line.write(packet)
    return True


def _pong(message_id: int, request: Any) -> bytes:
    from telethon.tl.types import Pong

    return bytes(Pong(message_id, request.ping_id)) if hasattr(request, "ping_id") else struct.pack("<I", 0)
