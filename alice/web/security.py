"""Who is asking, and whether the request was meant: credentials, strange sites, media types and sizes -> g.actor.

One path for every credential: whatever proves who asks becomes an Actor here, and nowhere else.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from alice import clock, logs
from alice.domain import agent_names
from alice.domain.policy import Action, Actor, owner, system
from alice.errors import AliceError, InvalidInput, NotAuthenticated, TooManyRequests
from alice.ledger import gate
from alice.services.access import capture_tokens, sessions, tokens
from alice.services.agency import agent_access
from alice.web import asserting, current
from alice.web.asserting import CAPTURE_TOKEN

MOST_BYTES = 2_000_000
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
API, HEALTH = "/v0/", "/healthz"
CLIPS = "api.capture_clip"  # the one view that takes the capture token, and that listed origins may ask
_KEY_NAMES = frozenset({"key", "api_key", "apikey", "token", "access_token", "authorization", "bearer", "password"})
_KEY_SHAPE = re.compile(r"alice_[a-z]{2,8}_[A-Za-z0-9_-]{20,}")
_View = TypeVar("_View", bound=Callable[..., Any])
_WAY = "Send `Authorization: Bearer …` with the operator token, or with an agent's key that is in force."


class OtherSite(AliceError):
    """A change that was not sent from one of our own pages."""

    code = "other_site"
    http_status = 403


class Failures:
    """Counts wrong credentials: after `most` of them within `seconds`, the next has to wait."""

    def __init__(self, most: int = 10, seconds: int = 60) -> None:
        self._most, self._seconds = most, seconds
        self._seen: deque[float] = deque(maxlen=most)
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise TooManyRequests while there have been too many."""
        with self._lock:
            age = clock.monotonic() - self._seen[0] if len(self._seen) == self._most else self._seconds
        if age < self._seconds:
            raise TooManyRequests("Too many wrong keys.", after_seconds=max(1, round(self._seconds - age)))

    def add(self) -> None:
        """Count one more."""
        with self._lock:
            self._seen.append(clock.monotonic())


def open_to_everyone(view: _View) -> _View:
    """Let `view` be asked for without credentials. It gets no actor and no database session."""
    view.open_to_everyone = True  # type: ignore[attr-defined]
    return view


def is_open(endpoint: str | None) -> bool:
    """Tell whether everybody may ask for `endpoint`; an address that does not exist is not open."""
    view = current_app.view_functions.get(endpoint or "")
    return bool(getattr(view, "open_to_everyone", False))


def install(app: Flask) -> None:
    """Put the guard before every view."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    app.config["MAX_FORM_PARTS"] = 100
    app.extensions["alice_failures"] = {kind: Failures() for kind in ("sign-in", "bearer", "capture")}
    app.before_request(_guard)


def failures(kind: str) -> Failures:
    """Return the counter for wrong credentials of a kind: sign-in, bearer or capture."""
    counters: dict[str, Failures] = current_app.extensions["alice_failures"]
    return counters[kind]


def _guard() -> None:
    logs.new_trace()
    g.now = clock.now()
    g.actor = None
    _refuse_keys_in_the_address(request)
    if request.method not in SAFE_METHODS:
        _refuse_other_sites(request)
    actor = _actor(request)
    if actor is not None and _is_a_page(request):
        gate.allow(actor, Action.OPEN_CONSOLE)  # pages are their owner's; agents ask the API
    g.actor = actor
    if g.actor is None and not is_open(request.endpoint):
        raise NotAuthenticated(
            "Nobody is signed in." if not request.path.startswith(API) else "A key is missing.",
            "Run `alicebot open` to sign in, or send the operator token as `Authorization: Bearer …`.",
        )
    if request.method not in SAFE_METHODS:
        _refuse_other_bodies(request)


def _is_a_page(asked: Request) -> bool:
    """Tell whether something of the console is asked for, be it there or not; a file of its looks is no page."""
    if asked.path.startswith((API, HEALTH)):
        return False
    return asked.path.startswith("/vnext") or not is_open(asked.endpoint)


def _actor(asked: Request) -> Actor | None:
    """Return who is asking. A key that is shown has to be right; a cookie does not make up for a wrong one."""
    shown = asked.headers.get("Authorization")
    token = asked.headers.get(CAPTURE_TOKEN) if asked.endpoint == CLIPS else None
    clipper = _clipper(token) if token is not None else None
    if shown is not None:
        return asserting.acting(_bearer(shown), asked.headers)
    if clipper is not None:
        return clipper
    settings = current.settings()
    secret = asked.cookies.get(cookie_name())
    used = asked.endpoint != "console.pulse"  # a page left open is not a person
    if secret and sessions.is_valid(settings.home, secret, now=current.now(), used=used):
        return owner(settings.user_id)
    return None


def _bearer(shown: str) -> Actor:
    scheme, _, key = shown.partition(" ")
    settings = current.settings()
    if scheme.lower() == "bearer" and not key.strip():
        raise NotAuthenticated("A key is missing.", _WAY)
    if scheme.lower() == "bearer":
        if tokens.is_operator(settings.home, key.strip()):
            return owner(settings.user_id)
        agent = _agent(key.strip())
        if agent is not None:
            return agent
    failures("bearer").check()
    failures("bearer").add()
    raise NotAuthenticated("The key is not right.", _WAY)


def _agent(key: str) -> Actor | None:
    """Return the agent that holds `key`. The database is asked only about what has the shape of a key."""
    if not agent_names.is_key(key):
        return None
    from alice.web import connections  # which itself asks here which views are open

    connections.begin()
    return agent_access.holder(current.settings().user_id, key, now=current.now())


def _clipper(token: str) -> Actor:
    settings = current.settings()
    if capture_tokens.is_right(settings.home, token.strip()):
        return system(capture_tokens.NAME, settings.user_id)
    failures("capture").check()
    failures("capture").add()
    way = "Make a new one: alicebot vnext connectors browser-clipper token"
    raise NotAuthenticated("The capture token is not right.", way)


def cookie_name() -> str:
    """Return the name of the session cookie. Cookies reach every port of a host, so the name says which is meant."""
    return f"alice_{current.settings().port}"


def remember(response: Response, secret: str) -> Response:
    """Give the browser the session's secret."""
    life = int(sessions.LIFE.total_seconds())
    response.set_cookie(cookie_name(), secret, max_age=life, httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def forget(response: Response) -> Response:
    """End the browser's session and take its secret back."""
    if secret := request.cookies.get(cookie_name()):
        sessions.end(current.settings().home, secret)
    response.delete_cookie(cookie_name(), httponly=True, samesite="Strict", secure=request.is_secure)
    return response


def _refuse_keys_in_the_address(asked: Request) -> None:
    """An address is written into histories and logs; a ticket for signing in is good once, and excepted."""
    for name, value in asked.args.items(multi=True):
        is_ticket = name == "ticket" and asked.endpoint == "console.sign_in"
        if name.lower() in _KEY_NAMES or (_KEY_SHAPE.search(value) and not is_ticket):
            shown = name if name.isascii() and name.isprintable() and len(name) <= 40 else "query"
            raise InvalidInput({shown: "keys never go into an address; send `Authorization: Bearer …`."})


def _refuse_other_sites(asked: Request) -> None:
    """Take a change from our own pages only, or from a program that holds a key.

    The browser says where a request comes from: Sec-Fetch-Site, or Origin where that is not sent. Other ports of this
    machine are other sites to us, though a browser counts them as the same one for cookies.
    """
    said, origin = asked.headers.get("Sec-Fetch-Site"), asked.headers.get("Origin")
    if _hands_in_a_clip(asked):
        return
    if said is not None:
        ours = said in ("same-origin", "none") and origin in (None, "null", _own_origin(asked))
    elif origin is not None:
        ours = origin == _own_origin(asked)
    else:
        nothing_to_misuse = asked.path.startswith(API) and cookie_name() not in asked.cookies
        ours = "Authorization" in asked.headers or nothing_to_misuse
    if not ours:
        raise OtherSite("This was sent from another page than Alice's own, and nothing was changed.")


def _hands_in_a_clip(asked: Request) -> bool:
    """Tell whether a script, or a page that the owner lists, hands in a clip by a key of its own, not by a cookie."""
    has_key = CAPTURE_TOKEN in asked.headers or "Authorization" in asked.headers
    if asked.endpoint != CLIPS or not has_key:
        return False
    origin = asked.headers.get("Origin")
    return origin in current.settings().allowed_origins if origin else "Sec-Fetch-Site" not in asked.headers


def _own_origin(asked: Request) -> str:
    """Return the origin of the page that the request names. A proxy may have changed the scheme; the host is ours."""
    origin = urlsplit(asked.headers.get("Origin", ""))
    scheme = origin.scheme if origin.scheme in ("http", "https") else "http"
    return f"{scheme}://{asked.headers.get('Host', '').lower()}"


def _refuse_other_bodies(asked: Request) -> None:
    """Take JSON for the API, forms for pages, and never more than is taken at once.

    A body that comes in pieces has no length beforehand; werkzeug would hand over its beginning as if it were whole.
    """
    if (asked.content_length or 0) > MOST_BYTES:
        raise RequestEntityTooLarge
    if asked.content_length is None and len(asked.get_data(cache=True)) >= MOST_BYTES:
        raise RequestEntityTooLarge
    if not asked.content_type and not asked.get_data(cache=True):
        return
    wanted = asked.is_json if asked.path.startswith(API) else asked.mimetype in FORMS
    if not wanted:
        raise UnsupportedMediaType
