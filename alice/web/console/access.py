"""Signing in and out: by the one-time link of `alicebot open`, or by the operator token."""

from __future__ import annotations

from flask import Response, g, request

from alice.services.access import sessions, tokens
from alice.web import current, htmx, security
from alice.web.console import pages
from alice.web.security import open_to_everyone

PAGE = "pages/system/sign_in.html"


@pages.get("/sign-in")
@open_to_everyone
def sign_in() -> Response:
    """Show the door, or let in who brings a ticket. The redirect keeps the ticket out of the browser's history."""
    ticket = request.args.get("ticket", "")
    if ticket and sessions.redeem(current.settings().home, ticket, now=current.now()):
        return _let_in("/vnext")
    if g.actor is not None:
        return htmx.see_other(_onward())
    fault = "This link was used already, or is older than five minutes." if ticket else None
    return htmx.render(PAGE, status=401 if ticket else 200, fault=fault, next=_onward())


@pages.post("/sign-in", endpoint="sign_in_with_token")
@open_to_everyone
def sign_in_with_token() -> Response:
    """Let in who knows the operator token."""
    failures = security.failures("sign-in")
    failures.check()
    if tokens.is_operator(current.settings().home, request.form.get("token", "").strip()):
        return _let_in(_onward())
    failures.add()
    fault = "That is not the operator token; it is in the file operator.token in ALICE_HOME."
    return htmx.render(PAGE, status=401, fault=fault, next=_onward())


@pages.post("/sign-out")
def sign_out() -> Response:
    """End this browser's session."""
    return security.forget(htmx.see_other("/vnext/sign-in"))


def _let_in(address: str) -> Response:
    secret = sessions.begin(current.settings().home, now=current.now())
    return security.remember(htmx.see_other(address), secret)


def _onward() -> str:
    """Return the page that was wanted before the door, when it is one of ours."""
    wanted = request.values.get("next", "")
    return wanted if htmx.is_page(wanted) and not wanted.startswith("/vnext/sign-") else "/vnext"
