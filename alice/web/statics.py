"""Style sheets, scripts and fonts, under an address that names their version, so that a browser keeps them for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory

from alice import paths
from alice.web.security import open_to_everyone

_FOR_GOOD = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Serve the static folder as `/static/<version>/…`; the version changes when any file does.

    The version is a folder and no query, so that what a sheet names relative to itself has the same version.
    """
    app.add_url_rule("/static/<of>/<path:filename>", endpoint="static", view_func=_send)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("of", version(str(paths.folder("static"))))


@open_to_everyone
def _send(of: str, filename: str) -> Response:
    folder = paths.folder("static")
    response = send_from_directory(folder, filename, conditional=True, etag=True)
    response.headers["Cache-Control"] = _FOR_GOOD if of == version(str(folder)) else "no-cache"
    return response


@lru_cache(maxsize=4)
def version(folder: str) -> str:
    """Return twelve digits that stand for everything in `folder`, as it was when this process first looked."""
    digest = hashlib.sha256()
    for file in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]
