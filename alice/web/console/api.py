"""The API as people read it: every address with what it takes and answers, without a script and without a line from
elsewhere.
"""

from __future__ import annotations

from flask import Response

from alice import inputs
from alice.web import current, shell
from alice.web.api.description import described
from alice.web.api.openapi import reading
from alice.web.console import pages
from alice.web.inputs import accepts


@pages.get("/api")
@accepts(inputs.Nothing)
def read_api() -> Response:
    """Show every address of the API."""
    document = described()
    return shell.show(
        "pages/system/api.html",
        address=current.settings().public_api_url,
        about=document["info"]["description"],
        keys=document["components"]["securitySchemes"]["bearer"]["description"],
        groups=reading.operations(document),
        shapes=reading.shapes(document),
        failures=reading.failures(document),
        headers=reading.headers(document),
    )
