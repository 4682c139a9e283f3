"""What HTMX asks for and is answered: parts instead of pages, toasts, and the way back. The only user of htmx_flask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, render_template
from htmx_flask import Htmx, make_response, request

VARY = "HX-Request, HX-Target"


def install(app: Flask) -> None:
    """Let requests know whether HTMX made them."""
    Htmx(app)


def asks_for_a_part() -> bool:
    """Tell whether HTMX asks, for something other than a page to go back to."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def target() -> str | None:
    """Return the id of the element that the answer will go into."""
    return str(request.htmx.target) if request.htmx and request.htmx.target else None


def render(page: str, *, part: str | None = None, status: int = 200, **values: Any) -> Response:
    """Answer with `part` when HTMX asks and there is one, else with the whole `page`."""
    return answer(render_template(part if part and asks_for_a_part() else page, **values), status=status)


def render_many(*parts: tuple[str, Mapping[str, Any]], status: int = 200, **headers: Any) -> Response:
    """Answer with several parts: the first for the target, the others out of band."""
    return answer("".join(render_template(name, **values) for name, values in parts), status=status, **headers)


def answer(body: str, *, status: int = 200, **headers: Any) -> Response:
    """Answer with HTML that is never stored; `headers` are those of `htmx_flask.make_response`."""
    response: Response = make_response(body, status, **headers)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = VARY
    return response


def nothing() -> Response:
    """Answer that there is nothing new."""
    return answer("", status=204)


def toast(text: str, undo: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Any]]:
    """Return the part that says what was done; `undo` has href and fields."""
    return "parts/shell/toasts.html", {"toasts": [{"text": text, "undo": undo}], "oob": True}


def to_toasts(body: str, *, status: int) -> Response:
    """Answer with something that belongs into the toast region, wherever the answer was meant to go."""
    return answer(body, status=status, retarget="#toasts", reswap="innerHTML")


def see_other(address: str) -> Response:
    """Send the browser on after a change (303); an HTMX request is told to load the whole page."""
    if asks_for_a_part():
        return answer("", redirect=address)
    return Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def back(otherwise: str) -> str:
    """Return the path of the page that the form was sent from, or `otherwise`."""
    came = urlsplit(request.referrer or "")
    if came.netloc != request.host or not is_page(came.path):
        return otherwise
    return f"{came.path}?{came.query}" if came.query else came.path


def is_page(path: str) -> bool:
    """Tell whether `path` is a page of the console, and nothing that a browser would take for another site."""
    plain = path.isascii() and path.isprintable() and "\\" not in path and "//" not in path
    return plain and (path == "/vnext" or path.startswith(("/vnext/", "/vnext?")))
