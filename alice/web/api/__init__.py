"""The JSON API under /v0/vnext, one module per noun. A view parses, calls and presents, and nothing else."""

from __future__ import annotations

from importlib import import_module

from flask import Blueprint, Flask

routes = Blueprint("api", __name__, url_prefix="/v0/vnext")
MODULES = ("agents", "artifacts", "charter", "clips", "connectors", "context", "decisions", "description", "events",
           "forgetting", "graph", "health", "loops", "memories", "model_calls", "people", "projects", "scheduler",
           "sources", "traces")  # fmt: skip


def install(app: Flask) -> None:
    """Register every address of the API, and `/healthz` beside it."""
    for module in MODULES:
        import_module(f"{__name__}.{module}")
    app.register_blueprint(routes)
    app.add_url_rule("/healthz", "healthz", import_module(f"{__name__}.health").healthz)
