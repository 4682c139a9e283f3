"""The clip page: what the bookmarklet brings is shown as it would be kept, and kept by a fresh key press."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from alice import inputs
from alice.domain.vocab import Domain, Sensitivity
from alice.services.access import bookmarklets
from alice.services.evidence import clips
from alice.web import current, htmx
from alice.web.console import pages
from alice.web.console.forms import form
from alice.web.inputs import accepts
from alice.web.security import open_to_everyone

PAGE, LOOK, KEPT = "pages/library/clip.html", "parts/library/clip_look.html", "parts/library/clip_kept.html"
FIELDS = ("title", "user_note", "domain", "sensitivity", "text")


@pages.get("/clip")
@open_to_everyone
def clip() -> Response:
    """Show the shell, which holds no data: the browser sends no cookie on the way here from another site."""
    return htmx.render(PAGE, signed_in=g.actor is not None, bookmarklet=bookmarklets.link(current.settings()))


def _again(values: Mapping[str, str], faults: Mapping[str, str]) -> Response:
    return htmx.render(LOOK, part=LOOK, status=422, seen=None, form=form(FIELDS, values, faults), **_choices())


def _choices() -> dict[str, Any]:
    return {"domains": list(Domain), "sensitivities": list(Sensitivity)}


@pages.post("/clip/look")
@accepts(inputs.CaptureClip, again=_again)
def look_at_clip(given: inputs.CaptureClip) -> Response:
    """Show what would be kept, and keep nothing."""
    seen = clips.look(current.actor(), clips.Clip(**given.model_dump()))
    values = {"title": seen.reading.title or "", "user_note": given.user_note or "", "domain": seen.domain,
              "sensitivity": seen.sensitivity}  # fmt: skip
    return htmx.render(LOOK, part=LOOK, seen=seen, form=form(FIELDS, values), **_choices())


@pages.post("/clip", provide_automatic_options=False)
@accepts(inputs.CaptureClip, again=_again)
def keep_clip(given: inputs.CaptureClip) -> Response:
    """Keep the clip; the page closes itself then."""
    done = clips.keep(current.actor(), clips.Clip(**given.model_dump()), zone=current.settings().timezone)
    if not htmx.asks_for_a_part():
        return htmx.see_other(f"/vnext/sources/{done.source_id}")
    return htmx.render_many((KEPT, {"kept": done}), trigger="alice:clipped")
