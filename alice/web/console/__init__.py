"""The console: HTML under /vnext, one module per page. A view parses, calls and presents, and nothing else."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask, Response

pages = Blueprint("console", __name__, url_prefix="/vnext")
MODULES = ("access", "api", "artifacts", "asking", "clips", "connectors", "home", "loops", "patterns",
           "pulse", "sources")  # fmt: skip


def install(app: Flask) -> None:
    """Register every page, and send the bare address on to Home."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    app.register_blueprint(pages)
    app.add_url_rule("/", "root", _root)


def _root() -> Response:
    return Response(status=302, headers={"Location": "/vnext"})
