"""Asks a server that speaks OpenAI's chat completions (Ollama, llama.cpp, vLLM, LM Studio, a cloud), once.

Strict about time and size; follows no redirect, uses no proxy. No error repeats what the server said, or the key.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from alice import clock
from alice.domain.llm.prompts import Passage
from alice.domain.routing import host_of, is_loopback
from alice.errors import NotConfigured, Upstream
from alice.llm.base import Key, Reply

CONNECT_SECONDS = 5.0
MOST_BYTES = 2_000_000
_TRANSIENT = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_NAME = "The model server"


class OpenAICompatible:
    """One model at one address, such as http://127.0.0.1:11434/v1."""

    provider = "openai_compatible"

    def __init__(self, base_url: str, name: str, key: Key | None = None) -> None:
        self.address: str | None = base_url.rstrip("/")
        self.name = name
        self.host: str | None = host_of(base_url)
        self._parts = urlsplit(base_url.rstrip("/"))
        self._key = key

    def ask(self, body: str, passages: Sequence[Passage], seconds: float) -> Reply:
        """Return the server's reply to `body`; raise Upstream for anything else, within about `seconds`.

        A server that does not know JSON schemas refuses the request with a 400: it is asked once more without.
        """
        del passages
        status, raw = self._send(body, seconds)
        if status in (400, 422):
            status, raw = self._send(_without_schema(body), seconds)
        if status != 200:
            raise Upstream(f"{_NAME} answered with status {status}.", _HINTS.get(status), transient=False)
        return _reply(raw)

    def _send(self, body: str, seconds: float) -> tuple[int, bytes]:
        connection = self._connection(min(CONNECT_SECONDS, seconds))
        headers = self._headers()
        path = f"{self._parts.path}/chat/completions"
        try:
            began = time.monotonic()
            reached = self._connect(connection)
            left = max(seconds - (time.monotonic() - began), 0.01)
            reached.settimeout(left)
            with _limited(reached, left):
                connection.request("POST", path, body.encode("utf-8", "replace"), headers)
                answer = connection.getresponse()
                raw = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Upstream(f"{_NAME} did not answer: {_why(error)}.", "Is it running, and the address right?") from None
        finally:
            connection.close()
        if len(raw) > MOST_BYTES or (answer.length or 0) > 0:
            raise Upstream(f"{_NAME}'s answer is far too long or was cut off.")
        if answer.status in _TRANSIENT:
            said = f"{_NAME} answered with status {answer.status}."
            raise Upstream(said, after_seconds=_after(answer.getheader("Retry-After")))
        return answer.status, raw

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        parts = self._parts
        assert parts.hostname is not None
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context)
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)

    def _connect(self, connection: http.client.HTTPConnection) -> socket.socket:
        """Connect, and make sure that a name that counts as this machine led to this machine."""
        connection.connect()
        reached: socket.socket = connection.sock
        peer = ipaddress.ip_address(reached.getpeername()[0].partition("%")[0])
        if is_loopback(self.host or "") and not is_loopback(str(peer)):
            raise Upstream(f"{self.host} does not lead to this machine; nothing was sent.", transient=False)
        return reached

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "alice"}
        value = self._key.reveal().strip() if self._key else ""
        if not value:
            return headers
        if not value.isascii() or not value.isprintable():
            raise NotConfigured("The model's key holds characters that no header can carry.", "Set it again.")
        return headers | {"Authorization": f"Bearer {value}"}


_HINTS = {
    401: "Set ALICE_MODEL_API_KEY, or secret_ref among the model_options.",
    403: "Set ALICE_MODEL_API_KEY, or secret_ref among the model_options.",
    404: "The address should end where /chat/completions is added to it, such as http://127.0.0.1:11434/v1.",
}


@contextmanager
def _limited(reached: socket.socket, seconds: float) -> Iterator[None]:
    """Cut a connection off after `seconds`, however slowly it drips; once headers are read its object forgets it."""

    def cut() -> None:
        with suppress(OSError):
            socket.socket.shutdown(reached, socket.SHUT_RDWR)  # of the socket, also below TLS

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _without_schema(body: str) -> str:
    told = json.loads(body)
    told.pop("response_format", None)
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _why(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "it took too long"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected | ConnectionError):
        return "the answer was cut off"
    return type(error).__name__


def _after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header names, as a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        return max((parsedate_to_datetime(value) - clock.now()).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _reply(raw: bytes) -> Reply:
    try:
        told = json.loads(raw)
        choice = told["choices"][0]
        text = choice["message"]["content"]
        finished = choice.get("finish_reason")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Upstream(f"{_NAME}'s answer is no chat completion.") from None
    if not isinstance(text, str):
        raise Upstream(f"{_NAME}'s answer holds no text.")
    if finished == "length":
        raise Upstream("The model's answer was cut off at its limit.", "Raise max_tokens among the model_options.")
    usage = told.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(text, _word(told.get("model")), _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))


def _word(value: Any) -> str | None:
    return value[:200] if isinstance(value, str) and value.isprintable() else None


def _count(usage: dict[str, Any], name: str) -> int | None:
    value = usage.get(name)
    return value if type(value) is int and 0 <= value < 2**31 else None
