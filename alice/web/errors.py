"""Maps every error to an answer, once: JSON for programs, a part for HTMX, a page for people. Never a traceback."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from alice import logs
from alice.db import database
from alice.errors import AliceError, NotAuthenticated, TooManyRequests, Upstream
from alice.web import htmx, shell

log = logging.getLogger("alice.web")

# What is said for the statuses that routing and parsing raise. The code is the name in small letters.
SAID = {
    400: ("bad_request", "The request could not be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    406: ("not_acceptable", "The answer does not come in that form."),
    408: ("timeout", "The request took too long to arrive."),
    413: ("too_large", "That is more than the 2 MB that are taken at once."),
    414: ("too_long", "The address is too long."),
    415: ("unsupported_media_type", "This address does not take a body of that type."),
    416: ("range_not_satisfiable", "There is no such part of the file."),
}
HINTS = {
    404: "Look for it under /vnext; the addresses of the API are listed under /vnext/api.",
    415: "Programs send `application/json`; pages send forms.",
}
TITLES = {401: "Sign in", 403: "Not allowed", 404: "Not found", 409: "Not now", 413: "Too large", 422: "Not valid",
          429: "Too often", 500: "Something broke", 503: "No database"}  # fmt: skip


def install(app: Flask) -> None:
    """Register the mapper for Alice's errors, for HTTP's, for a lost database, and for everything that nobody meant."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(AliceError, _of_alice)
    app.register_error_handler(HTTPException, _of_http)
    for kind in database.LOST:
        app.register_error_handler(kind, _of_database)
    app.register_error_handler(Exception, _of_nobody)


def _of_alice(error: AliceError) -> Response:
    problem = {"code": error.code, "message": error.message, "hint": error.hint, "fields": dict(error.fields)}
    response = _answer(problem | error.extra, error.http_status)
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="alice"'
    after = error.after_seconds if isinstance(error, TooManyRequests | Upstream) else None
    if after is not None:
        response.headers["Retry-After"] = str(max(1, round(after)))
    return response


def _of_http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()  # type: ignore[return-value]
    code, message = SAID.get(status, ("http_error", error.name + "."))
    response = _answer({"code": code, "message": message, "hint": HINTS.get(status), "fields": {}}, status)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After", "Content-Range"):
            response.headers[name] = value
    return response


def _of_database(error: Exception) -> Response:
    log.warning("the database was lost during %s %s: %s", request.method, request.path, type(error).__name__)
    return _of_alice(database.unreachable(error))


def _of_nobody(error: Exception) -> Response:
    log.error("an error that nobody meant, at %s %s", request.method, request.path, exc_info=error)
    message = "Something broke inside Alice; nothing was half-written. The log says more under this trace."
    return _answer({"code": "internal", "message": message, "hint": None, "fields": {}}, 500)


def _answer(problem: dict[str, Any], status: int) -> Response:
    told = problem | {"trace_id": logs.trace_id()}
    if request.path.startswith(("/v0/", "/healthz")):
        response = jsonify({"error": told})
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        return response
    if htmx.asks_for_a_part():
        return htmx.to_toasts(render_template("errors/problem.html", problem=told), status=status)
    return _page(told, status)


def _comes_from_elsewhere() -> bool:
    """Tell whether a link on another site led here: then the Strict cookie was left behind, and may well be there."""
    said = request.headers
    return said.get("Sec-Fetch-Mode") == "navigate" and said.get("Sec-Fetch-Site") in ("cross-site", "same-site")


def _page(told: dict[str, Any], status: int) -> Response:
    """Answer with a page: the way to sign in for strangers, with the rail where there is a database to ask."""
    if status == 401:
        page = request.full_path.rstrip("?") if request.method == "GET" else ""
        onward = page if htmx.is_page(page) else "/vnext"
        if page == onward and _comes_from_elsewhere():
            return htmx.render("pages/system/arrival.html", status=401, here=onward)
        return htmx.render("pages/system/sign_in.html", status=401, fault=None, next=onward)
    title = TITLES.get(status, "That did not work")
    around = shell.frame() if status < 500 and g.get("actor") and g.get("database") else {}
    return htmx.render("errors/page.html", status=status, problem=told | {"title": title}, **around)
