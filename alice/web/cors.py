"""Lets pages of the listed origins hand in clips, by a token and never by a cookie. No other address answers them."""

from __future__ import annotations

import re

from flask import Flask
from flask_cors import CORS

from alice.web import current, security
from alice.web.asserting import CAPTURE_TOKEN

# An origin as browsers write it (RFC 6454, section 6.2). No star, no `null`, which every sandboxed page would send.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#*]+")
_AN_HOUR = 3600


def install(app: Flask) -> None:
    """Answer the origins of ALICE_ALLOWED_ORIGINS at the address for clips, by exact comparison."""
    with app.app_context():
        listed = [one for one in current.settings().allowed_origins if _ORIGIN.fullmatch(one)]
    if not listed:
        return
    CORS(
        app,
        resources={next(rule.rule for rule in app.url_map.iter_rules(security.CLIPS)): {
            # As patterns, since a plain text with a bracket, as IPv6 addresses have, would be taken for one.
            "origins": [re.compile(rf"{re.escape(one)}\Z") for one in listed],
            "methods": ["POST"],
            "allow_headers": ["Content-Type", "Authorization", CAPTURE_TOKEN],
            "supports_credentials": False,
            "send_wildcard": False,
            "always_send": False,
            "max_age": _AN_HOUR,
        }},
    )  # fmt: skip
