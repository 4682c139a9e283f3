"""Puts the web application together. It does no work of its own, and nothing at import."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from jinja2 import StrictUndefined

from alice import config, paths
from alice.config import Settings
from alice.web import api, connections, console, cors, errors, filters, htmx, security, statics
from alice.web.door import Door


class Provider(DefaultJSONProvider):
    """JSON as the command line prints it: times as ISO 8601, ids as text, keys in the order they were written."""

    sort_keys = False

    @staticmethod
    def default(value: Any) -> Any:
        """Return what JSON has no form for as text."""
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat()
        return value.isoformat() if isinstance(value, date) else _text(value)


def _text(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def create_app(settings: Settings | None = None, *, threads: int = 16) -> Flask:
    """Return the application for `settings`, or for the environment's.

    The database is looked at when the first request needs it: by then gunicorn has forked.
    """
    app = Flask("alice", static_folder=None, template_folder=str(paths.folder("templates")))
    app.json = Provider(app)
    settings = settings or config.load()
    app.extensions["alice_settings"] = settings
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["api_base"] = settings.public_api_url
    htmx.install(app)
    filters.install(app)
    security.install(app)
    connections.install(app, threads=threads)
    errors.install(app)
    statics.install(app)
    console.install(app)
    api.install(app)
    cors.install(app)
    app.wsgi_app = Door(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app
