"""Clips as JSON: what extensions and scripts hand in, by a capture token or a key."""

from __future__ import annotations

from flask import Response

from alice import inputs
from alice.services.evidence import clips
from alice.web import current
from alice.web.api import present, routes
from alice.web.api.answers import answers
from alice.web.api.answers.sources import KEPT, Captured
from alice.web.inputs import accepts
from alice.web.security import open_to_everyone

ADDRESS = "/connectors/browser-clipper/capture"


@routes.post(ADDRESS, provide_automatic_options=False)
@accepts(inputs.CaptureClip)
@answers(Captured, KEPT, fails=(409, 423))
def capture_clip(given: inputs.CaptureClip) -> Response:
    """Keep a clip for review: 201 when it says something new, 200 when the same words are kept already."""
    done = clips.keep(current.actor(), clips.Clip(**given.model_dump()), zone=current.settings().timezone)
    return present.one(done.as_dict(), 200 if done.duplicate else 201)


@routes.route(ADDRESS, methods=["OPTIONS"])
@open_to_everyone
def ask_before_clipping() -> Response:
    """Answer a browser that asks, without credentials, whether its page may hand in a clip; CORS adds the answer."""
    return Response(status=204, headers={"Allow": "OPTIONS, POST", "Cache-Control": "no-store"})
