"""The outermost door: which names Alice answers to, and the headers that every answer carries.

It stands before routing, so that nothing inside can forget it. It must not know who is asking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from alice.config import LOOPBACK_NAMES, Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Referrer-Policy tells other origins nothing, as no-referrer does; but under no-referrer a form of our own would be
# sent with `Origin: null` (Fetch standard, "append a request Origin header"), and could not be told from a stranger's.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}
_SET = {name.lower() for name in HEADERS}
Headers = list[tuple[str, str]]


def names(settings: Settings) -> frozenset[str]:
    """Return every spelling of the Host header that is answered, in lower case.

    A loopback name counts with the port that is served, and `[::1]` only where it is listened on. A name that the owner
    listed may stand behind a proxy, and so counts without a port too; listed with a port, it counts as it stands.
    """
    served = set()
    for name in map(str.lower, settings.trusted_hosts):
        if name == "[::1]" and settings.host != "::1":
            continue
        has_port = name.rpartition(":")[2].isdecimal() and not name.endswith("]")
        served.add(name if has_port else f"{name}:{settings.port}")
        if not has_port and (name not in LOOPBACK_NAMES or settings.port == 80):
            served.add(name)
    return frozenset(served)


class Door:
    """A WSGI application around another one."""

    def __init__(self, inside: WSGIApplication, settings: Settings) -> None:
        self._inside = inside
        self._names = names(settings)
        self._address = settings.console_url

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request: refused at the door, or by the application inside."""

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            kept = [(name, value) for name, value in headers if name.lower() not in _SET]
            return start_response(status, [*kept, *HEADERS.items()], exc_info)

        if self._is_meant(environ):
            return self._inside(environ, start)
        return self._refuse(environ, start)

    def _is_meant(self, environ: WSGIEnvironment) -> bool:
        """Tell whether the request names us. An absolute target would override the Host header (RFC 9112, 3.2.2)."""
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/"
        return target.startswith(("/", "*")) and environ.get("HTTP_HOST", "").lower() in self._names

    def _refuse(self, environ: WSGIEnvironment, start: Callable[..., object]) -> Iterable[bytes]:
        sentence = f"Alice is not served under this name. Open {self._address} instead."
        if environ.get("PATH_INFO", "").startswith("/v0/"):
            problem: dict[str, object] = {
                "code": "wrong_host",
                "message": sentence,
                "hint": None,
                "fields": {},
                "trace_id": None,
            }
            body, kind = json.dumps({"error": problem}).encode(), "application/json"
        else:
            body, kind = sentence.encode(), "text/plain; charset=utf-8"
        fields = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start("421 Misdirected Request", fields)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
