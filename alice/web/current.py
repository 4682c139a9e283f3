"""What holds for the request at hand: the settings, who is asking, what they may see, and the moment it arrived."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from flask import current_app, g, request

from alice.config import Settings
from alice.domain.policy import Actor, Scope
from alice.domain.vocab import Domain
from alice.ledger import gate


def settings() -> Settings:
    """Return the settings of the application."""
    return cast(Settings, current_app.extensions["alice_settings"])


def actor() -> Actor:
    """Return who is asking; views that anybody may open have nobody, and must not call this."""
    return cast(Actor, g.actor)


def scope() -> Scope:
    """Return what the caller may see of the domain that the request names; decided once for each request."""
    if "scope" not in g:
        g.scope = gate.read(actor(), domains=_asked()).scope
    return cast(Scope, g.scope)


def _asked() -> frozenset[Domain]:
    """Return the domain by which a list of the API is filtered: who asks for a restricted one by name is told."""
    named = request.args.get("domain", "") if request.path.startswith("/v0/") else ""
    return frozenset({Domain(named)}) if named in set(Domain) else frozenset()


def now() -> datetime:
    """Return the moment at which the request arrived, in UTC."""
    return cast(datetime, g.now)
