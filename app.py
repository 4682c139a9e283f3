"""The WSGI entry for gunicorn and flask: `create_app`, and `app` for those who want a name instead of a call."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from alice.web.factory import create_app

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["create_app"]


@cache
def __getattr__(name: str) -> Flask:
    """Make the application when `app` is asked for, so that importing this file does no work."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
