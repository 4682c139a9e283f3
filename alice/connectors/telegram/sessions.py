"""One connection to Telegram: opens it, makes calls that are on a list, and hangs up. It decides nothing.

Telethon's client would ask for more than it is told to (differences of its own, at each connect), so its sender is used
directly: what goes over the wire is what is asked here.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import struct
from collections import defaultdict
from collections.abc import Coroutine
from types import TracebackType
from typing import Any

from alice.connectors.base import Secret
from alice.connectors.telegram import failures
from alice.connectors.telegram.settings import Application
from alice.errors import NotConfigured

READING = frozenset(
    {"users.getUsers", "updates.getState", "updates.getDifference", "updates.getChannelDifference",
     "messages.getHistory", "messages.getMessages", "messages.getDialogs", "channels.getMessages",
     "channels.getChannels", "contacts.resolveUsername"}
)  # fmt: skip
SIGNING_IN = frozenset(
    {"auth.importBotAuthorization", "auth.sendCode", "auth.signIn", "auth.checkPassword", "account.getPassword",
     "users.getUsers"}
)  # fmt: skip
_HANDSHAKES = 3  # Telethon drops leading zeros of a new key, and then begins anew: one exchange in 256
_wire = logging.getLogger("alice.telegram.wire")
_wire.setLevel(logging.CRITICAL + 1)  # what Telethon logs may hold the words of messages


class Session:
    """A connection in a `with` block. `call` blocks; it raises Flood, Declined, Moved or an AliceError."""

    def __init__(self, application: Application, secret: Secret | None, *, allowed: frozenset[str] = READING) -> None:
        self._application = application
        self._allowed = allowed
        self._place = _place(application, secret)
        self._runner = asyncio.Runner()
        self._sender: Any = None
        self._config: Any = None

    def __enter__(self) -> Session:
        try:
            self._run(self._open())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self._run(self._close())
        except failures.AliceError:
            pass  # hanging up on a line that is dead already
        finally:
            self._runner.close()

    def call(self, request: Any) -> Any:
        """Return the answer to `request`, which must be one of the allowed methods."""
        name = method(request)
        if name not in self._allowed:
            raise AssertionError(f"the Telegram connector must not call {name}")
        return self._run(self._send(request))

    def move(self, data_centre: int) -> None:
        """Go on at another data centre, as a phone number or a bot may ask when it signs in."""
        options = [o for o in self._config.dc_options if o.id == data_centre and not (o.ipv6 or o.media_only or o.cdn)]
        if not options:
            raise failures.declined(failures.Declined(f"data_centre_{data_centre}_unknown"))
        self._run(self._close())
        self._place.set_dc(data_centre, options[0].ip_address, options[0].port)
        self._place.auth_key = None
        self._run(self._open())

    def renew(self) -> None:
        """Hang up and call again with the same key: while a person types, a line may die."""
        self._place.auth_key = self._sender.auth_key
        self._run(self._close())
        self._run(self._open())

    def secret(self) -> Secret:
        """Return the session as a string to be kept as a secret."""
        self._place.auth_key = self._sender.auth_key
        return Secret(self._place.save())

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        from telethon import errors

        known = (errors.RPCError, errors.AuthKeyNotFound, errors.SecurityError, errors.TypeNotFoundError)
        try:
            return self._runner.run(asyncio.wait_for(work, self._application.timeout_seconds))
        except (*known, *failures.TRANSIENT) as error:
            raise failures.told(error) from None

    async def _open(self) -> None:
        from telethon import functions
        from telethon.network import ConnectionTcpFull, MTProtoSender
        from telethon.tl.alltlobjects import LAYER

        quiet: Any = defaultdict(lambda: _wire)
        self._sender = MTProtoSender(
            self._place.auth_key,
            loggers=quiet,
            retries=_HANDSHAKES,
            delay=0,
            auto_reconnect=False,
            connect_timeout=self._application.timeout_seconds,
            updates_queue=_Nowhere(),
        )
        place = self._place
        await self._sender.connect(ConnectionTcpFull(place.server_address, place.port, place.dc_id, loggers=quiet))
        begin = functions.InitConnectionRequest(
            api_id=self._application.api_id,
            device_model="Alice",
            system_version=platform.system(),
            app_version="1",
            system_lang_code="en",
            lang_pack="",
            lang_code="en",
            query=functions.help.GetConfigRequest(),
        )
        self._config = await self._sender.send(
            functions.InvokeWithLayerRequest(LAYER, functions.InvokeWithoutUpdatesRequest(begin))
        )

    async def _send(self, request: Any) -> Any:
        from telethon import functions

        return await self._sender.send(functions.InvokeWithoutUpdatesRequest(request))

    async def _close(self) -> None:
        if self._sender is not None:
            await self._sender.disconnect()
            await asyncio.gather(self._sender.disconnected, return_exceptions=True)  # its end is told once, and here


class _Nowhere:
    """Where updates go that arrive by themselves: a sync asks for differences instead."""

    def put_nowait(self, _update: object) -> None:
        """Drop it."""


def method(request: Any) -> str:
    """Return the name of a request as Telegram's documentation writes it: `messages.getHistory`."""
    name = type(request).__name__.removesuffix("Request")
    return ".".join([*type(request).__module__.split(".")[3:], name[0].lower() + name[1:]])


def _place(application: Application, secret: Secret | None) -> Any:
    """Return Telethon's own form of a session: the address and the key; without a secret, one that has no key yet."""
    from telethon.client.telegrambaseclient import DEFAULT_DC_ID, DEFAULT_IPV4_IP, DEFAULT_PORT
    from telethon.sessions import StringSession

    if secret is None:
        place = StringSession()
        place.set_dc(DEFAULT_DC_ID, *(application.server or (DEFAULT_IPV4_IP, DEFAULT_PORT)))
        return place
    try:
        place = StringSession(secret.reveal())
    except (ValueError, struct.error):
        place = None
    if place is None or not place.auth_key:
        raise NotConfigured(
            "There is no Telegram session that could be used.", "Run: alicebot vnext connectors telegram login"
        )
    return place
